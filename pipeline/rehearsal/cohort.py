"""The cohort that lists lead to, and what it costs a head: the rule of the protocol, written a second time and on arrays.

Belongs here: who is eligible by lists as they stand, when they are observed, and the paid measure on it. Does not belong here:
reading files (`pipeline.cohorts`, which this room does not import), faults.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.calendar import month_number
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.people import NEVER, NO_PRACTICE, People
from pipeline.rehearsal.world import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: first age of the strata in which people not observed are weighted back: 40-54, 55-64, 65-74
BANDS_FROM = (55, 65)


@dataclass(frozen=True, slots=True)
class Cohort:
    """One entry a person of the lists, shape (N,). practice : at the eligibility date. last : last month observed."""

    member: Bools
    practice: Ints
    stratum: Ints
    first: Ints
    last: Ints
    died: Ints


def cohort_of(world: World, people: People) -> Cohort:
    """Everybody registered with a study practice, aged 40 to 74 and on a listed register in the last month before launch."""
    p = world.parameters
    at = p.launch - 1
    listed = [people.register_names.index(name) for name in p.people["registers"]]
    on = people.registers[:, listed] & (people.register_from[:, listed] <= at) & (people.register_to[:, listed] > at)
    age = (month_number(p.months[0]) + at - people.birth) // 12
    here = (people.first <= at) & (people.last >= at) & (people.died > at) & (people.group != NO_PRACTICE)
    practice = people.practice_at(np.arange(len(people.token)), np.full(len(people.token), at))
    member = here & (age >= 40) & (age <= 74) & on.any(axis=1) & (practice >= 0)
    need = np.minimum(on.sum(axis=1), 3)
    band = np.digitize(age, BANDS_FROM)
    return Cohort(member, practice, band * 4 + need, people.first, np.minimum(people.last, NEVER), people.died)


def cost_a_head(world: World, cohort: Cohort, contacts: dict[str, Contacts], column: str = "pence") -> Floats:
    """Pounds a baseline head and month by practice, shape (practices, months), people not observed weighted back.

    Within practice x age band x need, as the protocol's paid measure has it; a stratum nobody of which is observed costs what
    the practice's others do.
    """
    places, months = world.city.study, len(world.parameters.months)
    who = np.flatnonzero(cohort.member)
    key = cohort.practice[who] * 16 + cohort.stratum[who]
    size = places * 16
    heads = np.bincount(key, minlength=size)[:, None] * np.ones(months)
    lost = np.zeros((size, months))
    for month in range(months):
        gone = (month < cohort.first[who]) | ((month > cohort.last[who]) & (cohort.died[who] > cohort.last[who]))
        lost[:, month] = np.bincount(key[gone], minlength=size)
    sums = np.zeros(size * months)
    for seen in contacts.values():
        pence = seen.details[column].astype(np.int64) if column in seen.details else seen.pence
        known = seen.person < len(cohort.member)
        kept = known & (seen.month >= 0) & (seen.month < months) & (pence > 0) & ~seen.details["unlinked"].astype(bool)
        kept &= ~seen.details["again"].astype(bool) & ~seen.details["other_key"].astype(bool)
        kept &= ~seen.details["withheld"].astype(bool)
        kept &= cohort.member[np.where(known, seen.person, 0)]
        person = seen.person[kept]
        where = (cohort.practice[person] * 16 + cohort.stratum[person]) * months + seen.month[kept]
        sums += np.bincount(where, weights=pence[kept], minlength=len(sums))
    by_stratum = sums.reshape(size, months) / 100
    weighted = np.where(heads > lost, by_stratum * heads / np.maximum(heads - lost, 1), 0.0)
    per_practice = weighted.reshape(places, 16, months).sum(axis=1)
    counted = np.where(heads > lost, heads, 0).reshape(places, 16, months).sum(axis=1)
    return per_practice / np.maximum(counted, 1)


def plain_saving(world: World, cohort: Cohort, contacts: dict[str, Contacts], column: str = "pence") -> Floats:
    """Measured saving of the intervention arm, GBP by contract year, shape (years,): change of its cost against the control's,
    times its heads. Practices weigh by their heads."""
    p = world.parameters
    monthly = cost_a_head(world, cohort, contacts, column)
    weight = np.bincount(cohort.practice[cohort.member], minlength=world.city.study).astype(np.float64)
    arms = world.city.arms[: world.city.study]
    path = {}
    for arm in ("intervention", "control"):
        mine = weight * (arms == arm)
        yearly = (monthly * mine[:, None]).sum(axis=0).reshape(-1, 12).sum(axis=1) / mine.sum()
        path[arm] = yearly[p.launch // 12 :] - yearly[: p.launch // 12].mean()
    return (path["control"] - path["intervention"]) * float(weight[arms == "intervention"].sum())
