"""What the supplier sends by each route: contacts as an extract and as the aggregates hold them, lists as they stand.

Belongs here: planting faults in contacts and lists, route by route. Does not belong here: the faults (`faults`), the files
(`layout_*`), people who exist only as aggregates (`background`).

Details that every contact has once it is sent: no_hrg (its HRG was left out), billed (pence of the supplier's own cost column,
-1 without), filed (month index by which it stands in a yearly file, whatever its date says), date_form (0 as it is, 1 the null
date, 2 day and month exchanged), other_key (the person stands there under another pseudonym), unlinked (no person could be
found, so no extract holds it), counted_at (practice the aggregates count it for, -1 the right one), again (a copy that
cleaning merges with its original), plus (its HRG is of HRG4+ whatever the year), withheld (the person opted out,
so that neither route may hold it), case (of spells: the kind it was, whatever it is coded as).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pipeline.rehearsal.contacts import Contacts, observed
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.people import People
from pipeline.rehearsal.world import World
from pipeline.vocabulary import STREAMS


@dataclass(frozen=True, slots=True)
class Sent:
    """extract, feed : contacts by stream as either route holds them, only those of months in which the person is observed.

    listed : people as gp_registration and qof_register have them. counted : as the aggregates count them.
    """

    world: World
    faults: tuple[Fault, ...]
    extract: dict[str, Contacts]
    feed: dict[str, Contacts]
    listed: People
    counted: People

    def in_extract(self, stream: str) -> Contacts:
        """Contacts that the person-level file holds: those for which a person was found."""
        contacts = self.extract[stream]
        unlinked = contacts.details["unlinked"].astype(bool)
        return contacts.take(~unlinked) if unlinked.any() else contacts


def as_sent(contacts: Contacts) -> Contacts:
    """The contacts with the details of what is sent, nothing wrong with them."""
    n = len(contacts)
    return replace(
        contacts,
        details=contacts.details
        | {
            "no_hrg": np.zeros(n, dtype=bool),
            "billed": contacts.pence.copy(),
            "filed": contacts.month.copy(),
            "date_form": np.zeros(n, dtype=np.int8),
            "other_key": np.zeros(n, dtype=bool),
            "unlinked": np.zeros(n, dtype=bool),
            "counted_at": np.full(n, -1, dtype=np.int64),
            "again": np.zeros(n, dtype=bool),
            "plus": np.zeros(n, dtype=bool),
            "withheld": np.zeros(n, dtype=bool),
        }
        | ({"case": contacts.details["kind"].copy()} if "kind" in contacts.details else {}),
    )


def struck(
    world: World, contacts: Contacts, stream: str, faults: Sequence[Fault], route: Literal["extract", "aggregates"]
) -> Contacts:
    """The contacts of a stream after every fault that this route suffers, in order."""
    for fault in faults:
        if fault.contacts is not None and fault.on(route) and fault.place.stream in ("all", stream):
            hit = fault.place.contacts(world, contacts, stream) & fault.chance(contacts, route)
            contacts = fault.contacts(world, contacts, stream, hit, fault)
    return contacts


def seen_in_city(world: World, stream: str) -> Contacts:
    """Every contact of a stream in a month in which the person is observed, as it would be sent without a fault."""
    whole = as_sent(world.delivered(stream))
    whole = whole.take(observed(world.before_breaks.people, whole))
    if world.drawn is None:
        return whole
    return replace(whole, details=whole.details | {"withheld": ~observed(world.people, whole)})


def send(world: World, faults: Sequence[Fault], seen: Mapping[str, Contacts] | None = None) -> Sent:
    """Everything as it is sent with these faults. seen : `seen_in_city` by stream, for who asks more than once."""
    extract: dict[str, Contacts] = {}
    feed: dict[str, Contacts] = {}
    for stream in STREAMS:
        whole = seen_in_city(world, stream) if seen is None else seen[stream]
        extract[stream] = struck(world, whole, stream, faults, "extract")
        feed[stream] = struck(world, whole, stream, faults, "aggregates")
    listed = counted = world.people
    for fault in faults:
        if fault.people is not None:
            listed = fault.people(world, listed, fault) if fault.on("extract") else listed
            counted = fault.people(world, counted, fault) if fault.on("aggregates") else counted
    return Sent(world, tuple(faults), extract, feed, listed, counted)
