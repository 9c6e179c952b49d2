"""Attrition between the arms: shares, interval and verdict, by hand and by a library, and a difference that is found."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t, ttest_ind

from pipeline.cohorts import attrition_compared as compared


def counts(treated: list[int], control: list[int], *, of: int = 100) -> pd.DataFrame:
    rows = [(f"T{n}", "intervention", people, of) for n, people in enumerate(treated)]
    rows += [(f"C{n}", "control", people, of) for n, people in enumerate(control)]
    return pd.DataFrame(rows, columns=["practice", "arm", "people", "out_of"])


def test_the_interval_is_that_of_two_samples_of_practices() -> None:
    """Lists of one length: the difference of shares is that of the practices' means, its error Welch's (scipy)."""
    frame = counts([10, 14, 9, 12, 15], [8, 11, 7, 9])
    row = compared.compare(frame, what="left", of="the cohort")
    welch = ttest_ind([0.10, 0.14, 0.09, 0.12, 0.15], [0.08, 0.11, 0.07, 0.09], equal_var=False)
    error = row.difference / welch.statistic
    assert row.difference == pytest.approx(0.12 - 0.0875)
    assert row.high - row.difference == pytest.approx(t.isf(0.025, 3) * error)
    assert (row.intervention, row.control, row.people, row.practices) == (0.12, 0.0875, (60, 35), 9)
    assert row.verdict == "pass"


def test_practices_that_differ_among_themselves_are_no_finding_and_an_arm_that_differs_is() -> None:
    assert compared.compare(counts([2, 30, 1, 33], [10, 12, 11, 13]), what="", of="").verdict == "pass"
    assert compared.compare(counts([22, 23, 21, 22], [10, 12, 11, 13]), what="", of="").verdict == "inform"


def test_one_practice_tells_nothing_of_practices() -> None:
    row = compared.compare(counts([5], [4, 6]), what="", of="")
    assert (row.verdict, row.low, row.intervention) == ("not_evaluated", None, 0.05)


def test_a_wrong_verdict_is_as_rare_as_it_says() -> None:
    """Practices that lose 8% with a spread of 2 points, 13 and 11, no difference between the arms: 5% are told apart.

    2,000 draws, Monte Carlo standard error .5 points; degrees of freedom of the smaller arm make it a little rarer.
    """
    draw = np.random.default_rng(5)
    found = 0
    for _ in range(2000):
        shares = np.clip(draw.normal(0.08, 0.02, size=24), 0.0, 1.0)
        people = draw.binomial(600, shares)
        found += compared.compare(counts(list(people[:13]), list(people[13:]), of=600), what="", of="").verdict == "inform"
    assert 0.030 <= found / 2000 <= 0.060


STEPS = [
    ("A", "intervention", 8, "out", "younger", 20), ("A", "intervention", 10, "out", "no register", 30),
    ("A", "intervention", 11, "kept", "eligible", 50), ("B", "intervention", 11, "kept", "eligible", 40),
    ("C", "control", 8, "out", "younger", 10), ("C", "control", 11, "kept", "eligible", 90),
    ("D", "control", 10, "out", "no register", 25), ("D", "control", 11, "kept", "eligible", 75),
]  # fmt: skip


def test_each_step_is_a_share_of_those_left_in_before_it() -> None:
    """By hand. Younger: 20 of 100 and 0 of 40; 10 of 100 and 0 of 100. No register: 30 of 80 and 0 of 40; 0 of 90 and 25 of
    100. Eligible: 50 of 100 and 40 of 40; 90 of 100 and 75 of 100."""
    frame = pd.DataFrame(STEPS, columns=["practice", "arm", "step", "kind", "reason", "people"])
    rows = {row.what: row for row in compared.before_launch(frame)}
    assert list(rows) == ["younger", "no register", "eligible"]
    assert (rows["younger"].intervention, rows["younger"].control) == (20 / 140, 10 / 200)
    assert (rows["no register"].intervention, rows["no register"].control) == (30 / 120, 25 / 190)
    assert (rows["eligible"].intervention, rows["eligible"].control) == (90 / 140, 165 / 200)


def test_a_difference_in_deaths_is_told_in_pounds() -> None:
    """10 of 200 and 2 of 200 dead, 200 heads of the intervention at £1,000: (.05 - .01) x 200 x 1,000 = £8,000."""
    rows = []
    for practice, arm, dead in (("A", "intervention", 5), ("B", "intervention", 5), ("C", "control", 1), ("D", "control", 1)):
        rows += [(practice, arm, "died_before", 1 if dead > 1 else 0), (practice, arm, "died_in_year", dead - (dead > 1)),
                 (practice, arm, "same_practice", 100 - dead)]  # fmt: skip
    states = pd.DataFrame(rows, columns=["practice", "arm", "state", "people"])
    found = compared.by_year_end(states, cost_a_head=1000.0)
    assert found[0].gbp == pytest.approx(8000.0)
    assert found[0].verdict == "inform"
    assert [row.verdict for row in found[1:]] == ["pass"] * 3
    said = compared.sentence(found, materiality_gbp=5000.0)
    assert "1 of 4 shares" in said
    assert "£8,000" in said
    assert "more than materiality" in said
    assert "within materiality" in compared.sentence(found, materiality_gbp=25000.0)
