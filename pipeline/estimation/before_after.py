"""What a before-and-after of the engaged would have claimed, with nobody beside them.

Belongs here: the naive change, to be shown and never believed. Does not belong here: any comparison.
People are referred at a bad spell and would have fallen back without anybody (regression to the mean): this is the figure that
a programme without comparators reports.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.stats import t

from pipeline.assurance.gate import Bindings, Verdict
from pipeline.estimation.did import require_both
from pipeline.estimation.inference import FEWEST_IN_AN_ARM


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """GBP a head and year: before, after, and the change with its 95% interval by practices (None with few of them)."""

    people: int
    before: float
    after: float
    change: float
    low: float | None
    high: float | None


def before_after(
    cells: pd.DataFrame,
    *,
    contract_year: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> BeforeAfter | None:
    """cells : practice, people, months_before, months_after, pence_before, pence_after; None where nobody was followed.

    The interval leaves each practice out in turn, t(practices - 1). Raises like `did.contract_year_effect`.
    """
    require_both(
        data_verdict=data_verdict, design_verdict=design_verdict, contract_year=contract_year, bindings=bindings, on=on
    )
    sums = [cells[name].to_numpy(dtype=float) for name in ("pence_before", "months_before", "pence_after", "months_after")]
    total = [float(part.sum()) for part in sums]
    if not total[1] or not total[3]:
        return None
    before, after = (spent / months * 12 / 100 for spent, months in ((total[0], total[1]), (total[2], total[3])))
    low = high = None
    n = len(cells)
    if n >= FEWEST_IN_AN_ARM:
        left = [whole - part for whole, part in zip(total, sums, strict=True)]
        without = (left[2] / left[3] - left[0] / left[1]) * 12 / 100
        error = float(np.sqrt((n - 1) / n * ((without - (after - before)) ** 2).sum()))
        half = float(t.isf(0.025, n - 1)) * error
        low, high = after - before - half, after - before + half
    return BeforeAfter(int(cells["people"].sum()), before, after, after - before, low, high)
