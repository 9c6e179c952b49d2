"""GP contacts of the people simulated one by one, where a rehearsal is asked to deliver them.

Belongs here: the draw and the columns of `gp_contact`. Does not belong here: whether they are delivered (`rehearse`).
They come from a random stream of their own, so that a city with them is the same city. The programme has no effect on them.
Rates are chosen: about six contacts a year for somebody with one listed condition, more with each further one and with frailty,
which is what also drives hospital use.
"""

import numpy as np
import pyarrow as pa

from pipeline.rehearsal import columns as c
from pipeline.rehearsal.people import NO_PRACTICE
from pipeline.rehearsal.seeds import generator, of_part
from pipeline.rehearsal.world import World

NAME = "gp_contact"
#: contacts a month with one listed condition; factor for each further one; change of the logarithm with frailty
RATE, EACH_CONDITION, FRAILTY = 0.5, 1.25, 0.3
KINDS, KIND_SHARES = ("face to face", "telephone", "home visit"), (0.80, 0.97)


def contact_table(world: World) -> pa.Table:
    """One row a contact, in months in which the person is on a list of the city and alive, at that month's practice."""
    people, months = world.people, world.parameters.months
    rng = generator(of_part(world.seed, world.part), "gp contacts")
    held = np.flatnonzero(people.group != NO_PRACTICE)
    rate = RATE * EACH_CONDITION ** np.maximum(people.need[held] - 1, 0) * np.exp(FRAILTY * people.frailty[held])
    parts = []
    for month in range(len(months)):
        here = (people.first[held] <= month) & (month <= people.last[held]) & (month <= people.died[held])
        person = np.repeat(held[here], rng.poisson(rate[here]))
        start = c.first_day(np.array([month, month + 1]), months[0])
        last = np.where(people.died[person] == month, people.death_day[person], start[1] - start[0])
        day = start[0] + np.floor(rng.random(len(person)) * last).astype(np.int64)
        parts.append(
            np.stack([person, day, np.searchsorted(KIND_SHARES, rng.random(len(person))), np.full(len(person), month)])
        )
    person, day, kind, when = np.concatenate(parts, axis=1)
    order = np.lexsort((kind, day, person))
    person, day, kind, when = (column[order] for column in (person, day, kind, when))
    return pa.table(
        {
            "PSEUDO_HESID": c.chosen(people.token, person),
            "PRACTICE_CODE": c.chosen(world.city.codes, people.practice_at(person, when)),
            "CONTACT_DATE": c.dates(day),
            "CONTACT_TYPE": c.chosen(KINDS, kind),
        }
    )
