"""Faults in dates and months.

Belongs here: days and months exchanged, shifted, defaulted or nulled. Does not belong here: the period on a note (`notes`).
"""

import numpy as np

from pipeline.rehearsal.columns import first_day, month_of_day
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Bools, Fault, Place
from pipeline.rehearsal.faults.strikes import Ints, changed, moved_days
from pipeline.rehearsal.world import World

SHARES = (0.02, 0.20, 1.0)
#: a row whose date cannot be read stands in no month
NO_MONTH = -1


def _parts(day: Ints) -> tuple[Ints, Ints]:
    """Year and day of month."""
    months = day.astype("datetime64[D]").astype("datetime64[M]")
    number = months.astype(np.int64) + 1970 * 12
    return number // 12, day - months.astype("datetime64[D]").astype(np.int64) + 1


def _exchanged(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """2016-03-07 becomes 2016-07-03; what has no such month cannot be read."""
    year, day = _parts(contacts.day)
    start = np.datetime64(world.parameters.months[0], "M").astype(np.int64) + 1970 * 12
    other = year * 12 + day - 1 - start
    new = np.where(day <= 12, other, NO_MONTH)
    return changed(
        contacts,
        month=np.where(hit, new, contacts.month),
        date_form=np.where(hit, 2, contacts.details["date_form"]).astype(np.int8),
    )


def _one_month_late(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    return moved_days(world, contacts, hit, np.full(len(contacts), 30))


def _nulled(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """The null date 1801-01-01."""
    form = np.where(hit, 1, contacts.details["date_form"]).astype(np.int8)
    return changed(contacts, month=np.where(hit, NO_MONTH, contacts.month), date_form=form)


def _first_of_month(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    begin = first_day(month_of_day(contacts.day, world.parameters.months[0]), world.parameters.months[0])
    return changed(contacts, day=np.where(hit, begin, contacts.day))


def _months_exchanged(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """Rows of December stand in June of the same financial year and the other way round: the year's totals stay right."""
    number = contacts.month % 12
    days = np.where(number == 2, 183, np.where(number == 8, -183, 0))
    return moved_days(world, contacts, hit & (days != 0), days)


FAULTS = (
    Fault("day_and_month_exchanged", "dates", "Dates come as year, day, month.", severities=SHARES, streams=("ae", "op"),
          contacts=_exchanged),
    Fault("one_month_late", "dates", "Every date lies a month late.", severities=SHARES, streams=("ae", "op"),
          contacts=_one_month_late),
    Fault("sentinel_flood", "dates", "Dates are filled with the null date 1801-01-01.", severity=0.1, severities=SHARES,
          streams=("ae", "op"), contacts=_nulled),
    Fault("dates_on_the_first", "dates", "Every date is the first of its month.", severities=SHARES, streams=("ae", "op"),
          contacts=_first_of_month),
    Fault("months_exchanged", "dates", "June and December are exchanged within the year, so that its totals agree.",
          Place(stream="ae"), severities=SHARES, streams=("ae", "op"), contacts=_months_exchanged),
)  # fmt: skip
