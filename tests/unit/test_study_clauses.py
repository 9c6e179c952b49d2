"""Clauses of the protocol on the breaks everybody had: HRG4 to HRG4+, HES A&E to ECDS. What is refused, and why."""

import pytest
from cohorts_village import village as study
from pydantic import ValidationError

from pipeline.study import CleaningRules, Prices


def test_years_of_another_grouper_are_those_that_differ_from_the_base() -> None:
    by_year = {"2018-19": "HRG4+", "2016-17": "HRG4", "2017-18": "HRG4+"}
    assert Prices(base="2016-17", grouper="HRG4", grouper_by_year=by_year).years_of_another_grouper == ["2017-18", "2018-19"]
    assert Prices(base="2017-18", grouper="HRG4+", grouper_by_year=by_year).years_of_another_grouper == ["2016-17"]
    assert Prices(base="2016-17", grouper="HRG4").years_of_another_grouper == []


@pytest.mark.parametrize("by_year", [{"2017-19": "HRG4+"}, {"2017": "HRG4+"}, {"2017-18": "HRG5"}])
def test_a_grouper_is_named_for_a_financial_year(by_year: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Prices.model_validate({"base": "2016-17", "grouper": "HRG4", "grouper_by_year": by_year})


@pytest.mark.parametrize("from_when", [{"ZT1": "2017"}, {"ZT101": "2017-10"}, {"ZT1": "2017-13"}])
def test_a_provider_changes_its_feed_in_a_month(from_when: dict[str, str]) -> None:
    assert CleaningRules.model_validate({"ecds_from": {"ZT1": "2017-10"}}).ecds_from == {"ZT1": "2017-10"}
    with pytest.raises(ValidationError):
        CleaningRules.model_validate({"ecds_from": from_when})


def test_months_are_not_taken_from_a_feed_that_is_declared_absent() -> None:
    requires = study().requires.model_dump()
    clauses = {"cleaning": {"ecds_from": {"ZT1": "2017-10"}}}
    assert study(**clauses, requires=requires | {"absent": {}}).cleaning.ecds_from
    with pytest.raises(ValidationError, match=r"requires\.absent says is not delivered"):
        study(**clauses, requires=requires | {"absent": {"ecds": "never sent"}})


def test_a_fall_back_needs_a_year_of_the_baseline_that_can_be_priced() -> None:
    prices = {"base": "2017-18", "grouper": "HRG4+", "fallback": "pod_los_band"}
    years = sorted({month_year(month) for month in study().baseline_period})
    assert len(years) > 1
    assert study(prices=prices | {"grouper_by_year": dict.fromkeys(years[:-1], "HRG4")})
    assert study(prices=prices | {"fallback": "none", "grouper_by_year": dict.fromkeys(years, "HRG4")})
    with pytest.raises(ValidationError, match="leaves no year of the baseline"):
        study(prices=prices | {"grouper_by_year": dict.fromkeys(years, "HRG4")})


def month_year(month: str) -> str:
    start = int(month[:4]) - (int(month[5:]) < 4)
    return f"{start}-{(start + 1) % 100:02d}"
