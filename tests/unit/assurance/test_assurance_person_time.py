"""Person-months and deaths by two routes. Figures of the town are in conftest: 100 eligible people a practice, nobody dies."""

from dataclasses import replace

import pandas as pd
import pytest

from pipeline.assurance.assess import assess_data
from pipeline.assurance.delivered.person_time import cohort_time
from pipeline.assurance.finding import Finding
from pipeline.store import Store

CONTROLS_FROM = "A80100"


def told(town, words: str, year: str = "2016-17") -> list[Finding]:
    found = [f for f in assess_data(town, year) if f.check == "routes" and f.verdict != "pass"]
    return [f for f in found if words in f.message]


def changed(frame: pd.DataFrame, where, **figures: int) -> pd.DataFrame:
    out = frame.copy()
    picked = where(out)
    assert picked.any()
    for column, value in figures.items():
        out.loc[picked, column] = value
    return out


def test_the_town_agrees(town) -> None:
    assert not told(town, "")
    passed = [f.message for f in assess_data(town, "2016-17") if f.check == "routes" and f.verdict == "pass"]
    assert sum(m.startswith("Person-months") for m in passed) == sum(m.startswith("Deaths") for m in passed) == 2


def test_leavers_kept_in_one_arm_fail_as_cost_thinned_out(town) -> None:
    """From April 2016 the aggregates count 90 of 100 people of each control practice, the cohort still 100."""
    left = lambda f: (f["practice"] > CONTROLS_FROM) & (f["month"] >= "2016-04") & (f["population"] == "eligible")  # noqa: E731
    (fault,) = told(replace(town, population=changed(town.population, left, person_months=90)), "Person-months")
    assert (fault.verdict, fault.arm) == ("fail", "control")
    assert (fault.first_month, fault.last_month) == ("2016-04", "2017-03")
    assert "111.11%" in fault.message
    # a tenth of the cohort's months costs nothing: a tenth of £696 x 600 heads too little cost, or nothing if it is the
    # aggregates that are wrong
    assert fault.saving_effect_gbp == pytest.approx(-0.1 * 696 * 600)
    assert fault.saving_effect_gbp_high == 0
    assert not told(replace(town, population=changed(town.population, left, person_months=90)), "Person-months", "2015-16")


def test_people_lost_too_early_have_no_point_but_a_range(town) -> None:
    """An opt-out wave: the cohort loses 10 of 100 people of each intervention practice, the aggregates still count them."""
    gone = lambda f: (f["practice"] < CONTROLS_FROM) & (f["month"] >= "2016-04")  # noqa: E731
    (fault,) = told(replace(town, person_time=changed(town.person_time, gone, person_months=90)), "Person-months")
    assert (fault.verdict, fault.arm, fault.saving_effect_gbp) == ("fail", "intervention", 0)
    assert fault.saving_effect_gbp_high == pytest.approx(0.1 * 696 * 600 * 0.3)  # by the plausible 30%


def test_joiners_set_back_are_a_fault_of_the_baseline(town) -> None:
    early = lambda f: (f["practice"] == "A80101") & (f["month"] < "2014-04")  # noqa: E731
    (fault,) = told(replace(town, person_time=changed(town.person_time, early, person_months=150)), "Person-months")
    assert (fault.arm, fault.first_month, fault.last_month) == ("control", "2013-04", "2014-03")
    assert "practices A80101" in fault.message
    # 600 of the cohort's 12,600 person-months before launch thin the baseline's cost out, and so swell the measured saving
    assert fault.saving_effect_gbp == pytest.approx(600 / 12_600 * 696 * 600)


def test_one_person_month_informs(town) -> None:
    one = lambda f: (f["practice"] == "A80101") & (f["month"] == "2016-05")  # noqa: E731
    (said,) = told(replace(town, person_time=changed(town.person_time, one, person_months=101)), "Person-months")
    assert (said.verdict, said.first_month) == ("inform", "2016-05")


def test_deaths_not_delivered_fail_and_do_not_tell_how_many_died(town) -> None:
    """In both arms five people of each practice die in April 2015; the registrations know those of the intervention only."""
    when = lambda f: f["month"] == "2015-04"  # noqa: E731
    counted = changed(town.population, lambda f: when(f) & (f["population"] == "eligible"), deaths=5)
    known = changed(town.person_time, lambda f: when(f) & (f["practice"] < CONTROLS_FROM), deaths=5)
    (fault,) = told(replace(town, population=counted, person_time=known), "Deaths")
    assert (fault.verdict, fault.arm, fault.first_month, fault.last_month) == ("fail", "control", "2015-04", "2015-04")
    assert "0.00% of the deaths" in fault.message
    assert "25" not in fault.message.replace("2015", "")
    # of both arms' 1,100 people 55 are dead throughout 2016-17: 5% of the time, weighted back at £696 x 600
    assert fault.saving_effect_gbp == pytest.approx(0.05 * 696 * 600)


def test_deaths_known_to_both_pass_and_deaths_of_neither_arm_told_inform(town) -> None:
    when = lambda f: f["month"] == "2015-04"  # noqa: E731
    counted = changed(town.population, lambda f: when(f) & (f["population"] == "eligible"), deaths=5)
    assert not told(replace(town, population=counted, person_time=changed(town.person_time, when, deaths=5)), "Deaths")
    (said,) = told(replace(town, population=town.population.assign(deaths=float("nan"))), "do not count deaths")
    assert said.verdict == "inform"


def test_a_cohort_that_was_not_counted_is_not_evaluated(town) -> None:
    (said,) = told(replace(town, person_time=None), "second count")
    assert said.verdict == "not_evaluated"


def test_the_cohorts_months_count_joining_leaving_and_death_whole(store: Store, tmp_path, study) -> None:
    people = pd.DataFrame(
        [
            {"practice": "A80001", "observed_from": "2013-04", "lost_from": None, "died_in": None},
            {"practice": "A80001", "observed_from": "2013-04", "lost_from": None, "died_in": "2013-06"},
            {"practice": "A80001", "observed_from": "2013-05", "lost_from": "2013-06", "died_in": None},
        ]
    )
    people.to_parquet(tmp_path / "people.parquet")
    counted = cohort_time(store.con.read_parquet(tmp_path / "people.parquet"), study)
    assert len(counted) == 48
    assert counted["person_months"].tolist()[:5] == [2, 3, 2, 1, 1]
    assert counted["deaths"].tolist()[:4] == [0, 0, 1, 0]
