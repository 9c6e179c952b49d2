"""What a rehearsed city looks like, in the quantities that are published of real ones.

Belongs here: figures of a `World`. Does not belong here: published figures (`published_figures`), formulae (`face_measures`).
Costs and contacts are those of eligible people in the world without the programme, in whole years of registration before
launch, at the rehearsal's own prices, unless a figure says otherwise. Shares are fractions of one.
"""

import numpy as np

from bench.face_measures import (
    Bools,
    Floats,
    between_practices,
    serial_correlation,
    share_at_zero,
    share_of_highest,
    variation,
)
from pipeline.calendar import month_number
from pipeline.rehearsal.contacts import observed
from pipeline.rehearsal.layout_register import prevalence_table
from pipeline.rehearsal.people import NEVER
from pipeline.rehearsal.seeds import generator
from pipeline.rehearsal.world import World


def face_figures(world: World) -> dict[str, float]:
    """Every figure by the key of `published_figures.PUBLISHED`."""
    whole = whole_years(world)
    return _costs(world, whole) | _use(world, whole) | _contacts(world) | _people(world) | _registers(world) | _programme(world)


def whole_years(world: World) -> Bools:
    """Eligible people registered from the first to the last day of each baseline year, shape (N, baseline years)."""
    people = world.people
    start = np.arange(world.parameters.launch // 12)[None, :] * 12
    return (
        people.eligible[:, None]
        & (people.first[:, None] <= start)
        & (np.minimum(people.last, people.died)[:, None] >= start + 11)
    )


def pounds(world: World, which: dict[str, Bools], months: int) -> Floats:
    """Pounds by person and period of so many months in the world that `which` says, shape (N, periods)."""
    shape = (len(world.people.token), len(world.parameters.months) // months)
    found = np.zeros(shape[0] * shape[1])
    for stream, contacts in world.contacts.items():
        kept = contacts.take(which[stream] & (contacts.pence > 0))
        found += np.bincount(kept.person * shape[1] + kept.month // months, weights=kept.pence, minlength=len(found))
    return found.reshape(shape) / 100


def _holds(world: World, register: str) -> Bools:
    """Eligible people on a register on the last day before launch."""
    people, launch = world.people, world.parameters.launch
    i = people.register_names.index(register)
    held = people.registers[:, i] & (people.register_from[:, i] < launch) & (people.register_to[:, i] >= launch)
    return people.eligible & held


def _costs(world: World, whole: Bools) -> dict[str, float]:
    years = whole.shape[1]
    cost = pounds(world, world.untreated, 12)[:, :years]
    values = cost[whole]
    quarters = pounds(world, world.untreated, 3)[:, : 4 * years]
    components = [between_practices(cost[now, y], world.people.home[now]) for y, now in enumerate(whole.T)]
    between, within = (float(np.mean([pair[i] for pair in components])) for i in (0, 1))
    arm = world.city.arms[world.people.home]
    referred = world.programme.referred < NEVER
    mine = whole & (arm == "intervention")[:, None]
    return {
        "control_cost_2017_18": _delivered_in(world, "control", "2017-18"),
        "cost": float(values.mean()),
        "cost_diabetes": float(cost[whole & _holds(world, "DM")[:, None]].mean()),
        "zero_years": share_at_zero(values),
        "zero_quarters": share_at_zero(quarters[np.repeat(whole, 4, axis=1)]),
        "variation": variation(values),
        "serial_correlation": serial_correlation(cost, whole),
        "highest_1": share_of_highest(values, 0.01),
        "highest_1_of_users": share_of_highest(values[values > 0], 0.01),
        "highest_5": share_of_highest(values, 0.05),
        "practice_spread": float(np.sqrt(max(between, 0.0)) / values.mean()),
        "practice_icc": between / (between + within),
        "referred_to_others": float(cost[mine & referred[:, None]].mean() / cost[mine & ~referred[:, None]].mean()),
    }


def _delivered_in(world: World, arm: str, year: str) -> float:
    """Pounds a baseline head of an arm's eligible people in one contract year, as delivered: nothing after leaving or death."""
    p, people = world.parameters, world.people
    heads = people.eligible & (world.city.arms[people.home] == arm)
    seen = {s: world.treated[s] & observed(people, c) & heads[c.person] for s, c in world.contacts.items()}
    column = p.launch // 12 + p.city["contract_years"].index(year)
    return float(pounds(world, seen, 12)[:, column].sum() / heads.sum())


def _use(world: World, whole: Bools) -> dict[str, float]:
    """Contacts a whole year of registration."""
    months = 12 * whole.shape[1]
    years = float(whole.sum())

    def counted(stream: str, kept: Bools) -> float:
        c = world.contacts[stream]
        early = np.flatnonzero(world.untreated[stream] & kept & (c.month < months))
        return float(whole[c.person[early], c.month[early] // 12].sum()) / years

    admitted = world.contacts["apc"]
    kind = admitted.details["kind"].astype(np.int64)
    ever = np.zeros(len(whole), dtype=bool)
    ever[admitted.person[world.untreated["apc"] & (admitted.month >= months - 48) & (admitted.month < months)]] = True
    return {
        "non_elective": counted("apc", kind == 0),
        "elective": counted("apc", kind == 1),
        "day_case": counted("apc", kind == 2),
        "admissions": counted("apc", kind >= 0),
        "admitted_in_four_years": float(ever[whole[:, -4:].all(axis=1)].mean()),
        "ae": counted("ae", np.ones(len(world.contacts["ae"]), dtype=bool)),
        "op_attended": counted("op", world.contacts["op"].details["attended"].astype(bool)),
    }


def _contacts(world: World) -> dict[str, float]:
    """What the contacts of eligible people are like, all years."""
    of = {s: c.take(world.untreated[s] & world.people.eligible[c.person]) for s, c in world.contacts.items()}
    emergency = of["apc"].details["stay"][of["apc"].details["kind"] == 0].astype(np.float64)
    attended = of["op"].details["attended"].astype(bool)
    priced = np.concatenate([of["apc"].pence, of["ae"].pence, of["op"].pence[attended]]) >= 0
    return {
        "zero_day_emergencies": share_at_zero(emergency),
        "emergency_stay": float(emergency.mean()),
        "minor_department": float(np.mean(of["ae"].details["department"] == 3)),
        "not_attended": float(np.mean(~attended)),
        "first_attendances": float(np.mean(of["op"].details["first"].astype(bool)[attended])),
        "unpriced": float(np.mean(~priced)),
    }


def _people(world: World) -> dict[str, float]:
    p, people = world.parameters, world.people
    everyone, diabetes = people.eligible, _holds(world, "DM")
    age = (month_number(p.city["launch_month"]) - people.birth) / 12
    until = np.minimum(np.minimum(people.last, people.died), len(p.months) - 1)
    at_risk = float((until[everyone] - p.launch + 1).sum()) / 12
    died = everyone & (people.died < NEVER)
    lists = world.city.list_size[: world.city.study] / p.scale
    mine = world.city.arms == "intervention"
    return {
        "age": float(age[everyone].mean()),
        "age_diabetes": float(age[diabetes].mean()),
        "age_sd_diabetes": float(age[diabetes].std(ddof=1)),
        "women": float(people.female[everyone].mean()),
        "women_diabetes": float(people.female[diabetes].mean()),
        "deaths": float(died.sum()) / at_risk,
        "leavers": float((everyone & ~died & (people.last < NEVER)).sum()) / at_risk,
        "list_size": float(lists.mean()),
        "list_variation": variation(lists),
        "eligible_of_list": float(world.city.eligible[mine].sum() / world.city.list_size[mine].sum()),
        "diabetes_a_practice": float(diabetes.sum()) / world.city.study / p.scale,
    }


def _registers(world: World) -> dict[str, float]:
    """Published register sizes of the city's practices as a share of all people on their lists."""
    table = prevalence_table(world, generator(world.seed, "prevalence")).to_pydict()
    groups, sizes = np.array(table["INDICATOR_GROUP_CODE"]), np.array([int(text) for text in table["REGISTER"]])
    everyone = float(world.city.list_size[: world.city.study].sum())
    return {f"register_{group}": float(sizes[groups == group].sum()) / everyone for group in np.unique(groups).tolist()}


def _programme(world: World) -> dict[str, float]:
    programme, people = world.programme, world.people
    heads = people.eligible & (world.city.arms[people.home] == "intervention")
    referred, engaged = heads & (programme.referred < NEVER), heads & (programme.engaged < NEVER)
    return {
        "referred": float(referred.sum() / heads.sum()),
        "engaged_of_referred": float(engaged.sum() / referred.sum()),
        "high_of_engaged": float((engaged & programme.high).sum() / engaged.sum()),
        "months_served": float(programme.months_served[engaged].mean()),
    }
