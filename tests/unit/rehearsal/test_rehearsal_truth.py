"""The two worlds and the truth: paired, recomputed contact by contact, near what was asked for."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from rehearsal_files import quiet

from pipeline.errors import UsageError
from pipeline.rehearsal.effect import calibrate, survives
from pipeline.rehearsal.truth import truth_document
from pipeline.rehearsal.world import World, build_world

YEARS = ["2015-16", "2016-17", "2017-18", "2018-19"]


def small(truth_gbp: float, seed: int = 5, scale: float = 0.03) -> World:
    return build_world(seed=seed, truth_gbp=truth_gbp, scale=scale, say=quiet)


def test_with_a_saving_the_treated_world_is_a_part_of_the_untreated(village_world: World) -> None:
    for stream, contacts in village_world.contacts.items():
        treated, untreated = village_world.treated[stream], village_world.untreated[stream]
        assert not (treated & ~untreated).any()
        lost = contacts.take(untreated & ~treated)
        assert len(lost) > 0
        engaged = village_world.programme.engaged[lost.person]
        assert (lost.month > engaged).all(), "nothing changes before or in the month of the first contact"


def test_without_a_programme_effect_the_worlds_are_equal() -> None:
    world = small(0.0)
    assert all((world.treated[s] == world.untreated[s]).all() for s in world.contacts)
    effects = truth_document(world, 0.0, [])["effect_gbp_per_head"]
    assert {v for population in effects.values() for year in population.values() for v in year.values()} == {0.0}


def test_a_harmful_programme_adds_and_takes_nothing_away() -> None:
    world = small(-100.0)
    for stream, contacts in world.contacts.items():
        added = contacts.take(world.treated[stream] & ~world.untreated[stream])
        assert not (world.untreated[stream] & ~world.treated[stream]).any()
        assert (added.month > world.programme.engaged[added.person]).all()
    effect = truth_document(world, -100.0, [])["effect_gbp_per_head"]["eligible"]
    assert all(effect[year]["all"] > 0 for year in YEARS[1:])


def test_the_world_without_the_programme_does_not_depend_on_what_it_saves(village_world: World) -> None:
    for other in (small(200.0), small(-50.0)):
        for stream, contacts in village_world.contacts.items():
            mine = contacts.take(village_world.untreated[stream])
            theirs = other.contacts[stream].take(other.untreated[stream])
            assert np.array_equal(mine.day, theirs.day)
            assert np.array_equal(mine.pence, theirs.pence)


def test_truth_recomputed_contact_by_contact(village: Path, village_world: World) -> None:
    """A plain loop over contacts, sharing no sum with `truth`; the file is compared, so that what is written is meant."""
    world = village_world
    written = json.loads((village / "truth.json").read_text(encoding="utf-8"))
    arm, programme = world.city.arms, world.programme
    last = [12 * 6 + 12 * i for i in range(4)]  # months before the end of each contract year, counted from April 2010
    inside = [
        i for i in range(len(world.people.token)) if world.people.eligible[i] and arm[world.people.home[i]] == "intervention"
    ]
    assert written["heads"]["intervention"] == len(inside)
    for population in ("eligible", "referred", "engaged", "high_engaged"):
        for year in range(4):
            member = {
                "eligible": lambda i: True,
                "referred": lambda i, end=last[year]: programme.referred[i] < end,
                "engaged": lambda i, end=last[year]: programme.engaged[i] < end,
                "high_engaged": lambda i, end=last[year]: programme.engaged[i] < end and programme.high[i],
            }[population]
            heads = {i for i in inside if member(i)}
            pence = dict.fromkeys(("ae", "non_elective", "all"), 0)
            for stream, c in world.contacts.items():
                changed = np.flatnonzero(world.treated[stream] != world.untreated[stream])
                for row in changed.tolist():
                    if c.month[row] // 12 != 5 + year or int(c.person[row]) not in heads or c.pence[row] < 0:
                        continue
                    sign = 1 if world.treated[stream][row] else -1
                    pence["all"] += sign * int(c.pence[row])
                    if stream == "ae":
                        pence["ae"] += sign * int(c.pence[row])
                    if stream == "apc" and c.details["kind"][row] == 0:
                        pence["non_elective"] += sign * int(c.pence[row])
            said = written["effect_gbp_per_head"][population][YEARS[year]]
            for pod, total in pence.items():
                assert said[pod] == pytest.approx(total / 100 / len(heads), abs=1e-6)


def test_points_of_delivery_add_to_all(village: Path) -> None:
    effects = json.loads((village / "truth.json").read_text(encoding="utf-8"))["effect_gbp_per_head"]
    for population in effects.values():
        for year in population.values():
            parts = sum(v for pod, v in year.items() if pod != "all")
            assert len(year) == 9
            assert parts == pytest.approx(year["all"], abs=1e-5)


def test_effect_is_stronger_the_nearer_the_population_is_to_the_programme(town_world: World) -> None:
    effects = truth_document(town_world, 86.0, [])["effect_gbp_per_head"]
    total = {name: sum(years[year]["all"] for year in YEARS) for name, years in effects.items()}
    assert total["high_engaged"] < total["engaged"] < total["referred"] < total["eligible"] < 0


@pytest.mark.parametrize(("asked", "scale", "seeds"), [(86.0, 0.03, 12), (230.0, 0.10, 8)])
def test_realised_saving_is_near_what_was_asked(asked: float, scale: float, seeds: int) -> None:
    """Mean of the four years over some seeds; the error of that mean is its own standard error, 3.5 of them are allowed."""
    found = []
    for seed in range(101, 101 + seeds):
        effects = truth_document(small(asked, seed, scale), asked, [])["effect_gbp_per_head"]["eligible"]
        found.append(-np.mean([effects[year]["all"] for year in YEARS]))
    error = np.std(found, ddof=1) / math.sqrt(len(found))
    assert error < 0.1 * asked
    assert abs(np.mean(found) - asked) < 3.5 * error


def test_calibration_by_hand() -> None:
    """Two contacts of £100 with exposure 1, one of £50 without; one head, one year: 200 x (1 - exp(-s)) = 100 at s = ln 2."""
    pence, exposed = np.array([10_000.0, 10_000.0, 5_000.0]), np.array([1.0, 1.0, 0.0])
    scale = calibrate(target=100.0, heads=1, years=1, pence=pence, exposed=exposed)
    assert scale == pytest.approx(math.log(2), abs=1e-12)
    assert calibrate(target=-100.0, heads=1, years=1, pence=pence, exposed=exposed) == pytest.approx(-math.log(1.5), abs=1e-12)
    assert survives(scale=scale, mark=np.array([0.49, 0.51, 0.0]), exposed=exposed).tolist() == [False, True, True]


def test_more_than_the_served_cost_cannot_be_saved() -> None:
    with pytest.raises(UsageError, match="more than the people it serves cost"):
        small(5_000.0)
