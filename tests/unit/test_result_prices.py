"""What of the account of prices may be published. Expected cells are worked out beside each case."""

from decimal import Decimal

import pandas as pd

from pipeline.pricing.reconciliation import KEYS, TOTALS
from pipeline.result_prices import FEW, by_arm_section, current_section, reasons_section, reconciliation_section
from reports.disclosure import disclosed_count, undisclosed_counts


def lines(arm, year, causes, *, after=False, rows=1000, stream="apc"):
    """Rows of `reconciliation.by_cause` of one stream, arm and year. causes : name to (rows, pence)."""
    difference = sum(pence for _, pence in causes.values())
    whole = dict(zip(KEYS, (stream, arm, year, after), strict=True))
    whole |= dict(zip(TOTALS, (rows, 500_000, 500_000 + difference, difference), strict=True))
    told = causes or {"": (0, 0)}
    return [whole | {"cause": cause, "cause_rows": n, "pence": pence} for cause, (n, pence) in told.items()]


def section(*parts, year="2015-16", is_open=True):
    frame = pd.DataFrame([line for part in parts for line in part])
    return reconciliation_section(frame, disclosed_count, contract_year=year, gates_open=is_open)


def test_causes_add_up_to_the_difference_to_the_penny() -> None:
    row = section(lines("control", "2014-15", {"zero_cost": (12, -123_45), "rounding": (40, 7)}))[0]
    assert (row["our_gbp"], row["supplier_gbp"], row["difference_gbp"]) == ("5000.00", "4876.62", "-123.38")
    assert [(c["cause"], c["rows"], c["gbp"]) for c in row["causes"]] == [
        ("zero_cost", 10, "-123.45"),
        ("rounding", 40, "0.07"),
    ]
    assert sum(Decimal(c["gbp"]) for c in row["causes"]) == Decimal(row["difference_gbp"])


def test_no_difference_is_told_as_none() -> None:
    row = section(lines("control", "2014-15", {}))[0]
    assert (row["difference_gbp"], row["causes"]) == ("0.00", [])


def test_causes_of_few_rows_are_told_together_and_still_add_up() -> None:
    row = section(lines("control", "2014-15", {"zero_cost": (3, -100), "excess_days": (6, -200), "rounding": (40, 7)}))[0]
    assert [(c["cause"], c["rows"], c["gbp"]) for c in row["causes"]] == [("rounding", 40, "0.07"), (FEW, 10, "-3.00")]


def test_one_cause_of_few_rows_takes_the_smallest_other_with_it() -> None:
    # told alone, the difference less the others would tell it
    row = section(lines("control", "2014-15", {"zero_cost": (3, -100), "own_year": (90, 50), "rounding": (40, 7)}))[0]
    assert [(c["cause"], c["rows"], c["gbp"]) for c in row["causes"]] == [("own_year", 90, "0.50"), (FEW, 45, "-0.93")]


def test_a_difference_of_few_rows_is_not_told() -> None:
    row = section(lines("control", "2014-15", {"zero_cost": (3, -100)}))[0]
    assert (row["our_gbp"], row["supplier_gbp"], row["difference_gbp"], row["causes"]) == (None, None, None, [])
    few = section(lines("control", "2014-15", {}, rows=5))[0]
    assert (few["rows"], few["our_gbp"]) == ("*", None)


def test_a_shut_gate_shows_nothing_after_launch_and_an_open_one_its_own_year() -> None:
    parts = [lines("control", "2014-15", {}), *(lines("control", y, {}, after=True) for y in ("2015-16", "2016-17"))]
    assert [row["financial_year"] for row in section(*parts, is_open=False)] == ["2014-15"]
    assert [row["financial_year"] for row in section(*parts, year="2015-16")] == ["2014-15", "2015-16"]


def test_the_wider_pool_is_not_compared() -> None:
    assert section(lines("wider", "2014-15", {})) == []


def test_shares_and_counts_pass_through_disclosure() -> None:
    sources = pd.DataFrame(
        [("ae", "control", "2016-17", 200, 150, 3, 0)],
        columns=["stream", "arm", "financial_year", "rows", "list_rows", "fallback_rows", "current_rows"],
    )
    row = by_arm_section(sources, disclosed_count)[0]
    assert (row["list_share"], row["fallback_share"], row["current_share"]) == (0.75, None, 0.0)
    states = pd.DataFrame(
        [
            ("ae", "2015-16", "no price list", False, 1232),
            ("ae", "2016-17", "priced", True, 4),
            ("ae", None, "missing", False, 9),
        ],
        columns=["stream", "financial_year", "reason", "has_price", "rows"],
    )
    current = current_section(states, disclosed_count)
    assert [(row["financial_year"], row["rows"]) for row in current] == [("2015-16", 1230), ("2016-17", "*")]
    assert undisclosed_counts({"current_prices": current}) == []
    assert undisclosed_counts({"current_prices": [current[0] | {"rows": 1232}]}) == ["current_prices/0/rows"]


def test_reasons_stand_arm_beside_arm() -> None:
    reasons = pd.DataFrame(
        [
            ("op", "control", "priced", "a", 60), ("op", "control", "priced", "b", 40),
            ("op", "intervention", "priced", "a", 50), ("op", "wider", "priced", "a", 50),
        ],
        columns=["stream", "arm", "price_state", "reason", "rows"],
    )  # fmt: skip
    found = {
        row["reason"]: (row["intervention_share"], row["control_share"]) for row in reasons_section(reasons, disclosed_count)
    }
    assert found == {"a": (1.0, 0.6), "b": (0.0, 0.4)}
