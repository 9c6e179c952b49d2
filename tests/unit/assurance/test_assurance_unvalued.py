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
    assert routes(without_cost(town)) == []


def test_a_cost_of_nothing_on_rows_that_count_as_priced_is_one(town) -> None:
    control = town.feed["practice"] > "A80100"
    cost = town.feed["cost_pence"].where(~control, without_cost(town).feed["cost_pence"])
    (fault,) = routes(replace(town, feed=town.feed.assign(cost_pence=cost)))
    assert (fault.verdict, fault.arm, fault.stream) == ("fail", "control", "apc")
    assert "pounds where there are none" in fault.message


def test_rows_that_are_lost_are_found_without_a_cost_beside_them(town, damage) -> None:
    lost = lambda f: (f["practice"] > "A80100") & (f["stream"] == "apc") & (f["month"] >= "2016-04")  # noqa: E731
    (fault,) = routes(damage(without_cost(town), "extract", lost, rows=0.5, cost_pence=0.5))
    assert (fault.verdict, fault.arm, fault.stream, fault.first_month) == ("fail", "control", "apc", "2016-04")
