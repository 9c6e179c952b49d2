"""Measures of cost by person and year: how much is zero, how it spreads, lasts, gathers in few, and differs by practice.

Belongs here: functions of arrays, each a textbook definition. Does not belong here: a city (`face_figures`), published figures.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def share_at_zero(values: Floats) -> float:
    """Share of the values that are zero."""
    return float(np.mean(values == 0))


def variation(values: Floats) -> float:
    """Coefficient of variation: standard deviation over mean."""
    return float(np.std(values, ddof=1) / np.mean(values))


def share_of_highest(values: Floats, share: float) -> float:
    """Share of the sum that the highest `share` of the values have (their number rounded)."""
    first = len(values) - round(share * len(values))
    return float(np.sort(values)[first:].sum() / values.sum())


def serial_correlation(values: Floats, counted: Bools) -> float:
    """Correlation of a year with the year after, over all pairs of years that both count. Both arrays (people, years)."""
    both = counted[:, :-1] & counted[:, 1:]
    return float(np.corrcoef(values[:, :-1][both], values[:, 1:][both])[0, 1])


def between_practices(values: Floats, practice: Ints) -> tuple[float, float]:
    """Variance between practices beyond sampling, and variance within them (one-way analysis of variance, unequal sizes).

    The first is (mean square between - mean square within) / n0 with n0 = (N - sum n^2 / N) / (k - 1), not floored at zero, so
    that it can be averaged over years without bias.
    """
    _, index = np.unique(practice, return_inverse=True)
    size = np.bincount(index)
    mean = np.bincount(index, weights=values) / size
    between = float(np.sum(size * (mean - values.mean()) ** 2) / (len(size) - 1))
    within = float(np.sum((values - mean[index]) ** 2) / (len(values) - len(size)))
    typical = (len(values) - float(np.sum(size**2)) / len(values)) / (len(size) - 1)
    return (between - within) / typical, within
