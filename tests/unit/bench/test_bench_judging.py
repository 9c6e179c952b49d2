"""What the bench counts as found, localised and rightly valued, by findings written by hand."""

from dataclasses import replace
from typing import Any

import pytest

from bench.judging import Outcome, judged
from pipeline.assurance.finding import Finding
from pipeline.rehearsal.faults.catalogue import FAULTS

LOST = FAULTS["rows_lost_at_random"]  # A&E of the control, from launch, by the extract


def finding(
    check: str = "routes", verdict: str = "fail", gbp: float | None = None, width: float = 0.0, **where: Any
) -> Finding:
    place = {"stream": "ae", "arm": "control", "first_month": "2015-04", "last_month": "2017-03"} | where
    pounds = {} if gbp is None else {
        "saving_effect_gbp": gbp, "saving_effect_gbp_low": gbp - width, "saving_effect_gbp_high": gbp + width
    }  # fmt: skip
    return Finding(check=check, verdict=verdict, message="", **place, **pounds)  # type: ignore[arg-type]


def outcome(*found: Finding, clean: tuple[Finding, ...] = (), route: str = "extract", truth: float = -100_000.0) -> Outcome:
    fault = replace(LOST, route=route)  # type: ignore[arg-type]
    return judged(
        list(found),
        list(clean),
        fault,
        months=("2015-04", "2017-03"),
        truth_gbp=truth,
        materiality_gbp=25_000,
        required=["routes"],
    )


def test_what_the_clean_city_has_too_is_not_found() -> None:
    same = finding(gbp=-100_000)
    assert not outcome(same, clean=(same,)).found
    assert not outcome(finding(verdict="pass", gbp=-100_000)).found
    assert outcome(same).found


def test_a_required_check_that_was_not_evaluated_shuts() -> None:
    assert outcome(finding(verdict="not_evaluated")).shut
    assert not outcome(finding(check="profile", verdict="not_evaluated")).shut
    assert not outcome(finding(verdict="inform")).shut


@pytest.mark.parametrize(
    ("where", "right"),
    [
        ({}, True),
        ({"first_month": "2015-05", "last_month": "2017-02"}, True),
        ({"first_month": "2015-06"}, False),
        ({"last_month": "2017-01"}, False),
        ({"arm": "intervention"}, False),
        ({"arm": None}, False),
        ({"stream": "op"}, False),
    ],
)
def test_stream_arm_and_months_within_one_are_asked(where: dict[str, Any], right: bool) -> None:
    assert outcome(finding(**where)).localised is right


def test_rows_and_prices_of_the_routes_are_added_up() -> None:
    said = outcome(finding(gbp=-60_000), finding(gbp=-38_000), finding("reference", gbp=-500_000))
    assert (said.stated_gbp, said.valued) == (-98_000, True)
    assert outcome(finding(gbp=-60_000)).valued is False
    assert outcome(finding(gbp=-60_000, width=45_000)).valued is True


def test_before_both_routes_their_difference_tells_nothing() -> None:
    routes, own_column, real = finding(gbp=20_000), finding("reconciliation", gbp=-900_000), finding("reference", gbp=-95_000)
    assert outcome(routes, own_column, real, route="feed").stated_gbp == -95_000
    assert outcome(routes, route="feed").stated_gbp == 20_000


def test_rows_without_a_price_count_before_a_larger_statistic_where_they_shut() -> None:
    blank, larger = finding("pricing", gbp=-99_000), finding("completeness", gbp=-150_000)
    assert outcome(blank, larger, route="feed").stated_gbp == -99_000
    assert outcome(replace(blank, verdict="inform"), larger, route="feed").stated_gbp == -150_000


def test_a_place_without_an_arm_counts_where_no_other_has_pounds() -> None:
    unknown = finding("trust_return", gbp=5_000, arm=None)
    assert outcome(unknown, finding("reference", gbp=-97_000), route="feed").stated_gbp == -97_000
    assert outcome(unknown, route="feed").stated_gbp == 5_000


def test_rows_that_moved_at_the_same_price_do_not_hide_the_pounds_of_people() -> None:
    people = finding(gbp=-4_000, width=150_000, stream=None)
    assert outcome(finding(gbp=0.0), people).stated_gbp == -4_000
    assert outcome(finding(gbp=0.0)).stated_gbp == 0
