"""What receipts alone show: rows set aside, misdated, repeated, not final. Figures of the town are in conftest."""

from dataclasses import replace
from typing import Any

import pytest

from pipeline.assurance.assess import assess_data
from pipeline.assurance.finding import Finding


def told(town: Any, **clauses: Any) -> list[Finding]:
    """Findings other than passes when the town's one receipt (A&E, 2015-16, 100 rows) has other clauses."""
    (receipt,) = town.receipts
    measured = receipt.measured | clauses.pop("measured", {})
    damaged = replace(town, receipts=(replace(receipt, measured=measured, **clauses),))
    return [f for f in assess_data(damaged, "2015-16") if f.check == "control_totals" and f.verdict != "pass"]


@pytest.mark.parametrize("name", ["set_aside", "outside_period"])
def test_rows_lost_on_receipt_fail_where_they_would_be_material_in_one_arm(town, name: str) -> None:
    (fault,) = told(town, measured={name: 11})
    assert (fault.verdict, fault.stream, fault.first_month, fault.last_month) == ("fail", "ae", "2015-04", "2016-03")
    # 11 rows at £100 in the intervention; in the control £1,100 spread over 500 heads, for 600
    assert fault.saving_effect_gbp_high == pytest.approx(1_100)
    assert fault.saving_effect_gbp_low == pytest.approx(-1_320)
    assert "11 of 100 rows" in fault.message
    assert fault.question_for_supplier


def test_a_few_such_rows_inform(town) -> None:
    (said,) = told(town, measured={"outside_period": 8})  # £960 at most, and £1,000 is material
    assert said.verdict == "inform"


def test_rows_under_new_keys_inform_above_chance_only(town) -> None:
    (said,) = told(town, measured={"repeated": 1})  # 1%
    assert said.verdict == "inform"
    assert "loaded twice" in (said.question_for_supplier or "")
    assert not told(town, measured={"repeated": 1, "rows": 400}, declared={})[1:]  # 0.25%: only the silent note is told


def test_repeats_in_a_dataset_that_counts_nothing_are_lawful(town) -> None:
    assert not told(town, dataset="link_worker_contact", measured={"repeated": 50})


def test_a_provisional_delivery_informs(town) -> None:
    (said,) = told(town, status="provisional")
    assert said.verdict == "inform"
    assert "not final" in said.message


def test_a_delivery_after_the_contract_year_is_not_this_years(town) -> None:
    assert all("rows are" not in f.message for f in told(town, first_month="2016-04", measured={"outside_period": 50}))
