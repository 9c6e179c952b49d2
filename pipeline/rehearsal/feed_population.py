"""Person-months, deaths, joiners and leavers of the simulated people, by practice, month, population and age band.

Belongs here: the denominators behind `feed_counts`. Does not belong here: people who exist only as aggregates (`background`).
Counted are people registered in the city and alive at the start of the month, in the practice their contacts count for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.calendar import month_number
from pipeline.rehearsal.feed_counts import POPULATIONS
from pipeline.rehearsal.people import NO_PRACTICE, People
from pipeline.rehearsal.where import BANDS, band_of, counting_practice
from pipeline.rehearsal.world import World

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Population:
    """Dense cells, each of shape (practices, months, populations, bands)."""

    person_months: Ints
    deaths: Ints
    joiners: Ints
    leavers: Ints


def count_population(world: World, people: People) -> Population:
    """Cells of the study practices from the simulated people as the aggregates count them."""
    p = world.parameters
    shape = (world.city.study, len(p.months), len(POPULATIONS), len(BANDS))
    found = {name: np.zeros(shape, dtype=np.int64) for name in ("person_months", "deaths", "joiners", "leavers")}
    first = month_number(p.months[0])
    everyone = np.flatnonzero(people.group != NO_PRACTICE)
    for month in range(len(p.months)):
        here = everyone[(people.first[everyone] <= month) & (month <= np.minimum(people.last, people.died)[everyone])]
        practice = counting_practice(people, here, np.full(len(here), month))
        population = np.where(people.eligible[here], 0, 1)
        band = band_of((first + month - people.birth[here]) // 12)
        own = ~people.eligible[here]  # moves inside the city change the practice of people who are not eligible
        joined = (
            (people.first[here] == month) | (own & (people.moved_in[here] == month)) | (own & (people.moved_out[here] == month))
        )
        gone = (
            (people.last[here] == month)
            | (own & (people.moved_in[here] == month + 1))
            | (own & (people.moved_out[here] == month + 1))
        )
        for closure in people.closures:
            if closure.month == month:
                before = people.practice_at(here, np.full(len(here), month - 1))
                joined |= own & (before == closure.practice) & (practice == closure.successor)
            if closure.month == month + 1:
                gone |= own & (practice == closure.practice)
        for name, chosen in (
            ("person_months", slice(None)),
            ("deaths", people.died[here] == month),
            ("joiners", joined),
            ("leavers", gone & (people.died[here] != month)),
        ):
            np.add.at(found[name][:, month], (practice[chosen], population[chosen], band[chosen]), 1)
    return Population(**found)
