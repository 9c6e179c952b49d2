"""Who was compared: the flow of people by arm, whether the arms lost people alike, and how alike they were at baseline.

Belongs here: attrition and balance. Does not belong here: cost after launch (`cost_page`).
"""

from typing import Any

from reports import wording
from reports.blocks import Block, Column, Items, Section, Subheading, Table, Text
from reports.disclosure import SUPPRESSED
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
        *_lost_alike(result),
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


def _lost_alike(result: dict[str, Any]) -> list[Block]:
    """Attrition between the arms, before launch and, where the gates are open, by the end of the year."""
    cohorts = result.get("cohorts")
    if not cohorts:
        return []
    served = cohorts["served"]
    blocks: list[Block] = [
        Subheading("Whether the arms lost people alike"),
        Text(f"Before launch: {cohorts['attrition_sentence']}"),
        *_shares(cohorts["attrition_compared"], "Exclusions of people with a study practice, as shares by arm"),
    ]
    if served is None:
        return [*blocks, Text("What became of them after launch is not shown, because a gate is closed.")]
    return [
        *blocks,
        Table(
            caption=f"What had become of the eligible people by the end of {result['contract_year']}",
            columns=(Column("State"), Column("Intervention", "right"), Column("Control", "right")),
            rows=tuple(
                (wording.capital(row["says"]), *(wording.count(row[arm]) for arm in ("intervention", "control")))
                for row in served["states"]
            ),
            note="By the practice of the baseline. Leaving and opting out cannot be told apart. " + COUNTS_NOTE,
            widths=(5.0, 1.4, 1.4),
        ),
        Text(f"By the end of the year: {served['sentence']}"),
        *_shares(served["compared"], "The same as shares of the cohort, compared"),
        *_open_cohort(served.get("open_cohort")),
    ]


def _open_cohort(found: dict[str, Any] | None) -> list[Block]:
    """The cohort re-based for the year, where the protocol declares one."""
    if found is None:
        return []
    heads = {arm: wording.count(found["heads"][arm]) for arm in ("intervention", "control")}
    return [
        Text(
            f"The protocol declares a cohort re-based every April beside the closed one. On {wording.day(found['at'])} it held "
            f"{heads['intervention']} heads in the intervention and {heads['control']} in the control; being put on a register "
            "is itself paid for, so its inflow is compared. What is paid stays on the closed cohort."
        ),
        *_shares(found["compared"], "Who came into the open cohort"),
    ]


def _shares(rows: list[dict[str, Any]], caption: str) -> list[Block]:
    if not rows:
        return []
    return [
        Table(
            caption=caption,
            columns=(
                Column("What"),
                Column("Intervention", "right"),
                Column("Control", "right"),
                Column("Difference, points [95%]", "right"),
                Column("Verdict"),
            ),
            rows=tuple(
                (
                    wording.capital(row["what"]) + (f" (of {row['of']})" if row["of"] else ""),
                    *(_share(row, arm) for arm in ("intervention", "control")),
                    _apart(row),
                    wording.VERDICT_WORDS[row["verdict"]],
                )
                for row in rows
            ),
            note="The interval is what practices differ by among themselves; a share of 1 to 7 people is printed as *.",
            widths=(4.2, 1.2, 1.1, 2.0, 1.1),
        )
    ]


def _share(row: dict[str, Any], arm: str) -> str:
    hidden = row["verdict"] != "not_evaluated"
    return wording.percent(row[arm], 1) if row[arm] is not None else SUPPRESSED if hidden else wording.NO_VALUE


def _apart(row: dict[str, Any]) -> str:
    if row["difference"] is None or row["low"] is None or row["high"] is None:
        return wording.NO_VALUE
    points = [wording.number(100 * row[key], 1) for key in ("difference", "low", "high")]
    return f"{points[0]} [{points[1]} to {points[2]}]"


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
