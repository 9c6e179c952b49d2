"""The first page's line: the paid figure with its interval, and zero, threshold and target on the same axis.

Belongs here: that one mark on one line. Does not belong here: the words beside it (`reports.sentences`).
"""

from typing import Any

from reports import sentences, wording
from reports.figures.drawing import ARM_STYLES, INK, QUIET, Drawing, canvas, finish

#: each mark's word stands on a step of its own, so that no two meet however near their values lie
STEP = 0.55
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}


def how_sure(result: dict[str, Any]) -> Drawing | None:
    """None when nothing was estimated. The axis is £ a head less cost than without the programme: right is a saving."""
    saving = result["saving"]
    if saving is None:
        return None
    point, low, high = (saving[key] for key in ("gbp_per_head", "gbp_per_head_low", "gbp_per_head_high"))
    threshold, target = result["payment"]["threshold_gbp_per_head"], result["study"]["target_gbp_per_head"]
    marks = [("zero", 0.0), ("target", target)] + ([] if threshold is None else [("threshold", threshold)])
    values = [value for value in (point, low, high, *(at for _, at in marks)) if value is not None]
    room = 0.12 * (max(values) - min(values) or 1.0)

    figure, axis = canvas(1.7)
    axis.set_xlim(min(values) - room, max(values) + room)
    axis.set_ylim(-1.0, 1.6 + STEP * len(marks))
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    ordered = sorted(marks, key=lambda mark: mark[1])
    for rank, (name, at) in enumerate(ordered):
        axis.plot([at, at], [-1.0, 1.05 + STEP * rank], color=INK if name == "zero" else QUIET, linewidth=1.1, zorder=1,
                  linestyle="-" if name == "zero" else (0, (2, 2)))  # fmt: skip
        text = "zero" if name == "zero" else f"{name} {wording.pounds(at)}"
        axis.text(at, 1.12 + STEP * rank, text, ha="center", va="bottom", fontsize=8.5, bbox=_PAPER, zorder=3)
    style = ARM_STYLES["intervention"]
    if low is not None and high is not None:
        axis.plot([low, high], [0, 0], color=style.colour, linewidth=3.0, solid_capstyle="butt", zorder=2)
        for at in (low, high):
            axis.plot([at, at], [-0.22, 0.22], color=style.colour, linewidth=2.0, zorder=2)
            axis.text(at, -0.32, wording.pounds(at), ha="center", va="top", fontsize=8.5, bbox=_PAPER, zorder=3)
    axis.plot([point], [0], marker="o", color=style.colour, markersize=9, zorder=3, markeredgecolor="white")
    axis.text(point, 0.28, wording.pounds(point), ha="center", va="bottom", fontweight="bold", fontsize=9.5,
              bbox=_PAPER, zorder=4)  # fmt: skip
    axis.set_xlabel("£ a head and year less cost than without the programme")
    title = sentences.compatible_with(result) or ""
    where = ", ".join(f"{name} at {wording.pounds(at)}" for name, at in ordered)
    mark = f"A mark at {wording.pounds(point)} a head on a line with {where}."
    alt = f"{mark} {title} {wording.capital(sentences.interval_label(result))}."
    return finish(figure, name="how_sure", title=title, alt=alt)
