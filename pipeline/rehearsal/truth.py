"""The truth of a rehearsal: what the programme did, in pounds a head, and what each fault makes of it.

Belongs here: sums over the paired worlds, priced by the rehearsal's own table. Does not belong here: any estimate. Nothing in
`pipeline/` outside this room opens truth.json.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.columns import financial_year_of
from pipeline.rehearsal.faults import Fault
from pipeline.rehearsal.feed_counts import CELLS, cell_of
from pipeline.rehearsal.world import World
from pipeline.vocabulary import PODS, POPULATIONS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def pounds_by_person(world: World, which: dict[str, Bools]) -> Floats:
    """Pounds of each person by financial year and POD in the world that `which` says, shape (N, years, len(PODS)).

    Everything counts, delivered or not: people who leave the city go on costing. Unpriced contacts count nothing.
    """
    p = world.parameters
    years = len(p.months) // 12
    found = np.zeros((len(world.people.token), years, len(PODS)))
    pod_of_cell = np.array([PODS.index(pod) for pod, _ in CELLS])
    for stream, contacts in world.contacts.items():
        kept = contacts.take(which[stream] & (contacts.pence > 0))
        key = np.ravel_multi_index((kept.person, kept.month // 12, pod_of_cell[cell_of(stream, kept)]), found.shape)
        found += np.bincount(key, weights=kept.pence, minlength=found.size).reshape(found.shape)
    return found / 100


def _members(world: World) -> dict[str, list[Bools]]:
    arm = world.people.eligible & (world.city.arms[world.people.home] == "intervention")
    years = len(world.parameters.city["contract_years"])
    return {"eligible": [arm] * years} | {
        name: [arm & now for now in by_year] for name, by_year in world.programme.by_year(world.parameters).items()
    }


def effects(world: World) -> dict[str, dict[str, dict[str, float | None]]]:
    """Realised mean of y1 - y0 in GBP a baseline head: population, contract year, POD and `all`. Negative is a saving."""
    change = pounds_by_person(world, world.treated) - pounds_by_person(world, world.untreated)
    first = world.parameters.launch // 12
    found: dict[str, dict[str, dict[str, float | None]]] = {}
    members = _members(world)
    for population in POPULATIONS:
        found[population] = {}
        for i, year in enumerate(world.parameters.city["contract_years"]):
            who = members[population][i]
            heads = int(who.sum())
            mean = change[who, first + i].sum(axis=0) / heads if heads else np.full(len(PODS), np.nan)
            row: dict[str, float | None] = {pod: _round(mean[j]) for j, pod in enumerate(PODS)}
            row["all"] = _round(float(mean.sum()))
            found[population][year] = row
    return found


def _round(value: float) -> float | None:
    """Six decimals, so that the file does not depend on the order of sums; None where nobody is in the population."""
    return None if np.isnan(value) else round(float(value), 6) + 0.0


def counterfactual(world: World) -> dict[str, float | None]:
    """Mean GBP a baseline head of the intervention's eligible people without the programme, by contract year."""
    cost = pounds_by_person(world, world.untreated).sum(axis=2)
    arm = _members(world)["eligible"][0]
    first = world.parameters.launch // 12
    return {year: _round(cost[arm, first + i].mean()) for i, year in enumerate(world.parameters.city["contract_years"])}


def fault_document(world: World, fault: Fault) -> dict[str, Any]:
    """What truth.json says of one fault: where it is and its pounds by contract year.

    A fault that removes cost from the control after launch lowers the counterfactual: measured minus true saving is minus the
    control's lost cost a head, plus the lost baseline cost a head and year where it was lost there too, times the heads.
    """
    p, people = world.parameters, world.people
    arms = world.city.arms[people.home]
    who = people.eligible & (arms == fault.arm)
    heads = int((people.eligible & (arms == "intervention")).sum())
    contacts = world.contacts[fault.stream].take(world.treated[fault.stream])
    lost = contacts.take(who[contacts.person] & (contacts.pence > 0) & (contacts.month >= fault.first_month(world)))
    year = financial_year_of(lost.month, p.months[0]) - int(p.months[0][:4])
    a_head = np.bincount(year, weights=lost.pence, minlength=len(p.months) // 12) / 100 / int(who.sum())
    first = p.launch // 12
    sign = -1.0 if fault.arm == "control" else 1.0
    shift = sign * (a_head[first:] - a_head[:first].mean()) * heads
    years = p.city["contract_years"]
    saving = {y: round(float(shift[i]), 2) for i, y in enumerate(years)}
    document: dict[str, Any] = {
        "name": fault.name,
        "route": fault.route,
        "stream": fault.stream,
        "arm": fault.arm,
        "provider": None,
        "first_month": p.months[fault.first_month(world)],
        "last_month": p.months[-1],
        "saving_effect_gbp": saving,
        "payment_effect_gbp": {y: payment_effect(effect, heads) for y, effect in saving.items()},
    }
    if fault.loses == "cost":
        document["valued_on"] = "supplier_cost"
    return document


def payment_effect(saving_effect: float, heads: int) -> float:
    """Change of one year's payment at the protocol's target saving, by the illustrative terms a rehearsal is paid under."""
    from pipeline.settlement.payment import payment
    from pipeline.settlement.terms import Terms, illustrative_terms

    terms = Terms.model_validate(illustrative_terms())
    target = Decimal(86 * heads)
    moved = target + Decimal(str(saving_effect))
    paid = [payment(saving_gbp=saving, heads=heads, terms=terms).amount_gbp for saving in (moved, target)]
    return float(paid[0] - paid[1])


def truth_document(world: World, truth_gbp: float, faults: Sequence[Fault]) -> dict[str, Any]:
    """truth.json as plain data."""
    arms = world.city.arms[world.people.home]
    return {
        "schema": "outcomeb/truth/1",
        "seed": world.seed,
        "scale": world.parameters.scale,
        "parameters_sha256": world.parameters.sha256,
        "truth_gbp": truth_gbp,
        "heads": {arm: int((world.people.eligible & (arms == arm)).sum()) for arm in ("intervention", "control")},
        "effect_gbp_per_head": effects(world),
        "counterfactual_gbp_per_head": counterfactual(world),
        "faults": [fault_document(world, fault) for fault in faults],
    }
