"""The event study: intervention against control by quarter, with intervals, before and after launch.

Belongs here: the path of the difference. Does not belong here: cost levels by arm (`cost_per_head`).
"""

from typing import Any

from reports import sentences, wording
from reports.figures.drawing import ARM_STYLES, INK, QUIET, Drawing, canvas, finish, mark_launch, year_of, years

#: the middle of a quarter, in years after its first month's start
MIDDLE = 0.125


def event_study(result: dict[str, Any]) -> Drawing | None:
    """None when the result holds no event study. In a blocked run only quarters before launch are there, and it says so."""
    rows = sorted(result["series"]["event_study"], key=lambda row: row["first_month"])
    rows = [row for row in rows if row["effect_gbp_per_head"] is not None]
    if not rows:
        return None
    launch = year_of(result["study"]["launch"][:7])
    at = [year_of(row["first_month"]) + MIDDLE for row in rows]
    figure, axis = canvas(2.9)
    axis.axhline(0, color=QUIET, linewidth=0.9, zorder=1)
    style = ARM_STYLES["intervention"]
    for x, row in zip(at, rows, strict=True):
        low, high = row["ci_low"], row["ci_high"]
        before = x < launch
        if low is not None and high is not None:
            axis.plot([x, x], [low, high], color=QUIET if before else style.colour, linewidth=1.3, zorder=2)
        colour = QUIET if before else style.colour
        filled = "white" if before or row["reference"] else colour
        axis.plot([x], [row["effect_gbp_per_head"]], marker="o", markersize=4.5, zorder=3, color=colour, markerfacecolor=filled)
    years(axis, min(at) - MIDDLE, max(max(at) + MIDDLE, launch))
    mark_launch(axis, launch)
    axis.set_ylabel("£ a head and year,\nintervention against control")
    # room at the foot, where the reference quarter's name crosses no interval
    low, high = axis.get_ylim()
    axis.set_ylim(low - 0.12 * (high - low), high)
    reference = next((x for x, row in zip(at, rows, strict=True) if row["reference"]), None)
    if reference is not None:
        axis.annotate(
            "reference quarter",
            (reference, 0),
            xytext=(-6, 4),
            textcoords=("offset points", "axes points"),
            ha="right",
            fontsize=8.5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.7},
        )
    title = _title(result, any(x > launch for x in at))
    return finish(figure, name="event_study", title=title, alt=f"{title} {_alt(rows, at, launch)}")


def _title(result: dict[str, Any], after: bool) -> str:
    if not after:
        return "Before launch the arms differ as drawn, by quarter; nothing after launch is shown, because a gate is closed."
    year, row = result["contract_year"], sentences.primary(result)
    size = f"{wording.pounds(abs(row.get('effect_gbp_per_head') or 0.0))} a head"
    ends = f"{wording.pounds(row.get('ci_low'))} to {wording.pounds(row.get('ci_high'))}"
    said = {
        "lower": f"After launch the intervention costs less than its comparison: over {year} by {size}, interval {ends}.",
        "higher": f"After launch the intervention costs more than its comparison: over {year} by {size}, interval {ends}.",
        "neither": f"The comparison cannot tell: over {year} the interval of the difference, {ends}, holds zero.",
        "no interval": f"The comparison cannot tell: no interval could be calculated for {year}.",
    }
    return said[sentences.shown(result)]


def _alt(rows: list[dict[str, Any]], at: list[float], launch: float) -> str:
    said = []
    for words, group in (
        ("Before launch", [row for x, row in zip(at, rows, strict=True) if x < launch and not row["reference"]]),
        ("After launch", [row for x, row in zip(at, rows, strict=True) if x >= launch]),
    ):
        if not group:
            continue
        effects = [row["effect_gbp_per_head"] for row in group]
        known = [row for row in group if row["ci_low"] is not None and row["ci_high"] is not None]
        clear = sum(1 for row in known if row["ci_low"] > 0 or row["ci_high"] < 0)
        low, high = wording.pounds(min(effects)), wording.pounds(max(effects))
        said.append(
            f"{words} the quarterly difference runs from {low} to {high} a head and year "
            f"in {len(group)} quarters; the interval leaves zero in {clear} of {len(known)}."
        )
    return " ".join(said)
