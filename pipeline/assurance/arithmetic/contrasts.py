"""Arm against arm with the practice as unit: changes between two periods, and their honest error.

Belongs here: periods, contrasts of practice-level changes, their noise now and at placebo dates. Does not belong here: what is
compared (the checks), verdicts and pounds (`steps`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.assurance.arithmetic.counted import Floats, Masks
from pipeline.assurance.window import Window

#: fewer practices of an arm give no variance worth the name
LEAST_PRACTICES = 3


@dataclass(frozen=True, slots=True)
class Periods:
    """Comparisons of two sets of months: the judged one first, then placebo ones before launch.

    before, after : shape (comparisons, months), 1.0 where the month belongs to the side.
    """

    before: Floats
    after: Floats

    def sums(self, figures: Floats, axis: int) -> tuple[Floats, Floats]:
        """Both sides' sums over the months axis; the comparisons come first."""
        moved = np.moveaxis(figures, axis, 0)
        return np.tensordot(self.before, moved, axes=1), np.tensordot(self.after, moved, axes=1)


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Intervention minus control of mean changes, one number a series; nan where an arm has too few practices.

    standard_error : root of the largest of the Welch variance now, the mean Welch variance at placebo dates, and the mean
        squared contrast there, which holds what whole arms share.
    df : Welch-Satterthwaite of the variance now; it understates those of the larger variance that is taken.
    moved : shape (2, series), each arm's own mean change.
    practices : shape (2, series).
    """

    difference: Floats
    standard_error: Floats
    df: Floats
    moved: Floats
    practices: NDArray[np.int64]


def year_periods(window: Window, months: Sequence[str]) -> Periods:
    """The contract year against the baseline; placebo: each baseline year against the other baseline years."""
    years = [window.before[start : start + 12] for start in range(0, len(window.before) - 11, 12)]
    baseline = _row(window.before, months)
    placebos = [_row(year, months) for year in years] if len(years) > 1 else []
    return Periods(
        np.array([baseline, *(baseline - year for year in placebos)]), np.array([_row(window.after, months), *placebos])
    )


def _row(named: Sequence[str], months: Sequence[str]) -> Floats:
    wanted = frozenset(named)
    return np.array([float(month in wanted) for month in months])


def contrasts(changes: Floats, treated: Masks, control: Masks, shared_variance: "Floats | float" = 0.0) -> Contrasts:
    """Contrasts of `changes`, shape (comparisons, practices, series), nan where a practice has none.

    shared_variance : what the practices' spread cannot show, because it is common to an arm (areas), by series.
    """
    sides = [_side(changes[:, mask]) for mask in (treated, control)]
    count, mean, variance = (np.stack(part) for part in zip(*sides, strict=True))
    enough = (count >= LEAST_PRACTICES).all(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = variance / count
        welch = np.where(enough, part.sum(axis=0), np.nan)
        apart = np.where(enough, mean[0] - mean[1], np.nan)
        df = welch[0] ** 2 / (part[:, 0] ** 2 / (count[:, 0] - 1)).sum(axis=0)
    least = count[:, 0].min(axis=0) - 1.0
    df = np.where(np.isfinite(df), np.maximum(df, least), least)
    noise = np.maximum(np.maximum(welch[0], _mean(welch[1:])), _mean(apart[1:] ** 2)) + shared_variance
    return Contrasts(apart[0], np.sqrt(noise), df, mean[:, 0], count[:, 0].astype(np.int64))


def alike(changes: Floats, compared: Masks) -> tuple[Floats, Floats, Floats]:
    """What all compared practices did alike: mean change, its standard error (as in `contrasts`) and df, by series."""
    count, mean, variance = _side(changes[:, compared])
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(count >= 2 * LEAST_PRACTICES, variance / count, np.nan)
    known = np.where(np.isnan(own), np.nan, mean)
    return known[0], np.sqrt(np.maximum(np.maximum(own[0], _mean(own[1:])), _mean(known[1:] ** 2))), count[0] - 1


def _side(changes: Floats) -> tuple[Floats, Floats, Floats]:
    """Practices, mean and variance (ddof 1) of one arm, each of shape (comparisons, series)."""
    known = ~np.isnan(changes)
    count = known.sum(axis=1).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, changes, 0.0).sum(axis=1) / count
        apart = np.where(known, changes - mean[:, None], 0.0)
        variance = (apart**2).sum(axis=1) / (count - 1)
    return count, mean, variance


def _mean(placebos: Floats) -> Floats:
    """Mean over placebo dates (axis 0) of what is known, 0 where nothing is."""
    known = ~np.isnan(placebos)
    return np.where(known, placebos, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
