"""Attended outpatient appointments of the `hes_op` layout.

Belongs here: the rulings on its rows and their duplicates. Does not belong here: which attendances have a price.
"""

import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning import Cleaned, codes
from pipeline.cleaning.duplicates import key, preference_columns, same
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.reading import cell, date, financial_year, month, pence, stripped
from pipeline.study import CleaningRules

#: HES ATTENDED: on time; late, but seen
SEEN = ("5", "6")
ATTENDED_ONLY = "National tariff: attended appointments only (ATTENDED 5 or 6)"
UNKNOWN_OUTCOME = "This software's choice: an appointment whose outcome is not known (ATTENDED 9 or empty) is not counted"
SAME_APPOINTMENT = "the same appointment delivered again"

RULINGS = (
    Ruling("out_of_scope", "not attended", lambda a: a.attended.isin(("0", "2", "3", "4", "7")), ATTENDED_ONLY),
    Ruling("out_of_scope", "outcome not known", lambda a: a.attended.isnull() | (a.attended == "9"), UNKNOWN_OUTCOME),
    Ruling("quarantined", "ATTENDED is not one of its codes", lambda a: ~a.attended.isin(SEEN)),
    Ruling("quarantined", "PSEUDO_HESID is empty", lambda a: a.person.isnull()),
    Ruling("quarantined", "ATTENDKEY is empty", lambda a: a.appointment_key.isnull()),
    Ruling("quarantined", "APPTDATE is empty or not a date", lambda a: a.appointment_date.isnull()),
    Ruling("kept", "COST_GBP is not a sum of money", lambda a: a.stated_cost.notnull() & a.supplier_cost_pence.isnull()),
)


def appointments(rows: ir.Table, *, rules: CleaningRules) -> Cleaned:
    """`tables.APPOINTMENTS`: seen patients only, counted in the month of the appointment.

    Merged: rows of one ATTENDKEY, and rows of one person, day, provider, main specialty, treatment function and ATTENDED.
    """
    searches = [same(by, rules=rules, reason=SAME_APPOINTMENT) for by in ("appointment_key", "same_appointment")]
    return Cleaned(judge(_appointments(rows), RULINGS), _dated, searches)


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
        same_appointment=key(
            typed.person, typed.appointment_date, typed.provider, typed.main_specialty, typed.treatment_function, typed.attended
        )
    )
