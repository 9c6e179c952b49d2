"""What is computed from the baseline alone: quarters, the joint test and its power, the size check."""

import estimation_city as city
import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from pipeline.errors import UsageError
from pipeline.estimation import event_study, pre_period, size_check
from pipeline.estimation.arm_means import jackknife_t, leave_each_out, satterthwaite_df
from pipeline.estimation.changes import fit_change, practice_months
from pipeline.estimation.event_time import bins_around
from pipeline.estimation.partial import partial_out
from pipeline.estimation.variance import cv3, leave_one_out

STUDY = city.study()
CELLS = city.cells(STUDY)
BASELINE = CELLS[CELLS["month"] < "2015-04"]


def test_bins_count_away_from_launch_and_drop_broken_ones():
    months = ["2014-09", "2014-10", "2014-11", "2014-12", "2015-01", "2015-02", "2015-03", "2015-04", "2015-05", "2015-06"]
    assert bins_around("2015-04", months) == {-2: months[1:4], -1: months[4:7], 0: months[7:10]}
    assert list(bins_around("2015-04", months, width=6)) == [-1]


def test_before_launch_no_verdict_is_needed_and_nothing_after_launch_is_read():
    quarters = event_study.pre_launch(CELLS, study=STUDY)
    pd.testing.assert_frame_equal(quarters, event_study.pre_launch(BASELINE, study=STUDY))
    assert list(quarters["quarter"]) == list(range(-20, 0))
    assert not quarters["after_launch"].any()
    reference = quarters[quarters["quarter"] == -1].iloc[0]
    assert reference["effect_per_head"] == 0
    assert pd.isna(reference["standard_error"])


def test_a_quarter_by_hand():
    """Difference of the arms' head-weighted means in July-September 2014, less that in January-March 2015, a year."""
    here = BASELINE[(BASELINE["outcome"] == "cost") & (BASELINE["pod"] == "all") & (BASELINE["arm"] != "wider")]

    def gap(first: str, last: str) -> float:
        part = here[here["month"].between(first, last)]
        means = {arm: np.average(g["per_head"], weights=g["heads"]) for arm, g in part.groupby("arm")}
        return 12 * (means["intervention"] - means["control"])

    row = event_study.pre_launch(CELLS, study=STUDY).set_index("quarter").loc[-3]
    assert row["first_month"] == "2014-07"
    assert row["effect_per_head"] == pytest.approx(gap("2014-07", "2014-09") - gap("2015-01", "2015-03"), abs=1e-9)
    assert row["ci_low"] < row["effect_per_head"] < row["ci_high"]


def test_quarters_after_launch_average_to_the_year():
    """Effect of the year against the reference quarter: four quarters of three months each."""
    quarters = event_study.event_study(CELLS, study=STUDY, contract_year="2016-17", **city.gates("2016-17"))
    after = quarters[quarters["after_launch"]]
    assert list(after["quarter"]) == [4, 5, 6, 7]
    months = ["2015-01", "2015-02", "2015-03", *STUDY.contract_year_months("2016-17")]
    panel = practice_months(CELLS, outcome="cost", pod="all", months=months)
    change = panel.mean_over(months[3:]) - panel.mean_over(months[:3])
    assert after["effect_per_head"].mean() == pytest.approx(fit_change(panel, change=change).beta, abs=1e-9)


def test_without_the_reference_quarter_there_is_no_event_study():
    with pytest.raises(UsageError, match="last quarter before launch"):
        event_study.pre_launch(CELLS[CELLS["month"] < "2015-02"], study=STUDY)


def simulated(draws: int, k: int, *, seed: int, departure: np.ndarray | float = 0.0):
    """(draws, 24, k) changes of practices against a shared reference period, serially correlated, variance by list size;
    weights; arms 13 and 11. departure is added to the intervention."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(300, 2500, 24)
    treated = (np.arange(24) < 13).astype(float)
    path = np.cumsum(rng.normal(0, 20, size=(draws, 24, k + 1)), axis=2)
    path += rng.normal(0, 60, size=path.shape) * np.sqrt(500 / weights)[:, None]
    return path[:, :, :-1] - path[:, :, -1:] + departure * treated[:, None], weights, treated


@pytest.mark.parametrize("k", [7, 9])
def test_the_joint_test_keeps_its_level(k):
    """2,000 panels at a nominal 5% with unequal lists and a variance between equal and 1 / list size, so that no working
    model is true: Monte Carlo error 0.5 points, and up to 2.5 points on the safe side are allowed. The same statistic against
    chi-squared rejects far too often, which shows why not."""
    changes, weights, treated = simulated(2000, k, seed=k)
    found = [pre_period.joint_test(changes=c, weights=weights, treated=treated, pattern=np.arange(-k, 0.0)) for c in changes]
    assert 0.025 <= np.mean([test.p_value < 0.05 for test in found]) <= 0.065
    v = found[0].df_2 + k - 1
    assert v == satterthwaite_df(weights=weights, treated=treated) < 22
    wald = np.array([test.f_statistic * v * k / test.df_2 for test in found])
    assert (wald > chi2.isf(0.05, k)).mean() > 0.15


@pytest.mark.parametrize("k", [4, 7, 9])
def test_the_drift_it_calls_detectable_is_found_in_about_80_per_cent(k):
    """The size it names (root mean square over 1,000 panels), planted in 1,000 others: 80%, with Monte Carlo error 1.3 points;
    up to 95% is allowed, since the jackknife covariance is on the safe side."""
    pattern = np.arange(-k, 0.0)
    changes, weights, treated = simulated(1000, k, seed=k)
    arguments = {"weights": weights, "treated": treated, "pattern": pattern}
    named = [pre_period.joint_test(changes=c, **arguments).detectable for c in changes]
    size = float(np.mean(np.square(named)) ** 0.5)
    planted = simulated(1000, k, seed=k, departure=size * pattern)[0]
    found = np.mean([pre_period.joint_test(changes=c, **arguments).p_value < 0.05 for c in planted])
    assert 0.76 <= found <= 0.95


def test_hotelling_by_hand():
    """Equal weights, one period: F is the squared jackknife t. Changes 1, 3 v 0, 2, 4 have means 2 and 2: F = 0."""
    changes = np.array([[1.0], [3.0], [0.0], [2.0], [4.0]])
    arguments = {"weights": np.ones(5), "treated": np.array([1.0, 1, 0, 0, 0]), "pattern": np.ones(1)}
    assert pre_period.joint_test(changes=changes, **arguments).f_statistic == pytest.approx(0)
    shifted = pre_period.joint_test(changes=changes + 5 * arguments["treated"][:, None], **arguments)
    # leaving out 1 or 3 moves the mean by 1, leaving out 0, 2, 4 by 1, 0, 1: CV3 = 4/5 x 4 = 3.2; t2 = 25 / 3.2
    assert shifted.f_statistic == pytest.approx(25 / 3.2)


def test_degrees_of_freedom_by_hand():
    """Four and four practices alike: each arm's variance is a sum of squares over 3 degrees of freedom, together 6."""
    treated = np.array([1.0] * 4 + [0.0] * 4)
    assert satterthwaite_df(weights=np.ones(8), treated=treated) == pytest.approx(6)
    lopsided = np.array([1.0, 1, 1, 30] * 2)
    assert satterthwaite_df(weights=lopsided, treated=treated) < 5


def test_periods_that_are_copies_cannot_be_tested():
    changes, weights, treated = simulated(1, 3, seed=1)
    twice = np.column_stack([changes[0], changes[0][:, 0]])
    assert pre_period.joint_test(changes=twice, weights=weights, treated=treated, pattern=np.ones(4)) is None


def test_quarters_give_way_to_longer_periods_when_there_are_too_many():
    widths = {
        months: pre_period.pre_period_test(
            CELLS, study=city.study(baseline_months=months), contract_year="2016-17"
        ).width_months
        for months in (24, 36, 60)
    }
    # 7 quarters of 18 or so degrees of freedom; 11 quarters would be too many, so 5 half-years; 9 half-years too, so 4 years
    assert widths == {24: 3, 36: 6, 60: 12}


def test_the_sentence_never_says_passed_without_power():
    test = pre_period.pre_period_test(CELLS, study=STUDY, contract_year="2016-17")
    assert "would be missed" in test.sentence()
    few = city.study(treated=3)
    refused = pre_period.pre_period_test(city.cells(few), study=few, contract_year="2016-17")
    assert refused.p_value is None
    assert "not tested" in refused.sentence()


def test_the_closed_forms_of_the_jackknife_are_the_jackknife():
    rng = np.random.default_rng(5)
    change, weights, arm = rng.normal(size=24), rng.uniform(1, 9, 24), (np.arange(24) < 13).astype(float)
    fit = partial_out(y=change, d=arm, weights=weights, factors=[], cluster=np.arange(24))
    error = cv3(fit).standard_error
    seen = jackknife_t(change=change, weights=weights, treated=arm[:, None])[0]
    assert seen == pytest.approx(fit.beta / error, rel=1e-9)
    whole = leave_each_out(changes=change[:, None], weights=weights, treated=arm)
    assert whole.effects[0] == pytest.approx(fit.beta, rel=1e-12)
    assert whole.covariance[0, 0] == pytest.approx(error**2, rel=1e-9)
    assert whole.effects[0] + whole.moved[:, 0] == pytest.approx(leave_one_out(fit).without, rel=1e-9)


def test_the_size_check_reads_the_baseline_only_and_is_near_its_level():
    found = size_check.placebo(CELLS, study=STUDY)
    assert found == size_check.placebo(BASELINE, study=STUDY)
    assert found.placebo_dates == 13  # April 2011 to April 2014, every quarter
    assert 0.02 < found.share_rejected < 0.09
    assert f"(give or take {100 * found.monte_carlo_error:.1f})" in found.sentence()


def test_a_baseline_in_which_the_arms_part_is_called_out():
    """GBP 600 a head and year off the intervention from April 2013: placebo launches around it must be rejected."""
    hit = (CELLS["arm"] == "intervention") & (CELLS["month"] >= "2013-04")
    found = size_check.placebo(CELLS.assign(per_head=CELLS["per_head"] - 50 * hit), study=STUDY)
    assert found.dates_rejected >= 5


def test_too_few_practices_or_months_have_no_size_to_check():
    few = city.study(treated=2)
    assert "2 treated" in size_check.placebo(city.cells(few), study=few).sentence()
    short = BASELINE[BASELINE["month"] >= "2013-10"]
    assert "shorter than two years" in size_check.placebo(short, study=STUDY).sentence()
