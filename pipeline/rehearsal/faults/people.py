"""Faults in lists of people: registrations, registers, deaths.

Belongs here: who is said to be registered, alive and on a register. Does not belong here: their contacts (`rows`, `codes`).
"""

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.faults.fault import Bools, Fault, Place, uniform
from pipeline.rehearsal.people import People
from pipeline.rehearsal.stays import ELIGIBLE, NEVER
from pipeline.rehearsal.world import World

Ints = NDArray[np.int64]
EVERYWHERE = Place(stream="all", first="start")


def _in_arm(world: World, people: People, fault: Fault) -> Bools:
    return fault.place.in_arm(world, people.home)


def _some(people: People, fault: Fault) -> Bools:
    """A share of the people, by their place on the list."""
    return uniform(np.arange(len(people.token), dtype=np.uint64), fault.name) < fault.severity


def _register(people: People, name: str) -> int:
    return people.register_names.index(name)


def without(people: People, gone: Bools) -> People:
    """People who stand on no list: they keep their index, so that contacts still name them, and have neither registration
    nor register."""
    return replace(
        people,
        group=np.where(gone, "no_practice", people.group),
        registers=people.registers & ~gone[:, None],
    )


def _people_missing(world: World, people: People, fault: Fault) -> People:
    return without(people, _in_arm(world, people, fault) & _some(people, fault))


def _deaths_missing(world: World, people: People, fault: Fault) -> People:
    kept = _in_arm(world, people, fault) & _some(people, fault)
    return replace(people, died=np.where(kept, NEVER, people.died))


def _leavers_kept(world: World, people: People, fault: Fault) -> People:
    stays = _in_arm(world, people, fault) & _some(people, fault) & (people.last >= world.parameters.launch)
    return replace(people, last=np.where(stays, NEVER, people.last))


def _joiners_backdated(world: World, people: People, fault: Fault) -> People:
    """Registrations that began during the baseline are given the date of the practice's first list."""
    early = _in_arm(world, people, fault) & _some(people, fault) & (people.first > 0) & (people.group == ELIGIBLE)
    early &= people.moved_in < 0
    return replace(people, first=np.where(early, -200, people.first))


def _latecomers_backdated(world: World, people: People, fault: Fault) -> People:
    """People who registered after launch are given an earlier date, and so become eligible."""
    late = _in_arm(world, people, fault) & _some(people, fault) & (people.group == "registered_too_late")
    return replace(people, first=np.where(late, -100, people.first))


def _register_missing(world: World, people: People, fault: Fault) -> People:
    held = people.registers.copy()
    held[_in_arm(world, people, fault) & _some(people, fault), _register(people, "DM")] = False
    return replace(people, registers=held)


def _register_redefined(world: World, people: People, fault: Fault) -> People:
    """The asthma register keeps only those with a prescription in the year."""
    held = people.registers.copy()
    held[_in_arm(world, people, fault) & _some(people, fault), _register(people, "AST")] = False
    return replace(people, registers=held)


def _register_bought_in(world: World, people: People, fault: Fault) -> People:
    """A bought-in search of records puts people with other conditions on the diabetes register, dated before launch."""
    found = _in_arm(world, people, fault) & _some(people, fault) & (people.group == "other_registers_only")
    held, started, ended = people.registers.copy(), people.register_from.copy(), people.register_to.copy()
    column = _register(people, "DM")
    held[found, column], started[found, column], ended[found, column] = True, 40, NEVER
    return replace(people, registers=held, register_from=started, register_to=ended)


def _register_undated(world: World, people: People, fault: Fault) -> People:
    """Registers restarted by a new record system: every entry begins after launch, so nobody was on one at the date."""
    new = _in_arm(world, people, fault) & _some(people, fault)
    start = np.where(new[:, None], world.parameters.launch + 6, people.register_from)
    return replace(people, register_from=start)


def _practice_recoded(world: World, people: People, fault: Fault) -> People:
    """Two practices of the arm merge and history is rewritten: everybody of the one stands under the other's code."""
    index = np.flatnonzero(world.city.arms == fault.place.arm)
    moved = (people.home == index[0]) & _some(people, fault)
    later = np.where(moved & (people.later == index[1]), index[0], people.later)
    earlier = np.where(moved & (people.earlier == index[1]), index[0], people.earlier)
    return replace(people, home=np.where(moved, index[1], people.home), later=later, earlier=earlier)


def _practice_across(world: World, people: People, fault: Fault) -> People:
    """A practice joins a group of the other arm: its people stand under a code of that arm, back to the beginning."""
    here = int(np.flatnonzero(world.city.arms == fault.place.arm)[0])
    there = int(np.flatnonzero(np.isin(world.city.arms, ["intervention", "control"]) & (world.city.arms != fault.place.arm))[0])
    moved = (people.home == here) & _some(people, fault)
    return replace(people, home=np.where(moved, there, people.home))


def _births_wrong(world: World, people: People, fault: Fault) -> People:
    """Dates of birth ten years too early, from a two-digit year."""
    wrong = _in_arm(world, people, fault) & _some(people, fault)
    return replace(people, birth=np.where(wrong, people.birth - 120, people.birth))


def _invented(world: World, people: People, fault: Fault) -> People:
    """People who are nobody: registered, on the diabetes register, alive, and never in hospital."""
    arm = np.flatnonzero(_in_arm(world, people, fault) & people.eligible)
    like = arm[uniform(arm.astype(np.uint64), fault.name) < fault.severity]
    added: dict[str, Any] = {}
    for field in fields(people):
        values = getattr(people, field.name)
        added[field.name] = np.concatenate([values, values[like]]) if isinstance(values, np.ndarray) else values
    added["token"] = np.concatenate([people.token, np.array([f"{t[:-1]}?" for t in people.token[like].tolist()], dtype=str)])
    more = np.arange(len(people.token), len(added["token"]))
    added["died"][more], added["last"][more], added["moved_out"][more] = NEVER, NEVER, NEVER
    added["later"][more] = -1
    return People(**added)


PEOPLE = "share of the people"
ONE_ARM = ("intervention", "control")
FAULTS = (
    Fault("people_missing", "people", "People are missing from registrations and registers.", EVERYWHERE, severity=0.1,
          severity_is=PEOPLE, severities=(0.01, 0.03, 0.10), people=_people_missing),
    Fault("people_invented", "people", "People stand on lists and registers who are nobody.", EVERYWHERE, severity=0.03,
          severity_is=PEOPLE, severities=(0.01, 0.03, 0.10), people=_invented),
    Fault("deaths_not_delivered", "people", "Deaths are not taken off the lists.", EVERYWHERE,
          severity_is="share of the deaths", severities=(0.2, 0.5, 1.0), people=_deaths_missing),
    Fault("leavers_kept", "people", "People who left are never taken off the lists.", EVERYWHERE,
          severity_is="share of the leavers", severities=(0.2, 0.5, 1.0), people=_leavers_kept),
    Fault("joiners_backdated", "people", "Registrations of the baseline years carry the date of the practice's first list.",
          EVERYWHERE, severity_is="share of the joiners", severities=(0.2, 0.5, 1.0), people=_joiners_backdated),
    Fault("latecomers_backdated", "people", "People who registered after launch carry an earlier date.", EVERYWHERE,
          severity_is="share of the latecomers", severities=(0.2, 0.5, 1.0), people=_latecomers_backdated),
    Fault("register_missing", "people", "The diabetes register of one arm is not delivered.", EVERYWHERE,
          severity_is="share of the register", severities=(0.02, 0.2, 1.0), people=_register_missing),
    Fault("register_redefined", "people", "The asthma register of one arm asks for a prescription in the year.", EVERYWHERE,
          severity=0.2, severity_is="share of the register", severities=(0.05, 0.2, 0.5), people=_register_redefined),
    Fault("register_bought_in", "people", "A bought-in search fills the diabetes register of one arm.", EVERYWHERE,
          severity_is="share of those who could be found", severities=(0.1, 0.5, 1.0), people=_register_bought_in),
    Fault("register_restarted", "people", "A new record system dates every register entry after launch.", EVERYWHERE,
          severity=0.5, severity_is="share of the entries", severities=(0.02, 0.2, 0.5), people=_register_undated),
    Fault("practices_merged", "people", "Two practices merge and the lists are rewritten back to the beginning.", EVERYWHERE,
          arms=ONE_ARM, severity_is="share of the practice's people", severities=(0.1, 0.5, 1.0), people=_practice_recoded),
    Fault("practice_across_the_city", "people", "A practice joins a group of the other arm and its list is rewritten.",
          EVERYWHERE, arms=ONE_ARM, severity_is="share of the practice's people", severities=(0.1, 0.5, 1.0),
          people=_practice_across),
    Fault("births_ten_years_early", "people", "Dates of birth are ten years too early.", EVERYWHERE, severity=0.1,
          severity_is=PEOPLE, severities=(0.02, 0.1, 0.5), people=_births_wrong),
)  # fmt: skip
