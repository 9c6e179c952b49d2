"""A&E attendances and outpatient appointments priced by hand from the official workbooks.

Prices as printed, GBP. A&E 2016/17: VB01Z 246, VB09Z 83, VB11Z 57, type 3 always 57; 2017/18: VB01Z 322, VB99Z 91, type 3 63;
2018/19: VB01Z 328, VB99Z 93. Outpatients 2016/17 (WF01B, WF02B, WF01A, WF02A): TFC 300 183, 259, 108, 139; 320 166, 230, 96,
148; 329 306, 306, -, -; 812 0, 0, 0, 0; 2017/18: 300 190 first, 95 follow-up. Column D 2016/17: FZ51Z 441, JC05C 129, EB03H -.
MFF: RTD 1.035817, RR7 1.028218.
"""

from datetime import date
from pathlib import Path

import pytest

from pipeline import tables
from pipeline.pricing.appointments import price_appointments
from pipeline.pricing.attendances import price_attendances
from pipeline.pricing.tariff import Tariff, read_workbook, together
from pipeline.store import Store
from pipeline.study import Prices, PricingRules

#: HRG, department type, provider -> state, pence by hand
ATTENDANCES = {
    "2016-17": [
        ("VB01Z", "01", "RTD", "priced", 25481),  # 246 x 1.035817 = 254.810982
        ("VB01Z", "02", "RTD", "priced", 25481),
        ("VB01Z", "03", "RTD", "priced", 5904),  # 57 x 1.035817 = 59.041569
        ("VB01Z", "01", "RR7", "priced", 25294),  # 246 x 1.028218 = 252.941628
        ("VB04Z", "01", "RR7", "priced", 17891),  # 174 x 1.028218 = 178.909932
        ("VB11Z", "01", "RR7", "priced", 5861),  # 57 x 1.028218 = 58.608426
        ("VB99Z", "01", "RTD", "priced", 8597),  # priced as VB09Z: 83 x 1.035817 = 85.972811
        (None, "03", "RTD", "priced", 5904),  # type 3 is flat, HRG or none
        (None, "01", "RTD", "missing", None),  # not VB11Z
        ("VB01Z", "04", "RTD", "out_of_scope", None),
        ("VB01Z", None, "RTD", "missing", None),
        ("UZ01Z", "01", "RTD", "ungroupable", None),
        ("VB77Z", "01", "RTD", "no_price", None),
        ("VB01Z", "01", "NT4", "missing", None),
    ],
    "2017-18": [
        ("VB01Z", "01", "RTD", "priced", 33353),  # 322 x 1.035817 = 333.533074
        ("VB01Z", "03", "RTD", "priced", 6526),  # 63 x 1.035817 = 65.256471
        ("VB99Z", "01", "RTD", "priced", 9426),  # 91 x 1.035817 = 94.259347
    ],
    "2018-19": [
        ("VB01Z", "01", "RR7", "priced", 33726),  # 328 x 1.028218 = 337.255504
        ("VB99Z", "02", "RTD", "priced", 9633),  # 93 x 1.035817 = 96.330981
    ],
}
#: HRG, FIRSTATT, TRETSPEF, MAINSPEF, ADMINCAT, provider -> point of delivery, state, pence by hand
APPOINTMENTS = {
    "2016-17": [
        ("WF01B", "1", "300", "300", "01", "RTD", "op_first", "priced", 18955),  # 183 x 1.035817 = 189.554511
        ("WF01A", "2", "300", "300", "01", "RTD", "op_follow_up", "priced", 11187),  # 108 x 1.035817 = 111.868236
        ("WF02B", "1", "300", "300", "01", "RTD", "op_first", "priced", 26828),  # 259 x 1.035817 = 268.276603
        ("WF02A", "2", "300", "300", "01", "RTD", "op_follow_up", "priced", 14398),  # 139 x 1.035817 = 143.978563
        ("WF01B", "1", "320", "320", "01", "RR7", "op_first", "priced", 17068),  # 166 x 1.028218 = 170.684188
        (None, "1", "300", "300", "01", "RTD", "op_first", "priced", 18955),
        (None, "2", "320", "320", "01", "RR7", "op_follow_up", "priced", 9871),  # 96 x 1.028218 = 98.708928
        ("WF01A", "1", "300", "300", "01", "RTD", "op_follow_up", "priced", 11187),  # the HRG wins over FIRSTATT
        ("WF01B", "1", "329", "300", "01", "RTD", "op_first", "priced", 31696),  # 306 x 1.035817 = 316.960002
        ("WF01A", "2", "329", "300", "01", "RTD", "op_follow_up", "no_price", None),  # printed `-`
        ("WF01B", "1", "812", "810", "01", "RTD", "op_first", "priced", 0),  # printed 0
        ("FZ51Z", "1", "300", "300", "01", "RTD", "op_procedure", "priced", 45680),  # 441 x 1.035817 = 456.795297, alone
        ("JC05C", "2", "330", "330", "01", "RR7", "op_procedure", "priced", 13264),  # 129 x 1.028218 = 132.640122
        ("EB03H", "1", "300", "300", "01", "RTD", "op_first", "priced", 18955),  # D is `-`: the attendance price
        (None, "3", "300", "300", "01", "RTD", "op_first", "no_price", None),
        (None, "4", "300", "300", "01", "RTD", "op_follow_up", "no_price", None),
        ("WF01C", "4", "300", "300", "01", "RTD", "op_follow_up", "no_price", None),
        (None, "5", "300", "300", "01", "RTD", "op_follow_up", "out_of_scope", None),
        (None, "9", "300", "300", "01", "RTD", "op_follow_up", "missing", None),
        ("WF01B", "1", None, "300", "01", "RTD", "op_first", "missing", None),  # TRETSPEF `&`: MAINSPEF is no substitute
        ("WF01B", "1", "150", "150", "01", "RTD", "op_first", "no_price", None),  # on sheet 12: no national price
        ("WF01B", "1", "300", "950", "01", "RTD", "op_first", "out_of_scope", None),
        ("FZ51Z", "1", "300", "950", "01", "RTD", "op_procedure", "priced", 45680),  # a procedure, whoever leads the clinic
        ("WF01B", "1", "501", "500", "01", "RTD", "op_first", "out_of_scope", None),
        ("WF01B", "1", "710", "710", "01", "RTD", "op_first", "out_of_scope", None),
        ("WF01B", "1", "300", "300", "02", "RTD", "op_first", "out_of_scope", None),
        ("UZ01Z", "1", "300", "300", "01", "RTD", "op_first", "ungroupable", None),
    ],
    "2017-18": [
        ("WF01B", "1", "300", "300", "01", "RTD", "op_first", "priced", 19681),  # 190 x 1.035817 = 196.805230
        ("WF01A", "2", "300", "300", "01", "RTD", "op_follow_up", "priced", 9840),  # 95 x 1.035817 = 98.402615
    ],
}
GROUPER = {"2016-17": "HRG4", "2017-18": "HRG4+", "2018-19": "HRG4+"}


@pytest.fixture(scope="module")
def books(shared_data: Path) -> Tariff:
    return together([read_workbook(path) for path in sorted((shared_data / "tariff").glob("*.xlsx"))])


def read(priced) -> dict:
    rows = priced.select("activity_key", "pod", "price_state", "price_pence").to_pyarrow().to_pylist()
    return {row["activity_key"]: (row["pod"], row["price_state"], row["price_pence"]) for row in rows}


@pytest.mark.parametrize("base", sorted(ATTENDANCES))
def test_attendances_cost_what_the_book_says(books: Tariff, store: Store, engine_table, base) -> None:
    rows, expected = [], {}
    for number, (hrg, department, provider, state, pence) in enumerate(ATTENDANCES[base]):
        key = f"{number:02d} {hrg} at department {department} of {provider}"
        rows.append({"attendance_key": key, "hrg": hrg, "department_type": department, "provider": provider})
        expected[key] = ("ae", state, pence)
    prices = Prices(base=base, grouper=GROUPER[base])
    table = engine_table([row | {"arrival_date": date(2016, 5, 2)} for row in rows], tables.ATTENDANCES)
    assert read(price_attendances(table, tariff=books, prices=prices, rules=PricingRules(), con=store.con)) == expected


@pytest.mark.parametrize("base", sorted(APPOINTMENTS))
def test_appointments_cost_what_the_book_says(books: Tariff, store: Store, engine_table, base) -> None:
    names = ("hrg", "first_attendance", "treatment_function", "main_specialty", "admin_category", "provider")
    rows, expected = [], {}
    for number, (*facts, pod, state, pence) in enumerate(APPOINTMENTS[base]):
        key = f"{number:02d} {' '.join(str(fact) for fact in facts)}"
        rows.append(dict(zip(names, facts, strict=True)) | {"appointment_key": key})
        expected[key] = (pod, state, pence)
    prices = Prices(base=base, grouper=GROUPER[base])
    table = engine_table(rows, tables.APPOINTMENTS)
    assert read(price_appointments(table, tariff=books, prices=prices, rules=PricingRules(), con=store.con)) == expected
