"""The link-worker programme's own files: referrals, contacts, Well-being Star readings.

Belongs here: the columns of `programme_referral`, `link_worker_contact`, `wellbeing_star`. Does not belong here: who is
referred (`programme`).
"""

import numpy as np
import pyarrow as pa

from pipeline.rehearsal import columns as c
from pipeline.rehearsal.people import NEVER
from pipeline.rehearsal.world import World

LINK_WORKERS = ("LW1", "LW2", "LW3")
AREAS = 8


def _last_day(world: World) -> int:
    return int(c.first_day(np.array([len(world.parameters.months)]), world.parameters.months[0])[0]) - 1


def _until(world: World, person: np.ndarray) -> np.ndarray:
    """Last day somebody is on the programme: it ends, they leave the city, or they die. Beyond the last day: still on it."""
    people, programme, start = world.people, world.programme, world.parameters.months[0]
    served = programme.engaged_day[person] + 30 * programme.months_served[person]
    left = c.first_day(np.minimum(people.last[person], 500) + 1, start) - 1
    died = c.first_day(np.minimum(people.died[person], 500), start) + people.death_day[person] - 1
    return np.minimum(served, np.minimum(left, died))


def referral_table(world: World) -> pa.Table:
    """One row a referral."""
    programme = world.programme
    person = np.flatnonzero(programme.referred < NEVER)
    engaged = programme.engaged[person] < NEVER
    until = _until(world, person)
    ended = engaged & (until <= _last_day(world))
    practice = world.people.practice_at(person, programme.referred[person])
    return pa.table(
        {
            "PSEUDO_HESID": c.chosen(world.people.token, person),
            "PRACTICE_CODE": c.chosen(world.city.codes, practice),
            "REFERRAL_DATE": c.dates(programme.referred_day[person]),
            "FIRST_CONTACT_DATE": c.dates(np.where(engaged, programme.engaged_day[person], c.NO_DAY)),
            "STATUS": c.chosen(["not engaged", "active", "ended"], np.where(ended, 2, np.where(engaged, 1, 0))),
            "PROVIDER": c.chosen(LINK_WORKERS, practice % 3),
            "END_DATE": c.dates(np.where(ended, until, c.NO_DAY)),
        }
    )


def contact_table(world: World, rng: np.random.Generator) -> pa.Table:
    """One row a contact: the first, then many for the high-engaged and few for the others."""
    programme = world.programme
    person = np.flatnonzero(programme.engaged < NEVER)
    until = np.minimum(_until(world, person), _last_day(world))
    more = rng.poisson(np.where(programme.high[person], *world.parameters.programme["contacts"]))
    which = np.repeat(np.arange(len(person)), more + 1)
    first = np.concatenate([[True], which[1:] != which[:-1]]) if len(which) else np.zeros(0, dtype=bool)
    span = np.maximum(until - programme.engaged_day[person], 1)[which]
    after = np.where(first, 0, 1 + np.floor(rng.random(len(which)) * span).astype(np.int64))
    day = np.minimum(programme.engaged_day[person][which] + after, np.maximum(until, programme.engaged_day[person])[which])
    order = np.lexsort((day, person[which]))
    kind = np.where(first, 0, 1 + rng.integers(0, 3, size=len(which)))
    practice = world.people.practice_at(person, programme.referred[person])[which]
    return pa.table(
        {
            "PSEUDO_HESID": c.chosen(world.people.token, person[which][order]),
            "CONTACT_DATE": c.dates(day[order]),
            "CONTACT_TYPE": c.chosen(["first meeting", "meeting", "telephone", "joint visit"], kind[order]),
            "PROVIDER": c.chosen(LINK_WORKERS, (practice % 3)[order]),
        }
    )


def star_table(world: World, rng: np.random.Generator) -> pa.Table:
    """Well-being Star: a reading at the start, then about every six months while on the programme, eight areas of 1 to 5."""
    programme = world.programme
    person = np.flatnonzero(programme.engaged < NEVER)
    until = np.minimum(_until(world, person), _last_day(world))
    gain = world.parameters.programme["star_change"] / AREAS
    level = rng.normal(2.6, 0.6, size=(len(person), AREAS))
    rows, number, day, scores = [], [], [], []
    for reading in range(8):
        when = programme.engaged_day[person] + rng.integers(0, 25, size=len(person)) + 182 * reading
        if reading:
            when = when + rng.integers(-20, 40, size=len(person))
        kept = np.flatnonzero((when <= until) & ((reading == 0) | (rng.random(len(person)) < 0.8)))
        score = level[kept] + gain * min(reading, 2) / 1.5 + rng.normal(0, 0.5, size=(len(kept), AREAS))
        rows.append(person[kept])
        number.append(np.full(len(kept), reading + 1))
        day.append(when[kept])
        scores.append(np.clip(np.round(score), 1, 5).astype(np.int64))
    everyone, order_day = np.concatenate(rows), np.concatenate(day)
    order = np.lexsort((order_day, everyone))
    values = np.concatenate(scores)[order]
    return pa.table(
        {
            "PSEUDO_HESID": c.chosen(world.people.token, everyone[order]),
            "READING_DATE": c.dates(order_day[order]),
            "READING_NO": c.numbers(np.concatenate(number)[order]),
            **{f"AREA_{i + 1}": c.numbers(values[:, i]) for i in range(AREAS)},
        }
    )
