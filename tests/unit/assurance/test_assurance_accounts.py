"""Control totals, conservation, linkage, reconciliation, unpriced share: each passes in the town and fails when hurt."""

from dataclasses import replace

import pytest

from pipeline.assurance.assess import assess_data
from pipeline.assurance.finding import Finding

CONTROLS_FROM = "A80100"


def told(town, check: str, year: str = "2016-17") -> list[Finding]:
    return [f for f in assess_data(town, year) if f.check == check and f.verdict != "pass"]


def test_a_wrong_control_total_fails_naming_dataset_period_and_total(town) -> None:
    (receipt,) = town.receipts
    wrong = replace(receipt, measured={"rows": 90, "sums": {"COST_GBP": "10000.00"}})
    (fault,) = told(replace(town, receipts=(wrong,)), "control_totals")
    assert fault.verdict == "fail"
    assert "hes_ae for April 2015 to March 2016" in fault.message
    assert "rows declared 100, measured 90" in fault.message
    # ten rows at £100: £1,000 too much saved if they were the intervention's, £1,200 too little if the control's (6 : 5 heads)
    assert (fault.saving_effect_gbp_low, fault.saving_effect_gbp_high) == (-1200, 1000)


def test_a_total_declared_and_not_measured_fails_and_equal_decimals_pass(town) -> None:
    (receipt,) = town.receipts
    (fault,) = told(replace(town, receipts=(replace(receipt, declared={"people": 5}),)), "control_totals")
    assert "not measured" in fault.message
    same = replace(receipt, declared={"rows": "100", "sums": {"COST_GBP": "10000.0"}})
    assert not told(replace(town, receipts=(same,)), "control_totals")


def test_a_delivery_after_the_year_is_not_this_years_and_none_at_all_is_not_evaluated(town) -> None:
    (receipt,) = town.receipts
    later = replace(receipt, first_month="2016-04", last_month="2017-03", measured={"rows": 1})
    assert not told(replace(town, receipts=(receipt, later)), "control_totals", "2015-16")
    assert told(replace(town, receipts=()), "control_totals")[0].verdict == "not_evaluated"


def test_a_cell_that_does_not_add_up_fails(town, damage) -> None:
    one = lambda f: (f["practice"] == "A80101") & (f["month"] == "2016-05") & (f["population"] == "all")  # noqa: E731
    found = told(damage(town, "feed", lambda f: one(f) & (f["provider"] == "ZT2"), rows=0.5), "conservation")
    assert [(f.verdict, f.stream, f.arm, f.first_month) for f in found] == [("fail", "ae", "control", "2016-05")]
    (people,) = told(damage(town, "population", one, person_months=0.9), "conservation")
    assert people.message.startswith("Person-months: in 1 of 396")


def test_populations_that_were_not_delivered_are_not_evaluated(town) -> None:
    (said,) = told(replace(town, feed=town.feed[town.feed["population"] != "all"]), "conservation")
    assert said.verdict == "not_evaluated"


def test_an_arm_that_loses_its_links_fails_and_what_both_lose_does_not(town, damage) -> None:
    late = lambda f: (f["month"] >= "2015-04") & (f["stream"] == "op")  # noqa: E731
    (fault,) = told(damage(town, "feed", lambda f: late(f) & (f["practice"] > CONTROLS_FROM), rows_linked=0.9), "linkage")
    assert (fault.verdict, fault.arm, fault.first_month) == ("fail", "control", "2015-04")
    assert fault.saving_effect_gbp == pytest.approx(-0.1 * 120 * 600)
    both = told(damage(town, "feed", late, rows_linked=0.98), "linkage")
    # 2% of both: nothing of the arms' equal costs, but 2% of outpatients' part (120 of 696) of the target of £51,600
    assert {f.verdict for f in both} <= {"inform", "undetermined"}
    (treated,) = [f for f in both if f.arm == "intervention"]
    assert treated.saving_effect_gbp == pytest.approx(-0.02 * 51_600 * 120 / 696, abs=0.01)


def test_links_that_were_not_counted_are_not_evaluated(town) -> None:
    empty = town.feed.assign(rows_linked=float("nan"))
    assert told(replace(town, feed=empty), "linkage")[0].verdict == "not_evaluated"


def test_a_cost_column_left_at_zero_fails_and_says_that_the_studys_prices_stand(town, damage, control_ae) -> None:
    (fault,) = told(damage(town, "extract", control_ae, supplier_cost_pence=0), "reconciliation")
    assert (fault.verdict, fault.arm, fault.stream) == ("fail", "control", "ae")
    assert (fault.first_month, fault.last_month) == ("2015-04", "2017-03")
    assert fault.saving_effect_gbp == -57_600
    assert "not moved" in fault.message


def test_another_price_base_alike_everywhere_is_no_fault(town, damage) -> None:
    assert not told(damage(town, "extract", lambda f: f["rows"] > 0, supplier_cost_pence=0.97), "reconciliation")


def test_a_tariff_of_each_year_is_no_fault_of_an_arm_whose_cost_fell_into_other_years(town) -> None:
    """The column falls from 110% to 100% over the baseline; the control's cost doubles meanwhile, and more so with a fault."""
    extract = town.extract.copy()
    grows = (extract["practice"] > CONTROLS_FROM) & (extract["month"] >= "2014-04")
    for name in ("cost_pence", "supplier_cost_pence"):
        extract[name] = extract[name].where(~grows, extract[name] * 2)
    dearer = (extract["month"] < "2014-04").map({True: 1.1, False: 1.0})
    extract["supplier_cost_pence"] = (extract["supplier_cost_pence"] * dearer).round().astype("int64")
    found = told(replace(town, extract=extract), "reconciliation")
    assert {f.verdict for f in found} == {"inform"}
    assert max(abs(f.saving_effect_gbp or 0) for f in found) < 1, "whole pence"
    hurt = extract["supplier_cost_pence"].where(~((extract["practice"] > CONTROLS_FROM) & (extract["month"] >= "2015-04")), 0)
    assert "fail" in {
        f.verdict for f in told(replace(town, extract=extract.assign(supplier_cost_pence=hurt)), "reconciliation")
    }


def test_a_few_rows_at_means_are_left_out(town) -> None:
    """One row in twenty-five of the control's A&E has no price by the supplier, and a mean by the study."""
    extract = town.extract.copy()
    few = (extract["practice"] > CONTROLS_FROM) & (extract["stream"] == "ae") & (extract["month"] >= "2015-04")
    part = (extract["cost_pence"] * 0.04).round().astype("int64").where(few, 0)
    extract["supplier_cost_pence"] -= part
    assert {f.verdict for f in told(replace(town, extract=extract), "reconciliation")} == {"fail"}
    known = extract.assign(
        fallback_rows=(extract["rows"] * 0.04).where(few, 0), fallback_pence=part, fallback_supplier_pence=part * 0
    )
    assert told(replace(town, extract=known), "reconciliation") == []


def test_prices_that_are_means_leave_chance_to_the_practices(town) -> None:
    """What stands behind a mean differs by practice: A&E of the year of means at 80% to 120% of it, the control 4% dearer."""
    extract = town.extract.copy()
    late = (extract["stream"] == "ae") & (extract["month"] >= "2016-04")
    dearer = (extract["practice"] > CONTROLS_FROM).map({True: 1.04, False: 1.0})
    scatter = extract["practice"].rank(method="dense") % 5 * 0.1 + 0.8
    scaled = (extract["supplier_cost_pence"] * dearer * scatter).round().astype("int64")
    extract["supplier_cost_pence"] = extract["supplier_cost_pence"].where(~late, scaled)
    at_list = told(replace(town, extract=extract), "reconciliation")
    assert "fail" in {f.verdict for f in at_list}, "prices of the list have no chance in them"
    at_means = told(replace(town, extract=extract.assign(fallback_rows=extract["rows"].where(late, 0))), "reconciliation")
    assert {(f.verdict, f.stream) for f in at_means} == {("undetermined", "ae")}
    assert all("Means of the fall-back" in f.message and f.question_for_supplier is None for f in at_means)


def test_a_cost_column_left_at_zero_fails_beside_means_too(town, damage) -> None:
    control_ae = lambda f: (f["practice"] > CONTROLS_FROM) & (f["stream"] == "ae") & (f["month"] >= "2015-04")  # noqa: E731
    broken = damage(town, "extract", control_ae, supplier_cost_pence=0)
    (fault,) = told(replace(broken, extract=broken.extract.assign(fallback_rows=broken.extract["rows"])), "reconciliation")
    assert (fault.verdict, fault.arm, fault.saving_effect_gbp) == ("fail", "control", -57_600)


def test_no_cost_column_is_not_evaluated(town) -> None:
    without = town.extract.assign(supplier_rows=0, supplier_cost_pence=0)
    assert {f.verdict for f in told(replace(town, extract=without), "reconciliation")} == {"not_evaluated"}


def test_rows_without_a_price_in_one_arm_fail(town) -> None:
    broken = town.extract.copy()
    hit = (broken["practice"] > CONTROLS_FROM) & (broken["stream"] == "apc") & (broken["month"] >= "2015-04")
    broken.loc[hit, "unpriced_rows"] = 1  # 1 of 4
    (fault,) = told(replace(town, extract=broken), "pricing")
    assert (fault.verdict, fault.arm, fault.first_month, fault.last_month) == ("fail", "control", "2015-04", "2017-03")
    assert fault.saving_effect_gbp == pytest.approx(-0.25 * 480 * 600)


def test_a_fault_of_links_that_begins_within_the_year_fails_from_its_month(town, damage) -> None:
    late = lambda f: (f["practice"] > CONTROLS_FROM) & (f["stream"] == "op") & (f["month"] >= "2016-10")  # noqa: E731
    (fault,) = told(damage(town, "feed", late, rows_linked=0.9), "linkage")
    assert (fault.verdict, fault.first_month, fault.last_month) == ("fail", "2016-10", "2017-03")
    assert fault.saving_effect_gbp == pytest.approx(-0.05 * 120 * 600)  # a tenth for half of the year


def test_links_and_prices_that_one_arm_lacks_in_all_years_fail_when_gross(town, damage) -> None:
    always = lambda f: (f["practice"] > CONTROLS_FROM) & (f["stream"] == "op")  # noqa: E731
    (fault,) = told(damage(town, "feed", always, rows_linked=0.9), "linkage")
    # a tenth of £120 x 600 in all years has no step; it may have moved by the plausible 30%: £2,160 either way
    assert (fault.verdict, fault.saving_effect_gbp, fault.saving_effect_gbp_high) == ("fail", 0, pytest.approx(2160))
    assert "not that of the other arm" in (fault.question_for_supplier or "")
    slight = told(damage(town, "feed", always, rows_linked=0.97), "linkage")
    assert all(f.verdict != "fail" for f in slight)
    broken = town.extract.copy()
    broken.loc[always(broken), "unpriced_rows"] = 2  # of 20
    (fault,) = told(replace(town, extract=broken), "pricing")
    assert (fault.verdict, fault.saving_effect_gbp_high) == ("fail", pytest.approx(2160))
    assert "than of the others" in (fault.question_for_supplier or "")
