"""The contract-year effect: behind both gates, by hand, and equal to the practice x month regression it stands for."""

import dataclasses

import estimation_city as city
import numpy as np
import pandas as pd
import pytest

from pipeline.errors import DataGateClosed, DesignGateClosed, InternalError, UsageError
from pipeline.estimation import alternatives, did, estimates, event_study, refutation, sensitivity
from pipeline.estimation.partial import partial_out
from pipeline.estimation.variance import cr2, crv1, cv3
from pipeline.estimation.wild import wild_cluster

YEAR = "2016-17"
STUDY = city.study(baseline_months=24)
CELLS = city.cells(STUDY)


def effect(**other):
    return did.contract_year_effect(
        CELLS, **({"study": STUDY, "contract_year": YEAR, "outcome": "cost", "pod": "all"} | city.gates(YEAR) | other)
    )


GATED = {
    "contract_year_effect": lambda gates: effect(**gates),
    "rows": lambda gates: estimates.rows(CELLS, study=STUDY, contract_year=YEAR, **gates),
    "sensitivity": lambda gates: sensitivity.rows(CELLS, study=STUDY, contract_year=YEAR, **gates),
    "event_study": lambda gates: event_study.event_study(CELLS, study=STUDY, contract_year=YEAR, **gates),
    "refutation": lambda gates: refutation.rows(CELLS, study=STUDY, contract_year=YEAR, **gates),
}
SHUT = {
    "no data verdict": ({"data_verdict": None}, DataGateClosed),
    "no design verdict": ({"design_verdict": None}, DesignGateClosed),
    "data gate shut": ({"data_verdict": city.verdict("data", YEAR, state="fail")}, DataGateClosed),
    "design gate shut": ({"design_verdict": city.verdict("design", YEAR, state="fail")}, DesignGateClosed),
    "verdict of another year": ({"data_verdict": city.verdict("data", "2015-16")}, DataGateClosed),
    "gates exchanged": ({"data_verdict": city.verdict("design", YEAR)}, DataGateClosed),
    "other deliveries": ({"bindings": dataclasses.replace(city.BINDINGS, deliveries="e" * 64)}, DataGateClosed),
}


@pytest.mark.parametrize("function", list(GATED))
@pytest.mark.parametrize("case", list(SHUT))
def test_nothing_is_estimated_behind_a_shut_gate(function, case):
    change, error = SHUT[case]
    with pytest.raises(error):
        GATED[function](city.gates(YEAR) | change)


def test_the_verdicts_cannot_be_left_out():
    with pytest.raises(TypeError, match="data_verdict"):
        did.contract_year_effect(CELLS, study=STUDY, contract_year=YEAR, outcome="cost", pod="all")


def month_panel() -> pd.DataFrame:
    """The cells as the regression sees them."""
    months = [*STUDY.baseline_months, *STUDY.contract_year_months(YEAR)]
    here = CELLS[(CELLS["outcome"] == "cost") & (CELLS["pod"] == "all") & CELLS["month"].isin(months)]
    here = here[here["arm"] != "wider"].copy()
    here["d"] = ((here["arm"] == "intervention") & (here["month"] >= "2016-04")).astype(float)
    here["y"] = 12 * here["per_head"]
    return here.sort_values(["practice", "month"])


def test_equals_linearmodels_on_practice_months():
    from linearmodels import PanelOLS

    here = month_panel().assign(t=lambda f: pd.factorize(f["month"], sort=True)[0]).set_index(["practice", "t"])
    fit = PanelOLS(here["y"], here[["d"]], weights=here["heads"], entity_effects=True, time_effects=True).fit()
    assert effect().effect == pytest.approx(float(fit.params["d"]), abs=1e-9)


def test_the_collapse_to_changes_loses_nothing():
    """CV3, CRV1, CR2 and the wild bootstrap of the 24 x 36 regression equal those of 24 changes."""
    here = month_panel()
    practice = pd.factorize(here["practice"])[0].astype(np.intp)
    fit = partial_out(
        y=here["y"].to_numpy(),
        d=here["d"].to_numpy(),
        weights=here["heads"].to_numpy(float),
        factors=[practice, pd.factorize(here["month"])[0].astype(np.intp)],
        cluster=practice,
    )
    found = effect()
    beside = {row.name: row for row in found.beside}
    assert found.effect == pytest.approx(fit.beta, abs=1e-9)
    assert found.standard_error == pytest.approx(cv3(fit).standard_error, rel=1e-9)
    assert beside["crv1"].standard_error == pytest.approx(crv1(fit).standard_error, rel=1e-9)
    wild = wild_cluster(fit, kind="rademacher", draws=9999, seed=STUDY.seeds.bootstrap)
    assert beside["wild-rademacher"].p_value == wild.p_value
    assert beside["wild-rademacher"].ci_low == pytest.approx(wild.ci_low, rel=1e-6)
    assert cr2(fit).standard_error == pytest.approx(_cr2_of_changes(), rel=1e-9)


def _cr2_of_changes() -> float:
    from pipeline.estimation.changes import change_between, fit_change, practice_months

    months = [*STUDY.baseline_months, *STUDY.contract_year_months(YEAR)]
    panel = practice_months(CELLS, outcome="cost", pod="all", months=months)
    change = change_between(panel, before=STUDY.baseline_months, after=STUDY.contract_year_months(YEAR))
    return cr2(fit_change(panel, change=change)).standard_error


def test_four_practices_by_hand():
    """Heads 100 and 300 in each arm. Per head and month, before -> after: treated 10 -> 8 and 20 -> 19, control 10 -> 11 and
    30 -> 33. Changes a year: -24, -12; +12, +36. Weighted by heads: (-24 x 100 - 12 x 300) / 400 = -15; (12 x 100 + 36 x 300)
    / 400 = 30. Effect -45. Observed mean 12 x (8 x 100 + 19 x 300) / 400 = 195, counterfactual 240."""
    study = city.study(treated=2, control=2, baseline_months=12)
    levels = {"A80001": (100, 10, 8), "A80002": (300, 20, 19), "A80101": (100, 10, 11), "A80102": (300, 30, 33)}
    months = [*study.baseline_months, *study.contract_year_months(YEAR)]
    rows = [
        (p, study.arm_of[p], study.area_of[p], m, "cost", "all", heads, float(late if m >= "2016-04" else early))
        for p, (heads, early, late) in levels.items()
        for m in months
    ]
    columns = ["practice", "arm", "area", "month", "outcome", "pod", "heads", "per_head"]
    found = did.contract_year_effect(
        pd.DataFrame(rows, columns=columns), study=study, contract_year=YEAR, outcome="cost", pod="all", **city.gates(YEAR)
    )
    assert found.effect == pytest.approx(-45)
    assert found.observed_mean == pytest.approx(195)
    assert found.counterfactual_mean == pytest.approx(240)
    assert found.heads == {"intervention": 400, "control": 400}
    assert found.ci_low is None
    assert found.minimum_detectable_gbp is None
    assert "2 treated and 2 untreated" in found.refused_reason


def test_the_minimum_detectable_effect_by_hand():
    """24 practices: t(23) quantiles 2.0687 and 0.8575 (published t tables), so 2.9262 standard errors."""
    found = effect()
    assert found.minimum_detectable_gbp / found.standard_error == pytest.approx(2.0687 + 0.8575, abs=1e-4)


def test_the_wider_arm_and_practices_without_heads_carry_no_weight():
    doubled = CELLS.assign(per_head=CELLS["per_head"].where(CELLS["arm"] != "wider", 1e6))
    empty = CELLS[CELLS["practice"] == "A80001"].assign(practice="A80099", heads=0, per_head=5e5)
    found = did.contract_year_effect(
        pd.concat([doubled, empty]), study=STUDY, contract_year=YEAR, outcome="cost", pod="all", **city.gates(YEAR)
    )
    assert found.effect == effect().effect
    assert found.practices == {"intervention": 13, "control": 11}


BROKEN = {
    "a month missing": (lambda c: c[~((c["practice"] == "A80003") & (c["month"] == "2016-07"))], InternalError, "No cell"),
    "a month twice": (lambda c: pd.concat([c, c.head(1)]), InternalError, "twice"),
    "heads that change": (
        lambda c: c.assign(heads=c["heads"] + ((c["practice"] == "A80003") & (c["month"] == "2016-07"))),
        InternalError,
        "change over months",
    ),
    "one arm": (lambda c: c[c["arm"] == "control"], UsageError, "Only one arm"),
    "no such outcome": (lambda c: c[c["outcome"] != "cost"], UsageError, "no cells"),
}


@pytest.mark.parametrize("case", list(BROKEN))
def test_cells_that_are_no_panel_are_refused(case):
    change, error, message = BROKEN[case]
    months = CELLS["month"].between("2013-04", "2017-03")
    with pytest.raises(error, match=message):
        did.contract_year_effect(
            change(CELLS[months & (CELLS["pod"] == "all")]),
            study=STUDY,
            contract_year=YEAR,
            outcome="cost",
            pod="all",
            **city.gates(YEAR),
        )


def test_a_counterfactual_that_does_not_hold_is_our_fault():
    from pipeline.estimation.changes import practice_months
    from pipeline.estimation.contrast import contrast

    after = STUDY.contract_year_months(YEAR)
    panel = practice_months(CELLS, outcome="cost", pod="all", months=[*STUDY.baseline_months, *after])
    found = contrast(panel, before=STUDY.baseline_months, after=after, bootstrap_seed=1, permutation_seed=2, resample=False)
    with pytest.raises(InternalError, match="counterfactual"):
        did.as_estimate(
            dataclasses.replace(found, two_period=found.two_period + 0.01), contract_year=YEAR, outcome="cost", pod="all"
        )


def test_alternatives_are_the_same_effect_judged_otherwise():
    primary = effect()
    rows = alternatives.rows(primary, study=STUDY)
    assert [row["inference"] for row in rows] == ["wild-rademacher", "permutation", "crv1"]
    assert {row["effect_gbp_per_head"] for row in rows} == {primary.effect}
    assert not any(row["primary"] for row in rows)


def test_disagreement_is_said_in_words():
    primary = effect()
    assert alternatives.disagreement(dataclasses.replace(primary, p_value=0.2)) is not None
    agreeing = tuple(dataclasses.replace(row, p_value=0.3) for row in primary.beside)
    assert alternatives.disagreement(dataclasses.replace(primary, p_value=0.2, beside=agreeing)) is None
