"""Sharp steps at a month edge: when they are found, dated and placed, and what must not be taken for one."""

import numpy as np
import pytest
from assurance_city import VALUE, city, lose, until, window_of

from pipeline.assurance.arithmetic.counted import Counted
from pipeline.assurance.arithmetic.dating import change_points
from pipeline.assurance.feed import shape
from pipeline.assurance.finding import Finding

WINDOW = window_of("2016-17")


def judged(counts: Counted, year: str = "2016-17") -> list[Finding]:
    window = window_of(year)
    return shape.check(until(counts, window), window=window, value=VALUE)


def failing(counts: Counted, year: str = "2016-17") -> list[Finding]:
    return [f for f in judged(counts, year) if f.verdict == "fail"]


def test_change_points_of_a_staircase_are_its_edges() -> None:
    """Levels 0, 1 and 0.4 of 20 months each, alternating by 0.05 about them."""
    stairs = np.repeat([0.0, 1.0, 0.4], 20) + 0.05 * (-1.0) ** np.arange(60)
    assert change_points(stairs, np.arange(60) < 20) == [20, 40]
    assert change_points(np.zeros(60), np.arange(60) < 20) == []


def test_sixty_clean_cities_with_an_effect_stay_open() -> None:
    """At the family's 0.05% even one of 60 has a chance of 3%."""
    rng = np.random.default_rng(21)
    assert not [f for _ in range(60) for f in failing(city(rng, effect=0.2))]


def test_a_step_seven_months_into_the_year_is_found_dated_and_valued() -> None:
    """15 of 15 (3.5% at a power of 80%): a quarter of the control's A&E from November 2016, 5 of the year's 12 months.

    Worth 25% x £102 x 15,000 x 5/12 = £159,000.
    """
    rng = np.random.default_rng(22)
    for _ in range(15):
        (fault,) = failing(lose(city(rng), 0.25, stream="ae", first="2016-11"))
        assert (fault.stream, fault.arm, fault.last_month) == ("ae", "control", "2017-03")
        assert fault.first_month in ("2016-10", "2016-11", "2016-12")
        assert fault.saving_effect_gbp == pytest.approx(-159_000, rel=0.5)


def test_the_provider_that_steps_is_named() -> None:
    (fault,) = failing(lose(city(np.random.default_rng(23)), 0.5, stream="op", first="2016-09", providers=("ZT2",)))
    assert (fault.stream, fault.arm, fault.provider, fault.first_month) == ("op", "control", "ZT2", "2016-09")
    assert "beginning of that month" in fault.question_for_supplier


def test_a_step_bears_on_later_years_as_long_as_it_lasts() -> None:
    broken = lose(city(np.random.default_rng(24)), 0.4, stream="ae", first="2015-11", last="2016-02")
    assert failing(broken, "2015-16")
    (later,) = [f for f in judged(broken, "2017-18") if f.stream == "ae"]
    assert later.first_month in (None, "2016-03")  # the return to the old level is the only edge that reaches further


def test_a_growing_effect_on_people_of_the_practices_is_no_step() -> None:
    """Rows of the control's not-eligible fall by 1% a month over two years: never a sharp edge worth a shut gate by itself."""
    counts = city(np.random.default_rng(25))
    for n, month in enumerate([m for m in counts.months if "2015-04" <= m <= "2017-03"]):
        counts = lose(counts, 0.005 * n, stream="ae", first=month, last=month)
    assert not failing(counts)


def test_the_eligible_are_never_read() -> None:
    counts = city(np.random.default_rng(26))
    assert judged(lose(counts, 0.9, stream="ae", first="2016-11", populations=(0,))) == judged(counts)


def test_one_month_that_was_cut_is_named_though_a_level_needs_three() -> None:
    """15 of 15: 90% of the control's A&E of November 2016, worth 90% x £102 x 15,000 / 12 = £115,000. The step back in December
    is the sharper edge, and is the same fault."""
    rng = np.random.default_rng(26)
    for _ in range(15):
        (fault,) = failing(lose(city(rng), 0.9, stream="ae", first="2016-11", last="2016-11"))
        assert (fault.stream, fault.arm) == ("ae", "control")
        assert (fault.first_month, fault.last_month) == ("2016-11", "2016-11")
        assert fault.saving_effect_gbp == pytest.approx(-115_000, rel=0.5)
        assert " fell at one month edge" in fault.message
