"""Rules that a protocol may turn: each does what it says, its default is the rule as it was, and the fate says so."""

import pytest

from pipeline.cleaning import admitted_care, emergency_care, outpatients, summary
from pipeline.study import CleaningRules

EPISODE = {
    "EPIKEY": "1", "PSEUDO_HESID": "P1", "PROCODE3": "ZT1", "EPISTAT": "3", "EPIORDER": "1", "ADMIMETH": "21", "ADMISORC": "19",
    "DISDEST": "19", "DISMETH": "1", "CLASSPAT": "1", "ADMINCAT": "01", "STARTAGE": "60", "GPPRAC": "A80001", "MAINSPEF": "300",
    "TRETSPEF": "300", "SUSHRG": "DZ21A", "SUSCOREHRG": "DZ21A", "ADMIDATE": "2015-06-01", "EPISTART": "2015-06-01",
    "EPIEND": "2015-06-03", "DISDATE": "2015-06-03",
}  # fmt: skip
APPOINTMENT = {
    "ATTENDKEY": "100", "PSEUDO_HESID": "P1", "APPTDATE": "2016-04-30", "ATTENDED": "5", "FIRSTATT": "1", "ADMINCAT": "01",
    "GPPRAC": "A80001", "PROCODE3": "ZT1", "MAINSPEF": "300", "TRETSPEF": "300", "SUSHRG": None,
}  # fmt: skip
ATTENDANCE = {
    "AEKEY": "100", "PSEUDO_HESID": "P1", "ARRIVALDATE": "2016-02-29", "ARRIVALTIME": "1000", "AEATTENDCAT": "1",
    "AEATTENDDISP": "03", "AEDEPTTYPE": "01", "GPPRAC": "A80001", "PROCODE3": "ZT1", "SUSHRG": "VB08Z", "DIAG2_01": "38",
    "TREAT2_01": "22",
}  # fmt: skip


def told(cleaned) -> list[tuple[str, str, str]]:
    frame = cleaned.fates.execute().sort_values("row_no").fillna("")
    return list(zip(frame["fate"], frame["reason"], frame["clause"], strict=True))


def test_a_contact_under_another_key_may_stay(delivered) -> None:
    keep = CleaningRules(same_contact_under_another_key="kept")
    for clean, rows in (
        (admitted_care.spells, [EPISODE, EPISODE | {"EPIKEY": "2"}]),
        (outpatients.appointments, [APPOINTMENT, APPOINTMENT | {"ATTENDKEY": "101"}]),
        (emergency_care.attendances, [ATTENDANCE, ATTENDANCE | {"AEKEY": "101", "ARRIVALTIME": "1010"}]),
    ):
        assert sorted(fate for fate, _, _ in told(clean(delivered(rows), rules=CleaningRules()))) == ["kept", "merged"]
        assert [fate for fate, _, _ in told(clean(delivered(rows), rules=keep))] == ["kept", "kept"]
        again = [rows[0], rows[0]]  # one key twice is one row, whatever the protocol says
        assert sorted(fate for fate, _, _ in told(clean(delivered(again), rules=keep))) == ["kept", "merged"]


def test_an_admission_date_may_not_be_filled(delivered) -> None:
    rows = delivered([EPISODE | {"ADMIDATE": None}])
    assert told(admitted_care.spells(rows, rules=CleaningRules())) == [("kept", admitted_care.FILLED_ADMISSION, "")]
    strict = CleaningRules(admission_date_from_first_episode=False)
    assert told(admitted_care.spells(rows, rules=strict)) == [("quarantined", "ADMIDATE is empty or not a date", "")]


@pytest.mark.parametrize("code", ["9", None])
def test_an_unknown_outcome_may_count(delivered, code: str | None) -> None:
    rows = delivered([APPOINTMENT | {"ATTENDED": code}])
    assert told(outpatients.appointments(rows, rules=CleaningRules())) == [
        ("out_of_scope", outpatients.NOT_KNOWN, outpatients.UNKNOWN_OUTCOME)
    ]
    counted = outpatients.appointments(rows, rules=CleaningRules(outpatient_outcome_not_known="counted"))
    assert told(counted) == [("kept", outpatients.NOT_KNOWN, "")]


#: HRG, FIRSTATT, kind: the HRG wins; letters run B first, A follow-up, D and C the same not face to face
KINDS = [
    ("WF01B", "2", "first"), ("WF02A", "1", "follow_up"), ("WF01D", "1", "first_not_face_to_face"),
    ("WF02C", "2", "follow_up_not_face_to_face"), ("JC05C", "1", "procedure"), (None, "1", "first"), (None, "2", "follow_up"),
    (None, "3", "first_not_face_to_face"), (None, "4", "follow_up_not_face_to_face"), ("UZ01Z", "2", "follow_up"),
    (None, "9", None), ("&", "1", "first"),
]  # fmt: skip


@pytest.fixture(scope="module")
def attendances(delivered):
    return delivered(
        [APPOINTMENT | {"ATTENDKEY": f"{n}", "PSEUDO_HESID": f"P{n}", "SUSHRG": hrg, "FIRSTATT": first}
         for n, (hrg, first, _) in enumerate(KINDS)]
    )  # fmt: skip


def test_kinds_of_outpatient_attendance(attendances) -> None:
    clean = outpatients.appointments(attendances, rules=CleaningRules()).table.execute().set_index("appointment_key")
    found = [clean.loc[f"{n}", "attendance_kind"] for n in range(len(KINDS))]
    assert [None if kind != kind else kind for kind in found] == [kind for _, _, kind in KINDS]


def test_kinds_are_counted(attendances) -> None:
    counted = summary.by_kind(outpatients.appointments(attendances, rules=CleaningRules()).table)
    assert dict(zip(counted["kind"], counted["attendances"], strict=True)) == {
        "first": 3, "follow_up": 3, "procedure": 1, "not known": 1,
        "first_not_face_to_face": 2, "follow_up_not_face_to_face": 2,
    }  # fmt: skip


def test_not_face_to_face_may_be_out_of_scope(attendances) -> None:
    rules = CleaningRules(outpatients_not_face_to_face="out_of_scope")
    fates = told(outpatients.appointments(attendances, rules=rules))
    remote = ("out_of_scope", "not face to face", outpatients.NOT_FACE_TO_FACE)
    outside = [n for n, fate in enumerate(fates) if fate == remote]
    assert outside == [n for n, (_, _, kind) in enumerate(KINDS) if kind and kind.endswith("not_face_to_face")]
    assert all(fate == "kept" for n, (fate, _, _) in enumerate(fates) if n not in outside)
