"""Completeness: rows in the extract for every row in the feed, by stream, arm and month.

Belongs here: ratios of the two routes and of the reference population. Does not belong here: any count of rows, and anything
of the eligible people after launch but such ratios.
"""

from typing import Any

from reports import wording
from reports.figures.drawing import ARM_STYLES, QUIET, Drawing, canvas, finish, mark_launch, year_of, years

#: a ratio this far from 1 is named in the figure's title (the smallest loss that the routes check reports)
NOTICED = 0.005
#: a gap at least so long has room for its words
LABELLED_YEARS = 0.9


def completeness(result: dict[str, Any]) -> Drawing | None:
    """None when nothing was compared. One strip a stream and arm; a cross is a month with nothing in either route."""
    cells: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in sorted(result["data"]["completeness"], key=lambda row: row["month"]):
        cells.setdefault((row["stream"], row["arm"]), []).append(row)
    if not cells:
        return None
    keys = [(stream, arm) for stream in wording.STREAM_WORDS for arm in ARM_STYLES if (stream, arm) in cells]
    figure, axes = canvas(0.55 + 0.5 * len(keys), len(keys))
    strips = [axes] if len(keys) == 1 else list(axes)
    launch = year_of(result["study"]["launch"][:7])
    every = [year_of(row["month"]) for rows in cells.values() for row in rows]
    for number, (axis, (stream, arm)) in enumerate(zip(strips, keys, strict=True)):
        _strip(axis, cells[stream, arm], arm)
        mark_launch(axis, launch, label=number == 0)
        axis.set_ylabel(f"{wording.STREAM_WORDS[stream]}\n{wording.ARM_WORDS[arm]}", rotation=0, ha="right", va="center")
    years(strips[-1], min(every), max(every) + 1 / 12)
    title = _title(cells, keys)
    return finish(figure, name="completeness", title=title, alt=f"{title} {_alt(cells, keys)}")


def _strip(axis: Any, rows: list[dict[str, Any]], arm: str) -> None:
    style = ARM_STYLES[arm]
    at = [year_of(row["month"]) + 1 / 24 for row in rows]
    reference = [float("nan") if row.get("reference_ratio") is None else row["reference_ratio"] for row in rows]
    ratio = [float("nan") if row["route_ratio"] is None else row["route_ratio"] for row in rows]
    axis.plot(at, [min(value, 1.35) for value in reference], color=QUIET, linewidth=0.8, linestyle=":")
    axis.plot(at, [min(value, 1.35) for value in ratio], color=style.colour, linestyle=style.line, linewidth=1.8)
    nothing = [x for x, row in zip(at, rows, strict=True) if row["route_ratio"] is None]
    axis.plot(nothing, [0.08] * len(nothing), linestyle="none", marker="x", markersize=3.5, color=style.colour)
    for first, last, words in _gaps(rows):
        left, right = year_of(first), year_of(last) + 1 / 12
        axis.axvspan(left, right, facecolor="#e4e4e4", edgecolor="#8a8a8a", hatch="////", linewidth=0, zorder=0)
        if right - left >= LABELLED_YEARS:
            axis.text((left + right) / 2, 0.62, words, ha="center", va="center", fontsize=8.0, fontweight="bold", zorder=4,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0})  # fmt: skip
    axis.set_ylim(-0.05, 1.4)
    axis.set_yticks([0, 1])
    axis.set_yticklabels(["0%", "100%"])


def _gaps(rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Runs of months that lack rows: first, last, and what is written on them."""
    gaps: list[list[dict[str, Any]]] = []
    before: dict[str, Any] | None = None
    for row in rows:
        short = row["route_ratio"] is None or row["route_ratio"] <= 1 - NOTICED
        if short and (before is None or not gaps or gaps[-1][-1] is not before):
            gaps.append([])
        if short:
            gaps[-1].append(row)
        before = row
    told = []
    for gap in gaps:
        known = [row["route_ratio"] for row in gap if row["route_ratio"] is not None]
        words = "no rows" if not known else f"down to {wording.percent(min(known))}"
        told.append((gap[0]["month"], gap[-1]["month"], words))
    return told


def _runs(rows: list[dict[str, Any]]) -> tuple[str, str, float | None] | None:
    """First and last month that are off, and the lowest ratio there (None when nothing arrived by either route)."""
    off = [row for row in rows if row["route_ratio"] is None or abs(row["route_ratio"] - 1) >= NOTICED]
    if not off:
        return None
    known = [row["route_ratio"] for row in off if row["route_ratio"] is not None]
    nothing = len(known) < len(off)
    worst = None if nothing else min(known, key=lambda ratio: -abs(ratio - 1))
    return off[0]["month"], off[-1]["month"], worst


def _title(cells: dict[tuple[str, str], list[dict[str, Any]]], keys: list[tuple[str, str]]) -> str:
    off = [(key, run) for key in keys if (run := _runs(cells[key])) is not None]
    ratios = [row["route_ratio"] for rows in cells.values() for row in rows if row["route_ratio"] is not None]
    if not off:
        return f"The extract holds the feed's rows in every stream and arm: {_range(ratios)} in every month."
    (stream, arm), (first, last, worst) = max(off, key=lambda entry: 2.0 if entry[1][2] is None else abs(entry[1][2] - 1))
    what = f"{wording.capital(wording.STREAM_WORDS[stream])} of the {wording.ARM_WORDS[arm]}"
    when = f"in {wording.month(first)}" if first == last else f"between {wording.month(first)} and {wording.month(last)}"
    more = f", and {len(off) - 1} more strips are off" if len(off) > 1 else ""
    if worst is None:
        return f"{what} is empty in extract and feed {when}: not delivered, not a change in care{more}."
    if worst < 1:
        lost = wording.percent(worst, 1)
        return f"{what} holds only {lost} of the feed's rows {when}: not delivered, not a change in care{more}."
    return f"{what} holds up to {wording.percent(worst, 1)} of the feed's rows {when}: rows that the feed does not know{more}."


def _range(ratios: list[float]) -> str:
    low, high = wording.percent(min(ratios), 1), wording.percent(max(ratios), 1)
    return low if low == high else f"{low} to {high}"


def _alt(cells: dict[tuple[str, str], list[dict[str, Any]]], keys: list[tuple[str, str]]) -> str:
    said = []
    for stream, arm in keys:
        ratios = [row["route_ratio"] for row in cells[stream, arm] if row["route_ratio"] is not None]
        empty = len(cells[stream, arm]) - len(ratios)
        body = f"{_range(ratios)} of the feed's rows" if ratios else "no rows by either route"
        tail = f", {empty} empty months" if empty and ratios else ""
        said.append(f"{wording.capital(wording.STREAM_WORDS[stream])}, {wording.ARM_WORDS[arm]}: {body}{tail}")
    reference = "The dotted line is the reference population, people who are not eligible, against its own baseline."
    return f"{'; '.join(said)}. {reference}"
