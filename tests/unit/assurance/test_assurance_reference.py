"""The reference population: what it finds, what it must never look at, and how often it cries wolf.

Practices as in tests/assurance_city.py: 24 practices, 7,800 reference people each, 7.5% practice-year noise.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from assurance_city import VALUE, city, lose, until, window_of
from scipy import stats

from pipeline.assurance.arithmetic.counted import Counted, counted
from pipeline.assurance.arithmetic.steps import holm
from pipeline.assurance.assess import value_of
from pipeline.assurance.feed import reference
from pipeline.assurance.feed.area_variance import area_variances
from pipeline.assurance.feed.reference_steps import reference_steps
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import window

WINDOW = window_of("2016-17")


def judged(counts: Counted, look: int = 1) -> list[Finding]:
    return reference.check(until(counts, WINDOW), None, window=WINDOW, value=VALUE, carried={}, look=look)


def failing(found: list[Finding]) -> list[Finding]:
    return [f for f in found if f.verdict == "fail"]


def test_clean_cities_are_not_closed_and_a_loss_of_thirty_per_cent_always_is() -> None:
    """60 clean cities: at the first look's 0.5%, two closed or more have a chance of 3.6%, three of 0.3%.

    A loss of 30% of the control's A&E: method.md says always found; 15 of 15 here (a power of 80% would give that in 3.5%).
    """
    rng = np.random.default_rng(20150401)
    closed = sum(bool(failing(judged(city(rng)))) for _ in range(60))
    found = sum(
        any((f.stream, f.arm) == ("ae", "control") for f in failing(judged(lose(city(rng), 0.3, stream="ae"))))
        for _ in range(15)
    )
    assert closed <= 2
    assert found == 15


def test_a_fault_of_the_printed_reach_is_found_nineteen_times_in_twenty() -> None:
    """The reach of A&E rows beside the other streams is worked out from one city's noise and planted in 40 others.

    38 of 40 are expected; fewer than 33 of 40 would come in 0.3% of cases at a power of 95%, and in 43% at 80%.
    """
    rng = np.random.default_rng(99)
    steps = reference_steps(until(city(rng), WINDOW), None, window=WINDOW)
    (one,) = [t for t in holm(list(steps.values()), VALUE, 0.005) if (t.step.stream, t.step.quantity) == ("ae", "rows_beside")]
    lost = one.reach / (VALUE.cost["ae", "control"] * VALUE.heads["intervention"])
    assert 0.05 < lost < 0.12  # about 8% of A&E, where rows a person-month alone reach 25%
    found = sum(
        any(f.stream == "ae" for f in failing(judged(lose(city(rng), lost + 0.01, stream="ae", populations=(1,)))))
        for _ in range(40)
    )
    assert found >= 33


def test_a_step_is_dated_valued_and_states_its_reach() -> None:
    broken = lose(city(np.random.default_rng(7)), 0.4, stream="ae", first="2015-11")
    fault = next(f for f in failing(judged(broken)) if "beside" in f.message)
    assert (fault.stream, fault.arm, fault.first_month, fault.last_month) == ("ae", "control", "2015-11", "2017-03")
    # 40% of £102 x 15,000 heads, understating; the range holds it
    assert fault.saving_effect_gbp_low < -612_000 < fault.saving_effect_gbp_high < -25_000
    assert "November 2015" in fault.question_for_supplier
    assert all("nineteen times in twenty" in f.message for f in judged(broken))


def test_rows_sent_twice_name_the_arm_that_has_them() -> None:
    broken = lose(city(np.random.default_rng(7)), -0.3, stream="op", arm="intervention")
    assert {f.arm for f in failing(judged(broken)) if f.stream == "op"} == {"intervention"}


def test_the_providers_that_carry_a_loss_are_named_and_no_others() -> None:
    """ZT2 holds a third of the control's rows: half of it gone is a sixth of the stream; two providers are named together."""
    one = lose(city(np.random.default_rng(7)), 0.6, stream="ae", providers=("ZT2",))
    assert {f.provider for f in failing(judged(one)) if f.stream == "ae"} == {"ZT2"}
    two = lose(city(np.random.default_rng(7)), 0.6, stream="ae", providers=("ZT2", "ZT3"))
    assert {f.provider for f in failing(judged(two)) if f.stream == "ae"} == {"ZT2+ZT3"}
    every = lose(city(np.random.default_rng(7)), 0.4, stream="ae")
    assert {f.provider for f in failing(judged(every)) if f.stream == "ae"} == {None}
    minor = lose(city(np.random.default_rng(7)), 0.9, stream="ae", departments=("03",))
    assert any("departments of type 03" in f.message for f in failing(judged(minor)))


def test_later_looks_spend_half_of_what_is_left() -> None:
    """1% in all: 0.5%, 0.25%, 0.125% ..., so that a later delivery needs more to fail."""
    levels = [reference.level_at(look) for look in range(1, 40)]
    assert levels[:3] == [0.005, 0.0025, 0.00125]
    assert sum(levels) == pytest.approx(0.01)
    counts = city(np.random.default_rng(3))
    width = [f.saving_effect_gbp_high - f.saving_effect_gbp_low for f in (judged(counts)[0], judged(counts, look=4)[0])]
    assert width[1] > width[0]


def test_the_step_and_its_error_are_those_of_a_two_sample_t_test_when_that_is_the_larger() -> None:
    """Independent: scipy's Welch test of the practices' log changes gives difference, error and degrees of freedom."""
    counts = until(city(np.random.default_rng(3)), WINDOW)
    ae = counts.rows[1][:, :, counts.of_stream("ae")].sum(axis=(2, 3))
    after, before = (ae[:, counts.within(months)].sum(axis=1) for months in (WINDOW.after, WINDOW.before))
    change = np.log(after / 12) - np.log(before / 60)
    welch = stats.ttest_ind(change[counts.treated], change[counts.control], equal_var=False)
    step = reference_steps(counts, None, window=WINDOW)["ae", "rows"]
    assert step.difference == pytest.approx(change[counts.treated].mean() - change[counts.control].mean())
    assert step.standard_error >= abs(step.difference / welch.statistic) * (1 - 1e-9)
    assert step.df == pytest.approx(welch.df)


def test_a_stream_beside_the_others_takes_the_less_remarkable_comparison() -> None:
    """All A&E of the control gone: A&E differs from both other streams, they from A&E only, which is not enough."""
    steps = reference_steps(until(lose(city(np.random.default_rng(3)), 0.9, stream="ae"), WINDOW), None, window=WINDOW)
    error = {stream: steps[stream, "rows_beside"].standard_error for stream in ("ae", "apc", "op")}
    apart = {stream: abs(steps[stream, "rows_beside"].difference) for stream in error}
    assert apart["ae"] > 2
    assert max(apart["apc"], apart["op"]) < 4 * max(error["apc"], error["op"])


def test_areas_that_move_among_themselves_widen_the_error() -> None:
    counts = until(city(np.random.default_rng(3)), WINDOW)
    rng = np.random.default_rng(4)
    rows = []
    for area in range(40):
        shock = 0.3 * rng.standard_normal()
        for practice in range(3):
            for month in WINDOW.before:
                n = 250 * np.exp(shock) if month >= "2014-04" else 250
                rows.append((f"area-{area}", f"B{area:02d}{practice}", month, "ae", "all", round(n), 10_000))
    wider = pd.DataFrame(rows, columns=["area", "practice", "month", "stream", "population", "rows", "person_months"])
    plain = reference_steps(counts, None, window=WINDOW)["ae", "rows"]
    shared = reference_steps(counts, wider, window=WINDOW)["ae", "rows"]
    # the areas' own variance is about 0.09 and counts twice, for west and for east
    assert shared.standard_error**2 - plain.standard_error**2 == pytest.approx(2 * 0.09, rel=0.5)
    assert area_variances(None, WINDOW)[0].tolist() == [0, 0, 0]


def test_the_eligible_are_never_read() -> None:
    counts = city(np.random.default_rng(5))
    other = lose(counts, 0.9, stream="ae", populations=(0,))
    assert judged(other) == judged(counts)


def test_nobody_to_refer_to_is_not_evaluated_and_nothing_in_one_arm_informs(town) -> None:
    judged_on = window(town.study, "2016-17")

    def look(feed: pd.DataFrame) -> list[Finding]:
        counts = counted(feed, town.population, arm_of=town.study.arm_of, months=judged_on.watched)
        return reference.check(counts, None, window=judged_on, value=value_of(town), carried={})

    assert look(town.feed[town.feed["population"] == "eligible"])[0].verdict == "not_evaluated"
    one_arm = town.feed[(town.feed["practice"] < "A80100") | (town.feed["stream"] != "ae")]
    said = [f for f in look(one_arm) if f.stream == "ae"]
    assert {f.verdict for f in said} == {"inform"}
    assert {f.verdict for f in look(town.feed)} == {"pass"}
    assert replace(town).looks == {}
