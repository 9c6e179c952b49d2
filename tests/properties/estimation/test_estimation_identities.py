"""Identities of method.md section 1, to 1e-9: points of delivery sum, contract years average, the counterfactual closes."""

import estimation_city as city
import pytest

from pipeline.estimation import did
from pipeline.estimation.changes import change_between, fit_change, practice_months


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_points_of_delivery_sum_to_the_total(seed):
    study = city.study()
    cells = city.cells(study, seed=seed)
    effects = {
        pod: did.contract_year_effect(
            cells,
            study=study,
            contract_year="2017-18",
            outcome="cost",
            pod=pod,
            resample=False,
            **city.gates("2017-18"),
        ).effect
        for pod in ("all", *city.PODS)
    }
    assert sum(effects[pod] for pod in city.PODS) == pytest.approx(effects["all"], abs=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_contract_years_average_to_the_contract(seed):
    """Each year is twelve months, so the effect over all 48 is their plain average."""
    study = city.study(baseline_months=24)
    cells = city.cells(study, seed=seed)
    years = study.calendar.contract_years
    yearly = [
        did.contract_year_effect(
            cells, study=study, contract_year=year, outcome="cost", pod="all", resample=False, **city.gates(year)
        ).effect
        for year in years
    ]
    after = [month for year in years for month in study.contract_year_months(year)]
    panel = practice_months(cells, outcome="cost", pod="all", months=[*study.baseline_months, *after])
    pooled = fit_change(panel, change=change_between(panel, before=study.baseline_months, after=after)).beta
    assert sum(yearly) / 4 == pytest.approx(pooled, abs=1e-9)


def test_observed_less_effect_is_the_counterfactual_and_a_planted_effect_is_found_exactly():
    """Taking GBP 240 a year off every intervention practice after launch lowers the effect by exactly 240."""
    study = city.study()
    arguments = {"study": study, "contract_year": "2016-17", "outcome": "cost", "pod": "all", "resample": False}
    cells = city.cells(study)
    hit = (cells["arm"] == "intervention") & (cells["month"] >= "2015-04")
    one = did.contract_year_effect(cells, **arguments, **city.gates("2016-17"))
    other = did.contract_year_effect(
        cells.assign(per_head=cells["per_head"] - 20.0 * hit), **arguments, **city.gates("2016-17")
    )
    assert other.effect - one.effect == pytest.approx(-240, abs=1e-9)
    assert other.counterfactual_mean == pytest.approx(one.counterfactual_mean, abs=1e-9)
    assert other.standard_error == pytest.approx(one.standard_error, rel=1e-9)


def test_a_shock_common_to_every_practice_changes_nothing():
    study = city.study()
    arguments = {"study": study, "contract_year": "2016-17", "outcome": "cost", "pod": "all", "resample": False}
    cells = city.cells(study)
    shocked = cells.assign(per_head=cells["per_head"] + cells["month"].str[-2:].astype(int))
    one, other = (did.contract_year_effect(c, **arguments, **city.gates("2016-17")) for c in (cells, shocked))
    assert other.effect == pytest.approx(one.effect, abs=1e-9)


def test_rows_in_any_order_give_the_same_bytes():
    study = city.study()
    cells = city.cells(study)
    arguments = {"study": study, "contract_year": "2016-17", "outcome": "cost", "pod": "all"} | city.gates("2016-17")
    assert did.contract_year_effect(cells, **arguments) == did.contract_year_effect(
        cells.sample(frac=1, random_state=4), **arguments
    )
