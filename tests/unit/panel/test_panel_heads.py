"""Heads: complete grid, lost and dead by month. Expected numbers are counted by hand from the six people."""

import pytest
from cohorts_village import engine_table, village

from pipeline import panel, tables
from pipeline.errors import UsageError
from pipeline.store import Store

COLUMNS = ("person", "practice", "age_band", "need", "observed_from", "lost_from", "died_in")
PEOPLE = [
    ("a", "A80001", "40-54", 1, "2010-04", None, None),
    ("b", "A80001", "40-54", 1, "2014-12", None, None),
    ("c", "A80001", "40-54", 1, "2010-04", "2015-02", None),
    ("d", "A80001", "40-54", 1, "2010-04", None, "2015-01"),
    ("e", "A80001", "55-64", 1, "2010-04", None, None),
    ("f", "A80101", "40-54", 3, "2015-03", None, None),
]


def heads(store: Store, first: str, last: str) -> dict[tuple[str, str, str, int], tuple[int, int, int]]:
    rows = [dict(zip(COLUMNS, person, strict=True)) for person in PEOPLE]
    table = panel.heads(engine_table(store, "people", rows, tables.PEOPLE), study=village(), first=first, last=last)
    assert table.schema() == tables.HEADS
    return {
        (row.practice, row.month, row.age_band, row.need): (row.heads, row.lost, row.dead)
        for row in table.execute().itertuples()
    }


def test_heads_lost_and_dead_by_hand(store: Store) -> None:
    assert heads(store, "2014-11", "2015-03") == {
        ("A80001", "2014-11", "40-54", 1): (4, 1, 0),  # b has not joined
        ("A80001", "2014-12", "40-54", 1): (4, 0, 0),
        ("A80001", "2015-01", "40-54", 1): (4, 0, 0),  # d dies in this month and still counts as living
        ("A80001", "2015-02", "40-54", 1): (4, 1, 1),  # c has left, d is dead
        ("A80001", "2015-03", "40-54", 1): (4, 1, 1),
        **{("A80001", month, "55-64", 1): (1, 0, 0) for month in ("2014-11", "2014-12", "2015-01", "2015-02", "2015-03")},
        **{("A80101", month, "40-54", 3): (1, 1, 0) for month in ("2014-11", "2014-12", "2015-01", "2015-02")},
        ("A80101", "2015-03", "40-54", 3): (1, 0, 0),
    }


def test_the_grid_is_complete(store: Store) -> None:
    """60 months x 3 strata, whatever happened in them."""
    assert len(heads(store, "2010-04", "2015-03")) == 180


def test_an_empty_window_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="holds no month"):
        heads(store, "2014-12", "2014-11")
