"""ECDS rows: rulings, codes brought to those of HES A&E, the key made of a row, and rows that stand twice."""

import pytest
from attendance_rows import ECDS_ROW as ROW

from pipeline import tables
from pipeline.cleaning import ecds, emergency_care
from pipeline.cleaning.accounting import accounting, check_accounting
from pipeline.study import CleaningRules

RULINGS = [
    ({"PSEUDO_HESID": None}, "quarantined", "PSEUDO_HESID is empty"),
    ({"ARRIVAL_DATE": "1800-01-01"}, "quarantined", "ARRIVAL_DATE is empty or not a date"),
    ({"ARRIVAL_DATE": None}, "quarantined", "ARRIVAL_DATE is empty or not a date"),
    ({"DEPARTMENT_TYPE": "05"}, "out_of_scope", "same-day emergency care (type 05)"),
    ({"DEPARTMENT_TYPE": "5", "PSEUDO_HESID": None}, "out_of_scope", "same-day emergency care (type 05)"),
    ({"FINAL_PRICE": "n/a"}, "kept", "FINAL_PRICE is not a sum of money"),
    ({"FINAL_PRICE": None}, "kept", ""),
]
#: what differs from ROW, column, expected. Categories: NHS Data Dictionary (1 first; 2, 3 unplanned follow-up; 4 planned),
#: which HES A&E calls 1, 3 and 2. Disposals of HES A&E: 01 admitted, 02 to the GP, 03 no follow-up, 07 transferred, 10 died,
#: 12 left before treatment
CODES = [
    ({}, "provider", "ZT1"), ({"PROVIDER_CODE_DERIVED": None}, "provider", "ZT1"),  # first three of ZT101
    ({"PROVIDER_CODE_DERIVED": "ZT2", "PROVIDER_CODE": None}, "provider", "ZT2"),
    ({"PROVIDER_CODE_DERIVED": "&", "PROVIDER_CODE": "89997"}, "provider", None),
    ({}, "practice", "A80001"), ({"PRACTICE_CODE_PATIENT_REGISTRATION": "V81997"}, "practice", "A80002"),
    ({"PRACTICE_CODE_PATIENT_REGISTRATION": "&", "PDS_GENERAL_PRACTICE": "V81999"}, "practice", None),
    ({"DEPARTMENT_TYPE": "3"}, "department_type", "03"), ({"DEPARTMENT_TYPE": "04"}, "department_type", "04"),
    ({"DEPARTMENT_TYPE": "&"}, "department_type", None), ({"DEPARTMENT_TYPE": "99"}, "department_type", None),
    ({"ATTENDANCE_CATEGORY": "2"}, "attendance_category", "3"), ({"ATTENDANCE_CATEGORY": "3"}, "attendance_category", "3"),
    ({"ATTENDANCE_CATEGORY": "4"}, "attendance_category", "2"), ({"ATTENDANCE_CATEGORY": "&"}, "attendance_category", None),
    ({}, "disposal", None), ({"DISCHARGE_STATUS": "1066311000000101"}, "disposal", "12"),
    ({"DISCHARGE_STATUS": "1066301000000103", "DISCHARGE_DESTINATION": "306706006"}, "disposal", "12"),
    ({"DISCHARGE_DESTINATION": "306706006"}, "disposal", "01"), ({"DISCHARGE_DESTINATION": "19712007"}, "disposal", "07"),
    ({"DISCHARGE_DESTINATION": "1066331000000109"}, "disposal", None),  # a short-stay unit is not named an admission
    ({"DISCHARGE_DESTINATION": "305398007"}, "disposal", "10"), ({"DISCHARGE_STATUS": "75004002"}, "disposal", "10"),
    ({"DISCHARGE_FOLLOW_UP": "989501000000106"}, "disposal", "02"), ({"DISCHARGE_FOLLOW_UP": "3780001"}, "disposal", "03"),
    ({"HEALTH_RESOURCE_GROUP": "&"}, "hrg", None), ({"HEALTH_RESOURCE_GROUP": " VB01Z "}, "hrg", "VB01Z"),
    ({}, "supplier_cost_pence", 10950), ({"FINAL_PRICE": "0"}, "supplier_cost_pence", 0),
    ({"ARRIVAL_DATE": "20180331"}, "month", "2018-03"), ({"ARRIVAL_DATE": "2018-04-01"}, "financial_year", "2018-19"),
    ({"DIAGNOSIS_CODE_1": "&"}, "diagnosis", None),
]  # fmt: skip
#: a second row, what differs from ROW, and how many attendances the two are
TWICE = [
    ({}, 1),  # the same row
    ({"ARRIVAL_TIME": "10:59:00"}, 1), ({"ARRIVAL_TIME": "1101"}, 2),  # 59 and 61 minutes
    ({"DIAGNOSIS_CODE_1": "1"}, 2), ({"PROVIDER_CODE_DERIVED": "ZT2"}, 2), ({"ARRIVAL_DATE": "2018-03-01"}, 2),
    ({"DISCHARGE_STATUS": "1066311000000101"}, 1),  # another disposal within minutes
]  # fmt: skip
UNTIMED = [({}, 1), ({"DEPARTURE_TIME": "13:00"}, 2), ({"ARRIVAL_TIME": "00:00"}, 2)]


@pytest.fixture(scope="module")
def cleaned(delivered):
    """Every case under a person of its own, cleaned at once: person to clean rows, and every delivered row's fate."""
    cases = [[ROW | differs] for differs, *_ in [*RULINGS, *CODES]]
    cases += [[ROW, ROW | differs] for differs, _ in TWICE]
    cases += [[ROW | {"ARRIVAL_TIME": "4000"}, ROW | {"ARRIVAL_TIME": None} | differs] for differs, _ in UNTIMED]
    rows = [
        row | ({"PSEUDO_HESID": f"P{n}"} if row["PSEUDO_HESID"] else {}) | {"ROW_NO": 100 * n + place}
        for n, case in enumerate(cases)
        for place, row in enumerate(case)
    ]
    done = ecds.attendances(delivered(rows), rules=CleaningRules())
    counts = accounting(done.fates)
    check_accounting(len(rows), counts)
    fates = {int(f["row_no"]): f for f in done.fates.to_pyarrow().to_pylist()}
    assert len(fates) == len(rows)
    assert done.table.schema() == tables.ATTENDANCES
    found = [[] for _ in cases]
    for row in done.table.to_pyarrow().to_pylist():
        found[int(row["attendance_key"].rpartition(":")[2]) // 100].append(row)
    return found, fates


@pytest.mark.parametrize("number", range(len(RULINGS)), ids=lambda number: str(RULINGS[number][0]))
def test_rulings(number: int, cleaned) -> None:
    found, fates = cleaned
    fate = fates[100 * number]
    assert (fate["fate"], fate["reason"] or "") == RULINGS[number][1:]
    assert (fate["clause"] is not None) == (fate["fate"] == "out_of_scope")
    assert len(found[number]) == (fate["fate"] == "kept")


@pytest.mark.parametrize("number", range(len(CODES)), ids=lambda number: str(CODES[number]))
def test_codes(number: int, cleaned) -> None:
    _, column, expected = CODES[number]
    assert [row[column] for row in cleaned[0][len(RULINGS) + number]] == [expected]


@pytest.mark.parametrize("number", range(len(TWICE)), ids=lambda number: str(TWICE[number][0]))
def test_rows_that_stand_twice(number: int, cleaned) -> None:
    assert len(cleaned[0][len(RULINGS) + len(CODES) + number]) == TWICE[number][1]


@pytest.mark.parametrize("number", range(len(UNTIMED)), ids=lambda number: str(UNTIMED[number][0]))
def test_without_a_time_only_the_whole_row_is_the_same(number: int, cleaned) -> None:
    assert len(cleaned[0][len(RULINGS) + len(CODES) + len(TWICE) + number]) == UNTIMED[number][1]


def test_the_key_is_where_the_row_stands(delivered) -> None:
    rows = delivered([ROW | {"ARRIVAL_TIME": t, "DELIVERY": d} for d in ("d", "e") for t in ("0100", "0900")])
    keys = ecds.attendances(rows, rules=CleaningRules()).table.attendance_key.to_pyarrow().to_pylist()
    assert len(set(keys)) == 2  # the second delivery repeats the first
    assert all(key.startswith("ecds:") for key in keys)


def test_both_layouts_give_the_same_columns(delivered) -> None:
    hes = ["AEKEY", "PSEUDO_HESID", "PROCODE3", "GPPRAC", "ARRIVALDATE", "ARRIVALTIME", "AEDEPTTYPE", "AEATTENDCAT"]
    names = (*hes, "AEATTENDDISP", "SUSHRG")
    one = emergency_care.rows_of_hes(delivered([dict.fromkeys(names, None)])).schema()
    other = ecds.rows_of_ecds(delivered([ROW])).schema()
    assert {name: kind for name, kind in other.items() if name not in ("same_day_care", "departed")} == dict(one)
