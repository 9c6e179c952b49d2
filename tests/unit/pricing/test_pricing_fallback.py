"""The fall-back mean, the counts of price states, and ours beside the supplier's. Expected values worked out beside each."""

from datetime import date

import pytest

from pipeline import tables
from pipeline.pricing import fallback
from pipeline.pricing.reconciliation import supplier_against_ours
from pipeline.pricing.summary import price_states
from pipeline.study import Prices, PricingRules

OFF = Prices(base="2016-17", grouper="HRG4")
ON = Prices(base="2016-17", grouper="HRG4", fallback="pod_los_band")
BASELINE = ("2014-04", "2015-03")


def contact(key, pod="non_elective", state="priced", pence=None, days=0, month="2014-06", **more):
    row = {"stream": "apc", "activity_key": key, "person": "p", "provider": "RXA", "department_type": "", "pod": pod}
    row |= {"date": None if month is None else date.fromisoformat(f"{month}-15"), "month": month}
    row |= {"financial_year": None if month is None else "2014-15", "price_state": state, "price_reason": state}
    return row | {"price_pence": pence, "bed_days": days} | more


#: baseline prices: days 2-3 of non-elective 1001 and 2002 (mean 1501.5, up to 1502); days 4-7 of non-elective 5000, day 0 300
ROWS = [
    contact("a", pence=1001, days=2),
    contact("b", pence=2002, days=3),
    contact("c", pence=5000, days=4),
    contact("d", pence=99999, days=2, month="2015-04"),  # after the baseline: no part of the mean
    contact("e", pod="day_case", pence=700),
    contact("f", state="no_price", days=2, month="2017-09"),
    contact("g", state="ungroupable", days=7),
    contact("h", state="missing", days=8),  # no priced contact of 8-14 days
    contact("i", state="out_of_scope", days=2),
    contact("j", state="missing", days=0, month=None),  # not discharged
    contact("k", pod="elective", state="missing", days=2),  # no priced elective
    contact("l", pence=300, days=0),
]


@pytest.fixture
def filled(engine_table):
    def run(prices, rows=ROWS, rules=None):
        table = engine_table(rows, tables.PRICED_ACTIVITY)
        done = fallback.prices(table, prices=prices, rules=rules or PricingRules(), baseline=BASELINE)
        return {row["activity_key"]: row for row in done.to_pyarrow().to_pylist()}

    return run


def test_off_nothing_is_filled(filled) -> None:
    assert sorted(filled(OFF)) == [row["activity_key"] for row in ROWS]
    assert {row["price_state"] for row in filled(OFF).values()}.isdisjoint({"fallback"})


def test_on_gaps_take_the_mean_of_their_band_in_the_baseline(filled) -> None:
    got = filled(ON)
    assert {key: row["price_pence"] for key, row in got.items() if row["price_state"] == "fallback"} == {"f": 1502, "g": 5000}
    assert got["f"]["price_reason"] == "fall-back mean: no_price"
    assert [got[key]["price_state"] for key in "hijk"] == ["missing", "out_of_scope", "missing", "missing"]


def test_on_tariff_prices_stay(filled) -> None:
    got = filled(ON)
    assert {key: got[key]["price_pence"] for key in "abcde"} == {"a": 1001, "b": 2002, "c": 5000, "d": 99999, "e": 700}


def test_the_protocols_bands_are_used(filled) -> None:
    got = filled(ON, rules=PricingRules(fallback_bands_from=(0,)))
    # one band: (1001 + 2002 + 5000 + 300) / 4 = 2075.75
    assert {key: got[key]["price_pence"] for key in "fgh"} == {"f": 2076, "g": 2076, "h": 2076}


def test_bands_that_do_not_begin_with_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="must begin with 0 and rise"):
        PricingRules(fallback_bands_from=(1, 2))


def test_states_and_reasons_are_counted_with_their_pence(engine_table) -> None:
    counted = price_states(engine_table(ROWS, tables.PRICED_ACTIVITY))
    found = {
        (r.financial_year if r.financial_year == r.financial_year else None, r.reason): (r.rows, r.pence)
        for r in counted.itertuples()
    }
    assert found[("2014-15", "priced")] == (6, 1001 + 2002 + 5000 + 99999 + 700 + 300)
    assert found[("2014-15", "missing")] == (2, 0)  # h and k
    assert found[(None, "missing")] == (1, 0)  # j
    assert counted["rows"].sum() == len(ROWS)


def test_the_share_of_the_fall_back_can_be_counted(engine_table) -> None:
    table = fallback.prices(engine_table(ROWS, tables.PRICED_ACTIVITY), prices=ON, rules=PricingRules(), baseline=BASELINE)
    counted = price_states(table)
    fallen = counted[counted["price_state"] == "fallback"]
    assert (fallen["rows"].sum(), fallen["pence"].sum()) == (2, 1502 + 5000)


def test_the_suppliers_cost_beside_ours(engine_table) -> None:
    rows = [
        contact("a", pence=1000, supplier_cost_pence=1000),
        contact("b", pence=1000, supplier_cost_pence=0),  # a zero is a cost that differs
        contact("c", pence=500),
        contact("d", state="missing", supplier_cost_pence=70),
        contact("e", state="missing"),
        contact("f", pence=9, supplier_cost_pence=9, month="2014-07"),
        contact("g", state="missing", month=None, supplier_cost_pence=5),
    ]
    got = supplier_against_ours(engine_table(rows, tables.PRICED_ACTIVITY)).order_by("month").to_pyarrow().to_pylist()
    june = {"stream": "apc", "provider": "RXA", "month": "2014-06", "rows": 5, "our_pence": 2500, "supplier_pence": 1070}
    july = {"stream": "apc", "provider": "RXA", "month": "2014-07", "rows": 1, "our_pence": 9, "supplier_pence": 9}
    assert got == [
        june | {"rows_differing": 1, "rows_only_ours": 1, "rows_only_supplier": 1},
        july | {"rows_differing": 0, "rows_only_ours": 0, "rows_only_supplier": 0},
    ]
