"""A&E attendances of the `hes_ae` layout (to 2019/20).

Belongs here: the rulings on its rows, and duplicates within minutes of arrival. Does not belong here: whether an attendance
was planned (the category is handed on and the protocol chooses), prices by department type, the other A&E feed (`ecds`) and
where the two overlap (`emergency_feeds`).
"""

from collections.abc import Sequence

import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning import Cleaned, codes
from pipeline.cleaning.arrivals import near
from pipeline.cleaning.duplicates import Search, key, preference_columns, same
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.reading import cell, date, financial_year, minutes, month, pence, stripped
from pipeline.study import CleaningRules

SAME_RECORD = "the same attendance delivered again"

RULINGS = (
    Ruling("quarantined", "PSEUDO_HESID is empty", lambda a: a.person.isnull()),
    Ruling("quarantined", "AEKEY is empty", lambda a: a.attendance_key.isnull()),
    Ruling("quarantined", "ARRIVALDATE is empty or not a date", lambda a: a.arrival_date.isnull()),
    Ruling("kept", "COST_GBP is not a sum of money", lambda a: a.stated_cost.notnull() & a.supplier_cost_pence.isnull()),
)


def attendances(rows: ir.Table, *, rules: CleaningRules) -> Cleaned:
    """`tables.ATTENDANCES`, first and follow-up, planned and unplanned, counted in the month of arrival.

    Merged: rows of one AEKEY, and rows of one person, day, provider, first diagnosis and first treatment whose arrivals lie
    within `rules.ae_duplicate_minutes` of the row that stays. Rows without an arrival time are only merged by AEKEY. Pairs
    that straddle midnight are not found.
    """
    return Cleaned(judge(rows_of_hes(rows), RULINGS), dated, searches(rules))


def searches(rules: CleaningRules) -> Sequence[Search]:
    """How an attendance that stands twice in one feed is found, by its columns same_record and same_attendance."""
    by_minutes = [near("same_attendance", rules=rules)] if rules.same_contact_under_another_key == "merged" else []
    return [same("same_record", rules=rules, reason=SAME_RECORD), *by_minutes]


def dated(clean: ir.Table) -> ir.Table:
    """Kept rows as `tables.ATTENDANCES`."""
    return tables.cast(
        clean.mutate(month=month(clean.arrival_date), financial_year=financial_year(clean.arrival_date)), tables.ATTENDANCES
    )


def rows_of_hes(rows: ir.Table) -> ir.Table:
    """Delivered `hes_ae` rows typed: the columns of an attendance, and what duplicates are sought by."""
    rows = stripped(rows)
    attendance_key = codes.known(cell(rows, "AEKEY"), "0")
    typed = rows.select(
        **origin(rows),
        **preference_columns(rows, record=attendance_key),
        attendance_key=attendance_key,
        same_record=attendance_key,
        person=cell(rows, "PSEUDO_HESID"),
        provider=codes.known(cell(rows, "PROCODE3"), *codes.NO_PROVIDER),
        practice=codes.known(cell(rows, "GPPRAC"), *codes.NO_PRACTICE),
        arrival_date=date(cell(rows, "ARRIVALDATE")),
        arrival_minute=minutes(cell(rows, "ARRIVALTIME")),
        department_type=codes.department_type(cell(rows, "AEDEPTTYPE")),
        attendance_category=codes.known(cell(rows, "AEATTENDCAT"), "9"),
        disposal=codes.known(cell(rows, "AEATTENDDISP"), "99"),
        hrg=codes.known(cell(rows, "SUSHRG"), *codes.NO_CODE),
        diagnosis=codes.known(cell(rows, "DIAG2_01"), *codes.NO_DIAGNOSIS),
        treatment=codes.known(cell(rows, "TREAT2_01"), *codes.NO_CODE),
        stated_cost=cell(rows, "COST_GBP"),
        supplier_cost_pence=pence(cell(rows, "COST_GBP")),
    )
    same = key(typed.person, typed.arrival_date, typed.provider, typed.diagnosis, typed.treatment)
    return typed.mutate(same_attendance=typed.arrival_minute.notnull().ifelse(same, None))
