"""Every branch of the pricing rule against the table of `priced_by_hand`, to the penny and to the reason.

The sums of the table are worked out here in decimals, half a penny up; nothing of `pipeline.pricing` is used for that.
"""

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from priced_by_hand import (
    CLAUSES,
    CLINICS,
    PLAIN_CLINIC,
    PLAIN_SPELL,
    PLAIN_VISIT,
    PRICES,
    SPELLS,
    TYPE_3,
    VISITS,
)

from pipeline import tables
from pipeline.pricing.appointments import price_appointments
from pipeline.pricing.attendances import price_attendances
from pipeline.pricing.spells import price_spells
from pipeline.pricing.tariff import Tariff, read_workbook, together
from pipeline.store import Store
from pipeline.study import Prices, PricingRules


def pence(worked_out: str | None) -> int | None:
    """`(3270 + 10 x 204) x 1.035817` pounds in pence, half a penny up."""
    if worked_out is None:
        return None
    found = re.fullmatch(r"\(?(\d+)(?: \+ (\d+) x (\d+)\))? x ([\d.]+)", worked_out)
    assert found, worked_out
    base, days, a_day, factor = found.groups()
    pounds = (Decimal(base) + Decimal(days or 0) * Decimal(a_day or 0)) * Decimal(factor)
    return int(pounds.quantize(Decimal("0.01"), ROUND_HALF_UP) * 100)


def year_of(day: date) -> str:
    start = day.year - (day.month < 4)
    return f"{start}-{(start + 1) % 100:02d}"


def spell(key: str, differs: dict) -> dict:
    case = PLAIN_SPELL | differs
    out = None if case["days"] is None else case["from"] + timedelta(case["days"])
    more = {name: value for name, value in differs.items() if name not in PLAIN_SPELL}
    return {
        "spell_key": key, "spell_hrg": case["hrg"], "admission_method": case["by"], "patient_class": case["as"],
        "admission_date": case["from"], "discharge_date": out, "financial_year": out and year_of(out), "age": case["age"],
        "provider": case["at"], "spell_hrgs": 1, "episodes": 1,
    } | more  # fmt: skip


def visit(key: str, differs: dict) -> dict:
    case = PLAIN_VISIT | differs
    more = {name: value for name, value in differs.items() if name not in PLAIN_VISIT}
    return {
        "attendance_key": key, "hrg": case["hrg"], "department_type": case["kind"], "arrival_date": case["on"],
        "financial_year": year_of(case["on"]), "provider": case["at"],
    } | more  # fmt: skip


def clinic(key: str, differs: dict) -> dict:
    case = PLAIN_CLINIC | differs
    more = {name: value for name, value in differs.items() if name not in PLAIN_CLINIC}
    return {
        "appointment_key": key, "hrg": case["hrg"], "first_attendance": case["first"], "treatment_function": case["tfc"],
        "main_specialty": case["main"], "appointment_date": case["on"], "financial_year": year_of(case["on"]),
        "provider": case["at"],
    } | more  # fmt: skip


STREAMS = {
    "apc": (SPELLS, spell, price_spells, tables.SPELLS),
    "ae": (VISITS, visit, price_attendances, tables.ATTENDANCES),
    "op": (CLINICS, clinic, price_appointments, tables.APPOINTMENTS),
}


@pytest.fixture(scope="module")
def books(shared_data: Path) -> Tariff:
    return together([read_workbook(path) for path in sorted((shared_data / "tariff").glob("*.xlsx"))])


@pytest.fixture
def priced(books: Tariff, store: Store, engine_table):
    def run(stream: str, cases: list[dict], rules: PricingRules) -> list[dict]:
        _, row, price, schema = STREAMS[stream]
        table = engine_table([row(f"{number:03d}", case) for number, case in enumerate(cases)], schema)
        done = price(table, tariff=books, prices=PRICES, rules=rules, con=store.con)
        return done.order_by("activity_key").to_pyarrow().to_pylist()

    return run


@pytest.mark.parametrize("stream", STREAMS)
def test_every_branch_costs_what_the_books_say(priced, stream: str) -> None:
    cases = STREAMS[stream][0]
    got = priced(stream, [differs for _, differs, *_ in cases], PricingRules())
    seen, expected = [], []
    for (branch, differs, sum_, reason, own_sum, own_reason), row in zip(cases, got, strict=True):
        own_sum, own_reason = (sum_, reason) if own_reason == "same" else (own_sum, own_reason)
        expected.append((branch, str(differs), pence(sum_), reason, pence(own_sum), own_reason))
        found = (row["price_pence"], row["price_reason"], row["current_price_pence"], row["current_price_reason"])
        seen.append((branch, str(differs), *found))
    assert seen == expected


def test_the_table_has_every_branch_and_more_than_forty_prices() -> None:
    cases = SPELLS + VISITS + CLINICS
    assert {branch for branch, *_ in cases} == {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}
    assert sum(sum_ is not None for _, _, sum_, *_ in cases) > 40


@pytest.mark.parametrize(("clause", "stream", "differs", "sum_", "reason"), CLAUSES)
def test_every_choice_of_the_protocol_does_what_it_says(priced, clause, stream, differs, sum_, reason) -> None:
    row = priced(stream, [differs], PricingRules.model_validate(clause))[0]
    assert (row["price_pence"], row["price_reason"]) == (pence(sum_), reason)
    as_published = priced(stream, [differs], PricingRules())[0]
    if reason not in (TYPE_3, "outpatient procedure"):  # what the clause is not about stays
        assert (row["price_pence"], row["price_state"]) != (as_published["price_pence"], as_published["price_state"])


@pytest.mark.parametrize("stream", STREAMS)
def test_the_parts_of_a_price_give_it_again(priced, stream: str) -> None:
    for row in priced(stream, [differs for _, differs, *_ in STREAMS[stream][0]], PricingRules()):
        parts = (row["base_pence"], row["excess_pence"], row["factor_millionths"])
        if row["price_pence"] is None:
            assert parts == (None, None, None)
        else:
            again = Decimal(row["base_pence"]) * row["factor_millionths"] / 1_000_000
            assert row["price_pence"] == int(again.quantize(Decimal(1), ROUND_HALF_UP))
            with_excess = row["price_reason"].split(";")[0].endswith("with excess days")
            assert (row["excess_pence"] > 0) == with_excess


def test_the_other_answer_to_the_short_stay_is_kept_beside(priced) -> None:
    # emergency, 1 day: 1038 paid, 3270 else; 5 days: 3270 paid, 1038 else; no short-stay price and elective: not asked
    cases = [{"days": 1}, {"days": 5}, {"hrg": "GA10D"}, {"by": "11"}]
    got = priced("apc", cases, PricingRules())
    assert [(row["base_pence"], row["other_stay_pence"]) for row in got] == [
        (103800, 327000), (327000, 103800), (306100, None), (406500, None),
    ]  # fmt: skip


def test_a_list_of_another_grouper_than_the_protocol_says_of_the_year_is_not_asked(books, store, engine_table) -> None:
    """A protocol that takes 2017/18 for HRG4 gets no current price from the HRG4+ list, on whichever list the code stands."""
    prices = Prices(base="2016-17", grouper="HRG4")
    june = {"from": date(2017, 6, 1), "by": "11", "as": "2", "days": 0}
    table = engine_table([spell("1", june | {"hrg": "FZ51Z"}), spell("2", june | {"hrg": "EB03C"})], tables.SPELLS)
    rows = price_spells(table, tariff=books, prices=prices, rules=PricingRules(), con=store.con).order_by("activity_key")
    refused = "HRG is not of the grouper of its financial year's price list"
    assert [(r["price_pence"], r["current_price_pence"], r["current_price_reason"]) for r in rows.to_pyarrow().to_pylist()] == [
        (pence("441 x 1.035817"), None, refused), (None, None, refused),
    ]  # fmt: skip
    # what rests on no HRG is priced all the same
    table = engine_table([clinic("1", {"on": date(2017, 6, 1)})], tables.APPOINTMENTS)
    row = (
        price_appointments(table, tariff=books, prices=prices, rules=PricingRules(), con=store.con).to_pyarrow().to_pylist()[0]
    )
    assert (row["price_pence"], row["current_price_pence"]) == (pence("183 x 1.035817"), pence("190 x 1.035817"))
