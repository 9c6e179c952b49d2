"""A fault: one thing that a supplier can get wrong, where, how badly, and what it does to what is sent.

Belongs here: the shape of a fault and of its place. Does not belong here: the faults themselves (beside this file), what a
fault is worth (`pipeline.rehearsal.truth`), how it is found (`pipeline.assurance`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from openpyxl import Workbook

from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.people import People
from pipeline.rehearsal.valuation import PROVIDER_CODES
from pipeline.rehearsal.where import counting_practice
from pipeline.rehearsal.world import World

Bools = NDArray[np.bool_]

#: extract: lost after the aggregates were drawn; feed: before, so on both routes; aggregates: in the aggregates alone;
#: both: on either route by itself, in different rows
Route = Literal["extract", "feed", "aggregates", "both"]
Family = Literal["rows", "copies", "codes", "dates", "prices", "people", "aggregates", "notes", "files"]

#: what each hook is given after the world; see the module of its family for an example
StrikeContacts = Callable[["World", Contacts, str, Bools, "Fault"], Contacts]
StrikePeople = Callable[["World", People, "Fault"], People]
StrikeCounts = Callable[["World", dict[str, NDArray[np.int64]], Bools, "Fault", np.random.Generator], None]
StrikeWorkbook = Callable[[Workbook, "Fault"], None]
StrikeFolder = Callable[[Path, "Fault"], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault strikes.

    stream : apc, ae, op or all. arm : intervention, control or both. provider : one of PROVIDER_CODES or None for all.
    first : `launch`, `start` (all years) or a month YYYY-MM; last : a month, or None for as long as data come.
    """

    stream: str = "ae"
    arm: str = "control"
    provider: str | None = None
    first: str = "launch"
    last: str | None = None

    def months(self, world: World) -> tuple[int, int]:
        """Indices of its first and last month."""
        p = world.parameters
        first = {"launch": p.launch, "start": 0}.get(self.first)
        begin = p.months.index(self.first) if first is None else first
        return begin, len(p.months) - 1 if self.last is None else p.months.index(self.last)

    def in_arm(self, world: World, practice: NDArray[np.generic]) -> Bools:
        """Which of these practices (indices, -1 none) belong to its arm; never those of the wider pool."""
        arm = np.where(np.asarray(practice) >= 0, world.city.arms[practice], "")
        return np.isin(arm, ("intervention", "control")) if self.arm == "both" else arm == self.arm

    def of_provider(self) -> NDArray[np.int64]:
        """Indices of the providers it concerns."""
        codes = PROVIDER_CODES.tolist()
        return np.arange(len(codes)) if self.provider is None else np.array([codes.index(self.provider)])

    def contacts(self, world: World, contacts: Contacts, stream: str) -> Bools:
        """Contacts that lie there, shape (n,): counted for a practice of the arm, in its months, at its provider."""
        if self.stream not in ("all", stream):
            return np.zeros(len(contacts), dtype=bool)
        begin, end = self.months(world)
        inside = (contacts.month >= begin) & (contacts.month <= end) & np.isin(contacts.provider, self.of_provider())
        return inside & self.in_arm(world, counting_practice(world.people, contacts.person, contacts.month))


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault with its parameters.

    severity : how badly, on the scale that `severity_is` names; severities : mild, middling and severe, for measurements.
    routes : on which it can be planted, the usual one first; route : the one it is planted on.
    streams : those it can be planted in, beside which there is nothing for it to strike; arms : likewise.
    per_person : the share is of people, all of whose contacts are struck, and not of contacts.
    hooks : contacts and counts strike what happened, people the lists, workbook the price list, folder the written deliveries;
        counts strikes people who exist only as aggregates, and without it the fault has no feed route.
    values : what the fault does to contacts as the study reads them, for faults of files and price lists, which `truth` needs.
    needs : the break without which there is nothing for it to strike (`pipeline.rehearsal.breaks`).
    refused : receiving refuses the delivery (or the run its workbook), so that nothing of it is ever compared.
    """

    name: str
    family: Family
    summary: str
    place: Place = Place()
    severity: float = 1.0
    severity_is: str = "share of the rows"
    severities: tuple[float, ...] = (1.0,)
    routes: tuple[Route, ...] = ("extract",)
    route: Route = "extract"
    streams: tuple[str, ...] = ("apc", "ae", "op")
    arms: tuple[str, ...] = ("intervention", "control", "both")
    per_person: bool = False
    contacts: StrikeContacts | None = None
    counts: StrikeCounts | None = None
    people: StrikePeople | None = None
    workbook: StrikeWorkbook | None = None
    folder: StrikeFolder | None = None
    values: StrikeContacts | None = None
    refused: bool = False
    valued_on: str | None = None
    needs: str | None = None

    # names that readers of truth.json and of `outcomeb faults` know a fault's place by
    @property
    def stream(self) -> str | None:
        return None if self.place.stream == "all" or self.family in ("people", "notes", "files") else self.place.stream

    @property
    def arm(self) -> str | None:
        return None if self.place.arm == "both" else self.place.arm

    @property
    def settings(self) -> tuple[str, ...]:
        """What can be asked of it: no more than what it strikes depends on."""
        graded = ("severity",) if len(self.severities) > 1 else ()
        if self.contacts is not None:
            return ("severity", "stream", "arm", "provider", "first", "last", "route")
        if self.people is not None:
            return ("severity", "arm")
        if self.workbook is not None:
            return graded if self.place.provider is None else (*graded, "provider")
        return (*graded, "stream", "first", "last")

    @property
    def asked(self) -> str:
        """The fault with all its settings, as it can be asked for again."""
        place = self.place
        values = {"severity": _exact(self.severity), "route": self.route, "stream": place.stream, "arm": place.arm,
                  "provider": place.provider, "first": place.first, "last": place.last}  # fmt: skip
        said = [f"{key}={value}" for key, value in values.items() if key in self.settings and value is not None]
        return f"{self.name}:{','.join(said)}" if said else self.name

    def on(self, route: Literal["extract", "aggregates"]) -> bool:
        """Whether what is sent by this route suffers."""
        return self.route in ("feed", "both", route)

    def chance(self, contacts: Contacts, route: str) -> Bools:
        """Which contacts a share of `severity` strikes: by the contact's (or person's) own mark, so alike on both routes.

        On the route `both` each side draws for itself.
        """
        salt = f"{self.name} {route}" if self.route == "both" else self.name
        bits = contacts.person.astype(np.uint64) if self.per_person else (contacts.mark * 2.0**53).astype(np.uint64)
        return uniform(bits, salt) < self.severity


def uniform(bits: NDArray[np.uint64], salt: str) -> NDArray[np.float64]:
    """Uniform numbers by a fixed mixing of bits (splitmix64, Steele et al. 2014): the same for the same contact and fault."""
    seed = np.uint64(0)
    for letter in salt.encode():
        seed = np.uint64((int(seed) * 1_099_511_628_211 + letter + 1) % 2**64)
    with np.errstate(over="ignore"):
        z = bits + seed + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) / 2.0**53


def _exact(number: float) -> str:
    """The shortest text that reads back as the same number."""
    short = f"{number:g}"
    return short if float(short) == number else repr(number)
