"""The saving at the contract year's own list: by hand, and never a part of the payment."""

from decimal import Decimal

import pandas as pd
import pytest
from cohorts_village import village

from pipeline.panel.own_year import at_own_list
from pipeline.settlement.current_prices import at_current_prices, effects_by_pod


def own(pod, cost, constant, current):
    return {"pod": pod, "cost_pence": cost, "both_constant_pence": constant, "both_current_pence": current}


def test_each_point_of_delivery_is_valued_at_its_own_ratio() -> None:
    # A&E saves 10 a head at 1.2, elective costs 4 more at 0.9: 100 heads x (10 x 1.2 - 4 x 0.9) = 840
    sums = [own("ae", 2000, 1000, 1200), own("elective", 3000, 3000, 2700)]
    found = at_current_prices({"ae": -10.0, "elective": 4.0}, sums, heads=100)
    assert found is not None
    assert found.gbp == Decimal("840.00")
    assert found.ratio == pytest.approx(3900 / 4000)
    assert found.share_priced == pytest.approx(4000 / 5000)


def test_at_equal_prices_it_is_the_paid_saving() -> None:
    found = at_current_prices(
        {"ae": -12.345678901, "op_first": 3.0}, [own("ae", 5, 5, 5), own("op_first", 7, 7, 7)], heads=27934
    )
    assert found is not None
    assert found.gbp == (Decimal("9.345678901") * 27934).quantize(Decimal("0.01"))


def test_a_point_of_delivery_without_both_prices_takes_the_ratio_of_all() -> None:
    # all: 1500 / 1000; elective has none: 2 x 1.5
    found = at_current_prices({"elective": -2.0}, [own("ae", 1000, 1000, 1500), own("elective", 1000, 0, 0)], heads=1)
    assert found is not None
    assert found.gbp == Decimal("3.00")


def test_without_a_list_of_the_year_there_is_none() -> None:
    assert at_current_prices({"ae": -10.0}, [own("ae", 1000, 0, 0)], heads=100) is None
    assert at_current_prices({}, [own("ae", 1000, 1000, 1000)], heads=100) is None


def row(pod, effect, population="eligible", outcome="cost"):
    return {"pod": pod, "effect_gbp_per_head": effect, "population": population, "outcome": outcome}


def test_the_paid_effect_is_taken_apart_only_where_its_parts_add_up() -> None:
    rows = [
        row("all", -8.0),
        row("ae", -5.0),
        row("elective", -3.0),
        row("ae", -9.0, "engaged"),
        row("all", 1.0, outcome="bed_days"),
    ]
    assert effects_by_pod(rows, rows[0], ["ae", "elective"]) == {"ae": -5.0, "elective": -3.0}
    assert effects_by_pod(rows, rows[0], ["ae"]) == {}
    assert effects_by_pod(rows, rows[1], ["ae", "elective"]) == {"ae": -5.0}


def test_sums_are_of_the_intervention_practices_alone() -> None:
    columns = ["practice", "pod", "cost_pence", "both_constant_pence", "both_current_pence"]
    cells = pd.DataFrame(
        [("A80001", "ae", 10, 5, 6), ("A80002", "ae", 1, 1, 2), ("A80101", "ae", 100, 50, 70), ("A80001", "elective", 3, 0, 0)],
        columns=columns,
    )
    assert at_own_list(cells, study=village()) == [own("ae", 11, 6, 8), own("elective", 3, 0, 0)]
