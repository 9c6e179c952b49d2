"""The two-period collapse: each unit's mean after less its mean before, compared between treated and untreated units.

Belongs here: HC3 on those differences. Does not belong here: staggered starts, which have no common before and after.
"""

import numpy as np

from pipeline.errors import UsageError
from pipeline.estimation.inference import Inference, t_row
from pipeline.estimation.partial import Codes, Vector


def hc3_of_changes(*, change: Vector, treated: Vector, weights: Vector) -> Inference:
    """Weighted least squares of change on treated, HC3 (MacKinnon and White 1985), t(units - 2). change, treated (0 or 1) and
    weights are (units,). Raises UsageError with fewer than two units in an arm."""
    if min((treated == 1).sum(), (treated == 0).sum()) < 2:
        raise UsageError("HC3 on changes needs two treated and two untreated units.", "Choose another inference.")
    means = {arm: np.average(change[treated == arm], weights=weights[treated == arm]) for arm in (0, 1)}
    variance = 0.0
    for arm in (0, 1):
        here = treated == arm
        share = weights[here] / weights[here].sum()  # leverage of a unit is its share of the arm's weight
        variance += float(((share * (change[here] - means[arm]) / (1 - share)) ** 2).sum())
    estimate = float(means[1] - means[0])
    return t_row(name="hc3", estimate=estimate, standard_error=float(np.sqrt(variance)), df=len(change) - 2)


def collapse(*, y: Vector, weights: Vector, unit: Codes, period: Codes, onset: Codes) -> tuple[Vector, Vector, Vector]:
    """(change, treated, weights) a unit, from rows with one common onset. onset : (units,) beyond the last period for never.

    Raises UsageError where starts are staggered, a unit was not seen both before and after, or its weight changes."""
    last = int(period.max())
    starts = np.unique(onset[onset <= last])
    if len(starts) != 1 or starts[0] == 0 or not (onset > last).any():
        raise UsageError("HC3 on changes needs one common start, periods before it and untreated units.", "Choose another.")
    units = len(onset)
    after = period >= starts[0]
    sums, mass = np.zeros((2, units)), np.zeros((2, units))
    for side in (0, 1):
        rows = after == bool(side)
        sums[side] = np.bincount(unit[rows], weights=(weights * y)[rows], minlength=units)
        mass[side] = np.bincount(unit[rows], weights=weights[rows], minlength=units)
    if (mass == 0).any():
        missing = int((mass == 0).any(axis=0).sum())
        raise UsageError(f"{missing} units were not seen both before and after the start.", "Drop them or choose another.")
    highest = np.zeros(units)
    np.maximum.at(highest, unit, weights)
    rows_a_unit = np.bincount(unit, minlength=units)
    if not np.allclose(mass.sum(axis=0), highest * rows_a_unit, rtol=1e-9):
        raise UsageError("Weights change within a unit, so changes of means are another estimate.", "Choose another.")
    if len(np.unique(np.bincount(unit[after], minlength=units))) > 1 or len(np.unique(rows_a_unit)) > 1:
        raise UsageError("Units are not seen equally often, so changes of means are another estimate.", "Choose another.")
    means = sums / mass
    return means[1] - means[0], (onset <= last).astype(float), highest
