"""Attended outpatient appointments of the `hes_op` layout.

Belongs here: the rulings on its rows and their duplicates. Does not belong here: which attendances have a price.
"""

import ibis
import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning import Cleaned, codes
from pipeline.cleaning.duplicates import alike, key, preference_columns, same
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.reading import cell, date, financial_year, month, pence, stripped
from pipeline.study import CleaningRules

#: HES ATTENDED: on time; late, but seen
SEEN = ("5", "6")
ATTENDED_ONLY = "National tariff: attended appointments only (ATTENDED 5 or 6)"
UNKNOWN_OUTCOME = "This software's choice: an appointment whose outcome is not known (ATTENDED 9 or empty) is not counted"
SAME_APPOINTMENT = "the same appointment delivered again"

NOT_FACE_TO_FACE = "Protocol, cleaning.outpatients_not_face_to_face: attendances by telephone or video do not count"
NOT_KNOWN = "outcome not known"


def rulings(rules: CleaningRules) -> list[Ruling]:
    """What becomes of a row, in order, by the protocol."""
    counted = rules.outpatient_outcome_not_known == "counted"
    remote = Ruling("out_of_scope", "not face to face", _not_face_to_face, NOT_FACE_TO_FACE)
    return [
        Ruling("out_of_scope", "not attended", lambda a: a.attended.isin(("0", "2", "3", "4", "7")), ATTENDED_ONLY),
        *([] if counted else [Ruling("out_of_scope", NOT_KNOWN, _not_known, UNKNOWN_OUTCOME)]),
        Ruling("quarantined", "ATTENDED is not one of its codes", lambda a: ~a.attended.isin(SEEN) & ~_not_known(a)),
        Ruling("quarantined", "PSEUDO_HESID is empty", lambda a: a.person.isnull()),
        Ruling("quarantined", "ATTENDKEY is empty", lambda a: a.appointment_key.isnull()),
        Ruling("quarantined", "APPTDATE is empty or not a date", lambda a: a.appointment_date.isnull()),
        *([remote] if rules.outpatients_not_face_to_face == "out_of_scope" else []),
        *([Ruling("kept", NOT_KNOWN, _not_known)] if counted else []),
        Ruling("kept", "COST_GBP is not a sum of money", lambda a: a.stated_cost.notnull() & a.supplier_cost_pence.isnull()),
    ]


def _not_known(a: ir.Table) -> ir.BooleanValue:
    return a.attended.isnull() | (a.attended == "9")


def _not_face_to_face(a: ir.Table) -> ir.BooleanValue:
    return a.attendance_kind.endswith("not_face_to_face").fill_null(False)


def _kind(hrg: ir.StringValue, first_attendance: ir.StringValue) -> ir.StringValue:
    """`vocabulary.ATTENDANCE_KINDS` by HRG, which wins, else by FIRSTATT; letters of an attendance HRG run B, A, D, C."""
    return ibis.cases(
        (hrg.re_search(r"^WF0[12]B$"), "first"),
        (hrg.re_search(r"^WF0[12]A$"), "follow_up"),
        (hrg.re_search(r"^WF0[12]D$"), "first_not_face_to_face"),
        (hrg.re_search(r"^WF0[12]C$"), "follow_up_not_face_to_face"),
        (hrg.notnull() & (hrg != "UZ01Z"), "procedure"),
        (first_attendance == "1", "first"),
        (first_attendance == "2", "follow_up"),
        (first_attendance == "3", "first_not_face_to_face"),
        (first_attendance == "4", "follow_up_not_face_to_face"),
        else_=ibis.null("string"),
    )


def appointments(rows: ir.Table, *, rules: CleaningRules) -> Cleaned:
    """`tables.APPOINTMENTS`: seen patients only, counted in the month of the appointment.

    Merged: rows of one ATTENDKEY, and rows of one person, day, provider, main specialty, treatment function and ATTENDED.
    """
    searches = [
        same(by, rules=rules, reason=SAME_APPOINTMENT) for by in alike("appointment_key", "same_appointment", rules=rules)
    ]
    return Cleaned(judge(_appointments(rows), rulings(rules)), _dated, searches)


def _dated(clean: ir.Table) -> ir.Table:
    dated = clean.mutate(month=month(clean.appointment_date), financial_year=financial_year(clean.appointment_date))
    return tables.cast(dated, tables.APPOINTMENTS)


def _appointments(rows: ir.Table) -> ir.Table:
    rows = stripped(rows)
    appointment_key = cell(rows, "ATTENDKEY")
    typed = rows.select(
        **origin(rows),
        **preference_columns(rows, record=appointment_key),
        appointment_key=appointment_key,
        person=cell(rows, "PSEUDO_HESID"),
        provider=codes.known(cell(rows, "PROCODE3"), *codes.NO_PROVIDER),
        practice=codes.known(cell(rows, "GPPRAC"), *codes.NO_PRACTICE),
        appointment_date=date(cell(rows, "APPTDATE")),
        attended=cell(rows, "ATTENDED"),
        first_attendance=cell(rows, "FIRSTATT"),
        admin_category=codes.known(cell(rows, "ADMINCAT"), *codes.NOT_KNOWN_98_99),
        main_specialty=codes.known(cell(rows, "MAINSPEF"), *codes.NO_CODE),
        treatment_function=codes.known(cell(rows, "TRETSPEF"), *codes.NO_CODE),
        hrg=codes.known(cell(rows, "SUSHRG"), *codes.NO_CODE),
        stated_cost=cell(rows, "COST_GBP"),
        supplier_cost_pence=pence(cell(rows, "COST_GBP")),
    )
    return typed.mutate(
        attendance_kind=_kind(typed.hrg, typed.first_attendance),
        same_appointment=key(
            typed.person, typed.appointment_date, typed.provider, typed.main_specialty, typed.treatment_function, typed.attended
        ),
    )
