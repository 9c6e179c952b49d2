"""To which practice and to which of the populations a contact is counted.

Belongs here: the counting conventions of `practice_activity` (DESIGN, Deliveries). Does not belong here: the counts.
Eligible people count under their practice at baseline, others under their current one; people without a practice nowhere.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.calendar import month_number
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.people import NO_PRACTICE, People
from pipeline.rehearsal.world import World

Ints = NDArray[np.int64]

#: index of the age bands of the aggregates
BANDS = ("0-39", "40-74", "75+")


def counting_practice(people: People, person: Ints, month: Ints) -> Ints:
    """Index of the practice a person's contact counts for; -1 for none."""
    current = people.practice_at(person, month)
    counted = np.where(people.eligible[person], people.home[person], current)
    return np.where(people.group[person] == NO_PRACTICE, -1, counted)


def band_of(ages: Ints) -> Ints:
    """Index into BANDS."""
    return np.digitize(ages, [40, 75])


def age_band(world: World, person: Ints, month: Ints) -> Ints:
    """Index into BANDS of a person's age at the end of a month."""
    first = month_number(world.parameters.months[0])
    return band_of((first + month - world.people.birth[person]) // 12)


def of_arm_from(world: World, contacts: Contacts, arm: str, first_month: int) -> NDArray[np.bool_]:
    """Contacts that count for practices of one arm in months from `first_month` (index) on."""
    practice = counting_practice(world.people, contacts.person, contacts.month)
    return (practice >= 0) & (world.city.arms[practice] == arm) & (contacts.month >= first_month)
