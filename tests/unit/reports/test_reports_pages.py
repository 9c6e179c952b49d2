"""What single pages say about unusual results, each beside the usual one."""

from typing import Any

import pytest
from unit.reports import example_kinds as kinds
from unit.reports.example_result import finding, paid

from reports.blocks import Column, Section, Table
from reports.pages import (
    comparison_page,
    contamination_page,
    cost_page,
    data_page,
    first_page,
    other_ways_page,
    payment_page,
    who_page,
)


def words(section: Section) -> str:
    """Every word of a section, tables included."""
    return str(section.plain())


def table(section: Section, caption: str) -> Table:
    return next(block for block in section.blocks if isinstance(block, Table) and caption in block.caption)


def test_a_table_refuses_a_row_of_another_length() -> None:
    with pytest.raises(ValueError, match="not as many cells"):
        Table("Made up", (Column("a"), Column("b")), (("1",),))


def test_absent_datasets_are_named_with_their_reason() -> None:
    said = words(data_page.section(paid(), {}))
    assert "A&E attendances (ECDS) (ecds): one A&E feed throughout." in said
    assert "GP contacts (gp_contact): not delivered." in said


def test_deliveries_are_added_up_before_they_are_rounded() -> None:
    inputs = table(data_page.section(paid(), {}), "Deliveries")
    # two years of 26,120 rows each; 15 + 15 refused
    assert inputs.rows[0][-3:] == ("52,240", "30", "abababababab abababababab")


@pytest.mark.parametrize(("refused", "printed"), [(["*", 15], "15 + *"), (["*", 0], "*"), ([None, None], "–"), ([0, 0], "0")])
def test_suppressed_parts_stay_visible_in_a_sum(refused: list[Any], printed: str) -> None:
    result = paid()
    ours = [item for item in result["run"]["inputs"] if item["dataset"] == "hes_ae"]
    for item, cell in zip(ours, refused, strict=True):
        item["quarantined"] = cell
    assert table(data_page.section(result, {}), "Deliveries").rows[0][-2] == printed


def test_control_totals_in_a_sentence() -> None:
    result = paid()
    agreeing = {"dataset": "hes_ae", "first_month": "2017-04", "last_month": "2018-03", "agree": True, "declared": True}
    result["data"]["control_totals"] = [agreeing, agreeing | {"declared": False}]
    said = words(data_page.section(result, {}))
    assert "1 of 2 deliveries came with control totals; all agree with what was counted." in said
    result["data"]["control_totals"][0] = agreeing | {"agree": False}
    assert "they do not agree for A&E attendances (hes_ae) April 2017 to March 2018." in words(data_page.section(result, {}))


def test_findings_that_close_come_first() -> None:
    result = kinds.blocked()
    result["gates"]["data"]["findings"].reverse()
    section = data_page.section(result, {})
    assert [row[1] for row in table(section, "Data gate: what did not simply pass").rows] == ["fails", "not evaluated"]
    assert [row[0] for row in table(section, "Data gate: what passed").rows] == ["control totals"]


def test_passes_of_a_check_share_a_row_and_stay_counted() -> None:
    result = paid()
    same = "the extract holds 100.00% of the feed's rows."
    result["gates"]["data"]["findings"] = [
        finding("routes", "pass", f"A&E, control: {same}"),
        finding("routes", "pass", f"Outpatients, control: {same}"),
        finding("pricing", "pass", "A&E, control: 0.9% carry no price.", saving_effect_gbp=-20.0),
        finding("pricing", "pass", "Outpatients: 1.2% carry no price.", saving_effect_gbp=300.0),
        finding("pricing", "undetermined", "Admitted care: 3.0% carry no price."),
    ]
    rows = table(data_page.section(result, {}), "Data gate: what passed").rows
    assert rows == (
        ("extract against feed", "2 of 2", f"In each: {same}"),
        ("rows without a price", "2 of 3", "With most at stake: Outpatients: 1.2% carry no price."),
    )


def test_pounds_of_open_findings_stand_in_columns_once() -> None:
    result = kinds.blocked()
    result["gates"]["data"]["findings"][0]["message"] = (
        "A&E, control: missing, which understates the saving by about £1,650,000 (from £1,600,000 to £1,700,000)."
    )
    row = table(data_page.section(result, {}), "Data gate: what did not simply pass").rows[0]
    assert row[2:] == (
        "A&E, control: missing.",
        "−1,650,000 (−1,700,000 to −1,600,000)",
        "−452,000 (−750,000 to 0)",
    )


def test_a_closed_gate_says_what_hangs_on_it_and_what_happens_next() -> None:
    result = kinds.blocked()
    result["payment"]["clauses"] = [{"clause": "9.3", "says": "90 days to cure", "before_gbp": None, "after_gbp": None}]
    section = first_page.questions_section(result)
    assert section is not None
    said = words(section)
    assert "leave the year's figure £1,650,000 too low and the payment, had the target been met, £452,000 too low." in said
    assert "see the same gap" not in said
    assert "Clause 9.3: 90 days to cure." in said
    assert "The run is repeated." in said
    again = {**result["gates"]["data"]["findings"][0], "check": "reference"}
    result["gates"]["data"]["findings"].append(again)
    section = first_page.questions_section(result)
    assert "Questions 1 and 2 see the same gap: their pounds are not to be added." in words(section)  # type: ignore[arg-type]
    assert first_page.questions_section(paid()) is None


def test_price_never_missing_as_nothing() -> None:
    assert "never as £0" in table(data_page.section(paid(), {}), "state of their price").note


def test_the_share_of_the_fall_back_stands_by_arm_and_year() -> None:
    result = paid()
    with pytest.raises(StopIteration):
        table(data_page.section(result, {}), "declared fall-back price")
    cells = [("intervention", "2016-17", 0.0), ("control", "2016-17", None), ("intervention", "2017-18", 0.98)]
    result["data"]["fallback_by_arm"] = [
        {"stream": "apc", "arm": arm, "financial_year": year, "share": share} for arm, year, share in cells
    ]
    rows = table(data_page.section(result, {}), "declared fall-back price").rows
    assert [row[1:] for row in rows] == [("2016-17", "0.0%", "*"), ("2017-18", "98.0%", "–")]


def test_balance_as_measures_or_as_findings() -> None:
    assert table(who_page.section(paid(), {}), "How alike").rows[0] == ("Age, years", "58.1", "57.6", "0.50")
    result = paid()
    result["series"]["baseline"] = [finding("balance", "inform", "mean age: 58.10 and 57.60.")]
    assert "Mean age: 58.10 and 57.60." in words(who_page.section(result, {}))
    result["series"]["baseline"] = []
    assert "Balance at baseline is not evaluated" in words(who_page.section(result, {}))


def test_flow_of_people_says_who_was_left_out() -> None:
    result = paid()
    result["attrition"][1] |= {"kind": "out", "reason": "older than 74"}
    assert table(who_page.section(result, {}), "flow").rows[1][0] == "left out: older than 74"


def test_points_of_delivery_come_in_one_order_with_the_total_first() -> None:
    result = paid()
    result["estimates"].reverse()
    rows = table(cost_page.section(result, {}), "point of delivery").rows
    assert [row[0] for row in rows[:2]] == ["All care", "Emergency and other non-elective"]
    assert rows[0][1:] == ("−120", "−200", "−40", "112")


def test_activity_is_told_for_a_thousand_heads() -> None:
    # -0.02 admissions a head is -20 for 1,000 heads
    assert table(cost_page.section(paid(), {}), "activity").rows[0][:2] == ("Unplanned admissions", "−20")


def test_a_refused_interval_says_why() -> None:
    result = paid()
    result["estimates"][0] |= {"ci_low": None, "ci_high": None, "refused_reason": "fewer than 5 control practices"}
    rows = dict(table(comparison_page.section(result, {}), "paid figure").rows)
    assert rows["95% interval, practice level"] == "refused: fewer than 5 control practices"


def test_size_check_stands_with_the_comparison_and_not_among_estimates() -> None:
    assert "1 of 12 placebo dates" in words(comparison_page.section(paid(), {}))
    assert "1 of 12 placebo dates" not in words(other_ways_page.section(paid(), {}))
    result = paid()
    result["sensitivity"] = []
    assert "holds no size check" in words(comparison_page.section(result, {}))


def test_contamination_not_evaluated_says_what_would_let_it_be() -> None:
    assert "an exposure register" in words(contamination_page.section(paid(), {}))
    result = paid()
    result["contamination"]["status"] = "evaluated"
    assert "What would let it" not in words(contamination_page.section(result, {}))


def test_illustrative_terms_are_named_so() -> None:
    assert "The terms are illustrative" in words(payment_page.section(paid(), {}))
    result = paid()
    result["payment"]["illustrative"] = False
    assert "illustrative" not in words(payment_page.section(result, {}))


def test_a_closed_gate_prints_the_clauses_on_it() -> None:
    result = kinds.blocked()
    result["payment"]["clauses"] = [{"clause": "9.3", "says": "90 days to cure", "before_gbp": None, "after_gbp": None}]
    assert table(payment_page.section(result, {}), "while a gate is shut").rows == (("9.3", "90 days to cure"),)
