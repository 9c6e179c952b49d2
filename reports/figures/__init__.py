"""Figures: each drawn from the result object alone, with its message as title and a text alternative.

Belongs here: one module a figure, and their common look (`drawing`). Does not belong here: numbers the result does not hold.
"""

from typing import Any

from reports.figures.around_referral import around_referral
from reports.figures.completeness import completeness
from reports.figures.cost_per_head import cost_per_head
from reports.figures.drawing import Drawing
from reports.figures.event_study import event_study
from reports.figures.how_sure import how_sure
from reports.figures.parts import parts
from reports.figures.waterfall import waterfall

__all__ = [
    "Drawing",
    "around_referral",
    "completeness",
    "cost_per_head",
    "draw_all",
    "event_study",
    "how_sure",
    "parts",
    "waterfall",
]


def draw_all(result: dict[str, Any]) -> dict[str, Drawing]:
    """Every figure that this result can fill, by name, in the order in which a report shows them."""
    figures = (how_sure, completeness, cost_per_head, parts, event_study, around_referral, waterfall)
    drawn = [figure(result) for figure in figures]
    return {drawing.name: drawing for drawing in drawn if drawing is not None}
