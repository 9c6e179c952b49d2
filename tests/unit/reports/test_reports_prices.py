"""What the report says about prices: where they come from, what they leave out, and the supplier's beside ours."""

from unit.reports.example_result import paid
from unit.reports.test_reports_pages import table, words

from pipeline.pricing.basis import NO_LIST
from reports.pages import cost_page, data_page


def test_where_prices_come_from_stands_by_arm_and_year() -> None:
    result = paid()
    shares = {"list_share": 0.1, "fallback_share": 0.88, "current_share": 0.0}
    result["data"]["prices_by_arm"] = [
        {"stream": "ae", "financial_year": "2017-18", "arm": "intervention"} | shares,
        {"stream": "ae", "financial_year": "2017-18", "arm": "control"} | shares | {"fallback_share": None},
    ]
    result["data"]["current_prices"] = [
        {"stream": "ae", "financial_year": "2016-17", "has_price": True, "reason": "type 1", "rows": 20},
        {"stream": "ae", "financial_year": "2017-18", "has_price": False, "reason": NO_LIST, "rows": 20},
    ]
    section = data_page.section(result, {})
    assert table(section, "prices of eligible people's rows").rows == (
        ("A&E", "2017-18", "10.0%", "10.0%", "88.0%", "*", "0.0%", "0.0%"),
    )
    assert "Price lists are held of 2016-17; rows of 2017-18 have no current price." in words(section)
    assert "marginal rate for emergencies" in words(section)


def test_the_suppliers_cost_stands_beside_ours_with_its_causes() -> None:
    result = paid()
    causes = [{"cause": "zero_cost", "says": "a cost of £0", "rows": 20, "gbp": "-150.25"}]
    line = {
        "stream": "ae", "financial_year": "2013-14", "after_launch": False, "rows": 900, "our_gbp": "1000.50",
        "supplier_gbp": "850.25", "difference_gbp": "-150.25",
    }  # fmt: skip
    same = {"our_gbp": "10.00", "supplier_gbp": "10.00", "difference_gbp": "0.00", "causes": []}
    hidden = dict.fromkeys(("our_gbp", "supplier_gbp", "difference_gbp"))
    result["data"]["reconciliation"] = [
        line | {"arm": "control", "causes": causes},
        line | {"arm": "control", "financial_year": "2014-15", "causes": causes},
        line | {"arm": "intervention"} | same,
        line | {"arm": "intervention", "financial_year": "2014-15", "causes": []} | hidden,
    ]
    rows = table(data_page.section(result, {}), "supplier's cost column").rows
    assert rows == (
        ("A&E", "Before launch", "Our prices", "£10.00 + *", "£2,001.00"),
        ("A&E", "Before launch", "Supplier's cost", "£10.00 + *", "£1,700.50"),
        ("A&E", "Before launch", "of the difference: a cost of £0", "£0.00", "−£300.50"),
        ("A&E", "Before launch", "Difference", "£0.00 + *", "−£300.50"),
    )


def test_where_supplier_and_study_agree_a_sentence_says_so() -> None:
    result = paid()
    line = {
        "stream": "ae", "financial_year": "2013-14", "after_launch": False, "rows": 900, "our_gbp": "10.00",
        "supplier_gbp": "10.00", "difference_gbp": "0.00", "causes": [],
    }  # fmt: skip
    both = [line | {"arm": arm} for arm in ("intervention", "control")]
    later = {"financial_year": result["contract_year"], "after_launch": True}
    result["data"]["reconciliation"] = [*both, *(row | later for row in both)]
    section = data_page.section(result, {})
    assert "agree to the penny, in both arms: A&E before launch, A&E in" in words(section)
    assert not any("supplier's cost column" in getattr(block, "caption", "") for block in section.blocks)
    result["data"]["reconciliation"] = [*both, *(row | later | {"difference_gbp": "1.00"} for row in both)]
    assert table(data_page.section(result, {}), "supplier's cost column").rows[-1][2] == "Difference"


def test_what_the_prices_leave_out_stands_arm_beside_arm() -> None:
    result = paid()
    result["data"]["price_reasons"] = [
        {"stream": "op", "price_state": "priced", "reason": "a; b", "intervention_share": 0.1, "control_share": 0.1}
    ]
    result["data"]["outside_prices"] = [
        {"what": "emergency", "says": "non-elective admissions", "intervention_share": 0.5, "control_share": None}
    ]
    assert table(data_page.section(result, {}), "rules left out").rows == (("Non-elective admissions", "50.0%", "–"),)


def test_assumptions_behind_prices_stand_arm_beside_arm() -> None:
    result = paid()
    row = {
        "stream": "op",
        "price_state": "priced",
        "reason": "first; no HRG",
        "intervention_share": 0.02,
        "control_share": None,
    }
    result["data"]["price_reasons"] = [row, row | {"reason": "first"}]
    assert table(data_page.section(result, {}), "rest on an assumption").rows == (
        ("Outpatients", "first; no HRG", "2.0%", "*"),
    )


def test_the_figure_at_current_prices_is_marked_as_not_paid_on() -> None:
    result = paid()
    result["saving"]["at_current_prices"] = {"gbp": "1234.50", "ratio": 1.05, "share_priced": 0.9, "paid_on": False}
    assert "Beside the paid figure, and not paid on: the same change in care comes to £1,234.50" in words(
        cost_page.section(result, {})
    )
    result["saving"]["at_current_prices"] = None
    assert "the figure at current prices is not known" in words(cost_page.section(result, {}))
