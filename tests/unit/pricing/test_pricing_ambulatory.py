"""Reasons of the A&E and outpatient rules on the made-up workbook of conftest (RXB has factor 1)."""

from datetime import date

import pytest

from pipeline import tables
from pipeline.pricing.appointments import price_appointments
from pipeline.pricing.attendances import price_attendances
from pipeline.study import PricingRules

#: HRG, department type -> state, pence, reason
ATTENDANCES = [
    ("VB01Z", "01", "priced", 20000, "type 1 or 2 department"),
    ("VB01Z", "03", "priced", 6000, "type 3 department, flat price"),
    ("VB44Z", "03", "priced", 6000, "type 3 department, flat price"),  # an odd VB code takes the flat price too
    (None, "03", "priced", 6000, "type 3 department, flat price; no HRG"),
    ("AA10A", "03", "no_price", None, "HRG is not on the 2016-17 A&E price list"),
    ("VB44Z", "01", "no_price", None, "HRG is not on the 2016-17 A&E price list"),
    ("VB10Z", "01", "no_price", None, "HRG has no price for this department type"),
    ("UZ01Z", "03", "ungroupable", None, "HRG UZ01Z: data invalid for grouping"),
    (None, "02", "missing", None, "no HRG"),
    ("VB01Z", None, "missing", None, "department type not known"),
    ("VB01Z", "77", "missing", None, "department type not known"),
    ("VB01Z", "04", "out_of_scope", None, "walk-in centre (type 4): outside the national tariff"),
    (
        None,
        "04",
        "out_of_scope",
        None,
        "walk-in centre (type 4): outside the national tariff; no HRG, as SUS leaves what it excludes",
    ),
]
#: HRG, FIRSTATT, TRETSPEF, MAINSPEF -> point of delivery, state, pence, reason
APPOINTMENTS = [
    ("WF01B", "1", "300", "300", "op_first", "priced", 10000, "first attendance, single-professional"),
    ("WF02A", "2", "300", "300", "op_follow_up", "priced", 7500, "follow-up attendance, multi-professional"),
    (
        "WF01A",
        "1",
        "300",
        "300",
        "op_follow_up",
        "priced",
        5000,
        "follow-up attendance, single-professional; FIRSTATT says otherwise than the HRG",
    ),
    (
        None,
        "1",
        "300",
        "300",
        "op_first",
        "priced",
        10000,
        "first attendance, single-professional; no HRG, single professional assumed",
    ),
    (
        "AA11A",
        "2",
        "300",
        "300",
        "op_follow_up",
        "priced",
        5000,
        "follow-up attendance, single-professional; HRG without outpatient procedure price, single professional assumed",
    ),
    ("AA10A", "1", "300", "300", "op_procedure", "priced", 15000, "outpatient procedure"),
    ("AA10A", None, None, None, "op_procedure", "priced", 15000, "outpatient procedure"),
    ("PB03Z", "1", "300", "300", "op_procedure", "priced", 0, "outpatient procedure"),
    (
        "WF01A",
        "2",
        "329",
        "300",
        "op_follow_up",
        "no_price",
        None,
        "treatment function has no price for this kind of attendance",
    ),
    (None, "2", "329", "300", "op_follow_up", "no_price", None, "treatment function has no price for this kind of attendance"),
    (None, "1", "999", "300", "op_first", "no_price", None, "treatment function is not on the 2016-17 price list"),
    (None, "3", "300", "300", "op_first", "no_price", None, "not face to face: no national price"),
    ("WF01D", "1", "300", "300", "op_first", "no_price", None, "not face to face: no national price"),
    ("UZ01Z", "2", "300", "300", "op_follow_up", "ungroupable", None, "HRG UZ01Z: data invalid for grouping"),
    (None, "9", "300", "300", "op_follow_up", "missing", None, "first or follow-up not known"),
    (None, "1", None, "300", "op_first", "missing", None, "treatment function not known"),
    (
        "WF01B",
        "5",
        "300",
        "300",
        "op_first",
        "out_of_scope",
        None,
        "referral-to-treatment administrative event, not an attendance",
    ),
    (
        "WF01B",
        "1",
        "300",
        "904",
        "op_first",
        "out_of_scope",
        None,
        "attendance that is not consultant-led: outside the national tariff",
    ),
    ("WF01B", "1", "560", "300", "op_first", "out_of_scope", None, "maternity pathway: paid outside the attendance prices"),
    ("WF01B", "1", "424", "300", "op_first", "out_of_scope", None, "treatment function that the national tariff excludes"),
]


@pytest.fixture
def priced(tariff, at_2016_17, store, engine_table):
    def run(price, rows, schema):
        done = price(engine_table(rows, schema), tariff=tariff, prices=at_2016_17, rules=PricingRules(), con=store.con)
        assert done.schema() == tables.PRICED_ACTIVITY
        return done.order_by("activity_key").to_pyarrow().to_pylist()

    return run


def test_every_branch_of_the_ae_rule(priced) -> None:
    rows = [
        {"attendance_key": f"{n:02d}", "hrg": hrg, "department_type": kind, "provider": "RXB", "arrival_date": date(2016, 5, 2)}
        for n, (hrg, kind, *_) in enumerate(ATTENDANCES)
    ]
    got = priced(price_attendances, rows, tables.ATTENDANCES)
    seen = [
        (case[0], case[1], r["price_state"], r["price_pence"], r["price_reason"])
        for case, r in zip(ATTENDANCES, got, strict=True)
    ]
    assert seen == ATTENDANCES
    assert [r["department_type"] for r in got] == [kind or "" for _, kind, *_ in ATTENDANCES]
    assert {r["pod"] for r in got} == {"ae"}


def test_every_branch_of_the_outpatient_rule(priced) -> None:
    names = ("hrg", "first_attendance", "treatment_function", "main_specialty")
    rows = [
        dict(zip(names, case, strict=False)) | {"appointment_key": f"{n:02d}", "provider": "RXB"}
        for n, case in enumerate(APPOINTMENTS)
    ]
    got = priced(price_appointments, rows, tables.APPOINTMENTS)
    seen = [
        (*case[:4], r["pod"], r["price_state"], r["price_pence"], r["price_reason"])
        for case, r in zip(APPOINTMENTS, got, strict=True)
    ]
    assert seen == APPOINTMENTS


def test_a_procedure_is_looked_up_by_hrg_and_an_attendance_by_treatment_function(priced) -> None:
    rows = [
        {"appointment_key": "1", "hrg": "AA10A", "treatment_function": "300", "provider": "RXB"},
        {"appointment_key": "2", "hrg": "WF01B", "treatment_function": "300", "provider": "RXB"},
    ]
    assert [r["currency"] for r in priced(price_appointments, rows, tables.APPOINTMENTS)] == ["AA10A", "300"]


def test_a_private_patient_is_out_of_scope_whatever_was_done(priced) -> None:
    rows = [{"appointment_key": "1", "hrg": "AA10A", "admin_category": "02", "provider": "RXB"}]
    assert priced(price_appointments, rows, tables.APPOINTMENTS)[0]["price_state"] == "out_of_scope"
