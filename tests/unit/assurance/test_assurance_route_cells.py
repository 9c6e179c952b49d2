"""Rows lost are worth their own pence, and rows and prices by two routes add up to the whole difference, by hand."""

import numpy as np
import pandas as pd
import pytest

from pipeline.assurance.arithmetic.coded import share_missing
from pipeline.assurance.two_routes.route_cells import route_cells
from pipeline.assurance.two_routes.two_counts import two_counts
from pipeline.assurance.window import Window

MONTHS = ("2014-04", "2014-05", "2016-04", "2016-05")
WINDOW = Window("2016-17", MONTHS[:2], MONTHS[2:], MONTHS)
ARMS = {"A80001": "intervention", "A80101": "control"}


def table(changes: dict[tuple[str, str], tuple[int, int]]) -> pd.DataFrame:
    """10 rows and 1,000 pence of A&E a practice and month but where `changes` says otherwise."""
    rows = [(p, m, *changes.get((p, m), (10, 1_000))) for p in ARMS for m in MONTHS]
    frame = pd.DataFrame(rows, columns=["practice", "month", "rows", "cost_pence"])
    return frame.assign(stream="ae", provider="ZT1")


def missing(extract: pd.DataFrame, feed: pd.DataFrame, months: slice) -> float:
    """Share of the control's pence that `lacking` says are missing in some watched months."""
    lacking = route_cells(two_counts(extract, feed, ARMS, WINDOW)).lacking().of("ae", "control")
    inside = np.isin(lacking.month, np.arange(4)[months])
    return share_missing(lacking.whole[inside].sum(), lacking.kept[inside].sum())


def test_a_lost_row_is_worth_its_own_pence_and_not_a_mean_row() -> None:
    # one row in ten of April 2016 is lost, and it was a dear one: 400 of 1,000 pence; 400 of the year's 2,000 are missing
    extract = table({("A80101", "2016-04"): (9, 600)})
    assert missing(extract, table({}), slice(2, 4)) == pytest.approx(0.2)
    assert missing(extract, table({}), slice(0, 2)) == 0


def test_a_price_list_is_not_taken_for_lost_rows() -> None:
    # all rows a tenth dearer in the extract, one row lost: the same rows tell the price, what is left is the row
    dearer = {(p, m): (10, 1_100) for p in ARMS for m in MONTHS}
    extract = table(dearer | {("A80101", "2016-04"): (9, 990)})
    assert missing(extract, table({}), slice(2, 4)) == pytest.approx(0.05)


def test_rows_added_count_what_they_add() -> None:
    extract = table({("A80101", "2016-04"): (13, 1_300)})
    assert missing(extract, table({}), slice(2, 4)) == pytest.approx(-0.15)


@pytest.mark.parametrize(("whole", "kept", "share"), [(100, 70, 0.3), (100, 130, -0.3), (0, 5, -1), (0, 0, 0), (1, 100, -1)])
def test_share_missing_of_what_should_be_there(whole: float, kept: float, share: float) -> None:
    assert share_missing(whole, kept) == pytest.approx(share)


def test_cells_with_the_same_rows_tell_prices_only_where_they_are_enough() -> None:
    # the control's rows differ in every month of the year: nothing of it can tell a price
    lost = {("A80101", m): (9, 900) for m in MONTHS[2:]}
    cells = route_cells(two_counts(table(lost), table({}), ARMS, WINDOW))
    assert not cells.exact["ae", "control"]
    assert cells.exact["ae", "intervention"]
