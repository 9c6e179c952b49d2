"""Closed forms of the jackknife for a weighted difference in mean change between two arms, one row a practice.

Belongs here: leaving out each practice of a difference in means, for many outcomes or many relabellings at once. Equal to
`variance.leave_one_out` on the same changes, which the tests hold. Does not belong here: designs other than two arms.

Without practice p the mean of its arm moves by w_p / (W - w_p) x (mean - change_p), W the arm's weight; the other arm stays.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.estimation.partial import Vector


@dataclass(frozen=True, slots=True)
class ArmJackknife:
    """effects : (k,) difference in mean change for each outcome. moved : (practices, k) the same without each practice, less
    the whole. covariance : (k, k) CV3 = (G-1)/G x moved'moved."""

    effects: Vector
    moved: Vector
    covariance: Vector


def leave_each_out(*, changes: Vector, weights: Vector, treated: Vector) -> ArmJackknife:
    """changes : (practices, k). weights, treated (0 or 1) : (practices,). Each arm needs two practices."""
    effects, moved = np.zeros(changes.shape[1]), np.zeros(changes.shape)
    for sign, inside in ((1.0, treated == 1), (-1.0, treated == 0)):
        mass = weights[inside].sum()
        mean = weights[inside] @ changes[inside] / mass
        effects += sign * mean
        moved[inside] = sign * (weights[inside] / (mass - weights[inside]))[:, None] * (mean - changes[inside])
    practices = len(weights)
    return ArmJackknife(effects, moved, (practices - 1) / practices * moved.T @ moved)


def satterthwaite_df(*, weights: Vector, treated: Vector) -> float:
    """Degrees of freedom of CV3: those of the chi-squared with its mean and variance (Satterthwaite 1946).

    From list sizes alone, never from residuals, in the model that weights stand for: variance 1 / weight, as CR2 takes it.
    With equal lists it is practices - 2; a few large lists bring it down."""
    variance = np.zeros((len(weights), len(weights)))
    for inside in (treated == 1, treated == 0):
        share = weights[inside] / weights[inside].sum()
        maker = np.eye(int(inside.sum())) - share
        variance[np.ix_(inside, inside)] = maker.T @ np.diag((share / (1 - share)) ** 2) @ maker
    form = variance / weights
    return float(np.trace(form) ** 2 / np.trace(form @ form))


def jackknife_t(*, change: Vector, weights: Vector, treated: Vector) -> Vector:
    """(m,) effect over CV3 for each column of treated (practices, m). change, weights : (practices,). inf where practices do
    not differ within arms but the arms do."""
    gap, total = np.zeros(treated.shape[1]), np.zeros(treated.shape[1])
    for sign, inside in ((1.0, treated), (-1.0, 1.0 - treated)):
        mass = weights @ inside
        mean = (weights * change) @ inside / mass
        gap += sign * mean
        moved = weights[:, None] / (mass - weights[:, None]) * (mean - change[:, None])
        total += (np.where(inside == 1, moved, 0.0) ** 2).sum(axis=0)
    practices = len(change)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(gap / np.sqrt((practices - 1) / practices * total))
