"""Aggregates that carry no cost for what the study values at a mean. Figures of the town are in conftest."""

from dataclasses import replace

from pipeline.assurance.assess import assess_data


def routes(evidence) -> list:
    return [f for f in assess_data(evidence, "2016-17") if f.check == "routes" and f.verdict != "pass"]


def without_cost(town):
    """The supplier values no admission of 2016-17: COST_GBP is empty and every row counted as unpriced."""
    feed = town.feed.copy()
    late = (feed["stream"] == "apc") & (feed["month"] >= "2016-04")
    feed["cost_pence"] = feed["cost_pence"].where(~late, 0)
    feed["unpriced_rows"] = feed["unpriced_rows"].where(~late, feed["rows"])
    return replace(town, feed=feed)


def test_a_cost_that_was_not_filled_is_no_difference_of_prices(town) -> None:
    found = routes(without_cost(town))
    assert [(f.verdict, f.stream, f.arm) for f in found] == [("inform", "apc", "intervention"), ("inform", "apc", "control")]
    assert all("carry no cost of these rows in 2016-17" in f.message for f in found)
    assert all(f.saving_effect_gbp is None for f in found)


def test_a_cost_of_nothing_on_rows_that_count_as_priced_is_one(town) -> None:
    control = town.feed["practice"] > "A80100"
    cost = town.feed["cost_pence"].where(~control, without_cost(town).feed["cost_pence"])
    found = routes(replace(town, feed=town.feed.assign(cost_pence=cost)))
    (fault,) = [f for f in found if f.verdict == "fail"]
    assert (fault.verdict, fault.arm, fault.stream) == ("fail", "control", "apc")
    assert "pounds where there are none" in fault.message


def test_rows_that_are_lost_are_found_without_a_cost_beside_them(town, damage) -> None:
    lost = lambda f: (f["practice"] > "A80100") & (f["stream"] == "apc") & (f["month"] >= "2016-04")  # noqa: E731
    (fault,) = [
        f for f in routes(damage(without_cost(town), "extract", lost, rows=0.5, cost_pence=0.5)) if f.verdict != "inform"
    ]
    assert (fault.verdict, fault.arm, fault.stream, fault.first_month) == ("fail", "control", "apc", "2016-04")
