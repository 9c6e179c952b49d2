"""People and prices counted by two routes, and streams that are material only together. Figures of the town are in conftest."""

from dataclasses import replace

import pytest

from pipeline.assurance.assess import assess_data

CONTROLS_FROM = "A80100"


def routes(evidence) -> list:
    return [f for f in assess_data(evidence, "2016-17") if f.check == "routes" and f.verdict != "pass"]


def test_people_bought_into_one_arm_fail_though_every_contact_agrees(town) -> None:
    ghosts = replace(town, heads=town.heads | {"A80101": 200})
    (fault,) = routes(ghosts)
    assert (fault.verdict, fault.arm, fault.stream, fault.first_month) == ("fail", "control", None, "2015-03")
    # the feed counts 500 of 600 heads: 1/6 of £696 x 600 heads may have moved by 30%
    assert fault.saving_effect_gbp == 0
    assert fault.saving_effect_gbp_high == pytest.approx(696 * 600 / 6 * 0.3)
    assert "120.00%" in fault.message
    assert "A80101" in fault.message


def test_people_moved_between_practices_of_an_arm_inform(town) -> None:
    (said,) = routes(replace(town, heads=town.heads | {"A80101": 150, "A80102": 50}))
    assert (said.verdict, said.saving_effect_gbp_high) == ("inform", 0)
    assert "practices A80101, A80102" in said.message


def test_nobody_counted_at_the_date_is_not_evaluated(town) -> None:
    without = town.population[town.population["month"] != "2015-03"]
    silent = [f for f in routes(replace(town, population=without)) if f.verdict == "not_evaluated"]
    assert [f.arm for f in silent] == ["intervention", "control"]


def test_codes_changed_in_the_extract_fail_with_the_change_of_its_own_prices(town, damage, control_ae) -> None:
    # rows and the supplier's cost column stand; the study's prices of the control's A&E are a quarter too high
    (fault,) = routes(damage(town, "extract", control_ae, cost_pence=1.25))
    assert (fault.verdict, fault.stream, fault.arm) == ("fail", "ae", "control")
    assert (fault.first_month, fault.last_month) == ("2015-04", "2017-03")
    # a quarter too much of what should be there: 25 / 100 of £96 x 600
    assert fault.saving_effect_gbp == pytest.approx(0.25 * 96 * 600)
    assert "125.00%" in fault.message


def test_rows_lost_alike_in_number_and_pounds_are_one_finding(town, damage, control_ae) -> None:
    (fault,) = routes(damage(town, "extract", control_ae, rows=0.5, cost_pence=0.5))
    assert "rows that the feed counts" in fault.message


def test_a_price_list_that_is_not_the_agreed_one_fails_though_it_is_alike_in_both_arms(town, damage) -> None:
    every = lambda f: f["stream"] == "apc"  # noqa: E731
    found = routes(damage(town, "extract", every, cost_pence=2))
    assert {(f.verdict, f.stream, f.arm) for f in found} == {("fail", "apc", "intervention"), ("fail", "apc", "control")}
    assert all(f.saving_effect_gbp == 0 for f in found)


def test_streams_that_are_material_only_together_fail(town) -> None:
    broken = town.extract.copy()
    late = (broken["practice"] > CONTROLS_FROM) & (broken["month"] >= "2016-04")
    for stream, cells, price in (("op", 15, 5_000), ("ae", 6, 10_000)):  # one row a cell, with its price
        hit = broken.index[late & (broken["stream"] == stream) & (broken["rows"] > 2)][:cells]
        broken.loc[hit, ["rows", "supplier_rows"]] -= 1
        broken.loc[hit, ["cost_pence", "supplier_cost_pence"]] -= price
    found = routes(replace(town, extract=broken))
    # 15 of 1,200 rows of £72,000 are £900, 6 of 480 rows of £57,600 are £720: neither reaches £1,000
    assert {(f.stream, f.verdict) for f in found} == {("op", "inform"), ("ae", "inform"), (None, "fail")}
    (fault,) = [f for f in found if f.verdict == "fail"]
    assert (fault.arm, fault.saving_effect_gbp) == ("control", pytest.approx(-1_620))
