"""Aggregates from the feed: streams from points of delivery, pounds to pence exactly, no cell twice."""

import pytest

from pipeline.cleaning import feed
from pipeline.vocabulary import PODS

CELL = {
    "PRACTICE_CODE": "A80001", "MONTH": "2016-04", "POD": "ae", "DEPT_TYPE": "01", "PROVIDER": "ZT1", "POPULATION": "all",
    "AGE_BAND": "40-74", "ROWS": "12", "ROWS_LINKED": "12", "PEOPLE_WITH_ACTIVITY": "9", "COST_GBP": "1234.5",
    "UNPRICED_ROWS": "1",
}  # fmt: skip
#: what differs, and the ruling
QUARANTINED = [
    ({"PRACTICE_CODE": None}, "PRACTICE_CODE is empty"), ({"MONTH": "2016-13"}, "MONTH is empty or not a month"),
    ({"POD": "surgery"}, "POD is not a point of delivery"), ({"PROVIDER": ""}, "PROVIDER is empty"),
    ({"POPULATION": None}, "POPULATION is empty"), ({"AGE_BAND": None}, "AGE_BAND is empty"),
    ({"ROWS": "-1"}, "ROWS is empty or not a whole number"), ({"COST_GBP": "1,234.50"}, "COST_GBP is not a sum of money"),
    ({"COST_GBP": "1.005"}, "COST_GBP is not a sum of money"),
]  # fmt: skip
#: pounds as delivered, pence
POUNDS = [("0", 0), ("0.1", 10), ("0.29", 29), ("1.15", 115), ("4.35", 435), ("1001.10", 100_110), ("-2.50", -250),
          ("9999999999999.99", 999_999_999_999_999), (None, None)]  # fmt: skip


@pytest.fixture(scope="module")
def cleaned(delivered):
    """QUARANTINED, then one row a point of delivery, then POUNDS, each in a practice of its own."""
    rows = [CELL | differs for differs, _ in QUARANTINED]
    rows += [CELL | {"POD": pod, "DEPT_TYPE": "01" if pod == "ae" else None, "PRACTICE_CODE": f"P{pod}"} for pod in PODS]
    rows += [CELL | {"COST_GBP": given, "PRACTICE_CODE": f"C{number}"} for number, (given, _) in enumerate(POUNDS)]
    both = feed.counts(delivered(rows))
    rows_by_practice = {row["practice"]: row for row in both.table.to_pyarrow().to_pylist()}
    return rows_by_practice, both.fates.execute().set_index("row_no")


@pytest.mark.parametrize("number", range(len(QUARANTINED)), ids=lambda number: str(QUARANTINED[number]))
def test_quarantined(number: int, cleaned) -> None:
    fate = cleaned[1].loc[number + 1]
    assert (fate["fate"], fate["reason"]) == ("quarantined", QUARANTINED[number][1])


def test_streams_follow_from_points_of_delivery(cleaned) -> None:
    rows = [cleaned[0][f"P{pod}"] for pod in PODS]
    assert [row["stream"] for row in rows] == ["apc", "apc", "apc", "ae", "op", "op", "op", "apc"]
    assert [row["department_type"] for row in rows] == ["", "", "", "01", "", "", "", ""]


@pytest.mark.parametrize("number", range(len(POUNDS)), ids=lambda number: str(POUNDS[number][0]))
def test_pounds_to_pence(number: int, cleaned) -> None:
    assert cleaned[0][f"C{number}"]["cost_pence"] == POUNDS[number][1]


def test_a_cell_is_never_counted_twice(delivered) -> None:
    rows = [CELL, CELL | {"ROWS": "13", "RECEIVED": "2017-01-01"}, CELL | {"AGE_BAND": "75+"}]
    both = feed.counts(delivered(rows))
    fates = both.fates.execute().set_index("row_no")
    assert fates["fate"].to_dict() == {1: "quarantined", 2: "kept", 3: "kept"}
    assert fates.loc[1, "reason"] == feed.REPEATED
    assert sorted(both.table.execute()["rows"]) == [12, 13]


def test_person_months(delivered) -> None:
    row = {"PRACTICE_CODE": "A80001", "MONTH": "2016-04", "POPULATION": "eligible", "AGE_BAND": "40-74",
           "PERSON_MONTHS": "1180.0", "DEATHS": "2", "JOINERS": "0", "LEAVERS": None}  # fmt: skip
    rows = [row, row | {"MONTH": "April"}, row | {"PERSON_MONTHS": None, "AGE_BAND": "75+"}]
    both = feed.population(delivered(rows))
    (clean,) = both.table.to_pyarrow().to_pylist()
    assert (clean["person_months"], clean["deaths"], clean["joiners"], clean["leavers"]) == (1180, 2, 0, None)
    reasons = both.fates.execute().set_index("row_no")["reason"].to_dict()
    assert (reasons[2], reasons[3]) == ("MONTH is empty or not a month", "PERSON_MONTHS is empty or not a whole number")
