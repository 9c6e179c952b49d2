"""Delivered over published people of a register, arm against arm, with the practice as unit.

Belongs here: the ratio, its noise and its interval. Does not belong here: what a difference means (`registers`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import COMPARED, Floats, codes_of

#: two-sided, of the family of all registers: they are judged once for all contract years
LEVEL = 0.001


@dataclass(frozen=True, slots=True)
class Ratio:
    """One register.

    lost : part of its people that the intervention lacks beyond the control (negative: the control lacks them); low, high : its
        interval. weight : arm -> the register's part of all published people of the listed registers.
    """

    register: str
    lost: float
    low: float
    high: float
    weight: Mapping[str, float]


def reach(ratio: Ratio) -> float:
    """The part of a register that one arm can lack unseen: half of the interval's width."""
    return (ratio.high - ratio.low) / 2


def ratios(counts: pd.DataFrame, arm_of: Mapping[str, str]) -> list[Ratio]:
    """Ratios of every register with at least two practices in each arm. counts : practice, register, delivered, published.

    On the log scale: difference of the arms' pooled ratios, its error by leaving out one practice at a time within each arm
    (delete-one jackknife), t with as many degrees of freedom as the smaller arm has practices less one.
    """
    from scipy.stats import t

    register, names = pd.factorize(counts["register"], sort=True)
    practices = list(arm_of)
    of_practice = np.array([*(COMPARED.index(arm) if arm in COMPARED else -1 for arm in arm_of.values()), -1], dtype=np.int64)
    arm = of_practice[codes_of(counts["practice"], practices)]
    delivered, published = (counts[name].to_numpy(dtype=float) for name in ("delivered", "published"))
    every = [max(float(published[arm == a].sum()), 1.0) for a in range(len(COMPARED))]
    found = []
    for r, name in enumerate(names):
        parts = [np.flatnonzero((register == r) & (arm == a) & (published > 0)) for a in range(len(COMPARED))]
        if min(len(part) for part in parts) < 2 or not all(delivered[part].sum() for part in parts):
            continue
        logs, errors = zip(*(_log_ratio(delivered[part], published[part]) for part in parts), strict=True)
        apart, error = logs[1] - logs[0], float(np.hypot(*errors))
        half = float(t.isf(LEVEL / len(names) / 2, min(len(part) for part in parts) - 1)) * error
        lost, low, high = (
            float(1 - np.exp(-x)) if x > 0 else float(np.exp(x) - 1) for x in (apart, apart - half, apart + half)
        )
        weight = {a: float(published[part].sum()) / whole for a, part, whole in zip(COMPARED, parts, every, strict=True)}
        found.append(Ratio(str(name), lost, low, high, weight))
    return found


def _log_ratio(delivered: Floats, published: Floats) -> tuple[float, float]:
    """Log of delivered over published of one arm, and its jackknife error."""
    whole = float(np.log(delivered.sum() / published.sum()))
    left = np.log(np.maximum(delivered.sum() - delivered, 0.5) / np.maximum(published.sum() - published, 0.5))
    n = len(delivered)
    return whole, float(np.sqrt((n - 1) / n * ((left - left.mean()) ** 2).sum()))
