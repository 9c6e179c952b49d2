"""The truth of a rehearsal: what the programme did, in pounds a head, and what each fault makes of it.

Belongs here: sums over the paired worlds, priced by the rehearsal's own table. Does not belong here: any estimate. Nothing in
`pipeline/` outside this room opens truth.json.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.breaks.fallback_means import valued as at_constant_prices
from pipeline.rehearsal.cohort import cohort_of, plain_saving
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.feed_counts import CELLS, cell_of
from pipeline.rehearsal.sent import as_sent, send
from pipeline.rehearsal.world import World
from pipeline.vocabulary import PODS, POPULATIONS, STREAMS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def pounds_by_person(world: World, which: dict[str, Bools], *, as_valued: bool = False) -> Floats:
    """Pounds of each person by financial year and POD in the world that `which` says, shape (N, years, len(PODS)).

    Everything counts, delivered or not: people who leave the city go on costing. Unpriced contacts count nothing.
    as_valued : at the study's prices, in which means of a fall-back stand in where the tariff has none.
    """
    p = world.parameters
    years = len(p.months) // 12
    found = np.zeros((len(world.people.token), years, len(PODS)))
    pod_of_cell = np.array([PODS.index(pod) for pod, _ in CELLS])
    for stream, contacts in world.contacts.items():
        pence = study_price(world, stream, contacts) if as_valued else contacts.pence
        mine = which[stream] & (pence > 0)
        kept, pence = contacts.take(mine), pence[mine]
        key = np.ravel_multi_index((kept.person, kept.month // 12, pod_of_cell[cell_of(stream, kept)]), found.shape)
        found += np.bincount(key, weights=pence, minlength=found.size).reshape(found.shape)
    return found / 100


def _members(world: World) -> dict[str, list[Bools]]:
    arm = world.people.eligible & (world.city.arms[world.people.home] == "intervention")
    years = len(world.parameters.city["contract_years"])
    return {"eligible": [arm] * years} | {
        name: [arm & now for now in by_year] for name, by_year in world.programme.by_year(world.parameters).items()
    }


@dataclass(frozen=True, slots=True)
class Sums:
    """What the truth of a city, or of one part of its people, adds up from.

    heads : by arm. members : people of each population at the end of each contract year, shape (populations, years). change :
    their pounds with the programme minus without it, shape (populations, years, PODS). without : the intervention's pounds
    without it, shape (years,). faults : `fault_pounds` of each fault. as_valued : as change, at the study's prices, where means
    of a fall-back stand in for the tariff's; without a fall-back the same.
    """

    heads: dict[str, int]
    members: NDArray[np.int64]
    change: Floats
    without: Floats
    faults: tuple[Floats, ...]
    as_valued: Floats

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            {arm: n + other.heads[arm] for arm, n in self.heads.items()},
            self.members + other.members,
            self.change + other.change,
            self.without + other.without,
            tuple(mine + theirs for mine, theirs in zip(self.faults, other.faults, strict=True)),
            self.as_valued + other.as_valued,
        )


def truth_sums(world: World, faults: Sequence[Fault]) -> Sums:
    """The sums of one part of a city's people."""
    cost = pounds_by_person(world, world.untreated)
    change = pounds_by_person(world, world.treated) - cost
    first, years = world.parameters.launch // 12, len(world.parameters.city["contract_years"])
    members = _members(world)
    counted = np.array([[int(members[p][i].sum()) for i in range(years)] for p in POPULATIONS])

    def moved(pounds: Floats) -> Floats:
        return np.array([[pounds[members[p][i], first + i].sum(axis=0) for i in range(years)] for p in POPULATIONS])

    without = np.array([cost[members["eligible"][0], first + i].sum() for i in range(years)])
    arms = world.city.arms[world.people.home]
    heads = {arm: int((world.people.eligible & (arms == arm)).sum()) for arm in ("intervention", "control")}
    valued = change
    if world.fallback is not None:
        both = (pounds_by_person(world, which, as_valued=True) for which in (world.treated, world.untreated))
        valued = next(both) - next(both)
    pounds = tuple(fault_pounds(world, fault) for fault in faults)
    return Sums(heads, counted, moved(change), without, pounds, moved(valued))


def effects(sums: Sums, years: Sequence[str], *, as_valued: bool = False) -> dict[str, dict[str, dict[str, float | None]]]:
    """Realised mean of y1 - y0 in GBP a baseline head: population, contract year, POD and `all`. Negative is a saving."""
    change = sums.as_valued if as_valued else sums.change
    found: dict[str, dict[str, dict[str, float | None]]] = {}
    for place, population in enumerate(POPULATIONS):
        found[population] = {}
        for i, year in enumerate(years):
            heads = int(sums.members[place, i])
            mean = change[place, i] / heads if heads else np.full(len(PODS), np.nan)
            row: dict[str, float | None] = {pod: _round(mean[j]) for j, pod in enumerate(PODS)}
            row["all"] = _round(float(mean.sum()))
            found[population][year] = row
    return found


def _round(value: float) -> float | None:
    """Six decimals, so that the file does not depend on the order of sums; None where nobody is in the population."""
    return None if np.isnan(value) else round(float(value), 6) + 0.0


def fault_document(world: World, fault: Fault, sums: Sums | None = None) -> dict[str, Any]:
    """What truth.json says of one fault: what it is, where, and its pounds by contract year.

    sums : of every part of a large city's people, with this fault alone; by itself the world's own.

    The saving effect is the measured minus the true saving, by the rehearsal's own difference in differences with and without
    the fault (`fault_pounds`). `valued_on` says when it is not the study's own cost that is wrong: the supplier's column, or
    the aggregates, on which no saving is measured. A delivery that is refused moves nothing: it never enters.
    """
    p = world.parameters
    sums = sums or truth_sums(world, [fault])
    heads = sums.heads["intervention"]
    begin, end = fault.place.months(world)
    years = p.city["contract_years"]
    saving = {year: round(float(pounds), 2) for year, pounds in zip(years, sums.faults[0], strict=True)}
    document: dict[str, Any] = {
        "name": fault.name,
        "asked": fault.asked,
        "family": fault.family,
        "summary": fault.summary,
        "route": fault.route,
        "stream": fault.stream,
        "arm": fault.arm,
        "provider": fault.place.provider,
        "first_month": p.months[begin],
        "last_month": p.months[end],
        "severity": fault.severity,
        "severity_is": fault.severity_is,
        "refused": fault.refused,
        "saving_effect_gbp": saving,
        "payment_effect_gbp": {year: payment_effect(effect, heads) for year, effect in saving.items()},
    }
    valued_on = fault.valued_on or ("aggregates" if fault.route == "aggregates" else None)
    return document | ({"valued_on": valued_on} if valued_on else {})


def fault_pounds(world: World, fault: Fault) -> Floats:
    """Measured minus true saving of the intervention arm by contract year, GBP, shape (years,).

    Contacts: the change of cost a baseline head, control against intervention and after launch against before, over everything
    that happened, observed or not, since people not observed are weighted back. Lists: the whole difference in differences on
    the cohort they lead to against that on the right one, with the contacts that were delivered.
    """
    years = len(world.parameters.city["contract_years"])
    if fault.people is not None:
        sent = send(world, [])
        right, wrong = (cohort_of(world, people) for people in (world.people, fault.people(world, world.people, fault)))
        return plain_saving(world, wrong, sent.extract) - plain_saving(world, right, sent.extract)
    strike = fault.values or fault.contacts
    if strike is None or fault.refused or not fault.on("extract"):
        return np.zeros(years)
    change = np.zeros((2, len(world.parameters.months) // 12))
    column = "billed" if fault.valued_on == "supplier_cost" else "pence"
    for stream in STREAMS if fault.place.stream == "all" else (fault.place.stream,):
        whole = as_sent(world.contacts[stream].take(world.treated[stream]))
        hit = fault.place.contacts(world, whole, stream)
        if fault.values is None:  # a file or a price list is struck as a whole, whatever its severity says of it
            hit = hit & fault.chance(whole, "extract")
        struck = strike(world, whole, stream, hit, fault)
        change += _pounds_by_arm(world, stream, struck, column) - _pounds_by_arm(world, stream, whole, column)
    first = world.parameters.launch // 12
    step = change[:, first:] - change[:, :first].mean(axis=1, keepdims=True)
    heads = int((world.people.eligible & (world.city.arms[world.people.home] == "intervention")).sum())
    return np.asarray((step[1] - step[0]) * heads)


def study_price(world: World, stream: str, contacts: Contacts) -> NDArray[np.int64]:
    """Pence as the study prices the contacts, shape (n,): by the tariff, else by a mean of the fall-back if one is declared."""
    return contacts.pence if world.fallback is None else at_constant_prices(world, stream, contacts)


def _pounds_by_arm(world: World, stream: str, contacts: Contacts, column: str) -> Floats:
    """Pounds a baseline head of eligible people by arm (intervention, control) and financial year, shape (2, years)."""
    d, people, months = contacts.details, world.people, len(world.parameters.months)
    pence = d["billed"].astype(np.int64) if column == "billed" else study_price(world, stream, contacts)
    kept = (contacts.month >= 0) & (contacts.month < months) & (pence > 0) & people.eligible[contacts.person]
    for name in ("unlinked", "again", "other_key"):
        kept &= ~d[name].astype(bool)
    arms = world.city.arms[people.home]
    found = np.zeros((2, months // 12))
    for i, arm in enumerate(("intervention", "control")):
        mine = kept & (arms[contacts.person] == arm)
        sums = np.bincount(contacts.month[mine] // 12, weights=pence[mine], minlength=months // 12)
        found[i] = sums / 100 / int((people.eligible & (arms == arm)).sum())
    return found


def payment_effect(saving_effect: float, heads: int) -> float:
    """Change of one year's payment at the protocol's target saving, by the illustrative terms a rehearsal is paid under."""
    from pipeline.settlement.payment import payment
    from pipeline.settlement.terms import Terms, illustrative_terms

    terms = Terms.model_validate(illustrative_terms())
    target = Decimal(86 * heads)
    moved = target + Decimal(str(saving_effect))
    paid = [payment(saving_gbp=saving, heads=heads, terms=terms).amount_gbp for saving in (moved, target)]
    return float(paid[0] - paid[1])


def truth_document(world: World, truth_gbp: float, faults: Sequence[Fault], sums: Sums | None = None) -> dict[str, Any]:
    """truth.json as plain data. sums : of every part of a large city's people; by itself the world's own."""
    found = sums or truth_sums(world, faults)
    years = world.parameters.city["contract_years"]
    heads = found.heads["intervention"]
    valued = {} if world.fallback is None else {"effect_as_valued_gbp_per_head": effects(found, years, as_valued=True)}
    return {
        "schema": "outcomeb/truth/1",
        "seed": world.seed,
        "scale": world.parameters.scale,
        "parameters_sha256": world.parameters.sha256,
        "truth_gbp": truth_gbp,
        "heads": found.heads,
        "effect_gbp_per_head": effects(found, years),
        **valued,
        "counterfactual_gbp_per_head": {year: _round(found.without[i] / heads) for i, year in enumerate(years)},
        "breaks": list(world.breaks),
        "faults": [
            fault_document(world, fault, replace(found, faults=(pounds,)))
            for fault, pounds in zip(faults, found.faults, strict=True)
        ],
    }
