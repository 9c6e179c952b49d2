"""The comparators of one population in one contract year: weights of every quarter, fixed before any outcome is joined.

Belongs here: weighing quarter by quarter, and what is known of the weights. Does not belong here: the arithmetic (`weighting`,
`balance`), outcomes (`pipeline.estimation.matched`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.calendar import month_name
from pipeline.cohorts.balance import Balance, balance
from pipeline.cohorts.risk_sets import LEVELS, RiskSets
from pipeline.cohorts.weighting import cells_of, propensity, weigh
from pipeline.study import Study


@dataclass(frozen=True, slots=True)
class Comparators:
    """weight : (rows,) of the design. used : rows that count. people : people served. reasons : quarters without weights, by
    their first month. effective_share : how many equally weighted comparators are worth as much, as a share of all.
    in_equipoise : share of the served and of the comparators with a preference score of .3 to .7; None where there is none.
    """

    population: str
    weight: NDArray[np.float64]
    used: NDArray[np.bool_]
    people: int
    reasons: dict[str, str]
    effective_share: float | None
    in_equipoise: tuple[float, float] | None
    balance: tuple[Balance, ...]

    def cells(self, risk: RiskSets) -> pd.DataFrame:
        """practice, served, weight and the outcome's sums of the rows that count: what `matched_effect` takes."""
        served = risk.design["level"].to_numpy() > 0
        joined = risk.outcome.assign(practice=risk.design["practice"], served=served, weight=self.weight)
        return joined[self.used].reset_index(drop=True)


def comparators(risk: RiskSets, *, study: Study, population: str) -> Comparators:
    """Weights for everybody who had reached `population` (of LEVELS) before a quarter of the year began."""
    level, method = LEVELS.index(population), study.cohorts.matching.weights
    design = risk.design
    weight, used = np.zeros(len(design)), np.zeros(len(design), dtype=bool)
    reasons: dict[str, str] = {}
    effective = pool = 0.0
    for quarter, part in design.groupby("quarter", sort=True):
        found = weigh(part, risk.levels, level=level, method=method)
        if found.reason is not None:
            reasons[month_name(int(str(quarter)))] = found.reason
            continue
        weight[part.index], used[part.index] = found.weight, found.weight > 0
        effective += found.effective
        pool += float(part.loc[part["level"] == 0, "people"].sum())
    rows: tuple[Balance, ...] = ()
    equipoise = None
    if used.any():
        kept = design[used | ((design["level"] == 0) & ~design["quarter"].map(month_name).isin(reasons)).to_numpy()]
        rows = tuple(balance(kept, risk.levels, weight[kept.index], level=level, registers=risk.registers))
        score = propensity(cells_of(kept, risk.levels, level=level))
        equipoise = (score.served_in_equipoise, score.comparators_in_equipoise) if score else None
    share = effective / pool if pool else None
    return Comparators(population, weight, used, risk.persons[population], reasons, share, equipoise, rows)
