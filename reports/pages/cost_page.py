"""What they cost: cost per head by arm and quarter, and the estimate by point of delivery and by kind of activity.

Belongs here: levels and their split. Does not belong here: its parts (`parts_table`), the
paid figure's path (`comparison_page`).
"""

from typing import Any

from reports import wording
from reports.blocks import Block, Column, Picture, Section, Table, Text
from reports.figures import Drawing
from reports.pages.parts_table import parts_of

OTHER_YEARS = "Only the baseline and this contract year are drawn; other contract years stand in their own reports."

ACTIVITY_WORDS = {
    "unplanned_admissions": "Unplanned admissions",
    "ae_attendances": "A&E attendances",
    "outpatient_attendances": "Outpatient attendances",
    "bed_days": "Bed days",
    "gp_contacts": "GP contacts",
}


def section(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    blocks: list[Block] = []
    if "cost_per_head" in figures:
        drawing = figures["cost_per_head"]
        blocks += [Picture(drawing.name, drawing.title, drawing.alt), Text(OTHER_YEARS)]
    else:
        blocks.append(Text("This result holds no cost by quarter."))
    rows = result["estimates"]
    if not rows:
        blocks.append(Text("Cost by point of delivery after launch is not shown, because a gate is closed."))
        return Section("cost", "What they cost", tuple(blocks))
    paid = next((row["population"] for row in rows if row["primary"]), "eligible")
    ours = [row for row in rows if row["population"] == paid]
    cost = sorted((row for row in ours if row["outcome"] == "cost"), key=lambda row: list(wording.POD_WORDS).index(row["pod"]))
    blocks.append(
        Table(
            caption=f"Difference in cost by point of delivery, {result['contract_year']}, £ a head and year",
            columns=_COLUMNS,
            rows=tuple((wording.POD_WORDS[row["pod"]], *_figures(row, 0)) for row in cost),
            note="Negative is less cost than the control's path would have it. Rounded parts need not add up. "
            "Interval: 95%. Could find: the smallest change found in four cases of five.",
            widths=_WIDTHS,
        )
    )
    blocks += _at_current_prices(result)
    blocks += parts_of(result, figures)
    activity = [row for row in ours if row["outcome"] != "cost"]
    if activity:
        blocks.append(
            Table(
                caption=f"Difference in activity, {result['contract_year']}, contacts or days for 1,000 heads and year",
                columns=_COLUMNS,
                rows=tuple(
                    (ACTIVITY_WORDS.get(row["outcome"], row["outcome"].replace("_", " ")), *_figures(row, 0, 1000.0))
                    for row in activity
                ),
                note="Activity stands beside the paid figure and is not paid on.",
                widths=_WIDTHS,
            )
        )
    said = result["data"].get("gp_contacts")
    if said:
        blocks.append(Text(said["says"]))
    return Section("cost", "What they cost", tuple(blocks))


def _at_current_prices(result: dict[str, Any]) -> list[Block]:
    """The saving at the year's own price list, marked as what is not paid; or why there is none."""
    saving = result["saving"] or {}
    if "at_current_prices" not in saving:
        return []
    current = saving["at_current_prices"]
    year, base = result["contract_year"], result["study"]["price_base"]
    if current is None:
        told = (
            f"Payment rests on constant prices of {base}. No contact of the intervention practices in {year} has a price at a "
            "list of its own year, so that the figure at current prices is not known."
        )
        return [Text(told)]
    now, then = wording.exact(current["gbp"]), wording.exact(saving["gbp"])
    told = (
        f"Beside the paid figure, and not paid on: the same change in care comes to {now} at the prices of {year}, against "
        f"{then} at those of {base}, which is what is paid on. Contacts with a price in both lists make "
        f"{wording.percent(current['share_priced'], 1)} of the arm's cost; at the year's list they cost "
        f"{wording.number(current['ratio'], 3)} times as much."
    )
    return [Text(told)]


_COLUMNS = (
    Column("Kind of care"),
    Column("Difference", "right"),
    Column("From", "right"),
    Column("To", "right"),
    Column("Could find", "right"),
)
_WIDTHS = (4.0, 1.4, 1.3, 1.3, 1.4)


def _figures(row: dict[str, Any], digits: int, times: float = 1.0) -> tuple[str, ...]:
    keys = ("effect_gbp_per_head", "ci_low", "ci_high", "minimum_detectable_gbp")
    return tuple(wording.number(None if row[key] is None else row[key] * times, digits) for key in keys)
