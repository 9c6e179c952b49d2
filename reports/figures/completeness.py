"""Completeness at a glance: stream x arm x month, what is there against what is expected.

Belongs here: drawing shares of two routes and the reference population's index. Does not belong here: the figure's words
(`completeness_words`), any count of rows, anything of the eligible people after launch but such shares.

A row is a stream and arm, arms adjacent; a tile is a month, and the ink in it is the share of the expected rows that is there:
what is missing is a bite out of the band, which prints in grey and needs no key. Beneath each band, fainter, stand the rows of
the same practices' people who are not eligible against their own usual for the season: a gap in both is the supplier's.
"""

from typing import Any

from pipeline.calendar import month_number
from reports import wording
from reports.figures.completeness_words import Cells, Stretch, alternative, cells_of, gaps, outlined, there, title, unusual
from reports.figures.drawing import ARM_STYLES, INK, QUIET, RULE, Drawing, canvas, finish, year_of, years

BAND, STRIP, ROW, STREAM_GAP = 0.52, 0.2, 1.0, 0.3
MONTH = 1 / 12
#: a tile leaves a hair of white to the next
TILE = MONTH * 0.86
#: the reference population's index is cut here, so that a busy month does not reach into the band above
HIGHEST = 1.25
#: how much of the years shown a letter of a label takes, and how many stretches of a row are named
LETTER, NAMED = 0.0165, 3


def completeness(result: dict[str, Any]) -> Drawing | None:
    """None when nothing was compared."""
    cells = cells_of(result)
    if not cells:
        return None
    at = _places(cells)
    figure, axis = canvas(0.75 + 0.47 * len(cells))
    for key, rows in cells.items():
        _band(axis, rows, at[key], ARM_STYLES[key[1]].colour)
        _usual(axis, rows, at[key], unusual(result, cells, key))
    every = [row["month"] for rows in cells.values() for row in rows]
    first, last = year_of(min(every)), year_of(max(every)) + MONTH
    top, foot = max(at.values()) + BAND + 0.1, min(at.values()) - STRIP * HIGHEST - 0.1
    for key, rows in cells.items():
        _marks(axis, outlined(result, key, rows), gaps(rows), at[key], (first, last))
    _compared(axis, result, foot)
    _times(axis, result, last - first)
    _names(axis, cells, at)
    years(axis, first, last)
    axis.set_ylim(foot - 0.42, top)
    axis.spines["left"].set_visible(False)
    said = title(result, cells)
    return finish(figure, name="completeness", title=said, alt=f"{said} {alternative(result, cells)}")


def _places(cells: Cells) -> dict[tuple[str, str], float]:
    """The foot of each row's band, the first row on top."""
    at, height = {}, 0.0
    before = next(iter(cells))[0]
    for key in cells:
        height -= STREAM_GAP if key[0] != before else 0.0
        at[key], before = height, key[0]
        height -= ROW
    return at


def _band(axis: Any, rows: list[dict[str, Any]], foot: float, colour: str) -> None:
    months = [(year_of(row["month"]), *there(row)) for row in rows]
    short = [(x, foot, TILE, BAND) for x, _, lacks in months if lacks != "nothing"]
    _tiles(axis, short, facecolor="white", edgecolor=RULE, linewidth=0.4, zorder=1)
    _tiles(axis, [(x, foot, TILE, share * BAND) for x, share, _ in months if share], facecolor=colour, linewidth=0, zorder=2)
    for lacks, edge, hatch in (("feed", colour, "////////"), ("both", "#9a9a9a", "xxxxxx")):
        lost = [(x, foot + share * BAND, MONTH, (1 - share) * BAND) for x, share, where in months if where == lacks]
        _tiles(axis, lost, facecolor="white", edgecolor=edge, hatch=hatch, linewidth=0, zorder=2)


def _usual(axis: Any, rows: list[dict[str, Any]], foot: float, words: str) -> None:
    """The not-eligible people's rows over their usual, with the usual as a line."""
    base = foot - 0.05 - STRIP * HIGHEST
    first, last = year_of(rows[0]["month"]), year_of(rows[-1]["month"]) + MONTH
    known = [(year_of(row["month"]), row["reference_ratio"]) for row in rows if row.get("reference_ratio") is not None]
    _tiles(
        axis, [(x, base, TILE, min(index, HIGHEST) * STRIP) for x, index in known], facecolor="#a8a8a8", linewidth=0, zorder=1
    )
    axis.hlines(base + STRIP, first, last, color="white", linewidth=0.6, zorder=2)
    if words:
        axis.text(last - 0.06, base + STRIP / 2, words, ha="right", va="center", fontsize=7, fontweight="bold", zorder=6,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})  # fmt: skip


def _tiles(axis: Any, boxes: list[tuple[float, float, float, float]], **style: Any) -> None:
    """Rectangles of one look as one drawn object: left, foot, width, height of each."""
    from matplotlib.collections import PolyCollection

    corners = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in boxes]
    if corners:
        axis.add_collection(PolyCollection(corners, **style))


def _marks(axis: Any, found: list[Stretch], missing: list[Stretch], foot: float, shown: tuple[float, float]) -> None:
    """Findings outlined, and every stretch named where it stands: beside it when it is too short for its words."""
    from matplotlib.patches import Rectangle

    low, high = foot - 0.09 - STRIP * HIGHEST, foot + BAND + 0.04
    for mark in found:
        left, right = _ends(mark)
        axis.add_patch(Rectangle((left, low), right - left, high - low, fill=False, edgecolor=INK, linewidth=1.5, zorder=5))
    unmarked = [gap for gap in missing if not any(mark.first <= gap.last and mark.last >= gap.first for mark in found)]
    longest = sorted([*found, *unmarked], key=lambda stretch: month_number(stretch.first) - month_number(stretch.last))
    for stretch in longest[:NAMED]:
        left, right = _ends(stretch)
        words = len(stretch.label) * LETTER * (shown[1] - shown[0])
        inside, beyond = right - left >= words, right + words > shown[1]
        x = (left + right) / 2 if inside else left - 0.09 if beyond else right + 0.09
        axis.text(x, foot + BAND / 2, stretch.label, ha="center" if inside else "right" if beyond else "left", va="center",
                  fontsize=7.5, fontweight="bold", zorder=6,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2})  # fmt: skip


def _ends(stretch: Stretch) -> tuple[float, float]:
    return year_of(stretch.first), year_of(stretch.last) + MONTH


def _times(axis: Any, result: dict[str, Any], span: float) -> None:
    """Launch and known breaks, their words above the figure, one step higher where they would meet."""
    known = [(year_of(row["month"]), row["what"]) for row in result["study"].get("known_breaks", [])]
    ends = [-1.0, -1.0, -1.0]
    for x, words in sorted([*known, (year_of(result["study"]["launch"][:7]), "launch")]):
        launch = words == "launch"
        half = len(words) * LETTER * span / 2
        step = next((n for n, end in enumerate(ends) if x - half > end), len(ends) - 1)
        ends[step] = x + half
        style = (
            {"color": INK, "linewidth": 1.2, "linestyle": (0, (4, 2))}
            if launch
            else {"color": QUIET, "linewidth": 0.9, "linestyle": ":"}
        )
        axis.axvline(x, zorder=4, **style)
        above = 1 + 10 * step
        axis.annotate(words, (x, 1.0), xycoords=("data", "axes fraction"), xytext=(0, above), textcoords="offset points",
                      ha="center", va="bottom", fontsize=8.5 if launch else 7.5, color=INK if launch else QUIET)  # fmt: skip


def _compared(axis: Any, result: dict[str, Any], foot: float) -> None:
    """Which months the comparison rests on: the baseline and the contract year."""
    first, last = result["study"]["baseline"]
    year = int(result["contract_year"][:4])
    for left, right, words in (
        (year_of(first), year_of(last) + MONTH, "baseline"),
        (year + 0.25, year + 1.25, result["contract_year"]),
    ):
        axis.plot([left + 0.02, right - 0.02], [foot - 0.08] * 2, color=INK, linewidth=2.2, solid_capstyle="butt")
        axis.text((left + right) / 2, foot - 0.14, words, ha="center", va="top", fontsize=7.5)


def _names(axis: Any, cells: Cells, at: dict[tuple[str, str], float]) -> None:
    """Stream and arm as words beside each band; what the fainter strip is beneath it."""
    axis.set_yticks([])
    before = ""
    for stream, arm in cells:
        foot = at[stream, arm]
        words = [(foot + BAND / 2, wording.ARM_WORDS[arm], 8.5, ARM_STYLES[arm].colour, "bold")]
        words.append((foot - 0.05 - STRIP / 2, "not eligible", 6.5, QUIET, "normal"))
        if stream != before:
            words.append((foot + BAND + 0.2, wording.capital(wording.STREAM_WORDS[stream]), 8.5, INK, "normal"))
        before = stream
        for y, text, size, colour, weight in words:
            axis.annotate(text, (0, y), xycoords=("axes fraction", "data"), xytext=(-4, 0), textcoords="offset points",
                          ha="right", va="center", fontsize=size, color=colour, fontweight=weight,
                          annotation_clip=False)  # fmt: skip
