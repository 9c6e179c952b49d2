"""Face validity: the city looks like the published sizes of domain.md and the brief's ranges. Ranges, not our own output."""

import numpy as np
import pytest

from pipeline.rehearsal.people import NEVER
from pipeline.rehearsal.truth import pounds_by_person
from pipeline.rehearsal.world import World
from pipeline.vocabulary import PODS


def head_years(world: World) -> float:
    return float(world.people.eligible.sum()) * 9


def rate(world: World, stream: str, kind: int | None = None) -> float:
    contacts = world.contacts[stream].take(world.untreated[stream])
    counted = world.people.eligible[contacts.person]
    if kind is not None:
        counted &= contacts.details["kind"] == kind
    if stream == "op":
        counted &= contacts.details["attended"].astype(bool)
    return float(counted.sum()) / head_years(world)


@pytest.mark.parametrize(
    ("stream", "kind", "low", "high"),
    [
        ("apc", 0, 0.15, 0.22),  # emergency admissions a head and year
        ("ae", None, 0.70, 0.95),
        ("op", None, 2.4, 3.5),
    ],
)
def test_contacts_a_head_and_year(town_world: World, stream: str, kind: int | None, low: float, high: float) -> None:
    assert low < rate(town_world, stream, kind) < high


def test_planned_admissions(town_world: World) -> None:
    assert 0.22 < rate(town_world, "apc", 1) + rate(town_world, "apc", 2) < 0.32


def test_cost_a_head_and_year(town_world: World) -> None:
    by_pod = pounds_by_person(town_world, town_world.untreated)[town_world.people.eligible].mean(axis=(0, 1))
    cost = dict(zip(PODS, by_pod.tolist(), strict=True))
    assert 1_000 < sum(cost.values()) < 1_300  # 86 / 7.5% = 1,147 a head (domain.md 1.2)
    assert 90 < cost["ae"] < 140
    assert 280 < cost["op_first"] + cost["op_follow_up"] + cost["op_procedure"] < 380


def test_half_of_person_quarters_cost_nothing_and_cost_persists(town_world: World) -> None:
    world, people = town_world, town_world.people
    quarter = np.zeros((len(people.token), 36))
    for stream, contacts in world.contacts.items():
        kept = contacts.take(world.untreated[stream] & (contacts.pence > 0))
        np.add.at(quarter, (kept.person, kept.month // 3), kept.pence / 100)
    eligible = quarter[people.eligible]
    assert 0.42 < (eligible[:, :20] == 0).mean() < 0.58
    year = eligible.reshape(len(eligible), 9, 4).sum(axis=2)
    near, far = np.corrcoef(year[:, 3], year[:, 4])[0, 1], np.corrcoef(year[:, 0], year[:, 4])[0, 1]
    assert 0.2 < near < 0.6
    assert 0.1 < far < near, "a bad spell passes, frailty stays"


def test_people_die_leave_and_join_as_declared(town_world: World) -> None:
    people, eligible = town_world.people, town_world.people.eligible
    assert 0.012 < (people.died[eligible] < NEVER).mean() / 4 < 0.018
    assert 0.032 < (people.last[eligible] < NEVER).mean() / 4 < 0.042
    assert 0.17 < (people.first[eligible] > 0).mean() < 0.23
    assert (people.last[eligible] >= town_world.parameters.launch).all()
    assert (people.died[eligible] >= town_world.parameters.launch).all()


def test_programme_reaches_those_in_need_after_a_bad_spell(town_world: World) -> None:
    world, people, programme = town_world, town_world.people, town_world.programme
    arm = people.eligible & (world.city.arms[people.home] == "intervention")
    referred, engaged = arm & (programme.referred < NEVER), arm & (programme.engaged < NEVER)
    assert 0.40 < referred.sum() / arm.sum() < 0.50
    assert 0.62 < engaged.sum() / referred.sum() < 0.72
    assert 0.34 < (engaged & programme.high).sum() / engaged.sum() < 0.46
    assert people.need[referred].mean() > people.need[arm].mean() + 0.05
    assert not (programme.referred[~arm] < NEVER).any()
    assert (programme.referred[referred] >= world.parameters.launch).all()
    # cost of the quarter before referral exceeds that of the quarter a year earlier: picked at a peak
    cost = np.zeros((len(people.token), 108))
    for stream, contacts in world.contacts.items():
        kept = contacts.take(world.untreated[stream] & (contacts.pence > 0))
        np.add.at(cost, (kept.person, kept.month), kept.pence / 100)
    who = np.flatnonzero(referred)
    before = np.mean([cost[i, programme.referred[i] - 3 : programme.referred[i]].sum() for i in who])
    earlier = np.mean([cost[i, programme.referred[i] - 15 : programme.referred[i] - 12].sum() for i in who])
    assert before > 1.15 * earlier


def test_hospital_use_differs_by_arm(town_world: World) -> None:
    contacts, people = town_world.contacts["ae"], town_world.people
    arm = town_world.city.arms[people.home[contacts.person]]
    second = {name: (contacts.provider[arm == name] == 1).mean() for name in ("intervention", "control")}
    assert second["control"] > 2 * second["intervention"]
