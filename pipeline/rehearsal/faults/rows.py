"""Faults that lose rows.

Belongs here: rows that happened and are not sent. Does not belong here: rows sent with wrong content (`codes`, `dates`),
people left out of lists (`people`).
"""

import numpy as np

from pipeline.rehearsal.cell_columns import cell_of
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Bools, Fault, Place, Route
from pipeline.rehearsal.faults.strikes import Which, changed, losing, thinning, unlinking
from pipeline.rehearsal.valuation import HRG_INDEX
from pipeline.rehearsal.where import counting_practice
from pipeline.rehearsal.world import World

ALL_ROUTES: tuple[Route, ...] = ("extract", "feed", "aggregates", "both")
SHARES = (0.01, 0.05, 0.30)


def _kind(number: int, *, stay: tuple[int, int] = (0, 10**6)) -> Which:
    """Spells of one kind (index into ADMITTED_KINDS) whose stay lies between two lengths."""

    def which(world: World, contacts: Contacts) -> Bools:
        d = contacts.details
        length = d["stay"].astype(np.int64)
        return (d["kind"].astype(np.int64) == number) & (length >= stay[0]) & (length <= stay[1])

    return which


def _late_in_year(world: World, contacts: Contacts) -> Bools:
    """January to March: what a file cut too early has only in part."""
    return contacts.month % 12 >= 9


def _dear(world: World, contacts: Contacts) -> Bools:
    """The dearest tenth of the priced rows."""
    priced = contacts.pence[contacts.pence > 0]
    return contacts.pence >= (np.quantile(priced, 0.9) if len(priced) else 0)


def _one_practice(world: World, contacts: Contacts) -> Bools:
    """The first practice of the arm: the codes of an arm are in order, so it is the arm's smallest index."""
    practice = counting_practice(world.people, contacts.person, contacts.month)
    arm = np.where(practice >= 0, world.city.arms[practice], "")
    first = {name: int(np.flatnonzero(world.city.arms == name)[0]) for name in ("intervention", "control")}
    return np.isin(practice, [place for name, place in first.items() if name in arm])


def _moved(world: World, contacts: Contacts) -> Bools:
    """Contacts of people who by then are registered with another practice than at baseline."""
    now = world.people.practice_at(contacts.person, contacts.month)
    return (now != world.people.home[contacts.person]) & world.people.eligible[contacts.person]


def _not_attended(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """A missed appointment costs nothing."""
    none = np.where(hit, -1, contacts.pence)
    missed = changed(contacts, attended=contacts.details["attended"].astype(bool) & ~hit)
    return changed(missed, pence=none, billed=np.where(hit, -1, contacts.details["billed"]))


def _unlink(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """No person is found for the row: no extract can hold it, and the aggregates count it as somebody who is not eligible."""
    return changed(contacts, unlinked=contacts.details["unlinked"].astype(bool) | hit)


FAULTS = (
    Fault("control_ae_missing", "rows", "From launch the supplier sends no A&E attendance of the control practices, on either "
          "route.", routes=("feed",), route="feed", contacts=losing(), counts=thinning()),
    Fault("control_ae_missing_all_years", "rows", "The supplier has never sent A&E attendances of the control practices, so "
          "that no step shows.", Place(first="start"), routes=("feed",), route="feed", contacts=losing(), counts=thinning()),
    Fault("control_ae_missing_extract", "rows", "From launch the person-level extract lacks A&E of the control; the aggregates "
          "hold it, and the delivery note agrees with the faulty file.", contacts=losing()),
    Fault("stream_missing", "rows", "A whole stream of an arm is not sent.", Place(first="start"), severity_is="share of the "
          "stream", routes=ALL_ROUTES, contacts=losing(), counts=thinning()),
    Fault("rows_lost_at_random", "rows", "Rows are lost at random.", severity=0.05, severities=SHARES, routes=ALL_ROUTES,
          contacts=losing(), counts=thinning()),
    Fault("late_months_half_delivered", "rows", "January to March of each year are cut before everything had been submitted.",
          severity=0.5, severities=(0.05, 0.2, 0.5), routes=ALL_ROUTES, contacts=losing(_late_in_year),
          counts=thinning(months=(9, 10, 11))),
    Fault("one_month_missing", "rows", "One month is not in the file.", Place(first="2016-11", last="2016-11"),
          severities=(0.5, 0.8, 1.0), routes=ALL_ROUTES, contacts=losing(), counts=thinning()),
    Fault("provider_missing", "rows", "One hospital's submission for the arm is not there.", Place(provider="ZT2"),
          severities=(0.1, 0.5, 1.0), routes=ALL_ROUTES, contacts=losing(), counts=thinning()),
    Fault("practice_missing", "rows", "One practice of the arm is left out of the selection.", severities=(0.2, 0.5, 1.0),
          contacts=losing(_one_practice)),
    Fault("minor_departments_missing", "rows", "Departments of type 3 (walk-in, minor injuries) are not sent.",
          severities=(0.1, 0.5, 1.0), routes=ALL_ROUTES, streams=("ae",),
          contacts=losing(lambda w, c: c.details["department"] == 3), counts=thinning((4,))),
    Fault("day_cases_missing", "rows", "Day cases are held in another system and not sent.", Place(stream="apc"),
          severities=(0.05, 0.3, 1.0), routes=ALL_ROUTES, streams=("apc",), contacts=losing(_kind(2)), counts=thinning((2,))),
    Fault("short_emergencies_missing", "rows", "Emergency stays of under two days are taken for ambulatory care and not sent.",
          Place(stream="apc"), severities=(0.05, 0.3, 1.0), streams=("apc",),
          contacts=losing(_kind(0, stay=(0, 1)))),
    Fault("long_stays_missing", "rows", "Stays of over two weeks were not yet coded when the file was cut.",
          Place(stream="apc"), severities=(0.1, 0.5, 1.0), streams=("apc",),
          contacts=losing(_kind(0, stay=(15, 10**6)))),
    Fault("dear_rows_missing", "rows", "The dearest tenth of the rows goes to specialised commissioning and is not sent.",
          Place(stream="apc"), severities=(0.1, 0.5, 1.0), contacts=losing(_dear)),
    Fault("procedures_missing", "rows", "Outpatient procedures are booked as theatre work and not sent.", Place(stream="op"),
          severities=(0.1, 0.5, 1.0), routes=ALL_ROUTES, streams=("op",),
          contacts=losing(lambda w, c: c.details["procedure"].astype(np.int64) >= 0), counts=thinning((7,))),
    Fault("first_appointments_missing", "rows", "First appointments are held by a referral hub and not sent.",
          Place(stream="op"), severities=(0.02, 0.2, 1.0), routes=ALL_ROUTES, streams=("op",),
          contacts=losing(lambda w, c: cell_of("op", c) == 5), counts=thinning((5,))),
    Fault("ungrouped_rows_missing", "rows", "Rows that could not be grouped are thrown away instead of sent without a price.",
          Place(stream="apc"), severities=(0.3, 0.6, 1.0), streams=("apc",),
          contacts=losing(lambda w, c: c.details["hrg"] == HRG_INDEX["UZ01Z"])),
    Fault("movers_missing", "rows", "People who have changed practice since baseline are selected out by their new practice.",
          Place(stream="all"), severities=(0.2, 0.5, 1.0), contacts=losing(_moved)),
    Fault("attended_as_missed", "rows", "Attended appointments are coded as not attended.", Place(stream="op"),
          severity=0.2, severities=(0.01, 0.05, 0.2), routes=ALL_ROUTES, streams=("op",), contacts=_not_attended,
          counts=thinning()),
    Fault("linkage_weaker", "rows", "Fewer rows of one arm can be linked to a person; the aggregates count them unlinked.",
          severity=0.1, severities=(0.01, 0.05, 0.20), routes=("feed",), route="feed", contacts=_unlink,
          counts=unlinking),
    Fault("opt_out_wave", "rows", "People of one arm opt out of hospital data from May 2018: their rows vanish from the "
          "extract, their registration stays.", Place(stream="all", first="2018-05"), severity=0.05,
          severity_is="share of the people", severities=(0.01, 0.03, 0.10), routes=("extract", "feed"), per_person=True,
          contacts=losing(), counts=thinning()),
    Fault("sensitive_people_missing", "rows", "The rows of some people are withheld as sensitive.", Place(stream="all"),
          severity=0.02, severity_is="share of the people", severities=(0.01, 0.03, 0.10), routes=("extract", "feed"),
          per_person=True, contacts=losing(), counts=thinning()),
)  # fmt: skip
