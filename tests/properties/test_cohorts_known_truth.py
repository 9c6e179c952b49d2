"""Populations where the truth is known: the short form of bench/cohorts.py, seeds named before the first run.

Selection without an effect makes a before-and-after of the engaged look like a large saving; the eligible comparison holds zero
as often as it says. An effect among the high-engaged alone shows in the order eligible, engaged, high-engaged.
"""

import math

import numpy as np
import pytest

from bench.cohorts import TARGET, drawn, eligible_effect, one, summary
from pipeline.rehearsal.cohort import cohort_of
from pipeline.store import Store

SEEDS = range(301, 307)


@pytest.fixture(scope="module")
def null() -> list[dict]:
    return [one(seed, scale=0.1, setting="null") for seed in SEEDS]


@pytest.fixture(scope="module")
def high() -> list[dict]:
    return [one(seed, scale=0.1, setting="high") for seed in SEEDS[:3]]


def test_a_before_and_after_of_the_engaged_claims_a_saving_that_is_not_there(null: list[dict]) -> None:
    """Truth zero in every world. The naive change lies below zero by more than four of its Monte Carlo errors, and beyond the
    published £86 a head; the eligible estimate lies within three of its own."""
    naive, eligible = summary(null, "naive"), summary(null, "eligible")
    assert naive["truth"] == eligible["truth"] == 0.0
    assert naive["estimate"] < -86
    assert naive["estimate"] < -4 * naive["estimate_error"]
    assert abs(eligible["estimate"]) < 3 * eligible["estimate_error"]


def test_the_eligible_comparison_holds_zero_at_its_rate() -> None:
    """100 villages with selected referral and no effect: 95% intervals hold zero in 89 to 100 of them (three Monte Carlo errors
    of 2.2 points about 95; the jackknife with t(23) is measured to reject in 4.4 to 6.0%)."""
    held = 0
    for seed in range(1001, 1101):
        world = drawn(seed, 0.02, "null")
        effect, low, high = eligible_effect(world, world.treated)
        assert low < effect < high
        held += low <= 0 <= high
    assert held >= 95 - 3 * math.sqrt(0.95 * 0.05 / 100) * 100


def test_an_effect_among_the_high_engaged_shows_in_order(high: list[dict]) -> None:
    """What each estimate makes of the effect: the same draws with the programme and without, so that the noise is common. An
    eligible head saves about nothing, an engaged one some, a high-engaged one most, and near TARGET: our rule of contacts finds
    most of those whom the rehearsal calls high-engaged, and some others on whom it has no effect."""
    found = {population: summary(high, population) for population in ("eligible", "referred", "engaged", "high_engaged")}
    saved = {population: -row["paired"] for population, row in found.items()}
    assert saved["eligible"] < saved["referred"] < saved["engaged"] < saved["high_engaged"]
    assert abs(saved["eligible"]) < 15
    assert found["high_engaged"]["truth"] == pytest.approx(TARGET, abs=0.5)
    assert 0.6 * -TARGET < saved["high_engaged"] < 1.3 * -TARGET
    assert saved["engaged"] < 0.6 * saved["high_engaged"]


def test_the_world_s_cohort_is_that_of_its_tables(store: Store) -> None:
    """What the bench writes: everybody of the recount once, exposed only in the intervention, populations in one another,
    and high-engaged by contacts mostly those whom the rehearsal drew as such."""
    from bench.cohort_world import cohort_world, study_of

    world = drawn(301, 0.1, "null")
    tables = cohort_world(world, store, study_of(world))
    people = tables.people.execute()
    member = cohort_of(world, world.people).member
    assert sorted(people["person"]) == sorted(world.people.token[member])
    control = people[people["arm"] == "control"]
    assert control[["referred_on", "engaged_on", "high_engaged_on"]].isna().all().all()
    assert (people["referred_on"].notna() | people["engaged_on"].isna()).all()
    assert (people["engaged_on"].notna() | people["high_engaged_on"].isna()).all()
    drawn_high = dict(zip(world.people.token, world.programme.high, strict=True))
    ours = people[people["high_engaged_on"].notna()]
    assert np.mean([drawn_high[person] for person in ours["person"]]) > 0.7
