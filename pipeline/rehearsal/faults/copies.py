"""Faults that send what happened more than once.

Belongs here: rows repeated, split, or counted again in another stream. Does not belong here: whole files delivered twice
(`notes`).
"""

from dataclasses import replace

import numpy as np

from pipeline.rehearsal.breaks import hand_over
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Bools, Fault, Place
from pipeline.rehearsal.faults.strikes import Ints, changed, repriced, with_rows
from pipeline.rehearsal.valuation import HRG_INDEX, PROVIDER_CODES
from pipeline.rehearsal.world import World

#: minutes after the first that a second record of one attendance is stamped with: beyond the hour in which cleaning merges
SIX_HOURS = 360
#: minutes between the two records of an attendance in two feeds; cleaning merges within 60
BEYOND_MERGING = 75
SHARES = (0.01, 0.05, 0.30)


def _again(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """The same rows under new record keys: cleaning merges them, so that they cost nobody anything."""
    copy = contacts.take(hit)
    return with_rows(contacts, changed(copy, again=np.ones(len(copy), dtype=bool)))


def _from_another_sender(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """The same rows under the code of another hospital, priced with its market forces factor: they count twice."""
    copy = contacts.take(hit)
    other = (copy.provider + 1) % len(PROVIDER_CODES)
    return with_rows(contacts, repriced(stream, changed(copy, provider=other), np.ones(len(copy), dtype=bool)))


def _six_hours_later(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """Attendances recorded again at another time of day: no rule can know that they are one."""
    copy = contacts.take(hit)
    later = (copy.details["minute"].astype(np.int64) + SIX_HOURS) % 1440
    return with_rows(contacts, changed(copy, minute=later))


def _on_both_feeds(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """Attendances of a provider that has gone over to ECDS stand in HES A&E as well, under the code of one that has not, more
    than an hour later: nothing tells cleaning that the two are one."""
    copy = contacts.take(hit & (hand_over.months_since(world.parameters, contacts) >= 0))
    moved = hand_over.first_months(world.parameters)
    other = next(i for i, code in enumerate(PROVIDER_CODES.tolist()) if code not in moved)
    later = (copy.details["minute"].astype(np.int64) + BEYOND_MERGING) % 1440
    copy = changed(copy, provider=np.full(len(copy), other), minute=later)
    return with_rows(contacts, repriced(stream, copy, np.ones(len(copy), dtype=bool)))


def _in_admitted_care(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """A&E attendances sent as emergency spells without a night as well, on the route of admitted care."""
    seen = world.delivered("ae")
    people = world.people
    seen = seen.take((seen.month >= people.first[seen.person]) & (seen.month <= people.last[seen.person]))
    chosen = seen.take(replace(fault.place, stream="ae").contacts(world, seen, "ae") & fault.chance(seen, fault.route))
    free = ~np.isin(chosen.person * 10**6 + chosen.day, contacts.person * 10**6 + contacts.day)
    chosen = chosen.take(free & (np.concatenate([[True], np.diff(chosen.person * 10**6 + chosen.day) != 0])))
    n = len(chosen)
    month = chosen.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    details: dict[str, np.ndarray] = {
        "kind": np.zeros(n, dtype=np.int64), "stay": np.zeros(n, dtype=np.int64),
        "hrg": np.full(n, HRG_INDEX["EB01Z"]), "other_hrg": np.full(n, HRG_INDEX["EB01Z"]),
        "age": (month - people.birth[chosen.person]) // 12, "method": chosen.details["disposal"],
        "episodes": np.ones(n, dtype=np.int64), "split": np.full(n, 0.5), "dirt": np.full(n, 0.5),
    }  # fmt: skip
    extra = replace(chosen, details={n_: details.get(n_, np.zeros(n)) for n_ in contacts.details})
    extra = changed(extra, filed=extra.month, counted_at=np.full(n, -1))
    return with_rows(contacts, repriced("apc", extra, np.ones(n, dtype=bool)))


def _split(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """Stays of two nights and more become two spells, each with its own number, discharge and price."""
    d = contacts.details
    stay = d["stay"].astype(np.int64)
    at = hit & (stay >= 2)
    first_part = np.maximum(1, stay // 2)
    later = changed(contacts, stay=np.where(at, stay - first_part, stay), episodes=np.where(at, 1, d["episodes"]))
    cut = contacts.take(at)
    length = first_part[at]
    day = cut.day - (stay[at] - length)
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    began = month - _first_number(world)
    earlier = changed(
        cut, day=day, month=began, filed=began, stay=length, episodes=np.ones(len(cut), dtype=np.int64),
        dirt=np.full(len(cut), 0.5),
    )  # fmt: skip
    earlier = earlier.take(began >= 0)
    both = with_rows(later, earlier)
    touched = np.concatenate([at, np.ones(len(earlier), dtype=bool)])
    return repriced(stream, both, touched)


def _first_number(world: World) -> int:
    year, month = world.parameters.months[0].split("-")
    return int(year) * 12 + int(month) - 1


def _repeated(world: World, counts: dict[str, Ints], hit: Bools, fault: Fault, rng: np.random.Generator) -> None:
    """A share of the rows of each cell is counted twice; of the people, nobody new."""
    more = rng.binomial(counts["rows"][hit], min(fault.severity, 1.0))
    share = more / np.maximum(counts["rows"][hit], 1)
    for name in ("pence", "unpriced", "linked"):
        counts[name][hit] += np.round(counts[name][hit] * share).astype(np.int64)
    counts["rows"][hit] += more
    counts["linked"][hit] = np.minimum(counts["linked"][hit], counts["rows"][hit])


FAULTS = (
    Fault("rows_delivered_again", "copies", "Rows stand in the file again under new record keys.", severity=0.3,
          severities=SHARES, contacts=_again),
    Fault("rows_under_another_sender", "copies", "Rows stand in the file again under another hospital's code.", severity=0.1,
          severities=SHARES, routes=("extract", "feed"), contacts=_from_another_sender, counts=_repeated),
    Fault("attendances_recorded_twice", "copies", "A&E attendances are recorded by two systems hours apart.", severity=0.1,
          severities=SHARES, routes=("extract", "feed"), streams=("ae",), contacts=_six_hours_later, counts=_repeated),
    Fault("ae_and_ecds_double_counted", "copies", "A&E attendances sent as ECDS stand in HES A&E too, under another code.",
          Place(first="2017-10"), severity=0.3, severities=SHARES, streams=("ae",), contacts=_on_both_feeds,
          needs=hand_over.NAME),
    Fault("ae_counted_in_admitted_care", "copies", "A&E attendances are sent as emergency spells as well.",
          Place(stream="apc"), severity=0.05, severity_is="share of the A&E attendances", severities=(0.01, 0.05, 0.2),
          streams=("apc",), contacts=_in_admitted_care),
    Fault("spells_split", "copies", "A new patient system ends and begins a spell at every transfer between wards.",
          Place(stream="apc"), severity=0.3, severities=(0.05, 0.2, 0.6), streams=("apc",), contacts=_split),
)  # fmt: skip
