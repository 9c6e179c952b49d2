"""The golden ten practices: answers of R fixest, clubSandwich and others, named beside each number.

`ten_practices.csv` was simulated for this project and lies beside this file: 10 practices, 24 months, 4 treated.
"""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.estimation.tidy import PanelEstimate, estimate_panel

FILE = Path(__file__).parent / "ten_practices.csv"


@pytest.fixture(scope="module")
def golden() -> PanelEstimate:
    frame = pd.read_csv(FILE)
    return estimate_panel(frame, yname="y", idname="g", tname="t", treated="d", cluster="g", inference="all")


def by_name(found: PanelEstimate, name: str):
    return next(row for row in found.inferences if row.name == name)


def test_the_coefficient_is_that_of_fixest(golden):
    assert golden.estimate == pytest.approx(0.3338103839, abs=5e-11)
    assert (golden.n, golden.n_clusters, golden.n_treated_clusters) == (240, 10, 4)


@pytest.mark.parametrize(
    ("name", "standard_error", "digits"),
    [
        ("crv1", 0.478935759061, 5e-13),  # R fixest 0.12.1, pyfixest
        ("cr1s", 0.489286, 5e-7),  # clubSandwich CR1S, statsmodels with dummies
        ("cr2", 0.482955, 5e-7),  # clubSandwich CR2
        ("hc3", 0.541988, 5e-7),  # HC3 on the practices' changes
        ("cv3", 0.514175, 5e-7),  # jackknife with (G-1)/G
    ],
)
def test_standard_errors(golden, name, standard_error, digits):
    assert by_name(golden, name).standard_error == pytest.approx(standard_error, abs=digits)


@pytest.mark.parametrize(
    ("name", "p_value", "digits"),
    [
        ("crv1", 0.50342, 5e-6),  # t(9), fixest
        ("cr2", 0.51309, 5e-6),  # Satterthwaite, clubSandwich
        ("wild-rademacher", 0.505859, 5e-7),  # all 1,024 draws, strictly above: 518 / 1024
    ],
)
def test_p_values(golden, name, p_value, digits):
    assert by_name(golden, name).p_value == pytest.approx(p_value, abs=digits)


def test_every_sign_pattern_was_listed_so_no_seed_is_named(golden):
    row = by_name(golden, "wild-rademacher")
    assert (row.draws, row.seed) == (1024, None)
    assert by_name(golden, "permutation").draws == 210  # 10 choose 4


def test_four_treated_practices_get_no_interval_of_ours(golden):
    assert golden.inference == "refused"
    assert golden.ci_low is None
    assert golden.p_value is None
    assert "4 treated" in golden.refused_reason


def test_an_inference_asked_for_by_name_is_given_with_the_advice_against_it():
    frame = pd.read_csv(FILE)
    found = estimate_panel(frame, yname="y", idname="g", tname="t", treated="d", inference="cv3")
    assert found.standard_error == pytest.approx(0.514175, abs=5e-7)
    assert any("Asked for by name" in note for note in found.notes)
