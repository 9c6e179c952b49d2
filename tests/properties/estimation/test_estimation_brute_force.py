"""CR2, the jackknife, the wild bootstrap and the permutation against the slow way: full dummy matrices, every refit made.

The slow way shares no code with the fast one: it builds unit and period dummies and inverts.
"""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from pipeline.estimation.tidy import estimate_panel


def panel(seed: int, *, units: int = 7, periods: int = 5, drop: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame([(u, t) for u in range(units) for t in range(periods)], columns=["u", "t"])
    frame["d"] = ((frame["u"] < 3) & (frame["t"] >= 3)).astype(float)
    frame["y"] = rng.normal(size=len(frame)) + frame["u"] + 0.4 * frame["d"]
    frame["w"] = rng.uniform(0.5, 3, size=len(frame))
    return frame.drop(index=rng.choice(len(frame), drop, replace=False)).reset_index(drop=True)


def design(frame: pd.DataFrame) -> np.ndarray:
    unit = pd.get_dummies(frame["u"]).to_numpy(float)
    time = pd.get_dummies(frame["t"]).to_numpy(float)[:, 1:]
    return np.column_stack([frame["d"].to_numpy(float), unit, time])


def weighted(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    root = np.sqrt(frame["w"].to_numpy())
    return design(frame) * root[:, None], frame["y"].to_numpy() * root


COLUMNS = {"yname": "y", "idname": "u", "tname": "t", "treated": "d", "weights": "w"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cr2_and_its_degrees_of_freedom(seed):
    """Pustejovsky and Tipton 2018, equations 6 and 12, written with n x n matrices."""
    frame = panel(seed)
    x, y = weighted(frame)
    bread = np.linalg.inv(x.T @ x)
    maker = np.eye(len(y)) - x @ bread @ x.T
    residual = maker @ y
    groups = [np.flatnonzero(frame["u"] == u) for u in sorted(frame["u"].unique())]
    variance, vectors = 0.0, []
    for rows in groups:
        values, axes = np.linalg.eigh(maker[np.ix_(rows, rows)])
        inverse_root = axes @ np.diag([v**-0.5 if v > 1e-9 else 0.0 for v in values]) @ axes.T
        loading = inverse_root @ x[rows] @ bread[:, 0]
        variance += float(loading @ residual[rows]) ** 2
        vectors.append(maker[:, rows] @ loading)
    gram = np.array([[a @ b for a in vectors] for b in vectors])
    df = np.trace(gram) ** 2 / (gram**2).sum()
    row = estimate_panel(frame, **COLUMNS, inference="cr2").inferences[0]
    assert row.standard_error == pytest.approx(np.sqrt(variance), rel=1e-9)
    assert row.df == pytest.approx(df, rel=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_jackknife_refits_without_each_cluster(seed):
    frame = panel(seed)
    x, y = weighted(frame)
    full = np.linalg.lstsq(x, y, rcond=None)[0][0]
    without = []
    for u in sorted(frame["u"].unique()):
        keep = (frame["u"] != u).to_numpy()
        without.append(np.linalg.lstsq(x[keep], y[keep], rcond=None)[0][0])
    g = len(without)
    by_hand = np.sqrt((g - 1) / g * sum((b - full) ** 2 for b in without))
    found = estimate_panel(frame, **COLUMNS, inference="cv3")
    assert found.estimate == pytest.approx(full, abs=1e-10)
    assert found.standard_error == pytest.approx(by_hand, rel=1e-9)


def clustered_t(x: np.ndarray, y: np.ndarray, u: np.ndarray, null: float = 0.0) -> float:
    bread = np.linalg.pinv(x.T @ x)
    beta = bread @ x.T @ y
    residual = y - x @ beta
    meat = sum(np.outer(s, s) for s in (x[u == g].T @ residual[u == g] for g in np.unique(u)))
    return (beta[0] - null) / np.sqrt((bread @ meat @ bread)[0, 0])


def test_the_wild_bootstrap_refits_every_sign_pattern():
    frame = panel(4)
    x, y = weighted(frame)
    u = frame["u"].to_numpy()
    restricted = x[:, 1:] @ np.linalg.lstsq(x[:, 1:], y, rcond=None)[0]
    seen = abs(clustered_t(x, y, u))
    drawn = []
    for signs in product([-1.0, 1.0], repeat=7):
        drawn.append(abs(clustered_t(x, restricted + np.array(signs)[u] * (y - restricted), u)))
    row = estimate_panel(frame, **COLUMNS, inference="wild-rademacher").inferences[0]
    assert row.draws == 128
    assert row.p_value == np.mean(np.array(drawn) > seen * (1 + 1e-9))


def test_the_wild_interval_ends_where_the_null_is_just_not_rejected():
    frame = panel(4, units=9)
    row = estimate_panel(frame, **COLUMNS, inference="wild-rademacher").inferences[0]
    for inside, outside in ((row.ci_low + 1e-4, row.ci_low - 1e-4), (row.ci_high - 1e-4, row.ci_high + 1e-4)):
        at = [
            estimate_panel(frame.assign(y=frame["y"] - null * frame["d"]), **COLUMNS, inference="wild-rademacher").p_value
            for null in (inside, outside)
        ]
        assert at[0] > 0.05 >= at[1]


def test_the_permutation_refits_every_assignment():
    frame = panel(5, drop=0)
    u = frame["u"].to_numpy()
    root = np.sqrt(frame["w"].to_numpy())
    x, y = weighted(frame)
    seen, at_least = abs(clustered_t(x, y, u)), 0
    assignments = list(combinations(range(7), 3))
    for treated in assignments:
        x[:, 0] = (np.isin(u, treated) & (frame["t"] >= 3).to_numpy()) * root
        at_least += abs(clustered_t(x, y, u)) >= seen * (1 - 1e-9)
    row = estimate_panel(frame, **COLUMNS, inference="permutation").inferences[0]
    assert row.draws == len(assignments) == 35
    assert row.p_value == pytest.approx(at_least / 35)


def test_hc3_on_changes_equals_statsmodels():
    import statsmodels.api as sm

    frame = panel(6, drop=0).assign(w=1.0)
    means = frame.assign(late=frame["t"] >= 3).pivot_table(index="u", columns="late", values="y")
    fit = sm.OLS(means[True] - means[False], sm.add_constant((means.index < 3).astype(float))).fit(cov_type="HC3")
    found = estimate_panel(frame, **COLUMNS, inference="hc3")
    assert found.standard_error == pytest.approx(float(fit.bse.iloc[1]), rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_every_dealt_t_statistic_is_that_of_a_refit(seed):
    """Gaps, weights, staggered starts, clusters of several units: sums by cluster against full dummy matrices."""
    from pipeline.estimation.partial import partial_out
    from pipeline.estimation.permutation import deal_onsets, histories, t_statistics

    frame = panel(seed, units=12, periods=6, drop=5)
    cluster = frame["u"].to_numpy() // (1 + seed % 2)
    onset = np.array([2, 2, 4, 4, 4, 9, 9, 9, 9, 9, 9, 9])[: cluster.max() + 1]
    period = frame["t"].to_numpy()
    d = (period >= onset[cluster]).astype(float)
    y, w, unit = frame["y"].to_numpy(), frame["w"].to_numpy(), frame["u"].to_numpy()
    fit = partial_out(y=y, d=d, weights=w, factors=[unit, period], cluster=cluster)
    levels, own = np.unique(onset, return_inverse=True)
    dealt, _ = deal_onsets(onset=own, draws=25, seed=seed)
    found = t_statistics(histories(fit, levels=levels, period=period), dealt, least_bread=1e-9 * fit.bread)
    x, scaled = weighted(frame)
    for m in range(dealt.shape[1]):
        x[:, 0] = (period >= levels[dealt[cluster, m]]) * np.sqrt(w)
        assert found[m] == pytest.approx(clustered_t(x, scaled, cluster), rel=1e-8)
