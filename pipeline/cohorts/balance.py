"""Are the comparators like the people served, before and after weights, beyond what chance alone gives?

Belongs here: standardised differences, each with the range that practices show by chance. Does not belong here: making weights
(`pipeline.cohorts.weighting`), the arms as a whole (`pipeline.assurance.balance`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

Floats = NDArray[np.float64]

#: the usual bound for a difference that matters (Austin 2009, Statistics in Medicine 28)
MATTERS = 0.1


@dataclass(frozen=True, slots=True)
class Balance:
    """One level of one covariate. served, before, after : its share among the people served and among the comparators without
    and with weights. smd_before, smd_after : difference over the pooled standard deviation without weights. chance : half the
    95% range of smd_after that practices alone would give (jackknife over practices); None with too few of them. weighted_on :
    whether the weights were made to balance it. verdict : `alike` within chance; beyond it `small` below MATTERS, else `apart`.
    """

    covariate: str
    level: str
    served: float
    before: float
    after: float
    smd_before: float
    smd_after: float
    chance: float | None
    weighted_on: bool
    verdict: str


def balance(
    design: pd.DataFrame, levels: pd.DataFrame, weight: Floats, *, level: int, registers: tuple[str, ...]
) -> list[Balance]:
    """Every level of every covariate weighted on, then every register, which no weight was made for.

    design, levels : of `risk_sets.RiskSets`, a whole contract year; a person counts once a quarter. weight : (rows,).
    level : as in `weighting.weigh`.
    """
    people = design["people"].to_numpy(dtype=float)
    served, pool = (people * side.to_numpy() for side in (design["level"] >= level, design["level"] == 0))
    practices, place = np.unique(design["practice"].to_numpy().astype(str), return_inverse=True)
    sides = _Sides(served, pool, pool * weight, place, len(practices))
    cell = design["cell"].to_numpy()
    used = np.bincount(cell, weights=served + sides.weighted, minlength=len(levels)) > 0
    rows = []
    for name in levels.columns.drop("index_month"):
        values = levels[name].to_numpy()
        rows += [_row(sides, name, str(found), True, (values == found)[cell]) for found in np.unique(values[used])]
    for code in registers:
        on = design[f"on_{code}"].to_numpy(dtype=float)
        rows.append(_row(sides, "register", code, False, np.divide(on, people, out=np.zeros_like(on), where=people > 0)))
    return rows


@dataclass(frozen=True, slots=True)
class _Sides:
    """People by row of the design: served, all comparators, comparators as weighted; and the place of the row's practice."""

    served: Floats
    pool: Floats
    weighted: Floats
    place: NDArray[np.intp]
    practices: int


def _row(sides: _Sides, name: str, label: str, weighted_on: bool, share: Floats | NDArray[np.bool_]) -> Balance:
    served, before, after = (float(mass @ share / mass.sum()) for mass in (sides.served, sides.pool, sides.weighted))
    spread = float(np.sqrt((served * (1 - served) + before * (1 - before)) / 2))
    per = 1 / spread if spread > 0 else 0.0
    half = _by_chance(share, sides)
    chance = half * per if half is not None and spread > 0 else None
    smd = (served - after) * per
    beyond = chance is not None and abs(smd) > chance
    verdict = ("apart" if abs(smd) >= MATTERS else "small") if beyond else "alike"
    return Balance(name, label, served, before, after, (served - before) * per, smd, chance, weighted_on, verdict)


def _by_chance(share: Floats | NDArray[np.bool_], sides: _Sides) -> float | None:
    """Half the 95% interval of the difference of means, each practice left out in turn (CV3), t(practices - 1)."""
    masses = (sides.served * share, sides.served, sides.weighted * share, sides.weighted)
    sums = [np.bincount(sides.place, weights=mass, minlength=sides.practices) for mass in masses]
    if min(int((sums[1] > 0).sum()), int((sums[3] > 0).sum())) < 2:
        return None
    total = [float(part.sum()) for part in sums]
    left = [whole - part for whole, part in zip(total, sums, strict=True)]
    without = left[0] / left[1] - left[2] / left[3]
    n, whole = sides.practices, total[0] / total[1] - total[2] / total[3]
    error = float(np.sqrt((n - 1) / n * ((without - whole) ** 2).sum()))
    return float(t.isf(0.025, n - 1)) * error


def sentence(rows: list[Balance]) -> str:
    """How alike they are, with what chance alone would have shown."""
    weighted = [row for row in rows if row.weighted_on]
    held_out = [row for row in rows if not row.weighted_on]
    worst_before = max((abs(row.smd_before) for row in rows), default=0.0)
    worst = max((abs(row.smd_after) for row in weighted), default=0.0)
    apart = [row for row in held_out if row.verdict == "apart"]
    small = [row for row in held_out if row.verdict == "small"]
    return (
        f"Without weights the largest standardised difference was {worst_before:.2f}; with them it is {worst:.2f} in what was "
        f"weighted on. Of {len(held_out)} registers that were not, {len(apart)} lie apart by {MATTERS} or more and beyond "
        f"chance, and {len(small)} by less; chance alone would show about {len(held_out) * 0.05:.1f} beyond it."
    )
