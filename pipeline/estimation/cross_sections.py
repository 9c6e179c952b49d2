"""Repeated cross-sections for group-time effects: rows of people seen once, told apart by their group's start and the period.

Belongs here: the rows that can be used and ATT(g,t) with its influence function as differences of four means. Does not belong
here: units followed over periods (`balanced_panel`), averages (`group_time_averages`).

Callaway and Sant'Anna 2021, section 2, without covariates: (mean of g at t - mean of g at base) - (the same of controls), each
of rows of that period. It takes the make-up of a group for the same in every period, which nothing here can show.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.errors import UsageError
from pipeline.estimation.balanced_panel import Sample, times_of
from pipeline.estimation.panel_columns import PanelColumns
from pipeline.estimation.partial import Codes, Vector

NOTE = "Every unit is seen once: read as repeated cross-sections, whose groups are taken to be made up alike in every period."


@dataclass(frozen=True, slots=True)
class CrossSections(Sample):
    """Rows of people. y : (rows,) outcome. period : (rows,) codes."""

    y: Vector
    period: Codes

    def attributable(self, *, group: int, time: int, base: int, controls: np.ndarray) -> tuple[float, Vector] | None:
        """ATT(g,t) and its (rows,) influence function; None where one of the four means has no row."""
        effect, influence = 0.0, np.zeros(len(self.y))
        for sign, members in ((1.0, self.onset == group), (-1.0, controls)):
            for side, period in ((sign, time), (-sign, base)):
                weight = self.weights * (members & (self.period == period))
                if not weight.any():
                    return None
                mean = float(weight @ self.y) / float(weight.sum())
                effect += side * mean
                influence += side * weight / weight.mean() * (self.y - mean)
        return effect, influence


def cross_sections(columns: PanelColumns) -> CrossSections:
    """Rows whose group does not start in the first period; the others are left out and counted."""
    assert columns.onset is not None  # gname is one start a unit, checked on reading
    onset, periods = columns.onset[columns.unit], len(columns.period_names)
    keep = onset > 0
    gone = int((~keep).sum())
    if not (onset[keep] < periods).any():
        raise UsageError("No group starts after the first period.", "Look at --gname.")
    return CrossSections(
        onset=onset[keep],
        weights=columns.weights[keep] / columns.weights[keep].mean(),
        cluster=np.unique(columns.cluster[keep], return_inverse=True)[1].astype(np.intp),
        times=times_of(columns.period_names),
        names=columns.period_names,
        notes=(NOTE, *([f"{gone} rows left out: treated in the first period already."] if gone else [])),
        rows_dropped={"treated in the first period already": gone} if gone else {},
        y=columns.y[keep],
        period=columns.period[keep],
    )
