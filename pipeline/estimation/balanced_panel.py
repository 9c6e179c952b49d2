"""A panel of units seen in every period, and the row in which an influence function becomes an interval.

Belongs here: what group-time effects and their averages share. Does not belong here: the effects (`group_time`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import norm

from pipeline.errors import UsageError
from pipeline.estimation.panel_columns import PanelColumns
from pipeline.estimation.partial import Codes, Vector
from pipeline.estimation.period_order import counts_units


@dataclass(frozen=True, slots=True)
class Sample:
    """Members (units followed, or rows of repeated cross-sections) whose group-time effects are averaged.

    onset : (members,) position of the first treated period, as many as there are periods for never. weights : (members,) with
    mean 1. cluster : (members,) codes. times : (periods,) numbers where periods count time, else positions.
    """

    onset: Codes
    weights: Vector
    cluster: Codes
    times: Vector
    names: tuple[str, ...]
    notes: tuple[str, ...]
    rows_dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BalancedPanel(Sample):
    """Units seen in every period. y : (units, periods)."""

    y: Vector

    def attributable(self, *, group: int, time: int, base: int, controls: np.ndarray) -> tuple[float, Vector] | None:
        """ATT(g,t) and its (units,) influence function: change since base of the group, less that of the controls."""
        change = self.y[:, time] - self.y[:, base]
        parts, influence = [], np.zeros(len(change))
        for sign, members in ((1.0, self.onset == group), (-1.0, controls)):
            weight = self.weights * members
            mean = float(weight @ change) / float(weight.sum())
            parts.append(sign * mean)
            influence += sign * weight / weight.mean() * (change - mean)
        return sum(parts), influence


def standard_error(influence: Vector, cluster: Codes) -> float:
    """sqrt of the sum over clusters of squared sums of influence, over units: sqrt(mean(psi^2) / n) with clusters of one."""
    return float(np.sqrt((np.bincount(cluster, weights=influence) ** 2).sum()) / len(influence))


def normal_row(estimate: float, influence: Vector, cluster: Codes) -> dict[str, Any]:
    """estimate, standard_error, p_value, ci_low, ci_high, by the normal distribution."""
    se = standard_error(influence, cluster)
    half = float(norm.ppf(0.975)) * se
    p_value = float(2 * norm.sf(abs(estimate) / se)) if se > 0 else None
    low, high = (estimate - half, estimate + half) if se > 0 else (None, None)
    return {"estimate": float(estimate), "standard_error": se, "p_value": p_value, "ci_low": low, "ci_high": high}


def label(name: str) -> Any:
    """A period's name as a number where it is one, so that 2004.0 reads 2004."""
    try:
        value = float(name)
    except ValueError:
        return name
    return int(value) if value.is_integer() else value


def times_of(names: Sequence[str]) -> Vector:
    """(periods,) the periods as numbers where these count time, else their positions."""
    labels = [label(name) for name in names]
    return np.array(labels if counts_units(labels) else range(len(labels)), dtype=float)


def before_last_start(columns: PanelColumns) -> PanelColumns:
    """Without never-treated units, the periods in which somebody is untreated still, the last to start serving as controls; the
    rows after them are counted. As R `did`, before units with gaps are left out. With never-treated units, all as it was."""
    assert columns.onset is not None
    last = int(columns.onset.max())
    keep = columns.period < last
    if last == len(columns.period_names) or last == 0 or keep.all():
        return columns
    kept, unit = np.unique(columns.unit[keep], return_inverse=True)
    return replace(
        columns,
        **{name: getattr(columns, name)[keep] for name in ("y", "d", "weights", "period", "cluster")},
        unit=unit.astype(np.intp),
        period_names=columns.period_names[:last],
        onset=columns.onset[kept],
        dropped={**columns.dropped, "period in which nobody is untreated": int((~keep).sum())},
        notes=(*columns.notes, "Periods from the last start on left out: nobody is untreated then."),
    )


def balance(columns: PanelColumns) -> BalancedPanel:
    """Units seen once in every period, not treated in the first. The rest are left out, counted in notes."""
    units, periods = int(columns.unit.max()) + 1, len(columns.period_names)
    seen = np.bincount(columns.unit.astype(np.int64) * periods + columns.period, minlength=units * periods)
    if (seen > 1).any():
        raise UsageError(
            f"{int((seen > 1).sum())} unit-periods stand twice or more: group-time effects follow units.",
            "One row each; for repeated cross-sections name a column as --idname that has another value in every row.",
        )
    assert columns.onset is not None  # gname is one start a unit, checked on reading
    whole = seen.reshape(units, periods).all(axis=1)
    early = columns.onset == 0
    notes, rows_dropped = [], {}
    rows_a_unit = seen.reshape(units, periods).sum(axis=1)
    for gone, reason in (
        (~whole, f"not seen in all {periods} periods"),
        (whole & early, "treated in the first period already"),
    ):
        if gone.any():
            notes.append(f"{int(gone.sum())} units left out: {reason}.")
            rows_dropped[f"unit {reason}"] = int(rows_a_unit[gone].sum())
    keep = whole & ~early
    if not (columns.onset[keep] < periods).any():
        raise UsageError("No unit that starts after the first period is seen in every period.", "Look at gaps and --gname.")
    y, w = np.full((units, periods), np.nan), np.full((units, periods), np.nan)
    y[columns.unit, columns.period], w[columns.unit, columns.period] = columns.y, columns.weights
    if not np.allclose(w[keep], w[keep][:, :1], rtol=1e-9):
        raise UsageError("Weights change within a unit.", "With --gname give one weight a unit.")
    cluster = np.zeros(units, dtype=np.intp)
    cluster[columns.unit] = columns.cluster
    if len(np.unique(columns.unit * (int(columns.cluster.max()) + 1) + columns.cluster)) > units:
        raise UsageError("A unit lies in two clusters.", "With --gname clusters must hold whole units.")
    return BalancedPanel(
        y=y[keep],
        onset=columns.onset[keep],
        weights=w[keep, 0] / w[keep, 0].mean(),
        cluster=np.unique(cluster[keep], return_inverse=True)[1].astype(np.intp),
        times=times_of(columns.period_names),
        names=columns.period_names,
        notes=tuple(notes),
        rows_dropped=rows_dropped,
    )
