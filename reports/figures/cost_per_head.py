"""Cost per head and quarter of each arm, with launch and known breaks marked.

Belongs here: the levels that everything else is made of. Does not belong here: their difference (`event_study`).
"""

from itertools import pairwise
from typing import Any

from reports import wording
from reports.figures.drawing import ARM_STYLES, QUIET, Drawing, canvas, finish, mark_launch, year_of, years
from reports.figures.event_study import MIDDLE


def cost_per_head(result: dict[str, Any]) -> Drawing | None:
    """None when the result holds no costs. After launch there are rows only in an unblocked run."""
    rows = sorted(result["series"]["cost_per_head"], key=lambda row: row["first_month"])
    rows = [row for row in rows if row["gbp_per_head"] is not None]
    if not rows:
        return None
    launch = year_of(result["study"]["launch"][:7])
    figure, axis = canvas(2.9)
    paths: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        paths.setdefault(row["arm"], []).append((year_of(row["first_month"]) + MIDDLE, row["gbp_per_head"]))
    for arm, path in paths.items():
        style = ARM_STYLES[arm]
        for piece in _pieces(path):
            axis.plot([x for x, _ in piece], [y for _, y in piece], color=style.colour, linestyle=style.line, linewidth=1.5,
                      marker=style.marker, markersize=3.6)  # fmt: skip
    # the upper arm's name goes above its line's end, the lower one's below: no two labels meet
    ranked = sorted(paths, key=lambda arm: paths[arm][-1][1])
    for place, arm in enumerate(ranked):
        above = place == len(ranked) - 1
        recent = [y for _, y in paths[arm][-4:]]
        axis.annotate(
            wording.ARM_WORDS[arm],
            (paths[arm][-1][0], max(recent) if above else min(recent)),
            xytext=(0, 8 if above else -8),
            textcoords="offset points",
            ha="right",
            va="bottom" if above else "top",
            color=ARM_STYLES[arm].colour,
            fontweight="bold",
        )
    first, last = min(x for path in paths.values() for x, _ in path), max(x for path in paths.values() for x, _ in path)
    top = max(y for path in paths.values() for _, y in path)
    axis.set_ylim(0, top * 1.2)
    years(axis, first - MIDDLE, max(last + MIDDLE, launch))
    mark_launch(axis, launch)
    for known in result["study"].get("known_breaks", []):
        axis.axvline(year_of(known["month"]), color=QUIET, linewidth=0.9, linestyle=":")
        axis.annotate(
            known["what"],
            (year_of(known["month"]), 0.04),
            xycoords=("data", "axes fraction"),
            xytext=(2, 0),
            textcoords="offset points",
            rotation=90,
            fontsize=7.5,
            color=QUIET,
        )
    axis.set_ylabel("£ a head and quarter")
    title = _title(paths, launch)
    breaks = "; ".join(
        f"{known['what']} in {wording.month(known['month'])}" for known in result["study"].get("known_breaks", [])
    )
    alt = f"{title} {_alt(paths, launch)} " + (f"Known breaks: {breaks}." if breaks else "No known break is declared.")
    return finish(figure, name="cost_per_head", title=title, alt=alt)


def _pieces(path: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """The path cut where quarters are missing: no line is drawn over what is not known."""
    pieces = [[path[0]]]
    for before, after in pairwise(path):
        if after[0] - before[0] > 2 * MIDDLE + 0.01:
            pieces.append([])
        pieces[-1].append(after)
    return pieces


def _means(path: list[tuple[float, float]], launch: float) -> tuple[float | None, float | None]:
    before, after = [y for x, y in path if x < launch], [y for x, y in path if x >= launch]
    return (sum(before) / len(before) if before else None), (sum(after) / len(after) if after else None)


def _title(paths: dict[str, list[tuple[float, float]]], launch: float) -> str:
    moves = []
    for arm in sorted(paths, key=list(ARM_STYLES).index):
        before, after = _means(paths[arm], launch)
        if before and after:
            moves.append(f"from {wording.pounds(before)} to {wording.pounds(after)} in the {wording.ARM_WORDS[arm]}")
    if not moves:
        return "Cost per head before launch, by arm; nothing after launch is shown, because a gate is closed."
    return f"Mean cost a head and quarter went {' and '.join(moves)} between the quarters before and after launch."


def _alt(paths: dict[str, list[tuple[float, float]]], launch: float) -> str:
    said = []
    for arm, path in paths.items():
        values = [y for _, y in path]
        low, high = wording.pounds(min(values)), wording.pounds(max(values))
        said.append(f"The {wording.ARM_WORDS[arm]} has {len(values)} quarters between {low} and {high} a head.")
    return " ".join(said)
