"""Who was compared: the flow of people by arm, and how alike the arms were at baseline.

Belongs here: attrition and balance. Does not belong here: cost after launch (`cost_page`).
"""

from typing import Any

from reports import wording
from reports.blocks import Block, Column, Items, Section, Subheading, Table, Text
from reports.figures import Drawing
from reports.pages.data_page import COUNTS_NOTE

LEVELS = "A difference in level does not by itself spoil a comparison of changes; a difference in trend does."

#: how a step of the flow is introduced
_KINDS = {"out": "left out: ", "kept": "left in: ", "note": "note: "}


def section(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    study = result["study"]
    arms = study["practices"]
    practices = f"{arms.get('intervention', 0)} practices in the intervention and {arms.get('control', 0)} in the control"
    beside = f" {arms['wider']} practices of a wider pool were delivered as aggregates only." if arms.get("wider") else ""
    blocks: list[Block] = [
        Text(f"{wording.capital(study['population'].rstrip('.'))}. The comparison is between {practices}.{beside}"),
        _attrition(result),
        *_balance(result),
    ]
    return Section("who", "Who was compared", tuple(blocks))


def _attrition(result: dict[str, Any]) -> Block:
    steps = sorted(result["attrition"], key=lambda row: row["step"])
    if not steps:
        return Text("This result holds no flow of people.")
    unassigned = any(row["unassigned"] != 0 for row in steps)
    columns = [Column("Step"), Column("Intervention", "right"), Column("Control", "right")]
    keys = ["intervention", "control"]
    if unassigned:
        columns.append(Column("No arm", "right"))
        keys.append("unassigned")
    return Table(
        caption="The flow of people, arms side by side",
        columns=tuple(columns),
        rows=tuple(
            (_KINDS.get(row.get("kind", ""), "") + row["reason"], *(wording.count(row[key]) for key in keys)) for row in steps
        ),
        note=COUNTS_NOTE,
        widths=(5.0, 1.4, 1.4, 1.2)[: len(columns)],
    )


def _balance(result: dict[str, Any]) -> list[Block]:
    rows = result["series"].get("baseline") or []
    if not rows:
        return [Text("Balance at baseline is not evaluated: this result holds no baseline measures.")]
    if "message" in rows[0]:
        told = tuple(wording.capital(row["message"]) for row in rows)
        return [Subheading("How alike the arms were at baseline"), Items(told), Text(LEVELS)]
    return [
        Table(
            caption="How alike the arms were at baseline",
            columns=(
                Column("Measure"),
                Column("Intervention", "right"),
                Column("Control", "right"),
                Column("Difference", "right"),
            ),
            rows=tuple(
                (str(row["measure"]), *(_cell(row.get(key)) for key in ("intervention", "control", "difference")))
                for row in rows
            ),
            note=LEVELS,
            widths=(4.0, 1.5, 1.5, 1.5),
        )
    ]


def _cell(value: Any) -> str:
    if isinstance(value, str) or value is None:
        return value or wording.NO_VALUE
    return wording.number(float(value), 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2)
