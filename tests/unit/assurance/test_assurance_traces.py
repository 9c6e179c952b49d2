"""First and last month by exact counts: by hand on a window of two baseline years and two contract years."""

import numpy as np
import pytest

from pipeline.assurance.arithmetic.traces import LONGEST_GAP, traced_run
from pipeline.assurance.window import Window
from pipeline.calendar import months

WATCHED = tuple(months("2013-04", "2017-03"))
WINDOW = Window("2016-17", WATCHED[:24], WATCHED[36:], WATCHED)
HUNDRED = np.full(len(WATCHED), 100.0)


def named(apart: dict[str, float], usual: float = 0.0) -> tuple[str, str] | None:
    """The run in words; `apart` rows differ in the months named, `usual` in every month of the baseline."""
    rows = np.array([apart.get(month, usual if month in WINDOW.before else 0.0) for month in WATCHED])
    run = traced_run(rows, HUNDRED, WINDOW)
    return None if run is None else (WATCHED[run[0]], WATCHED[run[1]])


def test_two_counts_that_agree_have_no_run() -> None:
    assert named({}) is None


def test_a_single_row_dates_the_beginning_of_a_growing_loss() -> None:
    """One row in May 2015, none until September, then more every month: half of the year's share would say 2016."""
    growing = {"2015-05": 1.0} | {month: float(n) for n, month in enumerate(months("2015-09", "2017-03"), start=1)}
    assert named(growing) == ("2015-05", "2017-03")


def test_months_of_every_winter_are_those_of_the_last() -> None:
    winters = {month: 50.0 for year in (2014, 2015, 2016, 2017) for month in months(f"{year}-01", f"{year}-03")}
    assert named(winters) == ("2017-01", "2017-03")


@pytest.mark.parametrize(("gap", "first"), [(LONGEST_GAP, "2015-09"), (LONGEST_GAP + 1, "2016-04")])
def test_a_longer_gap_parts_two_faults(gap: int, first: str) -> None:
    """A trace in September 2015 and one in April 2016 have six months between them."""
    assert len(months("2015-10", "2016-03")) == LONGEST_GAP
    early = "2015-09" if gap == LONGEST_GAP else "2015-08"
    assert named({early: 1.0, "2016-04": 1.0}) == (first, "2016-04")


def test_a_fault_of_the_baseline_alone_is_dated_there() -> None:
    assert named({"2014-02": 3.0, "2014-03": 3.0}) == ("2014-02", "2014-03")


def test_stragglers_of_the_baseline_do_not_stretch_it() -> None:
    """One row in a hundred differs in every month of the baseline: four in a hundred are a trace, two are not."""
    assert named({"2016-05": 2.0, "2016-06": 4.0, "2016-07": 40.0}, usual=1.0) == ("2016-06", "2016-07")


def test_what_lies_in_both_periods_alike_is_one_fault() -> None:
    assert named(dict.fromkeys(WATCHED, 30.0)) == (WATCHED[0], WATCHED[-1])
