"""Cells: which activity counts, and its sums. Expected sums are added by hand from assurance_activity.yaml."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from cohorts_village import engine_table, village

from pipeline import panel, tables
from pipeline.store import Store

WRITTEN: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "assurance_activity.yaml").read_text())
STREAM = {"ae": "ae", "non_elective": "apc", "elective": "apc", "op_first": "op", "op_follow_up": "op"}
WINDOW = {"first": "2014-10", "last": "2015-03"}


def people_of(store: Store) -> Any:
    columns = ("practice", "age_band", "need", "observed_from", "lost_from", "died_in")
    rows = [{"person": name} | dict(zip(columns, said, strict=True)) for name, said in WRITTEN["people"].items()]
    return engine_table(store, "people", rows, tables.PEOPLE)


def activity_of(store: Store, written: list[list[Any]]) -> Any:
    rows = [
        {
            "activity_key": str(number),
            "stream": STREAM[pod],
            "person": person,
            "month": month,
            "pod": pod,
            "price_state": state,
            "price_pence": pence,
            "bed_days": days,
        }
        for number, (person, month, pod, state, pence, days, _) in enumerate(written)
    ]
    return engine_table(store, "activity", rows, tables.PRICED_ACTIVITY)


@pytest.fixture
def cells(store: Store) -> Any:
    return panel.cells(activity_of(store, WRITTEN["activity"]), people_of(store), study=village(), **WINDOW)


def test_sums_by_hand(cells: Any) -> None:
    key = ["practice", "month", "age_band", "need", "pod"]
    found = {
        tuple(row[k] for k in key): tuple(
            int(row[k]) for k in ("contacts", "cost_pence", "cost_pence_squared", "unpriced", "bed_days")
        )
        for row in cells.execute().to_dict("records")
    }
    assert found == {
        # (12000 + 8000)^2 = 400,000,000: one person-month
        ("A80001", "2014-10", "40-54", 1, "ae"): (2, 20000, 400_000_000, 0, 0),
        # 5000^2 + 7000^2 = 25,000,000 + 49,000,000: two person-months
        ("A80001", "2014-12", "40-54", 1, "ae"): (2, 12000, 74_000_000, 0, 0),
        ("A80001", "2014-12", "40-54", 1, "non_elective"): (2, 0, 0, 1, 5),
        ("A80001", "2014-12", "40-54", 1, "op_first"): (2, 0, 0, 2, 0),
        ("A80001", "2015-01", "55-64", 2, "elective"): (1, 250000, 62_500_000_000, 0, 1),
        ("A80101", "2015-01", "65-74", 3, "non_elective"): (1, 400000, 160_000_000_000, 0, 9),
    }


def test_the_table_has_the_declared_schema(cells: Any) -> None:
    assert cells.schema() == tables.CELLS


def test_every_row_is_accounted_for(store: Store) -> None:
    account = panel.activity_account(activity_of(store, WRITTEN["activity"]), people_of(store), study=village(), **WINDOW)
    expected = Counter((STREAM[row[2]], row[6]) for row in WRITTEN["activity"])
    assert {(row.stream, row.reason): row.rows for row in account.itertuples()} == dict(expected)
    assert account["rows"].sum() == len(WRITTEN["activity"])


@pytest.mark.parametrize("row", WRITTEN["activity"], ids=lambda row: f"{row[0]} {row[1]} {row[2]}: {row[6]}")
def test_one_row_alone(store: Store, row: list[Any]) -> None:
    """Each hand-written row by itself: in the cells or not, as written beside it."""
    found = panel.cells(activity_of(store, [row]), people_of(store), study=village(), **WINDOW).count().execute()
    assert found == (1 if row[6] == "in the cells" else 0)


def test_a_large_square_is_exact(store: Store) -> None:
    """999,999,999,999 pence squared has 24 digits, more than a float or an int64 holds."""
    rows = [["a", "2014-10", "ae", "priced", 999_999_999_999, 0, ""]]
    found = panel.cells(activity_of(store, rows), people_of(store), study=village(), **WINDOW).execute()
    assert int(found["cost_pence_squared"].item()) == 999_999_999_999**2
