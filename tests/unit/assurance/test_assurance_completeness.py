"""Cells that contracts expect, providers that stop, levels that look wrong. Figures of the town are in conftest."""

from dataclasses import replace

import pytest

from pipeline.assurance.assess import assess_data
from pipeline.assurance.finding import Finding

CONTROLS_FROM = "A80100"


def failing(found: list[Finding], stream: str = "ae") -> list[Finding]:
    return [f for f in found if f.check == "completeness" and f.verdict == "fail" and f.stream == stream]


def missing(town, damage, where):
    """Rows of `where` leave the extract and, for every population, the feed: lost before both routes."""
    gone = {"rows": 0, "cost_pence": 0}
    broken = damage(town, "extract", where, **gone, supplier_rows=0, supplier_cost_pence=0)
    return damage(broken, "feed", where, **gone, rows_linked=0)


def test_a_stream_lost_before_both_routes_fails_though_the_routes_agree(town, damage, control_ae) -> None:
    found = assess_data(missing(town, damage, control_ae), "2016-17")
    (fault,) = failing(found)
    assert (fault.arm, fault.provider, fault.first_month, fault.last_month) == ("control", None, "2015-04", "2017-03")
    assert fault.saving_effect_gbp == -57_600  # £96 x 600 heads
    assert "missing" in fault.message
    assert "from April 2015 to March 2017" in fault.question_for_supplier
    assert not [f for f in found if f.check == "routes" and f.verdict != "pass"]


def test_a_stream_missing_in_all_years_is_found_and_valued_at_the_other_arms_cost(town, damage) -> None:
    always = lambda f: (f["practice"] > CONTROLS_FROM) & (f["stream"] == "ae")  # noqa: E731
    by_minimum, by_level = failing(assess_data(missing(town, damage, always), "2015-16"))
    assert (by_minimum.first_month, by_minimum.last_month) == ("2013-04", "2016-03")
    # no step, so no expected effect; what is not seen may have moved by 30% of £96 x 600
    assert (by_minimum.saving_effect_gbp, by_minimum.saving_effect_gbp_low) == (0, -17_280)
    assert "other arm's cost" in by_minimum.message
    assert (by_level.arm, by_level.saving_effect_gbp_high) == ("control", 17_280)


def test_less_than_half_in_all_years_fails_by_level_alone(town, damage) -> None:
    """A quarter of the control's A&E (2 rows of 8, 20 per 1,000 heads: the minimum) by both routes in every year."""
    always = lambda f: (f["practice"] > CONTROLS_FROM) & (f["provider"] == "ZT1") & (f["stream"] == "ae")  # noqa: E731
    fault, place = failing(assess_data(missing(town, damage, always), "2016-17"))
    assert (fault.arm, fault.provider) == ("control", None)
    assert "25%" in fault.message
    assert (place.arm, place.provider) == ("control", "ZT1")  # which serves the same practices in other streams


def test_the_eligible_alone_lost_in_all_years_shows_against_their_neighbours(town, damage) -> None:
    one = lambda f: (f["practice"] > CONTROLS_FROM) & (f["provider"] == "ZT1") & (f["stream"] == "ae")  # noqa: E731
    broken = damage(town, "extract", one, rows=0)
    broken = damage(broken, "feed", lambda f: one(f) & (f["population"] == "eligible"), rows=0)
    assert failing(assess_data(broken, "2016-17"))


def test_a_level_somewhat_low_informs(town, damage) -> None:
    lower = damage(town, "feed", lambda f: (f["practice"] > CONTROLS_FROM) & (f["stream"] == "op"), rows=0.7)
    said = [f for f in assess_data(lower, "2016-17") if f.check == "completeness" and f.stream == "op" and f.verdict != "pass"]
    assert [f.verdict for f in said] == ["inform"]


def test_a_month_without_rows_fails_and_is_named(town, damage, control_ae) -> None:
    (fault,) = failing(assess_data(missing(town, damage, lambda f: control_ae(f) & (f["month"] == "2016-11")), "2016-17"))
    assert (fault.first_month, fault.last_month) == ("2016-11", "2016-11")
    assert fault.saving_effect_gbp == pytest.approx(-57_600 / 12)


def test_no_contract_means_not_evaluated(town) -> None:
    found = [f for f in assess_data(replace(town, expected=()), "2016-17") if f.check == "completeness"]
    assert found[0].verdict == "not_evaluated"
    assert "Remedy" in found[0].message


def test_a_month_above_the_unpriced_ceiling_fails(town, damage) -> None:
    broken = replace(town, extract=town.extract.copy())
    hit = (
        (broken.extract["practice"] > CONTROLS_FROM)
        & (broken.extract["stream"] == "ae")
        & (broken.extract["month"] >= "2015-04")
    )
    broken.extract.loc[hit, "unpriced_rows"] = broken.extract.loc[hit, "rows"]
    (fault,) = failing(assess_data(broken, "2016-17"))
    assert (fault.first_month, fault.last_month, fault.saving_effect_gbp) == ("2015-04", "2017-03", -57_600)
    assert "HRG" in fault.question_for_supplier


def test_a_provider_that_stops_and_is_not_replaced_fails(town, damage) -> None:
    gone = lambda f: (f["practice"] > CONTROLS_FROM) & (f["provider"] == "ZT2") & (f["month"] >= "2016-01")  # noqa: E731
    (fault,) = failing(assess_data(missing(town, damage, gone), "2016-17"))
    assert (fault.provider, fault.arm, fault.first_month, fault.last_month) == ("ZT2", "control", "2016-01", "2017-03")
    assert fault.saving_effect_gbp == pytest.approx(-57_600 / 4)  # 2 of 8 rows


def test_a_provider_whose_work_others_took_over_informs(town, damage) -> None:
    """ZT2 closes and ZT1 takes its patients: 8 rows of 6, for everybody."""
    late = lambda f: (f["practice"] > CONTROLS_FROM) & (f["stream"] == "ae") & (f["month"] >= "2016-01")  # noqa: E731
    moved = missing(town, damage, lambda f: late(f) & (f["provider"] == "ZT2"))
    more = {"rows": 8 / 6, "cost_pence": 8 / 6}
    moved = damage(moved, "extract", late, **more, supplier_rows=8 / 6, supplier_cost_pence=8 / 6)
    moved = damage(moved, "feed", late, **more, rows_linked=8 / 6)
    found = assess_data(moved, "2016-17")
    assert not failing(found)
    (said,) = [f for f in found if f.check == "completeness" and f.verdict == "inform"]
    assert (said.provider, said.saving_effect_gbp) == ("ZT2", None)


def test_a_small_provider_that_stops_is_seen_in_all_people_of_the_practices(town, damage) -> None:
    zt2 = lambda f: (f["practice"] > CONTROLS_FROM) & (f["provider"] == "ZT2")  # noqa: E731
    few = damage(town, "feed", lambda f: zt2(f) & (f["population"] == "eligible"), rows=0.5)  # 5 a month: too few to judge
    gone = damage(few, "feed", lambda f: zt2(f) & (f["month"] >= "2016-01"), rows=0)
    (fault,) = [f for f in assess_data(gone, "2016-17") if f.provider == "ZT2" and f.check == "completeness"]
    assert (fault.arm, fault.first_month, fault.last_month) == ("control", "2016-01", "2017-03")
    assert not [f for f in assess_data(few, "2016-17") if f.provider == "ZT2" and f.check == "completeness"]
