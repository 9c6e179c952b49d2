"""Outpatients: only the seen count; the same appointment counts once."""

import pytest

from pipeline.cleaning import outpatients
from pipeline.study import CleaningRules

ROW = {
    "ATTENDKEY": "100", "PSEUDO_HESID": "P1", "APPTDATE": "2016-04-30", "ATTENDED": "5", "FIRSTATT": "1", "ADMINCAT": "01",
    "GPPRAC": "A80001", "PROCODE3": "ZT1", "MAINSPEF": "300", "TRETSPEF": "300", "SUSHRG": "WF01B",
}  # fmt: skip


ATTENDED = [
    ("5", "kept", ""), ("6", "kept", ""), ("0", "out_of_scope", "not attended"), ("2", "out_of_scope", "not attended"),
    ("3", "out_of_scope", "not attended"), ("4", "out_of_scope", "not attended"), ("7", "out_of_scope", "not attended"),
    ("9", "out_of_scope", "outcome not known"), (None, "out_of_scope", "outcome not known"),
    ("8", "quarantined", "ATTENDED is not one of its codes"),
]  # fmt: skip
RULINGS = [
    ({"PSEUDO_HESID": ""}, "PSEUDO_HESID is empty"),
    ({"ATTENDKEY": None}, "ATTENDKEY is empty"),
    ({"APPTDATE": "1800-01-01"}, "APPTDATE is empty or not a date"),
]
SAME = [
    ({}, 1), ({"MAINSPEF": "301"}, 2), ({"TRETSPEF": "301"}, 2), ({"PROCODE3": "ZT2"}, 2), ({"APPTDATE": "2016-05-01"}, 2),
    ({"ATTENDED": "6"}, 2), ({"PSEUDO_HESID": "P2"}, 2), ({"FIRSTATT": "2"}, 1),
]  # fmt: skip
MISSED_THEN_SEEN = [ROW | {"ATTENDED": "3"}, ROW | {"ATTENDKEY": "101"}]
ODD_CODES = [ROW | {"TRETSPEF": "&\t ", "MAINSPEF": " 300", "COST_GBP": "0"}]


@pytest.fixture(scope="module")
def seen(clean_apart):
    cases = [[ROW | {"ATTENDED": code}] for code, _, _ in ATTENDED] + [[ROW | differs] for differs, _ in RULINGS]
    cases += [[ROW, ROW | {"ATTENDKEY": "101"} | differs] for differs, _ in SAME] + [MISSED_THEN_SEEN, ODD_CODES]
    return clean_apart(
        cases, lambda rows: outpatients.appointments(rows, rules=CleaningRules()), key=("ATTENDKEY", "appointment_key")
    )


@pytest.mark.parametrize("number", range(len(ATTENDED)), ids=lambda number: str(ATTENDED[number][0]))
def test_attended_only(number: int, seen) -> None:
    assert seen[number].fates == {1: (*ATTENDED[number][1:], 0)}


@pytest.mark.parametrize("number", range(len(RULINGS)), ids=lambda number: RULINGS[number][1])
def test_quarantined(number: int, seen) -> None:
    assert seen[len(ATTENDED) + number].fates == {1: ("quarantined", RULINGS[number][1], 0)}


@pytest.mark.parametrize("number", range(len(SAME)), ids=lambda number: str(SAME[number][0]))
def test_the_same_appointment(number: int, seen) -> None:
    assert len(seen[len(ATTENDED) + len(RULINGS) + number].rows) == SAME[number][1]


def test_a_missed_and_a_kept_appointment_are_not_duplicates(seen) -> None:
    assert [fate[0] for fate in seen[-2].fates.values()] == ["out_of_scope", "kept"]


def test_codes_are_text_and_ampersand_is_null(seen) -> None:
    (row,) = seen[-1].rows
    assert (row["treatment_function"], row["main_specialty"], row["supplier_cost_pence"]) == (None, "300", 0)
    assert (row["month"], row["financial_year"]) == ("2016-04", "2016-17")


def test_every_out_of_scope_row_has_its_clause(delivered) -> None:
    rows = delivered([ROW | {"ATTENDED": "3"}, ROW | {"ATTENDED": "9"}])
    fates = outpatients.appointments(rows, rules=CleaningRules()).fates.execute()
    assert dict(zip(fates["row_no"], fates["clause"], strict=True)) == {
        1: outpatients.ATTENDED_ONLY, 2: outpatients.UNKNOWN_OUTCOME,
    }  # fmt: skip
