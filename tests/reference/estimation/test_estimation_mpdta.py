"""Callaway and Sant'Anna on mpdta: answers of R `did` (never-treated controls, no covariates), as ../shared/data/README.md."""

import pandas as pd
import pytest

from pipeline.estimation.tidy import PanelEstimate, estimate_panel

COLUMNS = {"yname": "lemp", "idname": "countyreal", "tname": "year", "gname": "first.treat"}


@pytest.fixture(scope="module")
def mpdta(request) -> PanelEstimate:
    shared_data = request.getfixturevalue("shared_data")
    return estimate_panel(pd.read_csv(shared_data / "causal" / "mpdta.csv"), **COLUMNS)


@pytest.mark.parametrize(
    ("group", "time", "published", "digits"),
    [
        (2004, 2004, -0.010503246221, 5e-13),
        (2004, 2006, -0.137258739, 5e-10),
        (2006, 2007, -0.041224472, 5e-10),
        (2007, 2007, -0.026054411, 5e-10),
    ],
)
def test_att_gt(mpdta, group, time, published, digits):
    row = next(row for row in mpdta.att_gt if (row["group"], row["time"]) == (group, time))
    assert row["estimate"] == pytest.approx(published, abs=digits)


@pytest.mark.parametrize(
    ("aggregate", "estimate", "digits", "standard_error"),
    [
        ("simple", -0.0399512751551763, 5e-14, 0.0120340128),
        ("dynamic", -0.0772398215, 5e-11, 0.0199649891),
        ("calendar", -0.0417004321, 5e-11, 0.0159718519),
        ("group", -0.0310182822287484, 5e-14, 0.0124460593),
    ],
)
def test_aggregates(mpdta, aggregate, estimate, digits, standard_error):
    assert mpdta.aggregates[aggregate]["estimate"] == pytest.approx(estimate, abs=digits)
    assert mpdta.aggregates[aggregate]["standard_error"] == pytest.approx(standard_error, abs=5e-11)


def test_the_simple_average_leads(mpdta):
    assert mpdta.estimate == mpdta.aggregates["simple"]["estimate"]
    assert mpdta.inference == "influence-function"
    assert (mpdta.n, mpdta.n_clusters) == (2500, 500)


@pytest.mark.parametrize("control", ["never", "notyet"])
def test_every_group_time_equals_diff_diff(shared_data, control):
    """Independent implementation: diff-diff's CallawaySantAnna without covariates."""
    from diff_diff import CallawaySantAnna

    frame = pd.read_csv(shared_data / "causal" / "mpdta.csv")
    ours = estimate_panel(frame, **COLUMNS, control=control)
    words = {"never": "never_treated", "notyet": "not_yet_treated"}
    theirs = CallawaySantAnna(control_group=words[control], base_period="varying").fit(
        frame, outcome="lemp", unit="countyreal", time="year", first_treat="first.treat"
    )
    assert len(ours.att_gt) == 12
    for row in ours.att_gt:
        other = theirs.group_time_effects[(row["group"], row["time"])]
        assert row["estimate"] == pytest.approx(other["effect"], abs=1e-12)
        assert row["standard_error"] == pytest.approx(other["se"], rel=1e-8)
