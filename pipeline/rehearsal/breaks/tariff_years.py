"""Each year's own tariff in the supplier's cost column, where the aggregates stay at constant prices.

Belongs here: what a year's prices are of those of the price list that is delivered. Does not belong here: the price list
(`pipeline.rehearsal.prices`), the study's own prices, which rest on no delivered cost.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.breaks.happened import Break
from pipeline.rehearsal.columns import year_name
from pipeline.rehearsal.parameters import Parameters

if TYPE_CHECKING:
    from pipeline.rehearsal.world import World

NAME = "tariff_years"
#: the year whose prices are delivered as the price list
BASE = 2016
MILLION = 1_000_000


def factors(p: Parameters, first: int, last: int) -> NDArray[np.int64]:
    """Millionths of the base year's prices that each financial year from `first` to `last` pays, shape (years,)."""
    change = p.breaks[NAME]["change"]
    found = {BASE: 1.0}
    for year in range(BASE + 1, last + 1):
        found[year] = found[year - 1] * (1 + change.get(year_name(year), 0.0))
    for year in range(BASE - 1, first - 1, -1):
        found[year] = found[year + 1] / (1 + change.get(year_name(year + 1), 0.0))
    return np.array([round(found[year] * MILLION) for year in range(first, last + 1)], dtype=np.int64)


def row_cost(world: "World", billed: NDArray[np.int64], year: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pence of the supplier's cost column on rows, half a penny rounded up; -1 stays. Without the break: as billed.

    year : first calendar year of the financial year of each row, shape (n,).
    """
    if NAME not in world.breaks or not len(billed):
        return billed
    first = int(year.min())
    of_year = factors(world.parameters, min(first, BASE), max(int(year.max()), BASE))
    factor = of_year[year - min(first, BASE)]
    return np.asarray(np.where(billed < 0, billed, (billed * factor + MILLION // 2) // MILLION))


def _known(p: Parameters) -> list[tuple[str, str]]:
    launch = int(p.city["launch_month"][:4])
    years = [int(year[:4]) for year in p.breaks[NAME]["change"]]
    return [(f"{year}-04", f"tariff of {year_name(year)}") for year in years if year >= launch]


BREAK = Break(NAME, "The cost column on rows follows each year's tariff, the aggregates constant prices.", _known)
