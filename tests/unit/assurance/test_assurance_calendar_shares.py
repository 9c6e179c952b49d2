"""Dates that no calendar makes inform, in all years as well; real dates say nothing. Shares by hand: 1/30.4 and 18.4/30.4."""

import pandas as pd

from pipeline.assurance.delivered.calendar_shares import check
from pipeline.assurance.window import Window

MONTHS = ("2014-04", "2016-04")
WINDOW = Window("2016-17", MONTHS[:1], MONTHS[1:], MONTHS)
ARMS = {"A80001": "intervention", "A80101": "control"}


def profile(first: dict[tuple[str, str], int], whole: int = 1_000) -> pd.DataFrame:
    rows = []
    for practice in ARMS:
        for month in MONTHS:
            rows.append((practice, month, "ae", "first_of_month", first.get((practice, month), 33), whole))
            rows.append((practice, month, "ae", "past_12th", 605, whole))
    return pd.DataFrame(rows, columns=["practice", "month", "stream", "quantity", "part", "whole"])


def test_real_dates_say_nothing() -> None:
    assert check(profile({}), arm_of=ARMS, window=WINDOW) == []


def test_dates_set_to_the_first_in_all_years_inform_for_that_arm() -> None:
    (finding,) = check(profile({("A80101", m): 500 for m in MONTHS}), arm_of=ARMS, window=WINDOW)
    assert (finding.verdict, finding.stream, finding.arm) == ("inform", "ae", "control")
    assert (finding.first_month, finding.last_month) == ("2014-04", "2016-04")
    assert "500" not in finding.message
    assert finding.question_for_supplier is not None


def test_only_the_year_is_named_where_only_it_is_off() -> None:
    (finding,) = check(profile({("A80001", "2016-04"): 300}), arm_of=ARMS, window=WINDOW)
    assert (finding.arm, finding.first_month, finding.last_month) == ("intervention", "2016-04", "2016-04")


def test_few_rows_are_chance() -> None:
    assert check(profile({("A80101", m): 100 for m in MONTHS}, whole=200), arm_of=ARMS, window=WINDOW) == []
