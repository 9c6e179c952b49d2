"""The rules of wording at the top of a report. Expected sentences are written by hand from the made-up results' own numbers."""

import copy
from typing import Any

import pytest
from unit.reports import example_kinds as kinds
from unit.reports.example_result import paid

from reports import sentences
from reports.document import document
from reports.figures import draw_all

FORBIDDEN = ("saving", "reduction")


def claims(headline: str) -> bool:
    """Whether a headline claims a saving, the one permitted phrase put aside."""
    return any(word in headline.replace(sentences.NOT_SHOWN, "").lower() for word in FORBIDDEN)


def headlines(result: dict[str, Any]) -> list[str]:
    """Statement, headings and figure titles."""
    figures = draw_all(result)
    content = document(result, figures)
    subheadings = [b["text"] for s in content["sections"] for b in s["blocks"] if b["kind"] == "subheading"]
    titles = [figure.title for figure in figures.values()]
    return [content["statement"], content["title"], *(s["heading"] for s in content["sections"]), *subheadings, *titles]


def test_paid() -> None:
    assert sentences.statement(paid()) == (
        "For contract year 2018-19 the commissioner owes £630,000.00 under clause 7.2 "
        "(proposed, on final data received to 15 July 2019)."
    )


def test_interval_holds_zero() -> None:
    assert sentences.statement(kinds.holds_zero()) == (
        "For contract year 2018-19 £315,000.00 is owed under clause 7.2 although the data do not by themselves show a saving "
        "(proposed, interim, on provisional data received to 15 July 2019)."
    )


def test_below_threshold() -> None:
    said = "£0.00 is owed: the measured saving of £21 a head is below the threshold of £43."
    assert sentences.statement(kinds.below_threshold()) == said


def test_below_threshold_and_interval_holds_zero_claims_nothing() -> None:
    result = kinds.below_threshold()
    result["saving"] |= {"gbp_per_head_low": -30.0, "gbp_per_head_high": 72.0}
    said = sentences.statement(result)
    assert said == (
        "£0.00 is owed: the measured difference of £21 a head is below the threshold of £43, and the data do not by themselves "
        "show a saving."
    )
    assert not claims(said)


def test_more_cost_is_said_as_more_cost() -> None:
    result = kinds.below_threshold()
    result["saving"] |= {"gbp_per_head": -30.0, "gbp_per_head_low": -90.0, "gbp_per_head_high": 30.0}
    said = sentences.statement(result)
    assert "measured cost is £30 a head above" in said
    assert not claims(said)


def test_blocked_names_the_supplier() -> None:
    assert sentences.statement(kinds.blocked()) == (
        "No payment can be calculated: the data gate is closed. Question 1 is for Made-Up Commissioning Support "
        "Unit, see page 2."
    )


def test_a_gate_closed_without_a_question_says_so() -> None:
    result = kinds.blocked()
    for finding in result["gates"]["data"]["findings"]:
        finding["question_for_supplier"] = None
    assert "No question for a supplier arises" in sentences.statement(result)


def test_no_interval_is_not_a_shown_saving() -> None:
    result = paid()
    result["saving"] |= {"gbp_per_head_low": None, "gbp_per_head_high": None}
    result["estimates"][0]["refused_reason"] = "fewer than 5 control practices."
    assert sentences.NOT_SHOWN in sentences.statement(result)
    assert sentences.compatible_with(result) == "No interval could be calculated: fewer than 5 control practices."


def test_nothing_owed_for_another_reason_is_no_surprise() -> None:
    result = kinds.holds_zero()
    result["payment"] |= {"amount_gbp": "0.00", "clause": "7.6"}
    assert sentences.statement(result).startswith("For contract year 2018-19 £0.00 is owed under clause 7.6 (proposed")


def test_a_repayment_is_owed_by_the_investor() -> None:
    result = paid()
    result["payment"]["amount_gbp"] = "-1200.50"
    assert "the investor owes £1,200.50 under clause 7.2" in sentences.statement(result)


@pytest.mark.parametrize("low", [-20.0, 0.0])
def test_no_headline_claims_a_saving_when_the_interval_holds_zero(low: float) -> None:
    result = kinds.holds_zero()
    result["saving"]["gbp_per_head_low"] = low
    assert [line for line in headlines(result) if claims(line)] == []


def test_the_rule_can_fail() -> None:
    assert claims("After launch a saving of £60 a head appears")
    assert any(claims(line) for line in headlines(kinds.below_threshold())), "where zero is excluded the word may stand"


def test_interval_in_words() -> None:
    assert sentences.compatible_with(paid()) == "The data are compatible with anything from £40 to £200 a head less cost."
    both = "The data are compatible with anything from £20 a head more cost to £140 a head less cost."
    assert sentences.compatible_with(kinds.holds_zero()) == both
    result = copy.deepcopy(paid())
    result["saving"] |= {"gbp_per_head": -100.0, "gbp_per_head_low": -160.0, "gbp_per_head_high": -40.0}
    assert sentences.compatible_with(result) == "The data are compatible with anything from £40 to £160 a head more cost."


def test_how_sure_gives_reach_and_chances() -> None:
    said = " ".join(sentences.how_sure(paid()))
    # 1.4 x 80 = 112 (example_result.estimate); the chances stand in its characteristics
    assert "The smallest change it could have found in four cases of five is £112 a head." in said
    assert "pays in 14% of cases when nothing happened, and pays nothing in 16% when £86 was met" in said


def test_the_interval_names_what_it_cannot_see_unless_it_is_the_area_interval() -> None:
    result = paid()
    assert "does not see a shock shared by one side of the city" in sentences.interval_label(result)
    result["estimates"][0]["interval"] = "area"
    assert "does not see" not in sentences.interval_label(result)


def test_what_changed() -> None:
    result = paid()
    assert sentences.what_changed(result) == [
        "Not told: this version of the software calculates no bridge to an earlier version of this report."
    ]
    causes = [("a", "10.00"), ("b", "-300.00"), ("c", "20.00"), ("d", "5.00"), ("e", "-1.50")]
    result["bridge"] = {"causes": [{"cause": name, "gbp": gbp} for name, gbp in causes]}
    # 5.00 - 1.50 = 3.50
    expected = ["b: −£300.00", "c: £20.00", "a: £10.00", "2 smaller causes together: £3.50"]
    assert sentences.what_changed(result) == expected
