"""Faults in the aggregates alone, while the extract is right.

Belongs here: counts and person-months drawn wrongly, counted elsewhere, or from another feed. Does not belong here: faults of
both routes (`rows` and `codes` with route feed).
"""

import numpy as np

from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Bools, Fault, Place, Route
from pipeline.rehearsal.faults.strikes import Ints, changed, thinning, with_rows
from pipeline.rehearsal.world import World

AGGREGATES: tuple[Route, ...] = ("aggregates",)
SHARES = (0.01, 0.05, 0.30)


def _more(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    return with_rows(contacts, contacts.take(hit))


def _more_cells(world: World, counts: dict[str, Ints], hit: Bools, fault: Fault, rng: np.random.Generator) -> None:
    for values in counts.values():
        values[hit] += np.round(values[hit] * min(fault.severity, 1.0)).astype(np.int64)


def _next_practice(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """Counted where the person lives: for one in some, that is the next practice's part of the city."""
    home = world.people.home[contacts.person]
    other = (home + 1) % world.city.study
    return changed(contacts, counted_at=np.where(hit & (home >= 0), other, contacts.details["counted_at"]))


def _another_feed(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """The aggregates come from a feed cut on another day: some rows are not yet in it, as many are in it twice."""
    lost = hit & (contacts.mark * 1e6 % 2 < 1)
    return with_rows(contacts.take(~lost), contacts.take(hit & ~lost))


def _billed_on_aggregates(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """Aggregates priced by the list of another year, ten per cent dearer."""
    billed = contacts.details["billed"].astype(np.int64)
    return changed(contacts, billed=np.where(hit & (billed > 0), np.floor(billed * 1.1 + 0.5).astype(np.int64), billed))


def _dearer(world: World, counts: dict[str, Ints], hit: Bools, fault: Fault, rng: np.random.Generator) -> None:
    counts["pence"][hit] = np.round(counts["pence"][hit] * (1 + 0.1 * min(fault.severity, 1.0))).astype(np.int64)


FAULTS = (
    Fault("aggregates_too_many", "aggregates", "The aggregates count rows twice; the extract is right.", severity=0.3,
          severities=SHARES, routes=AGGREGATES, route="aggregates", contacts=_more, counts=_more_cells),
    Fault("aggregates_too_few", "aggregates", "The aggregates lack rows that the extract holds.", severity=0.3,
          severities=SHARES, routes=AGGREGATES, route="aggregates", contacts=lambda w, c, s, hit, f: c.take(~hit),
          counts=thinning()),
    Fault("practice_of_residence", "aggregates", "The aggregates count people where they live, not where they are registered.",
          Place(stream="all", arm="both"), severity=0.1, severity_is="share of the people", severities=(0.01, 0.05, 0.2),
          routes=AGGREGATES, route="aggregates", per_person=True, contacts=_next_practice),
    Fault("extract_from_another_feed", "aggregates", "Extract and aggregates were cut from feeds of different days.",
          Place(stream="all", arm="both"), severity=0.05, severities=(0.01, 0.05, 0.2), routes=AGGREGATES,
          route="aggregates", contacts=_another_feed),
    Fault("aggregates_at_other_prices", "aggregates", "The aggregates are priced by another year's list.",
          Place(stream="apc"), severities=(0.1, 0.5, 1.0), routes=AGGREGATES, route="aggregates",
          contacts=_billed_on_aggregates, counts=_dearer),
)  # fmt: skip
