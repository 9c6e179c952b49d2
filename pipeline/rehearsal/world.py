"""The whole city put together: places, people, contacts in both worlds.

Belongs here: the order of the draws and their seeds. Does not belong here: files.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.admitted import ADMITTED_KINDS, fitting, make_spells
from pipeline.rehearsal.breaks import closures, opt_outs
from pipeline.rehearsal.city import City, build_city
from pipeline.rehearsal.contacts import Bools, Contacts, draw
from pipeline.rehearsal.effect import calibrate, exposure, extra_rate, survives
from pipeline.rehearsal.emergency import make_attendances
from pipeline.rehearsal.intensity import Shocks, all_rates, bad_spells, draw_shocks
from pipeline.rehearsal.outpatient import make_appointments
from pipeline.rehearsal.parameters import Parameters, read_parameters
from pipeline.rehearsal.people import People, build_people
from pipeline.rehearsal.programme import Programme, run_programme
from pipeline.rehearsal.seeds import generator, of_part

Say = Callable[[str], None]

#: more than one part of a city's people ever has of one stream
MOST_RECORDS = 100_000_000


@dataclass(frozen=True, slots=True)
class World:
    """A simulated city. `contacts` by stream hold the contacts of either world; `untreated` and `treated` say which.

    part, parts : a large city's people are simulated a part at a time, so that memory stays flat; places and shocks are the
    whole city's, and every part has its share of each practice's people. breaks : names of those that happened.
    fallback : `breaks.fallback_means.means` of the whole city where the protocol declares a fall-back.
    drawn : the people before any break changed their lists, where one did.
    """

    seed: int
    parameters: Parameters
    city: City
    people: People
    shocks: Shocks
    programme: Programme
    scale: float
    contacts: dict[str, Contacts]
    untreated: dict[str, Bools]
    treated: dict[str, Bools]
    part: int = 0
    parts: int = 1
    breaks: tuple[str, ...] = ()
    fallback: NDArray[np.int64] | None = None
    drawn: People | None = None

    @property
    def records_from(self) -> int:
        """Serial number at which this part's hospital records begin, beyond any of the parts before."""
        return self.part * MOST_RECORDS

    @property
    def before_breaks(self) -> "World":
        """The same world with the people as they are, whatever breaks did to their lists."""
        return self if self.drawn is None else replace(self, people=self.drawn, drawn=None)

    def delivered(self, stream: str) -> Contacts:
        """What happened: the world with the programme (elsewhere the two are the same)."""
        return self.contacts[stream].take(self.treated[stream])


def kinds_of(stream: str, contacts: Contacts) -> NDArray[np.str_]:
    """Kind of each contact (the names of `parameters.KINDS`)."""
    if stream == "apc":
        return np.array(ADMITTED_KINDS)[contacts.details["kind"].astype(np.int64)]
    return np.full(len(contacts), stream)


def _make(p: Parameters, people: People, drawn: dict[str, Contacts], seed: int, part: str) -> dict[str, Contacts]:
    return {
        "apc": make_spells(p, people, drawn, generator(seed, f"{part} spells")),
        "ae": make_attendances(p, drawn["ae"], generator(seed, f"{part} attendances")),
        "op": make_appointments(p, drawn["op"], generator(seed, f"{part} appointments")),
    }


def build_world(
    *,
    seed: int,
    truth_gbp: float,
    scale: float,
    say: Say,
    part: int = 0,
    parts: int = 1,
    parameters: Parameters | None = None,
    breaks: tuple[str, ...] = (),
) -> World:
    """Draw a city, or one part of its people, whose programme saves `truth_gbp` a baseline head and year (negative: costs).

    parameters : instead of the shipped ones at this scale. breaks : those that happened (`breaks.catalogue`).
    """
    p = parameters or read_parameters(scale, breaks)
    say("drawing practices and people" if parts == 1 else f"drawing people, part {part + 1} of {parts}")
    city = build_city(p, generator(seed, "city"))
    shocks = draw_shocks(p, city, generator(seed, "shocks"))
    whole, seed = seed, of_part(seed, part)
    people = build_people(p, city.part(part, parts), generator(seed, "people"), part=part, parts=parts)
    expected = all_rates(p, people, shocks, bad_spells(p, len(people.token), generator(seed, "bad spells")))
    say("drawing contacts")
    drawn = {kind: draw(p, city, people, rate, generator(seed, f"draw {kind}")) for kind, rate in expected.items()}
    contacts = _make(p, people, drawn, seed, "contacts")
    emergencies = contacts["apc"].take(contacts["apc"].details["kind"] == 0)
    programme = run_programme(p, city, people, [emergencies, contacts["ae"]], generator(seed, "programme"))
    strength = programme.strength(p)
    exposed = {s: exposure(p, c, kinds_of(s, c), strength) for s, c in contacts.items()}

    heads = people.eligible & (city.arms[people.home] == "intervention")
    counted = {s: (c.month >= p.launch) & heads[c.person] & (c.pence > 0) for s, c in contacts.items()}
    size = calibrate(
        target=truth_gbp,
        heads=int(heads.sum()),
        years=len(p.city["contract_years"]),
        pence=np.concatenate([contacts[s].pence[counted[s]] for s in contacts]).astype(np.float64),
        exposed=np.concatenate([exposed[s][counted[s]] for s in contacts]),
    )
    untreated = {s: np.ones(len(c), dtype=bool) for s, c in contacts.items()}
    treated = {s: survives(scale=size, mark=c.mark, exposed=exposed[s]) for s, c in contacts.items()}
    if size < 0:
        shares = p.effect["share"]
        more = {k: extra_rate(scale=size, share=shares[k], expected=r, strength=strength) for k, r in expected.items()}
        raw = {k: draw(p, city, people, r, generator(seed, f"further {k}"), extra=True) for k, r in more.items()}
        added = _make(p, people, raw, seed, "further")
        added["apc"] = added["apc"].take(fitting(contacts["apc"], added["apc"]))
        contacts = {s: contacts[s].joined(added[s]) for s in contacts}
        untreated = {s: ~c.extra for s, c in contacts.items()}
        treated = {s: np.ones(len(c), dtype=bool) for s, c in contacts.items()}
    found = World(whole, p, city, people, shocks, programme, size, contacts, untreated, treated, part, parts, breaks)
    return _after_breaks(found, generator(seed, "opt outs"))


def _after_breaks(world: World, rng: np.random.Generator) -> World:
    """The world with its people as breaks leave their lists; what happened to them stays."""
    p, people = world.parameters, world.people
    if closures.NAME in world.breaks:
        people = replace(people, closures=closures.closures(p, world.city))
    if opt_outs.NAME in world.breaks:
        people = opt_outs.without_opt_outs(p, people, rng)
    return world if people is world.people else replace(world, people=people, drawn=world.people)
