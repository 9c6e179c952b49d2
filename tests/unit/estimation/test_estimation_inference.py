"""The choice of inference, its edges, and whether the interval covers: a seeded simulation with its Monte Carlo error."""

import numpy as np
import pytest
from scipy.stats import t as student

from pipeline.errors import UsageError
from pipeline.estimation import wild
from pipeline.estimation.arm_means import jackknife_t
from pipeline.estimation.inference import choose, minimum_detectable, t_row
from pipeline.estimation.partial import partial_out
from pipeline.estimation.permutation import studentised_permutation
from pipeline.estimation.unit_deltas import collapse, hc3_of_changes
from pipeline.estimation.variance import crv1, cv3
from pipeline.estimation.wild import draw_weights, wild_cluster


@pytest.mark.parametrize(
    ("treated", "control", "inference", "weights"),
    [
        (13, 11, "cv3", "rademacher"),
        (5, 15, "cv3", "rademacher"),
        (5, 5, "cv3", "webb"),
        (4, 20, "refused", "rademacher"),
        (20, 4, "refused", "rademacher"),
        (1, 9, "refused", "webb"),
    ],
)
def test_the_choice_follows_counts(treated, control, inference, weights):
    found = choose(n_treated=treated, n_control=control)
    assert (found.inference, found.wild_weights) == (inference, weights)
    assert (found.refused_reason is None) == (inference == "cv3")
    assert str(treated) in found.reason


def test_a_t_row_by_the_published_table():
    """t(9): 97.5% point 2.262. Estimate 2, error 1: 2 -+ 2.262."""
    row = t_row(name="x", estimate=2.0, standard_error=1.0, df=9)
    assert (row.ci_low, row.ci_high) == pytest.approx((-0.262, 4.262), abs=5e-4)
    assert t_row(name="x", estimate=2.0, standard_error=0.0, df=9).p_value is None


def test_minimum_detectable_by_the_published_table():
    """t(23): 2.069 and 0.858; standard error 40."""
    assert minimum_detectable(standard_error=40, df=23) == pytest.approx(40 * (2.069 + 0.858), abs=0.05)


def simulate(*, draws: int, area_sd: float = 0.0, seed: int = 31):
    """(change, weights, treated): skewed practice changes whose variance falls with list size, 13 treated of 24, no effect."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(300, 2500, 24)
    treated = (np.arange(24) < 13).astype(float)
    noise = (rng.gamma(2, 1, size=(draws, 24)) - 2) / np.sqrt(2)  # mean 0, variance 1, skewed
    spread = np.sqrt(60**2 + 120**2 * 500 / weights)
    return noise * spread + area_sd * rng.normal(size=(draws, 1)) * treated, weights, treated


def rejected(changes, weights, treated, threshold) -> float:
    t = [jackknife_t(change=c, weights=weights, treated=treated[:, None])[0] for c in changes]
    return float((np.abs(t) > threshold).mean())


def test_the_interval_covers_with_24_practices():
    """2,000 draws: the Monte Carlo error at 95% is 0.49 points. Coverage must lie within three of them around 94-96%."""
    changes, weights, treated = simulate(draws=2000)
    coverage = 1 - rejected(changes, weights, treated, student.ppf(0.975, 23))
    error = np.sqrt(coverage * (1 - coverage) / 2000)
    assert error < 0.007
    assert 0.94 - 3 * error <= coverage <= 0.96 + 3 * error


def test_the_simulation_can_tell_a_bad_interval():
    """A normal threshold of 1.5 on the same draws rejects far more than 5%: the test above can fail."""
    changes, weights, treated = simulate(draws=500)
    assert rejected(changes, weights, treated, 1.5) > 0.09


def test_a_shock_of_the_whole_area_is_not_seen_which_is_why_the_row_says_practice():
    """Area shock of GBP 50 a head (4.3% of 1,150): method.md section 3 measured a coverage of 70-87% for 2.6 to 5.2%."""
    changes, weights, treated = simulate(draws=1000, area_sd=50.0)
    assert 1 - rejected(changes, weights, treated, student.ppf(0.975, 23)) < 0.90


def test_bootstrap_and_permutation_keep_their_level_too():
    """300 draws each with 499 resamples; Monte Carlo error at 5% is 1.3 points, three of them either way."""
    changes, weights, treated = simulate(draws=300, seed=32)
    p_wild, p_permutation = [], []
    for change in changes:
        fit = partial_out(y=change, d=treated, weights=weights, factors=[], cluster=np.arange(24))
        p_wild.append(wild_cluster(fit, kind="rademacher", draws=499, seed=1, interval=False).p_value)
        onset = (1 - treated).astype(np.intp)
        p_permutation.append(studentised_permutation(fit, onset=onset, period=np.zeros(24, np.intp), draws=499, seed=1).p_value)
    for p_values in (p_wild, p_permutation):
        assert 0.01 <= np.mean(np.array(p_values) <= 0.05) <= 0.09


def test_webb_weights_are_the_six_points_with_variance_one():
    weights, seed = draw_weights(n_clusters=8, kind="webb", draws=20000, seed=4)
    assert seed == 4
    expected = sorted([-(1.5**0.5), -1, -(0.5**0.5), 0.5**0.5, 1, 1.5**0.5])
    assert np.unique(weights) == pytest.approx(expected)
    assert weights.var() == pytest.approx(1, abs=0.01)  # 160,000 draws


def test_many_clusters_mean_fewer_draws_and_the_row_says_so(monkeypatch):
    monkeypatch.setattr(wild, "MOST_WEIGHTS", 200_000)
    rng = np.random.default_rng(6)
    d = (np.arange(100) % 2).astype(float)
    fit = partial_out(y=rng.normal(size=100), d=d, weights=np.ones(100), factors=[], cluster=np.arange(100))
    assert wild_cluster(fit, kind="webb", draws=9999, seed=1, interval=False).draws == 2000


def small(**other):
    arguments = {"y": np.array([1.0, 2, 3, 5]), "d": np.array([0.0, 1, 0, 1]), "weights": np.ones(4), "factors": []}
    return partial_out(**(arguments | {"cluster": np.array([0, 0, 1, 1])} | other))


REFUSALS = {
    "one cluster": (lambda: crv1(small(cluster=np.zeros(4, np.intp))), "one cluster only"),
    "one cluster, bootstrap": (
        lambda: wild_cluster(small(cluster=np.zeros(4, np.intp)), kind="webb", draws=99, seed=1),
        "one cl",
    ),
    "one treated cluster": (
        lambda: cv3(small(d=np.array([1.0, 1, 0, 0]))),
        "Without one of the clusters",
    ),
    "too few rows": (lambda: crv1(small(), collapsed_from=(2, 2)), "too few"),
    "clusters that fit exactly": (
        lambda: wild_cluster(small(y=np.array([0.0, 2, 0, 2])), kind="rademacher", draws=99, seed=1),
        "fit exactly",
    ),
    "one history": (
        lambda: studentised_permutation(small(), onset=np.zeros(2, np.intp), period=np.zeros(4, np.intp), draws=99, seed=1),
        "nothing to permute",
    ),
    "one unit in an arm": (
        lambda: hc3_of_changes(change=np.arange(3.0), treated=np.array([1.0, 0, 0]), weights=np.ones(3)),
        "two treated",
    ),
    "too large": (
        lambda: partial_out(
            y=np.zeros(20000),
            d=np.zeros(20000),
            weights=np.ones(20000),
            factors=[np.arange(20000), np.arange(20000)],
            cluster=np.zeros(20000, np.intp),
        ),
        "too many to hold",
    ),
}


@pytest.mark.parametrize("case", list(REFUSALS))
def test_refused_with_a_reason(case):
    compute, message = REFUSALS[case]
    with pytest.raises(UsageError, match=message):
        compute()


COLLAPSES = {
    "staggered": ({"onset": np.array([1, 2, 3, 3])}, "one common start"),
    "weights that change": ({"weights": np.arange(1.0, 13)}, "Weights change"),
}


@pytest.mark.parametrize("case", list(COLLAPSES))
def test_changes_need_one_start_and_steady_weights(case):
    change, message = COLLAPSES[case]
    arguments = {
        "y": np.arange(12.0),
        "weights": np.ones(12),
        "unit": np.repeat(np.arange(4), 3),
        "period": np.tile(np.arange(3), 4),
        "onset": np.array([1, 1, 3, 3]),
    }
    with pytest.raises(UsageError, match=message):
        collapse(**(arguments | change))
