"""Who is covered at a recorded break. In the town of conftest ZT1 returns 1,000 attendances a month, 660 in the feed; ZT2 400
and 220; each practice has 200 person-months of people who are not eligible."""

from dataclasses import replace

import pandas as pd
import pytest

from pipeline.assurance.assess import assess_data
from pipeline.assurance.feed import covered
from pipeline.study import KnownBreak, Study

MONTH = "2016-08"


def recorded(study: Study, month: str = MONTH) -> Study:
    return study.model_copy(update={"known_breaks": [KnownBreak(month=month, what="data opt-out")]})


def people_leave(town, part: float):
    """From the month on `part` of the people who are not eligible is left, and of everybody's A&E rows against the return."""
    population, returns = town.population.copy(), town.returns.copy()
    late = (population["month"] >= MONTH) & (population["population"] == "not_eligible")
    population.loc[late, "person_months"] = (population.loc[late, "person_months"] * part).round().astype("int64")
    rows = returns["month"] >= MONTH
    returns.loc[rows, "rows"] = (returns.loc[rows, "rows"] * part).round().astype("int64")
    return replace(town, population=population, returns=returns)


def verdicts(town, check: str) -> list[str]:
    return [f.verdict for f in assess_data(town, "2016-17") if f.check == check]


def test_rows_that_went_with_people_at_a_recorded_break_are_not_lost(town) -> None:
    left = people_leave(replace(town, study=recorded(town.study)), 0.9)
    assert verdicts(left, "trust_return") == ["pass"]
    (said,) = [f for f in assess_data(left, "2016-17") if f.check == "known_breaks" and f.stream is None]
    assert (said.verdict, said.first_month) == ("inform", MONTH)
    assert "August 2016 (data opt-out)" in said.message
    assert "10.0% fewer people" in said.message


def test_without_a_record_they_are_lost(town) -> None:
    assert "fail" in verdicts(people_leave(town, 0.9), "trust_return")
    another = replace(town, study=recorded(town.study, "2016-05"))
    assert "fail" in verdicts(people_leave(another, 0.9), "trust_return")


def test_rows_lost_at_a_recorded_break_of_people_who_are_still_there_are_lost(town) -> None:
    hurt = people_leave(replace(town, study=recorded(town.study)), 0.9)
    assert "fail" in verdicts(replace(hurt, population=town.population), "trust_return")
    more = people_leave(replace(town, study=recorded(town.study)), 0.9).returns
    fewer_people = people_leave(replace(town, study=recorded(town.study)), 0.97)
    assert "fail" in verdicts(replace(fewer_people, returns=more), "trust_return"), "10% of rows with 3% of people"


def test_a_list_that_turns_over_is_no_break_of_who_is_covered(town) -> None:
    study = recorded(town.study)
    assert covered.steps(people_leave(town, 0.995).population, study.known_breaks) == {}
    assert covered.steps(people_leave(town, 0.97).population, study.known_breaks) == {MONTH: pytest.approx(0.97)}
    assert covered.steps(town.population[town.population["month"] > MONTH], study.known_breaks) == {}


def test_breaks_add_up() -> None:
    returns = pd.DataFrame({"month": ["2016-01", "2016-02", "2016-03"], "rows": [100, 90, 45]})
    same = covered.at_as_many_people(returns, {"2016-02": 0.9, "2016-03": 0.5})
    assert same is not None
    assert same["rows"].tolist() == [100, 100, 100]
    assert covered.at_as_many_people(None, {"2016-02": 0.9}) is None
