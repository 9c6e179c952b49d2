"""Causes of a difference between the supplier's cost and our price: each planted alone and found alone, then together.

Prices are those of a made-up list; every planted cost is worked out beside its case, in pence, half a penny up.
"""

import ibis
import pytest

from pipeline import tables
from pipeline.pricing.reconciliation import by_cause
from pipeline.pricing.supplier_causes import CAUSES, split

PEOPLE = [{"person": "i", "arm": "intervention"}, {"person": "c", "arm": "control"}]
#: a spell of 12 days at base 3600.00, of which 600.00 for excess days, factor 1.05: 3780.00; short-stay price 1000.00, so
#: 1050.00; at its own year's list 3900.00 x 1.05 = 4095.00
PLAIN = {
    "stream": "apc", "person": "c", "provider": "RXA", "department_type": "", "month": "2014-06", "financial_year": "2014-15",
    "pod": "non_elective", "currency": "AA10A", "price_state": "priced", "price_reason": "non-elective with excess days",
    "price_pence": 378000, "base_pence": 360000, "excess_pence": 60000, "other_stay_pence": 100000,
    "factor_millionths": 1_050_000, "current_price_pence": 409500, "bed_days": 12,
}  # fmt: skip

#: the supplier's cost (and what else differs from PLAIN) -> pence by cause
PLANTED = [
    ({"cost": 378000}, {}),
    ({"cost": None}, {"blank_cost": -378000}),
    ({"cost": 0}, {"zero_cost": -378000}),
    ({"cost": 5000, "price_pence": None, "price_state": "missing"}, {"unpriced_here": 5000}),
    ({"cost": None, "price_pence": None, "price_state": "missing"}, {}),
    ({"cost": 37800000}, {"pence_for_pounds": 37422000}),  # x 100
    ({"cost": 360000}, {"market_forces_missing": -18000}),
    ({"cost": 396900}, {"market_forces_twice": 18900}),  # 3780 x 1.05 = 3969.00
    ({"cost": 315000}, {"excess_days": -63000}),  # 3000 x 1.05 = 3150.00
    ({"cost": 105000}, {"short_stay": -273000}),  # 1000 x 1.05 = 1050.00
    ({"cost": 409500}, {"own_year": 31500}),
    ({"cost": 378001}, {"rounding": 1}),
    ({"cost": 390000, "price_state": "fallback", "base_pence": None, "factor_millionths": None}, {"fallback_mean": 12000}),
    ({"cost": 123456}, {"unexplained": -254544}),
    # two at once, and three: each gets what it moves
    ({"cost": 300000}, {"excess_days": -63000, "market_forces_missing": -15000}),  # 3150.00, then 3000.00
    ({"cost": 390000}, {"own_year": 31500, "market_forces_missing": -19500}),  # 4095.00, then 3900.00
    ({"cost": 31500000}, {"excess_days": -63000, "pence_for_pounds": 31185000}),  # 3150.00, then 315000.00
    ({"cost": 30000000}, {"excess_days": -63000, "market_forces_missing": -15000, "pence_for_pounds": 29700000}),
    # in whole pounds: 1234.56 ours, 1235 theirs; and 1175.77 without the factor, 1176 theirs
    ({"cost": 123500, "price_pence": 123456, "base_pence": 117577, "excess_pence": 0}, {"rounding": 44}),
    (
        {"cost": 117600, "price_pence": 123456, "base_pence": 117577, "excess_pence": 0},
        {"market_forces_missing": -5879, "rounding": 23},
    ),
    # a price of nothing has no zero cost to explain; a cost beside it is not explained
    ({"cost": 0, "price_pence": 0, "base_pence": 0, "excess_pence": 0, "other_stay_pence": None}, {}),
    (
        {"cost": 700, "price_pence": 0, "base_pence": 0, "excess_pence": 0, "other_stay_pence": None, "current_price_pence": 0},
        {"unexplained": 700},
    ),
]


def contact(key, cost, **differs):
    return PLAIN | {"activity_key": key, "supplier_cost_pence": cost} | differs


@pytest.fixture
def people(engine_table):
    return engine_table(PEOPLE, tables.PEOPLE)


def test_a_planted_cause_is_found_and_the_others_are_nothing(engine_table) -> None:
    rows = [contact(f"{number:02d}", **case) for number, (case, _) in enumerate(PLANTED)]
    laid = split(engine_table(rows, tables.PRICED_ACTIVITY)).order_by("activity_key").to_pyarrow().to_pylist()
    found = [
        (str(case), {cause: row[cause] for cause in CAUSES if row[cause]}) for (case, _), row in zip(PLANTED, laid, strict=True)
    ]
    assert found == [(str(case), expected) for case, expected in PLANTED]
    for row in laid:
        difference = (row["supplier_cost_pence"] or 0) - (row["price_pence"] or 0)
        assert row["difference_pence"] == difference == sum(row[cause] for cause in CAUSES)


def test_every_cause_but_the_level_is_planted_above() -> None:
    assert {cause for _, expected in PLANTED for cause in expected} == set(CAUSES) - {"price_level"}


def level(number, cost, ours, **more):
    """An A&E attendance with a factor of 1.05 and no other price that could explain it."""
    more = {"stream": "ae", "pod": "ae", "department_type": "01", "excess_pence": 0, "other_stay_pence": None} | more
    more = {"current_price_pence": None} | more
    return contact(f"level {number}", cost, price_pence=ours, base_pence=round(ours / 1.05), **more)


def test_one_ratio_throughout_is_another_price_level(engine_table) -> None:
    # 1.33 of ours on thirty rows of many currencies; one row of another ratio stays unexplained
    rows = [level(n, round(1.33 * (10000 + 700 * n)), 10000 + 700 * n, currency=f"VB{n:02d}Z") for n in range(30)]
    rows.append(level("odd", 31234, 20000, currency="VB77Z"))
    found = {r["activity_key"]: r for r in split(engine_table(rows, tables.PRICED_ACTIVITY)).to_pyarrow().to_pylist()}
    assert all(r["price_level"] == r["difference_pence"] != 0 for key, r in found.items() if key != "level odd")
    assert (found["level odd"]["unexplained"], found["level odd"]["price_level"]) == (11234, 0)


def test_a_list_that_is_not_held_moves_each_currency_by_its_own_ratio(engine_table) -> None:
    # six attendances of each of three HRGs at 1.20, 1.10 and 0.90: no common ratio, one a currency
    ratios = {"VB01Z": 1.20, "VB02Z": 1.10, "VB03Z": 0.90}
    rows = [level(f"{hrg} {n}", round(ratio * 20000), 20000, currency=hrg) for hrg, ratio in ratios.items() for n in range(6)]
    found = split(engine_table(rows, tables.PRICED_ACTIVITY)).to_pyarrow().to_pylist()
    assert all(r["price_level"] == r["difference_pence"] for r in found)
    assert sum(r["price_level"] for r in found) == 6 * (4000 + 2000 - 2000)


def test_few_rows_of_one_ratio_are_no_level(engine_table) -> None:
    rows = [level(n, 26600, 20000, currency="VB01Z") for n in range(4)]
    found = split(engine_table(rows, tables.PRICED_ACTIVITY)).to_pyarrow().to_pylist()
    assert [r["unexplained"] for r in found] == [6600] * 4


def test_sums_by_arm_stream_and_year_add_up_to_the_penny(engine_table, people) -> None:
    rows = [contact(f"c {n}", **case) for n, (case, _) in enumerate(PLANTED)]
    rows += [contact("i 1", 360000, person="i"), contact("i 2", 378000, person="i", month="2015-06", financial_year="2015-16")]
    rows += [contact("unfinished", 1, month=None), contact("nobody's", 1, person="somebody else")]
    found = by_cause(engine_table(rows, tables.PRICED_ACTIVITY), people, launch_month="2014-07")
    control = found[found["arm"] == "control"]
    assert dict(zip(control["cause"], control["pence"], strict=True)) == {
        cause: total
        for cause in CAUSES
        if (total := sum(expected.get(cause, 0) for _, expected in PLANTED)) or any(cause in e for _, e in PLANTED)
    }
    assert control["pence"].sum() == control["difference_pence"].iloc[0]
    assert control["difference_pence"].iloc[0] == control["supplier_pence"].iloc[0] - control["our_pence"].iloc[0]
    assert control["rows"].iloc[0] == len(PLANTED)
    assert control.set_index("cause")["cause_rows"]["excess_days"] == 4
    others = found[found["arm"] == "intervention"]
    assert [(r.financial_year, r.after_launch, r.cause, r.pence) for r in others.itertuples()] == [
        ("2014-15", False, "market_forces_missing", -18000), ("2015-16", True, "", 0),
    ]  # fmt: skip


def test_nothing_delivered_gives_no_row(engine_table, people) -> None:
    assert by_cause(engine_table([], tables.PRICED_ACTIVITY), people, launch_month="2014-07").empty
    assert isinstance(split(engine_table([], tables.PRICED_ACTIVITY)), ibis.expr.types.Table)
