"""Places never delivered for one arm: what is gross enough to fail, and what arms may differ in."""

import numpy as np
from assurance_city import VALUE, city, lose, until, window_of

from pipeline.assurance.arithmetic.counted import Counted
from pipeline.assurance.feed import level_places
from pipeline.assurance.finding import Finding

WINDOW = window_of("2016-17")
ALWAYS = "2010-04"


def judged(counts: Counted) -> list[Finding]:
    return level_places.check(until(counts, WINDOW), window=WINDOW, value=VALUE)


def test_thirty_cities_whose_arms_use_providers_differently_pass() -> None:
    rng = np.random.default_rng(61)
    assert {f.verdict for _ in range(30) for f in judged(city(rng))} == {"pass"}


def test_minor_departments_never_delivered_for_the_control_fail() -> None:
    """Type 3 is a quarter of the rows; nothing else tells, since there is no step."""
    (fault,) = [f for f in judged(lose(city(np.random.default_rng(62)), 1, stream="ae", first=ALWAYS, departments=("03",)))
                if f.stream == "ae"]  # fmt: skip
    assert (fault.verdict, fault.arm, fault.first_month) == ("fail", "control", ALWAYS)
    assert "departments of type 03" in fault.message
    assert fault.saving_effect_gbp == 0  # no step, so a range only
    assert fault.saving_effect_gbp_high > 25_000
    assert "left out of the feed" in fault.question_for_supplier


def test_a_provider_never_delivered_fails_where_the_same_people_use_it_in_other_streams() -> None:
    (fault,) = [f for f in judged(lose(city(np.random.default_rng(63)), 1, stream="ae", first=ALWAYS, providers=("ZT2",)))
                if f.stream == "ae"]  # fmt: skip
    assert (fault.verdict, fault.arm, fault.provider) == ("fail", "control", "ZT2")


def test_a_provider_of_the_other_patients_only_fails() -> None:
    lost = lose(city(np.random.default_rng(64)), 0.95, stream="op", first=ALWAYS, providers=("ZT2",), populations=(0,))
    (fault,) = [f for f in judged(lost) if f.stream == "op"]
    assert (fault.verdict, fault.arm, fault.provider) == ("fail", "control", "ZT2")
    assert "other patients" in fault.message


def test_half_a_department_missing_is_left_to_other_checks() -> None:
    half = lose(city(np.random.default_rng(65)), 0.5, stream="ae", first=ALWAYS, departments=("03",))
    assert {f.verdict for f in judged(half)} == {"pass"}


def test_nothing_after_launch_is_read() -> None:
    counts = city(np.random.default_rng(66))
    assert judged(lose(counts, 1, stream="ae", departments=("03",))) == judged(counts)
