"""Practice x month cells as arrays, and the change of each practice between two sets of months.

Belongs here: the exact collapse of the two-way fixed-effects regression. With every practice seen in every month and weights
fixed by practice, the coefficient of treated x after, its scores, its jackknife and its wild bootstrap are those of the
weighted regression of the practices' changes on the arm: one row a practice. Does not belong here: gates (`did`), variances.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import InternalError, UsageError
from pipeline.estimation.partial import Partialled, Vector, partial_out

#: cells are monthly; effects are stated a year
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class PracticeMonths:
    """values : (practices, months) per baseline head and month. heads : (practices,) fixed baseline heads. treated :
    (practices,) 1 for intervention, 0 for control. practices, months : sorted names."""

    values: Vector
    heads: Vector
    treated: Vector
    practices: tuple[str, ...]
    months: tuple[str, ...]

    def mean_over(self, months: Sequence[str]) -> Vector:
        """(practices,) mean of the months named, a year."""
        place = {month: j for j, month in enumerate(self.months)}
        return np.asarray(self.values[:, [place[month] for month in months]].mean(axis=1) * MONTHS_A_YEAR)

    def leave_out(self, practice: str) -> "PracticeMonths":
        """The same without one practice."""
        keep = np.array([name != practice for name in self.practices])
        names = tuple(name for name in self.practices if name != practice)
        return PracticeMonths(self.values[keep], self.heads[keep], self.treated[keep], names, self.months)

    def arm_mean(self, by_practice: Vector, arm: int, weights: Vector | None = None) -> float:
        """Weighted mean over the practices of an arm (1 intervention, 0 control), by heads unless other weights are given."""
        here = self.treated == arm
        return float(np.average(by_practice[here], weights=(self.heads if weights is None else weights)[here]))


def practice_months(
    cells: pd.DataFrame, *, outcome: str, pod: str, months: Sequence[str], column: str = "per_head"
) -> PracticeMonths:
    """The cells of one outcome and point of delivery, intervention and control only, in the months named.

    Practices without baseline heads carry no weight and are left out. Raises UsageError where the outcome is not in the cells
    or an arm is empty; InternalError where a practice-month is missing, stands twice, or a practice's heads change."""
    wanted = cells["arm"].isin(["intervention", "control"]) & (cells["outcome"] == outcome) & (cells["pod"] == pod)
    here = cells[wanted & cells["month"].isin(list(months)) & (cells["heads"] > 0)]
    if here.empty:
        raise UsageError(f"There are no cells of outcome {outcome}, point of delivery {pod} in these months.", "Look at panel.")
    if here.duplicated(["practice", "month"]).any():
        raise InternalError(f"A practice-month of {outcome}/{pod} stands twice in the cells.")
    table = here.pivot(index="practice", columns="month", values=column).sort_index()
    table = table.reindex(columns=sorted(months))
    if table.isna().to_numpy().any():
        row, col = np.argwhere(table.isna().to_numpy())[0]
        raise InternalError(f"No cell of {outcome}/{pod} for practice {table.index[row]} in {table.columns[col]}.")
    heads = here.groupby("practice")["heads"].agg(["min", "max"]).sort_index()
    if (heads["min"] != heads["max"]).any():
        raise InternalError(f"Baseline heads of {int((heads['min'] != heads['max']).sum())} practices change over months.")
    arm = here.groupby("practice")["arm"].first().sort_index()
    treated = np.asarray((arm == "intervention").to_numpy(), dtype=float)
    if treated.min() == treated.max():
        raise UsageError("Only one arm has practices with eligible people.", "Look at arms in study.yaml.")
    return PracticeMonths(
        values=table.to_numpy(dtype=float),
        heads=heads["min"].to_numpy(dtype=float),
        treated=treated,
        practices=tuple(map(str, table.index)),
        months=tuple(map(str, table.columns)),
    )


def change_between(panel: PracticeMonths, *, before: Sequence[str], after: Sequence[str]) -> Vector:
    """(practices,) mean a year after less mean a year before."""
    return panel.mean_over(after) - panel.mean_over(before)


def fit_change(panel: PracticeMonths, *, change: Vector, weights: Vector | None = None) -> Partialled:
    """Weighted regression of a practice's change on its arm; every practice is a cluster of its own."""
    return partial_out(
        y=change,
        d=panel.treated,
        weights=panel.heads if weights is None else weights,
        factors=[],
        cluster=np.arange(len(change), dtype=np.intp),
    )
