"""Shares of cost that rules left out would reach: hand-written spells, the pence worked out beside."""

from datetime import date

import pytest

from pipeline import tables
from pipeline.pricing import price_tables
from pipeline.pricing.outside import outside_shares
from pipeline.pricing.tariff import Tariff, read_workbook
from pipeline.result_prices import outside_section


def spell(key, discharged, days, pence, *, person="p", pod="non_elective", currency="AA10A", excess=0):
    day = date.fromisoformat(discharged)
    return {
        "stream": "apc", "activity_key": key, "person": person, "date": day, "month": discharged[:7], "bed_days": days,
        "pod": pod, "currency": currency, "price_state": "priced", "price_pence": pence, "base_pence": pence,
        "excess_pence": excess,
    }  # fmt: skip


ROWS = [
    spell("1", "2014-05-10", 5, 100),
    spell("2", "2014-06-12", 3, 1000),  # admitted 9 June, 30 days after 10 May: readmitted
    spell("3", "2014-07-20", 7, 10000, excess=300),  # admitted 13 July, 31 days after 12 June: not
    spell("4", "2014-08-01", 0, 100000, pod="day_case", currency="AA11A"),
    spell("5", "2014-08-09", 2, 1000000),  # admitted 7 August, 6 days after a day case: readmitted
    spell("6", "2015-05-01", 1, 7),  # after launch
    spell("7", "2014-05-12", 1, 40, person="q"),  # 2 days after another person's discharge
    {"stream": "ae", "activity_key": "8", "person": "q", "month": "2014-05", "price_state": "priced", "price_pence": 60},
    {"stream": "apc", "activity_key": "9", "person": "p", "month": "2014-05", "price_state": "missing", "bed_days": 0},
]
PEOPLE = [{"person": "p", "arm": "intervention"}, {"person": "q", "arm": "control"}]


@pytest.fixture
def lists(write_workbook, sheets, store) -> price_tables.PriceTables:
    apc = sheets["1 APC & OPROC "]
    apc[2].append("HRGs within scope of BPTs?\n(if '1' see 'BPTs' sheet)")
    for row in apc[3:9]:
        row.append(1 if row[1] == "AA11A" else "")
    return price_tables.load(store.con, [read_workbook(write_workbook({"1 APC & OPROC ": apc})).years["2016-17"]])


def test_pence_by_arm(lists, engine_table) -> None:
    found = outside_shares(
        engine_table(ROWS, tables.PRICED_ACTIVITY), engine_table(PEOPLE, tables.PEOPLE), lists.apc, launch_month="2015-04"
    )
    assert found.to_dict("records") == [
        {"arm": "control", "cost_pence": 100, "emergency": 40, "readmission": 0, "best_practice": 0, "excess_days": 0},
        {"arm": "intervention", "cost_pence": 1111100, "emergency": 1011100, "readmission": 1001000, "best_practice": 100000,
         "excess_days": 300},
    ]  # fmt: skip
    shares = {row["what"]: (row["intervention_share"], row["control_share"]) for row in outside_section(found)}
    assert shares["emergency"] == (1011100 / 1111100, 0.4)
    assert shares["best_practice"] == (100000 / 1111100, 0.0)


def test_a_workbook_that_does_not_say_which_hrgs_are_best_practice_has_none(tariff: Tariff) -> None:
    assert tariff.years["2016-17"].apc["best_practice"].isna().all()
