"""The rows of the result: which there are, their shape, and the other ways to look in the same shape."""

import estimation_city as city
import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InternalError, ProtocolInvalid
from pipeline.estimation import alternatives, did, estimates, refutation, sensitivity

YEAR = "2016-17"
STUDY = city.study(baseline_months=36)
CELLS = city.cells(STUDY)
LIVED = city.person_year_cells(CELLS)
#: DESIGN, The result, and the unit and note of each row
KEYS = {
    *("name", "population", "outcome", "pod", "unit", "effect_gbp_per_head", "standard_error", "ci_low", "ci_high"),
    *("interval", "area_ci_low", "area_ci_high", "p_value", "inference", "estimator", "price_base", "denominator"),
    *("n_persons", "person_years", "n_practices", "minimum_detectable_gbp", "primary", "refused_reason", "note"),
}


@pytest.fixture(scope="module")
def rows():
    return estimates.rows(CELLS, study=STUDY, contract_year=YEAR, person_year_cells=LIVED, **city.gates(YEAR))


@pytest.fixture(scope="module")
def others():
    return sensitivity.rows(CELLS, study=STUDY, contract_year=YEAR, person_year_cells=LIVED, **city.gates(YEAR))


def test_one_row_an_outcome_and_point_of_delivery_that_occurs(rows):
    kinds = [(row["population"], row["outcome"], row["pod"]) for row in rows]
    assert len(kinds) == len(set(kinds))
    assert {kind[1:] for kind in kinds} == {("cost", pod) for pod in ("all", *city.PODS)} | {
        ("ae_attendances", "all"),
        ("bed_days", "all"),
    }


def test_exactly_one_row_is_primary_and_it_is_the_contracts(rows):
    assert [(row["outcome"], row["pod"]) for row in rows if row["primary"]] == [("cost", "all")]
    paid_on_ae = city.study(estimand={"pod": "ae", "baseline_months": 36})
    other = estimates.rows(CELLS, study=paid_on_ae, contract_year=YEAR, **city.gates(YEAR))
    assert [(row["outcome"], row["pod"]) for row in other if row["primary"]] == [("cost", "ae")]


def test_every_row_has_every_key(rows, others):
    primary = did.contract_year_effect(CELLS, study=STUDY, contract_year=YEAR, outcome="cost", pod="all", **city.gates(YEAR))
    for row in [*rows, *others, *alternatives.rows(primary, study=STUDY)]:
        assert set(row) == KEYS


def test_units_and_heads(rows):
    by_kind = {(row["outcome"], row["pod"]): row for row in rows}
    assert [by_kind[kind]["unit"] for kind in (("cost", "ae"), ("ae_attendances", "all"), ("bed_days", "all"))] == [
        "gbp",
        "contacts",
        "days",
    ]
    heads = CELLS[CELLS["arm"] != "wider"].groupby("practice")["heads"].first()
    assert rows[0]["n_persons"] == heads.sum()
    assert rows[0]["n_practices"] == {"intervention": 13, "control": 11}
    assert (rows[0]["price_base"], rows[0]["denominator"]) == ("2016-17", "baseline_head")


def test_person_years_by_hand(rows):
    here = LIVED[(LIVED["outcome"] == "cost") & (LIVED["pod"] == "all") & (LIVED["arm"] != "wider")]
    lived = here[here["month"].between("2016-04", "2017-03")]["person_months"].sum()
    assert rows[0]["person_years"] == pytest.approx(lived / 12)
    assert estimates.rows(CELLS, study=STUDY, contract_year=YEAR, **city.gates(YEAR))[0]["person_years"] is None


@pytest.mark.parametrize(
    ("clause", "value"),
    [("population", "engaged"), ("denominator", "person_year"), ("inference", "wild"), ("pod", "dentistry")],
)
def test_an_estimand_that_is_not_made_is_refused_not_replaced(clause, value):
    study = city.study(estimand={clause: value})
    with pytest.raises(ProtocolInvalid, match=f"estimand.{clause}"):
        estimates.rows(CELLS, study=study, contract_year=YEAR, **city.gates(YEAR))


def test_parts_that_do_not_sum_are_our_fault():
    broken = CELLS.assign(per_head=CELLS["per_head"] + 1e-3 * ((CELLS["pod"] == "ae") & (CELLS["month"] == "2016-08")))
    treated_only = CELLS["per_head"].where(CELLS["arm"] != "intervention", broken["per_head"])
    with pytest.raises(InternalError, match="do not sum"):
        estimates.rows(CELLS.assign(per_head=treated_only), study=STUDY, contract_year=YEAR, **city.gates(YEAR))


def test_a_row_takes_no_key_it_does_not_have():
    found = did.contract_year_effect(CELLS, study=STUDY, contract_year=YEAR, outcome="cost", pod="all", **city.gates(YEAR))
    with pytest.raises(InternalError, match="no key"):
        estimates.as_row(found, study=STUDY, primary=True, person_years=None, colour="green")


def test_leave_one_out_ends_are_those_of_a_recount(others):
    effects = []
    for practice in CELLS.loc[CELLS["arm"] != "wider", "practice"].unique():
        rest = CELLS[CELLS["practice"] != practice]
        effects.append(
            did.contract_year_effect(
                rest, study=STUDY, contract_year=YEAR, outcome="cost", pod="all", resample=False, **city.gates(YEAR)
            ).effect
        )
    ends = [row["effect_gbp_per_head"] for row in others if row["name"].startswith("One practice left out")]
    assert ends == pytest.approx([min(effects), max(effects)], abs=1e-9)


def test_baselines_beside_the_protocols(others):
    named = {row["name"]: row["effect_gbp_per_head"] for row in others}
    for length in (24, 60):
        study = city.study(baseline_months=length)
        expected = did.contract_year_effect(
            CELLS, study=study, contract_year=YEAR, outcome="cost", pod="all", resample=False, **city.gates(YEAR)
        ).effect
        assert named[f"Baseline of {length} months"] == pytest.approx(expected, abs=1e-9)


def test_every_practice_alike_is_the_plain_difference_of_mean_changes(others):
    here = CELLS[(CELLS["outcome"] == "cost") & (CELLS["pod"] == "all") & (CELLS["arm"] != "wider")]
    after = here["month"].between("2016-04", "2017-03")
    before = here["month"].between("2012-04", "2015-03")
    change = 12 * (here[after].groupby("practice")["per_head"].mean() - here[before].groupby("practice")["per_head"].mean())
    arm = here.groupby("practice")["arm"].first()
    by_hand = change[arm == "intervention"].mean() - change[arm == "control"].mean()
    row = next(row for row in others if row["name"] == "Every practice alike")
    assert row["effect_gbp_per_head"] == pytest.approx(by_hand, abs=1e-9)


def test_current_person_time_equals_linearmodels(others):
    from linearmodels import PanelOLS

    here = LIVED[(LIVED["outcome"] == "cost") & (LIVED["pod"] == "all") & (LIVED["arm"] != "wider")]
    here = here[here["month"].between("2012-04", "2015-03") | here["month"].between("2016-04", "2017-03")].copy()
    here["d"] = ((here["arm"] == "intervention") & (here["month"] >= "2016-04")).astype(float)
    here["t"] = pd.factorize(here["month"], sort=True)[0]
    panel = here.set_index(["practice", "t"])
    fit = PanelOLS(
        panel["per_person_year"], panel[["d"]], weights=panel["person_months"], entity_effects=True, time_effects=True
    ).fit()
    row = next(row for row in others if row["name"] == "Current person-time")
    assert row["effect_gbp_per_head"] == pytest.approx(float(fit.params["d"]), abs=1e-8)
    assert row["denominator"] == "person_year"


def test_people_not_observed_left_at_zero_uses_the_other_column(others):
    """The city's unweighted column is 97% of the weighted one, so the effect is too."""
    row = next(row for row in others if row["name"] == "Months not observed left at zero")
    primary = did.contract_year_effect(
        CELLS, study=STUDY, contract_year=YEAR, outcome="cost", pod="all", resample=False, **city.gates(YEAR)
    )
    assert row["effect_gbp_per_head"] == pytest.approx(0.97 * primary.effect, rel=1e-9)


def test_refutations_are_seeded_leave_the_global_state_and_say_what_they_cannot_show(monkeypatch):
    monkeypatch.setattr(refutation, "SIMULATIONS", 25)
    np.random.seed(11)
    before = np.random.get_state()[1].tolist()
    one = refutation.rows(CELLS, study=STUDY, contract_year=YEAR, **city.gates(YEAR))
    assert np.random.get_state()[1].tolist() == before
    assert one == refutation.rows(CELLS, study=STUDY, contract_year=YEAR, **city.gates(YEAR))
    own, placebo, cause = one
    assert set(own) == KEYS
    assert abs(placebo["effect_gbp_per_head"]) < 0.2 * abs(own["effect_gbp_per_head"])
    assert cause["effect_gbp_per_head"] == pytest.approx(own["effect_gbp_per_head"], rel=0.1)
    assert "cannot show" in placebo["note"]
    assert all(row["ci_low"] is None and row["refused_reason"] for row in one)


def test_dowhys_estimate_is_the_regression_of_change_on_arm_and_level(monkeypatch):
    monkeypatch.setattr(refutation, "SIMULATIONS", 2)
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"arm": np.arange(24) < 13, "baseline_level": rng.normal(1100, 80, 24)})
    frame["change"] = rng.normal(0, 40, 24) - 80 * frame["arm"] - 0.2 * frame["baseline_level"]
    fit = sm.OLS(frame["change"], sm.add_constant(frame[["arm", "baseline_level"]].astype(float))).fit()
    assert refutation.refute(frame=frame, seed=1)[0][2] == pytest.approx(float(fit.params["arm"]), abs=1e-9)
