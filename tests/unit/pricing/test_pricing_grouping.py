"""HRG4 to HRG4+ in April 2017, end to end: rows of both priced at the HRG4 list of conftest, with and without the fall-back.

The made-up workbook is the whole price list; factors RXA 1.1, RXB 1. Expected values are worked out beside each case.
"""

from datetime import date, timedelta

import pytest

from pipeline import tables
from pipeline.pricing import fallback, price_tables
from pipeline.pricing.appointments import price_appointments
from pipeline.pricing.attendances import price_attendances
from pipeline.pricing.spells import price_spells
from pipeline.pricing.summary import price_sources, price_states
from pipeline.study import Prices, PricingRules

BY_YEAR = {"2017-18": "HRG4+", "2018-19": "HRG4+"}
NO_FALLBACK = Prices(base="2016-17", grouper="HRG4", grouper_by_year=BY_YEAR)
FALLBACK = Prices(base="2016-17", grouper="HRG4", grouper_by_year=BY_YEAR, fallback="pod_los_band")
ONE_GROUPER = Prices(base="2016-17", grouper="HRG4", fallback="pod_los_band")
BASELINE = ("2014-04", "2016-03")
REASON = "HRG is not of HRG4, the grouper of the 2016-17 price list"
BEFORE, AFTER = date(2015, 6, 1), date(2017, 6, 1)
LAST_OF_HRG4, FIRST_OF_PLUS = date(2017, 3, 31), date(2017, 4, 1)


def year(day):
    start = day.year - (day.month < 4)
    return f"{start}-{(start + 1) % 100:02d}"


def spell(key, day, *, hrg="AA10A", days=5, method="21", kind="1", person="p", provider="RXB", **more):
    return {
        "spell_key": key, "person": person, "provider": provider, "admission_date": day - timedelta(days),
        "discharge_date": day,
        "month": f"{day:%Y-%m}", "financial_year": year(day), "admission_method": method, "patient_class": kind, "age": 70,
        "spell_hrg": hrg, "spell_hrgs": 1, "episodes": 1,
    } | more  # fmt: skip


def visit(key, day, *, hrg="VB01Z", kind="01", person="p"):
    return {
        "attendance_key": key, "person": person, "provider": "RXB", "arrival_date": day, "month": f"{day:%Y-%m}",
        "financial_year": year(day), "department_type": kind, "hrg": hrg,
    }  # fmt: skip


def clinic(key, day, *, hrg, function="300", first="1", person="p"):
    return {
        "appointment_key": key, "person": person, "provider": "RXB", "appointment_date": day, "month": f"{day:%Y-%m}",
        "financial_year": year(day), "hrg": hrg, "treatment_function": function, "first_attendance": first,
        "main_specialty": "300",
    }  # fmt: skip


#: AA10A stands in both groupers (another wording), ZZ99Z only in HRG4+
SPELLS = [
    spell("a", BEFORE, days=2),  # 2000
    spell("b", BEFORE, hrg="AA11A", days=3),  # 900
    spell("c", BEFORE, hrg="AA11A", days=5, method="11"),  # 800 elective
    spell("d", LAST_OF_HRG4, days=5),  # 2000, still HRG4
    spell("e", FIRST_OF_PLUS, days=3),  # discharged a day later, admitted in March
    spell("f", AFTER, days=2, provider="RXA"),
    spell("g", AFTER, hrg="ZZ99Z", days=3),
    spell("h", AFTER, days=5, method="11"),
    spell("i", AFTER, days=30),  # no baseline spell of 15 days and more
    spell("j", AFTER, hrg=None, days=2),
    spell("k", AFTER, hrg="UZ01Z", days=2),
    spell("l", AFTER, days=2, kind="3"),
    spell("m", AFTER, days=2, admin_category="02"),
]
VISITS = [
    visit("n", BEFORE), visit("o", BEFORE, hrg="VB09Z"),  # 200 and 80
    visit("p", BEFORE, kind="03"),  # 60
    visit("q", AFTER), visit("r", AFTER, kind="03"), visit("s", AFTER, kind="03", hrg=None), visit("t", AFTER, hrg=None),
]  # fmt: skip
CLINICS = [
    clinic("u", BEFORE, hrg="AA10A"),  # procedure, 150
    clinic("v", BEFORE, hrg="WF01B"),  # first attendance, 100
    clinic("w", AFTER, hrg="AA10A"), clinic("x", AFTER, hrg="ZZ99Z", function=None), clinic("y", AFTER, hrg="WF01B"),
    clinic("z", AFTER, hrg=None),
]  # fmt: skip
#: state, pence and reason without a fall-back; state and pence with it
EXPECTED = {
    "d": ("priced", 200000, "non-elective", "priced", 200000),
    "e": ("no_price", None, REASON, "fallback", 145000),  # (2000 + 900) / 2 of 2-3 days, factor 1
    "f": ("no_price", None, REASON, "fallback", 159500),  # x 1.1
    "g": ("no_price", None, REASON, "fallback", 145000),
    "h": ("no_price", None, REASON, "fallback", 80000),
    "i": ("no_price", None, REASON, "no_price", None),
    "j": ("missing", None, "no HRG", "fallback", 145000),
    "k": ("ungroupable", None, "HRG UZ01Z: data invalid for grouping", "fallback", 145000),
    "l": ("no_price", None, "regular attender: no national price", "no_price", None),  # no baseline mean of `other`
    "m": ("out_of_scope", None, "private patient: outside the national tariff", "out_of_scope", None),
    "q": ("no_price", None, REASON, "fallback", 14000),  # (200 + 80) / 2 of types 1 and 2
    "r": ("priced", 6000, "type 3 department, flat price", "priced", 6000),
    "s": ("priced", 6000, "type 3 department, flat price; no HRG", "priced", 6000),
    "t": ("missing", None, "no HRG", "fallback", 14000),
    "w": ("no_price", None, REASON, "fallback", 15000),
    "x": ("no_price", None, REASON, "fallback", 15000),
    "y": ("priced", 10000, "first attendance, single-professional", "priced", 10000),
    "z": ("priced", 10000, "first attendance, single-professional; no HRG, single professional assumed", "priced", 10000),
}


@pytest.fixture
def priced(tariff, store, engine_table):
    """Every row through its rule and the fall-back, as the pipeline does: a table of PRICED_ACTIVITY."""

    def run(prices):
        rules = PricingRules()
        streams = [
            price(engine_table(rows, schema), tariff=tariff, prices=prices, rules=rules, con=store.con)
            for price, rows, schema in (
                (price_spells, SPELLS, tables.SPELLS),
                (price_attendances, VISITS, tables.ATTENDANCES),
                (price_appointments, CLINICS, tables.APPOINTMENTS),
            )
        ]
        factors = price_tables.load(store.con, [tariff.base(prices)]).mff
        return fallback.prices(streams[0].union(*streams[1:]), prices=prices, rules=rules, baseline=BASELINE, factors=factors)

    return run


def by_key(table):
    return {row["activity_key"]: row for row in table.to_pyarrow().to_pylist()}


def test_codes_of_the_other_grouper_have_no_price_whatever_the_code(priced) -> None:
    got = by_key(priced(NO_FALLBACK))
    assert {key: (got[key]["price_state"], got[key]["price_pence"], got[key]["price_reason"]) for key in EXPECTED} == {
        key: expected[:3] for key, expected in EXPECTED.items()
    }
    assert {got[key]["price_state"] for key in "abcnopuv"} == {"priced"}
    assert [got[key]["pod"] for key in "uwxyz"] == ["op_procedure"] * 3 + ["op_first"] * 2


def test_the_fall_back_takes_them_by_point_of_delivery_and_stay(priced) -> None:
    got = by_key(priced(FALLBACK))
    assert {key: (got[key]["price_state"], got[key]["price_pence"]) for key in EXPECTED} == {
        key: expected[3:] for key, expected in EXPECTED.items()
    }
    assert got["e"]["price_reason"] == f"fall-back mean: {REASON}"


def test_without_the_clause_every_year_is_of_one_grouper(priced) -> None:
    # the codes on the list are priced in 2017-18 too: 2000 x 1.1; 2000 + 10 days x 100; the one that is not falls back
    got = by_key(priced(ONE_GROUPER))
    assert [(got[key]["price_state"], got[key]["price_pence"]) for key in "fig"] == [
        ("priced", 220000), ("priced", 300000), ("fallback", 145000),
    ]  # fmt: skip
    assert (got["w"]["price_pence"], got["q"]["price_pence"]) == (15000, 20000)


def test_the_share_of_the_fall_back_is_shown_by_arm_and_year(priced, engine_table) -> None:
    people = engine_table([{"person": "p", "practice": "A80001", "arm": "control"}], tables.PEOPLE)
    table = priced(FALLBACK)
    shares = {(r.stream, r.arm, r.financial_year): (r.rows, r.fallback_rows) for r in price_sources(table, people).itertuples()}
    # 2017-18 without the private patient: e f g h i j k l of which e f g h j k; q r s t of which q t; w x y z of which w x
    assert shares == {
        ("apc", "control", "2015-16"): (3, 0), ("apc", "control", "2016-17"): (1, 0), ("apc", "control", "2017-18"): (8, 6),
        ("ae", "control", "2015-16"): (3, 0), ("ae", "control", "2017-18"): (4, 2),
        ("op", "control", "2015-16"): (2, 0), ("op", "control", "2017-18"): (4, 2),
    }  # fmt: skip
    states = price_states(table)
    assert states.loc[states["price_state"] == "fallback", "rows"].sum() == 10


def test_only_eligible_people_are_in_the_share(priced, engine_table) -> None:
    people = engine_table([{"person": "somebody else", "practice": "A80001", "arm": "control"}], tables.PEOPLE)
    assert price_sources(priced(FALLBACK), people).empty
