"""Published estimates from public data; the figure and its source stand beside each case."""

import pandas as pd
import pytest

from pipeline.estimation.tidy import estimate_panel

CASES = {
    "Card and Krueger 1994, Table 3 row 3, state effects": (
        ("card_krueger_long.csv", ","),
        {"yname": "fte", "idname": "nj", "tname": "d", "treated": "d_nj", "cluster": "id"},
        2.7536,
        5e-5,
    ),
    "Card and Krueger 1994, store effects": (
        ("card_krueger_long.csv", ","),
        {"yname": "fte", "idname": "id", "tname": "d", "treated": "d_nj"},
        2.75,
        5e-3,
    ),
    "castle doctrine, R bacondecomp": (
        ("castle_bacondecomp.csv", ","),
        {"yname": "l_homicide", "idname": "state", "tname": "year", "treated": "post"},
        0.0818116,
        5e-8,
    ),
    "Goodman-Bacon 2021, no-fault divorce": (
        ("bacon_example.csv", ","),
        {"yname": "asmrs", "idname": "stfips", "tname": "year", "treated": "post"},
        -3.079926,
        5e-7,
    ),
    "Arkhangelsky et al. 2021, Table 1, DiD": (
        ("california_prop99.csv", ";"),
        {"yname": "PacksPerCapita", "idname": "State", "tname": "Year", "treated": "treated"},
        -27.349,
        5e-4,
    ),
    "Dehejia and Wahba 1999, experimental": (
        ("nsw_mixtape.csv", ","),
        {"yname": "re78", "idname": "data_id", "treated": "treat"},
        1794.34,
        5e-3,
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_published_point_estimate(shared_data, case):
    (name, separator), columns, published, digits = CASES[case]
    frame = pd.read_csv(shared_data / "causal" / name, sep=separator)
    assert estimate_panel(frame, **columns, inference="crv1").estimate == pytest.approx(published, abs=digits)


def test_one_treated_state_gets_no_interval(shared_data):
    frame = pd.read_csv(shared_data / "causal" / "california_prop99.csv", sep=";")
    found = estimate_panel(frame, yname="PacksPerCapita", idname="State", tname="Year", treated="treated")
    assert found.inference == "refused"
    assert "1 treated" in found.refused_reason


def test_stores_without_employment_are_counted_not_silent(shared_data):
    frame = pd.read_csv(shared_data / "causal" / "card_krueger_long.csv")
    found = estimate_panel(frame, yname="fte", idname="id", tname="d", treated="d_nj", inference="crv1")
    assert found.rows_dropped == {"missing fte": int(frame["fte"].isna().sum())}
    assert found.n + found.rows_dropped["missing fte"] == found.rows_read == len(frame)


def test_nsw_standard_error_is_that_of_the_published_table(shared_data):
    """Dehejia and Wahba 1999 print 633 for the difference in means with equal variances; with unequal ones, HC2: 671.0, which
    is sqrt(s1^2/n1 + s0^2/n0), here by hand from pandas."""
    frame = pd.read_csv(shared_data / "causal" / "nsw_mixtape.csv")
    groups = frame.groupby("treat")["re78"]
    by_hand = float((groups.var() / groups.size()).sum() ** 0.5)
    found = estimate_panel(frame, yname="re78", idname="data_id", treated="treat", inference="cr2")
    assert found.standard_error == pytest.approx(by_hand, rel=1e-12)
