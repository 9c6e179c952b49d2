"""What single pages say about unusual results, each beside the usual one."""

from typing import Any

import pytest
from unit.reports import example_kinds as kinds
from unit.reports.example_parts import split
from unit.reports.example_result import finding, paid

from reports.blocks import Box, Column, Entry, Items, Section, Table, Text
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


def entries(section: Section) -> list[Entry]:
    return [block for block in section.blocks if isinstance(block, Entry)]


def test_findings_that_close_come_first() -> None:
    result = kinds.blocked()
    result["gates"]["data"]["findings"].reverse()
    section = data_page.section(result, {})
    assert [entry.title for entry in entries(section)] == [
        "1. A&E, control, April 2015 to March 2019: completeness",
        "2. The whole study: rows linked to a person",
    ]
    groups = [block.text for block in section.blocks if isinstance(block, Text) and block.emphasis]
    assert groups == ["Closes the gate (1)", "Could not be evaluated (1)", "Passed (1 of 3)"]


def test_passes_of_a_check_share_a_sentence_and_stay_counted() -> None:
    result = paid()
    same = "the extract holds 100.00% of the feed's rows."
    result["gates"]["data"]["findings"] = [
        finding("routes", "pass", f"A&E, control: {same}"),
        finding("routes", "pass", f"Outpatients, control: {same}"),
        finding("pricing", "pass", "A&E, control: 0.9% carry no price.", saving_effect_gbp=-20.0),
        finding("pricing", "pass", "Outpatients: 1.2% carry no price.", saving_effect_gbp=300.0),
        finding("pricing", "undetermined", "Admitted care: 3.0% carry no price."),
    ]
    lists = [block.items for block in data_page.section(result, {}).blocks if isinstance(block, Items)]
    assert (
        f"Extract against feed, 2 of 2 passed: in each, {same}",
        "Rows without a price, 2 of 3 passed: with most at stake, Outpatients: 1.2% carry no price.",
    ) in lists


def test_a_finding_in_full_has_its_pounds_once_its_question_and_what_a_waiver_names() -> None:
    result = kinds.blocked()
    closing = result["gates"]["data"]["findings"][0]
    closing["id"] = "0123456789abcdef"
    closing["message"] = (
        "A&E, control: missing, which understates the saving by about £1,650,000 (from £1,600,000 to £1,700,000)."
    )
    lines = dict(entries(data_page.section(result, {}))[0].lines)
    assert lines == {
        "What it saw": "A&E, control: missing.",
        "In pounds": "the year's figure −£1,650,000 (−£1,700,000 to −£1,600,000); the payment at the target −£452,000 "
        "(−£750,000 to £0).",
        "Ask Made-Up Commissioning Support Unit": closing["question_for_supplier"],
        "To waive it": "both parties sign for 0123456789ab",
    }
    result["gates"]["data"]["verdict"] = "pass"  # where the gate is open there is nothing to waive
    assert "To waive it" not in words(data_page.section(result, {}))


def test_an_undetermined_finding_prints_its_reach_or_that_it_has_none() -> None:
    assert ("Reach", "the smallest fault it would have found is £150,000.") in entries(data_page.section(paid(), {}))[0].lines
    result = paid()
    result["gates"]["data"]["findings"] = [finding("pricing", "undetermined", "Unclear.")]
    assert ("Reach", "this check does not say what it could have found.") in entries(data_page.section(result, {}))[0].lines


def test_of_sixty_findings_ten_stand_in_full_and_every_other_in_a_table() -> None:
    result = kinds.blocked()
    result["gates"]["data"]["findings"] = [
        finding("routes", "fail", f"Place {n}: rows are lost.", provider=f"P{n:02}", saving_effect_gbp=-1000.0 * n,
                question_for_supplier=f"Where are the rows of P{n:02}?")
        for n in range(1, 61)
    ]  # fmt: skip
    section = data_page.section(result, {})
    full = entries(section)
    # the one with most at stake, £60,000, first; £51,000 is the tenth
    assert [entry.title.split(":")[0] for entry in full] == [f"{k}. Provider P{61 - k:02}" for k in range(1, 11)]
    rest = table(section, "the other 50 of 60 findings")
    assert [row[0] for row in rest.rows] == [str(k) for k in range(11, 61)]
    assert rest.rows[0] == (
        "11", "Provider P50: extract against feed", "fails", "rows are lost. Ask: Where are the rows of P50?", "−50,000", "–",
    )  # fmt: skip
    asked = first_page.questions_section(result)
    assert asked is not None
    assert "Where are the rows of P51?" in words(asked)
    assert "Where are the rows of P50?" not in words(asked)
    assert "50 more questions have less at stake; each stands with its finding under Data." in words(asked)


def box(result: dict[str, Any]) -> Box:
    (found,) = [block for block in data_page.section(result, {}).blocks if isinstance(block, Box)]
    return found


def test_what_no_check_sees_stands_in_a_box_with_this_runs_reach() -> None:
    said = box(paid())
    assert said.title == "What these checks cannot see"
    assert said.items[0] == (
        "What is smaller than this: Rows lost between feed and extract are counted one by one. A fault that is in both is "
        "found four times in five if it is worth at least £150,000 in A&E."
    )
    assert "1 finding is undetermined" in said.items[1]
    assert any("in both arms, in every year" in item for item in said.items)
    assert "as they could not be evaluated: rows linked to a person" in " ".join(box(kinds.blocked()).items)
    assert "could not be evaluated" not in " ".join(said.items)


def test_every_repair_is_shown_with_its_reason() -> None:
    result = paid()
    rows = table(data_page.section(result, {}), "Nothing is silently repaired").rows
    ae = "A&E attendances (hes_ae)"
    assert rows == (
        (ae, "kept", "as delivered", "118,430"),
        (ae, "a cell read otherwise", "white space around codes is stripped", "45"),
        (ae, "merged with another row", "submitted twice (cleaning.duplicates)", "120"),
        (ae, "set aside", "no arrival date (contract)", "*"),
        (ae, "set aside on receipt", "AEKEY is missing", "10"),
    )
    del result["data"]["repairs"]  # a result of an earlier version shows the fates alone
    assert len(table(data_page.section(result, {}), "Nothing is silently repaired").rows) == 3


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


def test_the_parts_of_the_difference_add_up_in_pence() -> None:
    """£120 a head on 15,000 heads: contacts £145, kinds -£15, price -£10."""
    section = cost_page.section(paid(), {})
    parts = table(section, "in parts")
    assert parts.rows[-1] == ("All care", "£2,175,000.00", "−£225,000.00", "−£150,000.00", "£1,800,000.00")
    assert "Of Kinds, −£2 a head is of contacts without a price." in words(section)
    assert "Of Kinds, −£1 a head is of contacts whose kind had no price before launch" in words(section)
    assert "the mean of April 2013 to March 2015, all arms together" in words(section)


def test_what_is_hardly_anything_of_the_kinds_is_not_named() -> None:
    result = paid()
    for row in result["decomposition"]["rows"]:
        row["gbp_per_head"] *= 0.2 if row["part"].startswith("mix_") else 1.0
    assert "Of Kinds" not in words(cost_page.section(result, {}))


def test_a_saving_not_told_apart_has_no_such_table() -> None:
    said = words(cost_page.section(paid() | {"decomposition": None}, {}))
    assert "in parts" not in said
    assert "Difference in cost by point of delivery" in said


@pytest.mark.parametrize(
    ("half", "said"),
    [
        # contacts £145, kinds -£15, price -£10, each with half of `half` either side
        (400.0, "The 95% interval of every part holds zero"),
        (80.0, "The 95% interval of Contacts leaves zero; that of the others holds it."),
        (24.0, "The 95% interval of Contacts and Kinds leaves zero; that of the others holds it."),
        (2.0, "The 95% interval of Contacts and Kinds and Price leaves zero."),
    ],
)
def test_which_parts_the_data_tell_from_nothing(half: float, said: str) -> None:
    assert said in words(cost_page.section(paid() | {"decomposition": split(120.0, half)}, {}))


def test_parts_without_an_interval_say_so() -> None:
    result = paid()
    for row in result["decomposition"]["rows"]:
        row |= {"gbp_per_head_low": None, "gbp_per_head_high": None}
    assert "No interval is given for the parts" in words(cost_page.section(result, {}))
