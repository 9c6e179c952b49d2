"""A&E attendances of the `ecds` layout (from October 2017), brought to the codes of HES A&E.

Belongs here: the rulings on its rows, and what its codes are called in HES A&E. Does not belong here: where it overlaps with
HES A&E (`emergency_feeds`), duplicates within minutes of arrival (`arrivals`).

The layout has no attendance key, so one is made of where a row stands: delivery and row number. It is the same for the same
delivery, never the key of two rows, and tells nothing of a person.
Sources of the codes: SNOMED of discharge destination, UKHSA epidm (inpatient_lookups); of discharge status and follow-up, the
reference sets of the Emergency Care Data Set (UK Core EmergencyCareDischargeStatus, HL7 UK); attendance category, NHS Data
Dictionary. Codes that no source names have no counterpart here: null, which the price does not depend on.
"""

import ibis
import ibis.expr.types as ir

from pipeline.cleaning import Cleaned, codes
from pipeline.cleaning.duplicates import key, preference_columns
from pipeline.cleaning.emergency_care import dated, searches
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.reading import cell, date, minutes, pence, stripped
from pipeline.study import CleaningRules

#: type 05 came with ECDS; in HES A&E there is no such department, so that counting it would be a step of definition
SAME_DAY_EMERGENCY_CARE = "This software's choice: A&E departments of types 01 to 04, as HES A&E has them"

#: first; unplanned follow-up at this and at another department; planned follow-up
CATEGORIES = {"1": "1", "2": "3", "3": "3", "4": "2"}
#: left before initial assessment, after it, before treatment was completed
LEFT = ("1066301000000103", "1066311000000101", "1066321000000107")
#: died in the department, dead on arrival
DIED = ("75004002", "63238001")
DIED_DESTINATION = "305398007"
#: ward, high dependency, intensive care, coronary care; short stay and ambulatory units are no admission by themselves
ADMITTED = ("306706006", "1066361000000104", "1066391000000105", "1066371000000106")
TRANSFERRED = "19712007"
#: to the general practitioner; no follow-up planned
FOLLOW_UP_BY_GP, NO_FOLLOW_UP = "989501000000106", "3780001"

RULINGS = (
    Ruling("out_of_scope", "same-day emergency care (type 05)", lambda a: a.same_day_care, SAME_DAY_EMERGENCY_CARE),
    Ruling("quarantined", "PSEUDO_HESID is empty", lambda a: a.person.isnull()),
    Ruling("quarantined", "ARRIVAL_DATE is empty or not a date", lambda a: a.arrival_date.isnull()),
    Ruling("kept", "FINAL_PRICE is not a sum of money", lambda a: a.stated_cost.notnull() & a.supplier_cost_pence.isnull()),
)


def attendances(rows: ir.Table, *, rules: CleaningRules) -> Cleaned:
    """`tables.ATTENDANCES` of this feed alone.

    Merged: rows alike in every column of an attendance, and rows of one person, day, provider, first diagnosis and first
    treatment whose arrivals lie within `rules.ae_duplicate_minutes` of the row that stays.
    diagnosis is SNOMED CT here. supplier_cost_pence is FINAL_PRICE, in which the market forces factor is already.
    """
    return Cleaned(judge(rows_of_ecds(rows), RULINGS), dated, searches(rules))


def rows_of_ecds(rows: ir.Table) -> ir.Table:
    """Delivered `ecds` rows typed, with the columns of `emergency_care.rows_of_hes` and same_day_care."""
    rows = stripped(rows)
    made_key = ibis.literal("ecds:") + rows.DELIVERY + ":" + rows.ROW_NO.cast("string")
    department = cell(rows, "DEPARTMENT_TYPE")
    category, final_price = cell(rows, "ATTENDANCE_CATEGORY"), cell(rows, "FINAL_PRICE")
    typed = rows.select(
        **origin(rows),
        **preference_columns(rows, record=made_key),
        attendance_key=made_key,
        person=cell(rows, "PSEUDO_HESID"),
        provider=_provider(rows),
        practice=_practice(rows),
        arrival_date=date(cell(rows, "ARRIVAL_DATE")),
        arrival_minute=minutes(cell(rows, "ARRIVAL_TIME")),
        department_type=codes.department_type(department),
        same_day_care=department.re_search(r"^0?5$").fill_null(False),
        attendance_category=ibis.cases(*[(category == ours, hes) for ours, hes in CATEGORIES.items()]),
        disposal=_disposal(rows),
        hrg=codes.known(cell(rows, "HEALTH_RESOURCE_GROUP"), *codes.NO_CODE),
        diagnosis=codes.known(cell(rows, "DIAGNOSIS_CODE_1"), *codes.NO_DIAGNOSIS),
        treatment=codes.known(cell(rows, "TREATMENT_CODE_1"), *codes.NO_CODE),
        stated_cost=final_price,
        supplier_cost_pence=pence(final_price),
        departed=key(cell(rows, "DEPARTURE_DATE"), cell(rows, "DEPARTURE_TIME")),
    )
    who = (typed.person, typed.arrival_date, typed.provider, typed.diagnosis, typed.treatment)
    whole = (typed.arrival_minute, typed.departed, typed.department_type, typed.attendance_category, typed.disposal, typed.hrg)
    return typed.mutate(
        same_record=ibis.literal("ecds|") + key(*who, *whole),
        same_attendance=typed.arrival_minute.notnull().ifelse(ibis.literal("ecds|") + key(*who), None),
    )


def _provider(rows: ir.Table) -> ir.StringValue:
    """As derived, else as submitted; the first three characters, as PROCODE3 is."""
    derived, submitted = (codes.known(cell(rows, c), *codes.NO_PROVIDER) for c in ("PROVIDER_CODE_DERIVED", "PROVIDER_CODE"))
    return derived.coalesce(submitted).substr(0, 3)


def _practice(rows: ir.Table) -> ir.StringValue:
    """As submitted, which is what GPPRAC is, else as traced."""
    submitted, traced = (
        codes.known(cell(rows, c), *codes.NO_PRACTICE) for c in ("PRACTICE_CODE_PATIENT_REGISTRATION", "PDS_GENERAL_PRACTICE")
    )
    return submitted.coalesce(traced)


def _disposal(rows: ir.Table) -> ir.StringValue:
    """AEATTENDDISP: status before destination before follow-up, since leaving untreated and dying are told by the status."""
    status, destination, follow_up = (
        cell(rows, f"DISCHARGE_{what}") for what in ("STATUS", "DESTINATION", "FOLLOW_UP")
    )  # fmt: skip
    return ibis.cases(
        (status.isin(LEFT), "12"),
        (status.isin(DIED) | (destination == DIED_DESTINATION), "10"),
        (destination.isin(ADMITTED), "01"),
        (destination == TRANSFERRED, "07"),
        ((follow_up == FOLLOW_UP_BY_GP) | (destination == FOLLOW_UP_BY_GP), "02"),
        (follow_up == NO_FOLLOW_UP, "03"),
        else_=ibis.null("string"),
    )
