"""How often the data of a contract year have been looked at: once a received date of its aggregates.

Belongs here: counting looks from the list of deliveries. Does not belong here: what a level spends on each look (the
statistical checks), the register itself (`pipeline.deliveries`).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from pipeline.calendar import year_months

#: the dataset whose arrival opens a contract year to the statistical checks
DATASET = "practice_activity"


class Received(Protocol):
    """What looks need of `pipeline.deliveries.Delivery`."""

    @property
    def dataset(self) -> str: ...
    @property
    def first_month(self) -> str: ...
    @property
    def last_month(self) -> str: ...
    @property
    def received(self) -> date: ...


def looks(deliveries: Iterable[Received], contract_years: Sequence[str], on: date) -> dict[str, int]:
    """Contract year -> number of its look on the day `on`: 1 for the first.

    deliveries : every delivery ever received, those superseded since included, since what they showed was seen. Deliveries of
    one day are one look. A year of which nothing has come is at its first look.
    """
    aggregates = [each for each in deliveries if each.dataset == DATASET and each.received <= on]
    found = {}
    for year in contract_years:
        months = year_months(year)
        days = {each.received for each in aggregates if each.first_month <= months[-1] and each.last_month >= months[0]}
        found[year] = max(1, len(days))
    return found
