"""How every figure looks, and how it becomes the same bytes each time.

Belongs here: size, colours, line styles, the axes' furniture, SVG output with title and alternative text.
Does not belong here: what any figure shows.

Drawn 130 mm wide, so that its letters can still be read when a phone shrinks it to its own width. An arm has one colour,
one line style and one marker everywhere: the colours (Okabe and Ito's blue and orange, darkened apart in lightness) differ
for the colour-blind and in grey print, and the line styles differ without any colour.
"""

import io
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pipeline.calendar import month_number

WIDTH_INCHES = 5.1

INK, QUIET, RULE = "#1a1a1a", "#595959", "#d0d0d0"


@dataclass(frozen=True, slots=True)
class ArmStyle:
    """One arm's look, the same in every figure."""

    colour: str
    line: str
    marker: str


ARM_STYLES = {
    "intervention": ArmStyle("#00518a", "-", "o"),
    "control": ArmStyle("#d08700", "--", "s"),
    "wider": ArmStyle("#6b6b6b", ":", "^"),
}

_STYLE: Any = {
    "font.family": "DejaVu Sans", "font.size": 9.0, "svg.hashsalt": "outcomeb", "svg.fonttype": "path",
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": QUIET, "axes.labelcolor": INK,
    "axes.linewidth": 0.8, "xtick.color": QUIET, "ytick.color": QUIET, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "axes.labelsize": 9.0, "xtick.labelsize": 8.5, "ytick.labelsize": 8.5, "axes.unicode_minus": True,
    "text.color": INK, "axes.grid": False, "figure.facecolor": "white", "lines.linewidth": 1.8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure as it goes into documents: `title` is its message in a full sentence, `alt` what a sighted reader takes away."""

    name: str
    title: str
    alt: str
    svg: str


def canvas(height_inches: float, rows: int = 1, *, ratios: list[float] | None = None) -> tuple[Any, Any]:
    """A matplotlib figure and its axes (an array of them when rows > 1), in the house style, sharing the x axis."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
        axes = figure.subplots(rows, 1, sharex=True, gridspec_kw={"height_ratios": ratios} if ratios else None)
    return figure, axes


def finish(figure: Any, *, name: str, title: str, alt: str) -> Drawing:
    """The figure as SVG text that names itself to assistive technology."""
    import matplotlib as mpl

    page = io.StringIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(page, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    svg = page.getvalue()
    opening = svg.index("<svg ")
    named = f'<svg role="img" aria-label={quoteattr(alt)} '
    inside = svg.index(">", opening) + 1
    body = svg[opening + len("<svg ") : inside] + f"<title>{escape(title)}</title><desc>{escape(alt)}</desc>" + svg[inside:]
    return Drawing(name=name, title=title, alt=alt, svg=svg[:opening] + named + body)


def year_of(month: str) -> float:
    """A month as a place on an axis in calendar years: '2015-07' is 2015.5."""
    return month_number(month) / 12


def years(axis: Any, first: float, last: float) -> None:
    """Ticks at each financial year's April, labelled by the calendar year in which it begins."""
    span = range(int(first), int(last) + 1)
    axis.set_xticks([year + 0.25 for year in span if first - 0.01 <= year + 0.25 <= last])
    axis.set_xticklabels([f"Apr\n{year}" for year in span if first - 0.01 <= year + 0.25 <= last])
    axis.set_xlim(first - 0.1, last + 0.1)


def mark_launch(axis: Any, at: float, *, label: bool = True) -> None:
    """The launch as a vertical line with its word beside it."""
    axis.axvline(at, color=INK, linewidth=1.2, linestyle=(0, (4, 2)), zorder=1)
    if label:
        axis.annotate(
            "launch", (at, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 1), textcoords="offset points",
            fontsize=8.5, va="bottom", ha="center", color=INK,
        )  # fmt: skip
