"""Other ways to look: sensitivity of the figure, and alternatives to the estimator, in one table on one scale.

Belongs here: figures that stand beside the paid one. Does not belong here: the paid one.
"""

from typing import Any

from reports import sentences, wording
from reports.blocks import Block, Column, Section, Table, Text
from reports.figures import Drawing
from reports.pages.comparison_page import is_told

_COLUMNS = (
    Column("Way of looking"),
    Column("Difference", "right"),
    Column("From", "right"),
    Column("To", "right"),
    Column("p value", "right"),
    Column("What it says"),
)
_WIDTHS = (2.8, 1.2, 0.9, 0.9, 0.9, 4.0)


def section(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    if result["sensitivity"] is None and result["alternatives"] is None:
        blocks: tuple[Block, ...] = (
            Text("Nothing is shown here, because a gate is closed: no way of looking precedes the gate."),
        )
        return Section("other-ways", "Other ways to look", blocks)
    blocks = ()
    rows = [row for row in result["sensitivity"] or [] if not is_told(row)]
    if rows:
        blocks += (
            Table(
                caption="The same figure under other choices, £ a head and year",
                columns=_COLUMNS,
                rows=tuple(
                    (row["name"], *_figures(row), row.get("says") or row.get("note") or wording.NO_VALUE) for row in rows
                ),
                note="Negative is less cost. None of these is paid on.",
                widths=_WIDTHS,
            ),
        )
    other = [row for row in result["alternatives"] or [] if row["population"] == "eligible"]
    if other:
        blocks += (
            Table(
                caption="The paid figure beside its alternatives, £ a head and year",
                columns=(*_COLUMNS[:-1], Column("How")),
                rows=tuple(
                    (name, *_figures(row), row.get("note") or wording.choice(row["inference"] or row["estimator"]))
                    for name, row in [("The paid figure", sentences.primary(result)), *((row["name"], row) for row in other)]
                    if row
                ),
                widths=_WIDTHS,
            ),
        )
    absent = "Not part of this version: counterfactuals from the wider pool of areas, and from history alone."
    return Section("other-ways", "Other ways to look", (*blocks, Text(absent)))


def _figures(row: dict[str, Any]) -> tuple[str, ...]:
    keys = ("effect_gbp_per_head", "ci_low", "ci_high")
    return (*(wording.number(row.get(key)) for key in keys), wording.number(row.get("p_value"), 3))
