"""The fall-back mean, and the counts of price states. Expected values worked out beside each."""

from datetime import date

import ibis
import pytest

from pipeline import tables
from pipeline.pricing import fallback
from pipeline.pricing.summary import price_sources, price_states
from pipeline.result_prices import by_arm_section
from pipeline.study import Prices, PricingRules
from reports.disclosure import disclosed_count

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


#: factors of providers, millionths
FACTORS = {"RXA": 1_000_000, "RXB": 1_100_000, "RXC": 1_250_000}


@pytest.fixture
def factors(engine_table):
    schema = ibis.schema({"list_provider": "string", "list_value": "int64"})
    return engine_table([{"list_provider": p, "list_value": v} for p, v in FACTORS.items()], schema)


@pytest.fixture
def filled(engine_table, factors):
    def run(prices, rows=ROWS, rules=None):
        table = engine_table(rows, tables.PRICED_ACTIVITY)
        done = fallback.prices(table, prices=prices, rules=rules or PricingRules(), baseline=BASELINE, factors=factors)
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


def gap(key, **more):
    return contact(key, state="no_price", month="2017-09", days=2, **more)


def test_the_mean_is_before_the_market_forces_factor_and_gets_the_providers_own(filled) -> None:
    # bases 100000 (110000 / 1.1) and 200000 (250000 / 1.25): mean 150000; x 1, 1.1 and 1.25. NT4 has no factor: the mean of the
    # prices as they are, 180000
    rows = [contact("a", pence=110000, days=2, provider="RXB"), contact("b", pence=250000, days=3, provider="RXC")]
    rows += [gap(f"gap {p}", provider=p) for p in ("RXA", "RXB", "RXC", "NT4")]
    got = filled(ON, rows)
    assert [got[f"gap {p}"]["price_pence"] for p in ("RXA", "RXB", "RXC", "NT4")] == [150000, 165000, 187500, 180000]


def test_a_substitute_factor_serves_the_fall_back_too(filled) -> None:
    # base 100000 at NT4 (105000 / 1.05): x 1.1 and x 1.05
    rows = [contact("a", pence=105000, days=2, provider="NT4"), gap("b", provider="RXB"), gap("c", provider="NT4")]
    got = filled(ON, rows, PricingRules(missing_mff=1.05))
    assert [got[key]["price_pence"] for key in "bc"] == [110000, 105000]


def test_ae_departments_have_means_of_their_own(filled) -> None:
    # type 1: 20000 and 10000, type 3: 6000; a department that is not known takes the mean of the three, 12000
    def visit(key, kind, **more):
        return contact(key, stream="ae", pod="ae", department_type=kind, **more)

    rows = [visit("a", "01", pence=20000), visit("b", "02", pence=10000), visit("c", "03", pence=6000)]
    rows += [visit(f"gap {kind}", kind, state="no_price", month="2017-09") for kind in ("01", "02", "03", "")]
    got = filled(ON, rows)
    assert {kind: got[f"gap {kind}"]["price_pence"] for kind in ("01", "02", "03", "")} == {
        "01": 15000, "02": 15000, "03": 6000, "": 12000,
    }  # fmt: skip


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


def test_the_share_of_the_fall_back_can_be_counted(engine_table, factors) -> None:
    rows = engine_table(ROWS, tables.PRICED_ACTIVITY)
    table = fallback.prices(rows, prices=ON, rules=PricingRules(), baseline=BASELINE, factors=factors)
    counted = price_states(table)
    fallen = counted[counted["price_state"] == "fallback"]
    assert (fallen["rows"].sum(), fallen["pence"].sum()) == (2, 1502 + 5000)


def test_shares_are_taken_of_counts_as_they_may_be_shown(engine_table) -> None:
    # 2014-15: 20 rows of which 8, shown as 20 and 10; 2015-16: 20 of which 3, not shown; 2016-17: 20 of which none
    cases = {"2014-15": 8, "2015-16": 3, "2016-17": 0}
    rows = [
        contact(f"{year} {n}", state="fallback" if n < filled else "priced", pence=1, financial_year=year)
        for year, filled in cases.items()
        for n in range(20)
    ]
    rows.append(contact("out", state="out_of_scope", financial_year="2016-17"))
    people = engine_table([{"person": "p", "practice": "A80001", "arm": "control"}], tables.PEOPLE)
    shares = by_arm_section(price_sources(engine_table(rows, tables.PRICED_ACTIVITY), people), disclosed_count)
    assert [(row["arm"], row["financial_year"], row["fallback_share"]) for row in shares] == [
        ("control", "2014-15", 0.5), ("control", "2015-16", None), ("control", "2016-17", 0.0),
    ]  # fmt: skip
