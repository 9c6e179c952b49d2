"""Sixty random panels: points to 1e-8 and standard errors to 1e-6 of two independent libraries, pyfixest and linearmodels.

Unbalanced, weighted, with text ids. linearmodels' clustered error omits G/(G-1) and is recomputed from its covariance; pyfixest
is asked for G/(G-1) alone and given (n-1)/(n-k), since it counts k by an order of fixed effects that changes with Python's
hash seed (its k of 60 units in 7 periods is 2 or 8; R fixest's is 8).
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from pipeline.estimation.tidy import estimate_panel


def panel(seed: int, *, units: int = 14, periods: int = 8) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame([(f"unit {u}", t) for u in range(units) for t in range(2001, 2001 + periods)], columns=["unit", "t"])
    code = frame["unit"].str[5:].astype(int)
    start = rng.choice([2003, 2005, 2006, 9999], size=units)
    start[:2], start[2:4] = 9999, 2004
    frame["d"] = (frame["t"] >= start[code]).astype(int)
    frame["y"] = rng.normal(size=units)[code] + 0.3 * frame["t"] + rng.standard_t(4, size=len(frame)) + 0.5 * frame["d"]
    frame["w"] = rng.uniform(0.2, 5, size=len(frame))
    frame["area"] = code % 7
    keep = rng.uniform(size=len(frame)) > 0.1 * (seed % 3)
    return frame[keep].reset_index(drop=True)


@pytest.mark.parametrize("block", range(6))
def test_points_and_clustered_errors_equal_pyfixest(block):
    import pyfixest as pf

    for seed in range(10 * block, 10 * block + 10):
        frame = panel(seed)
        cluster = ("unit", "area", "t")[seed % 3]
        weights = "w" if seed % 2 else None
        ours = estimate_panel(
            frame, yname="y", idname="unit", tname="t", treated="d", cluster=cluster, weights=weights, inference="crv1"
        )
        theirs = pf.feols(
            "y ~ d | unit + t",
            data=frame,
            vcov={"CRV1": cluster},
            weights=weights,
            fixef_tol=1e-12,
            fixef_rm="none",
            ssc=pf.ssc(k_adj=False),
        )
        # the effect, and the levels of the one factor that is not nested in the clusters
        n, k = len(frame), 1 + frame["unit" if cluster == "t" else "t"].nunique()
        error = float(theirs.se()["d"]) * np.sqrt((n - 1) / (n - k))
        p_value = 2 * student.sf(abs(ours.estimate) / error, frame[cluster].nunique() - 1)
        assert ours.estimate == pytest.approx(float(theirs.coef()["d"]), abs=1e-8)
        assert ours.standard_error == pytest.approx(error, rel=1e-6)
        assert ours.p_value == pytest.approx(p_value, abs=1e-6)


@pytest.mark.parametrize("seed", range(60, 70))
def test_points_and_scores_equal_linearmodels(seed):
    from linearmodels import PanelOLS

    frame = panel(seed)
    indexed = frame.assign(code=pd.factorize(frame["unit"])[0]).set_index(["code", "t"])
    fit = PanelOLS(indexed["y"], indexed[["d"]], weights=indexed["w"], entity_effects=True, time_effects=True).fit(
        cov_type="clustered", cluster_entity=True, debiased=False, auto_df=False, count_effects=False
    )
    ours = estimate_panel(frame, yname="y", idname="unit", tname="t", treated="d", weights="w", inference="crv1")
    n, g, k = len(frame), frame["unit"].nunique(), 1 + frame["t"].nunique()
    recomputed = float(fit.std_errors["d"]) * np.sqrt(g / (g - 1) * (n - 1) / (n - k))
    assert ours.estimate == pytest.approx(float(fit.params["d"]), abs=1e-8)
    assert ours.standard_error == pytest.approx(recomputed, rel=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_cr1s_equals_statsmodels_with_every_dummy(seed):
    import statsmodels.formula.api as smf

    frame = panel(seed)
    fit = smf.wls("y ~ d + C(unit) + C(t)", data=frame, weights=frame["w"]).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(frame["area"])[0]}
    )
    ours = estimate_panel(
        frame, yname="y", idname="unit", tname="t", treated="d", cluster="area", weights="w", inference="cr1s"
    )
    assert ours.standard_error == pytest.approx(float(fit.bse["d"]), rel=1e-6)


def test_rows_in_any_order_give_the_same_figures():
    frame = panel(5)
    shuffled = frame.sample(frac=1, random_state=1)
    columns = {"yname": "y", "idname": "unit", "tname": "t", "treated": "d", "weights": "w", "inference": "all"}
    one, other = estimate_panel(frame, **columns), estimate_panel(shuffled, **columns)
    assert one.estimate == pytest.approx(other.estimate, rel=1e-12)
    for a, b in zip(one.inferences, other.inferences, strict=True):
        assert a.p_value == pytest.approx(b.p_value, abs=2e-4)


def test_scaling_the_outcome_scales_effect_and_error_and_leaves_p():
    frame = panel(6)
    columns = {"yname": "y", "idname": "unit", "tname": "t", "treated": "d", "inference": "cv3"}
    one, other = estimate_panel(frame, **columns), estimate_panel(frame.assign(y=100 * frame["y"] + 7), **columns)
    assert other.estimate == pytest.approx(100 * one.estimate, rel=1e-9)
    assert other.standard_error == pytest.approx(100 * one.standard_error, rel=1e-9)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-7)
