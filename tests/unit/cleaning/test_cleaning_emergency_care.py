"""A&E attendances: rulings, codes, and duplicates in real minutes against the row that stays."""

import pytest

from pipeline.cleaning import emergency_care
from pipeline.study import CleaningRules

ROW = {
    "AEKEY": "100", "PSEUDO_HESID": "P1", "ARRIVALDATE": "2016-02-29", "ARRIVALTIME": "1000", "AEATTENDCAT": "1",
    "AEATTENDDISP": "03", "AEDEPTTYPE": "01", "GPPRAC": "A80001", "PROCODE3": "ZT1", "SUSHRG": "VB08Z", "DIAG2_01": "38",
    "TREAT2_01": "22",
}  # fmt: skip
RULINGS = [
    ({"PSEUDO_HESID": None}, "PSEUDO_HESID is empty"),
    ({"AEKEY": "0"}, "AEKEY is empty"),
    ({"ARRIVALDATE": "18010101"}, "ARRIVALDATE is empty or not a date"),
    ({"ARRIVALDATE": "2015-02-29"}, "ARRIVALDATE is empty or not a date"),
]
CODES = [
    ("AEDEPTTYPE", "1", "department_type", "01"), ("AEDEPTTYPE", "04", "department_type", "04"),
    ("AEDEPTTYPE", "99", "department_type", None), ("AEATTENDCAT", "9", "attendance_category", None),
    ("AEATTENDCAT", "2", "attendance_category", "2"), ("AEATTENDDISP", "99", "disposal", None),
    ("DIAG2_01", "8 ", "diagnosis", "8"), ("GPPRAC", "V81997", "practice", None), ("SUSHRG", None, "hrg", None),
    ("ARRIVALDATE", "20160229", "month", "2016-02"), ("ARRIVALDATE", "2016-03-31", "financial_year", "2015-16"),
    ("ARRIVALDATE", "2016-04-01 00:00:00", "financial_year", "2016-17"), ("COST_GBP", "109.50", "supplier_cost_pence", 10950),
    ("COST_GBP", "0.10", "supplier_cost_pence", 10), ("COST_GBP", "£5", "supplier_cost_pence", None),
]  # fmt: skip
#: arrival times in order of preference (the highest AEKEY first) and how many attendances they are
TIMES = [
    (["1000", "1059"], 1),  # 59 minutes
    (["0955", "1055"], 1),  # 60 minutes: within; 100 apart as whole numbers
    (["0955", "1056"], 2),  # 61 minutes
    (["1000", "1045", "1130"], 2),  # 1130 is 90 from the one that stays: the middle row cannot hide it
    (["1045", "1000", "1130"], 1),  # both are 45 from the one that stays, though 90 from each other
    (["1000", "1000", "1000"], 1),
    (["0005", "2355"], 2),
    (["0000", None], 2),  # no time, no minutes
    (["3000", "4000"], 2),  # sentinels of HES, not times
    (["0100", "0300", "0500", "0700", "0900", "1100", "1300", "0110"], 7),  # seven stay, one goes to the first of them
]
APART = [{"PSEUDO_HESID": "P2"}, {"ARRIVALDATE": "2016-03-01"}, {"PROCODE3": "ZT2"}, {"DIAG2_01": "39"}, {"TREAT2_01": None}]
ONE_KEY = [ROW, ROW | {"RECEIVED": "2017-01-01", "ARRIVALTIME": "2200"}]
NEAR = [ROW | {"AEKEY": "101"}, ROW | {"AEKEY": "100", "ARRIVALTIME": "1020"}]


@pytest.fixture(scope="module")
def seen(clean_apart):
    cases = [[ROW | differs] for differs, _ in RULINGS] + [[ROW | {column: given}] for column, given, _, _ in CODES]
    cases += [[ROW | {"AEKEY": str(200 - n), "ARRIVALTIME": time} for n, time in enumerate(times)] for times, _ in TIMES]
    cases += [[ROW, ROW | {"AEKEY": "101"} | differs] for differs in APART] + [ONE_KEY]
    found = clean_apart(
        cases, lambda rows: emergency_care.attendances(rows, rules=CleaningRules()), key=("AEKEY", "attendance_key")
    )
    sizes = {"rulings": len(RULINGS), "codes": len(CODES), "times": len(TIMES), "apart": len(APART), "one key": 1}
    parts = iter(found)
    return {name: [next(parts) for _ in range(size)] for name, size in sizes.items()}


@pytest.mark.parametrize("number", range(len(RULINGS)), ids=lambda number: str(RULINGS[number]))
def test_quarantined(number: int, seen) -> None:
    assert seen["rulings"][number].fates == {1: ("quarantined", RULINGS[number][1], 0)}
    assert seen["rulings"][number].rows == []


@pytest.mark.parametrize("number", range(len(CODES)), ids=lambda number: str(CODES[number]))
def test_codes(number: int, seen) -> None:
    _, _, name, expected = CODES[number]
    assert [row[name] for row in seen["codes"][number].rows] == [expected]


@pytest.mark.parametrize("number", range(len(TIMES)), ids=lambda number: str(TIMES[number][0]))
def test_duplicates_within_real_minutes(number: int, seen) -> None:
    case = seen["times"][number]
    assert len(case.rows) == TIMES[number][1]
    merged_into = {into for fate, _, into in case.fates.values() if fate == "merged"}
    assert all(case.fates[into][0] == "kept" for into in merged_into), "a row was merged into one that is itself merged"


@pytest.mark.parametrize("number", range(len(APART)), ids=lambda number: next(iter(APART[number])))
def test_what_tells_attendances_apart(number: int, seen) -> None:
    assert len(seen["apart"][number].rows) == 2


def test_one_key_twice_is_one_attendance(seen) -> None:
    assert seen["one key"][0].fates == {1: ("merged", emergency_care.SAME_RECORD, 2), 2: ("kept", "", 0)}


def test_the_minutes_are_the_protocol_s(delivered) -> None:
    table = delivered(NEAR)
    kept = [emergency_care.attendances(table, rules=CleaningRules(ae_duplicate_minutes=n)).table for n in (15, 20)]
    assert [rows.count().execute() for rows in kept] == [2, 1]
