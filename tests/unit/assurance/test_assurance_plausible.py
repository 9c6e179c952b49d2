"""Steps no programme could cause: what closes, and what is never told. The protocol's largest effect is 30%."""

import numpy as np
from assurance_city import VALUE, city, lose, until, window_of

from pipeline.assurance.arithmetic.counted import Counted
from pipeline.assurance.feed import plausible
from pipeline.assurance.finding import Finding

WINDOW = window_of("2016-17")


def judged(counts: Counted) -> list[Finding]:
    return plausible.check(until(counts, WINDOW), None, window=WINDOW, value=VALUE)


def test_the_largest_plausible_effect_stays_open() -> None:
    """At 30% itself the family's 0.05% is one-sided and halved: one of 60 has a chance of 1.5%."""
    rng = np.random.default_rng(31)
    assert not [f for _ in range(60) for f in judged(city(rng, effect=0.3)) if f.verdict != "pass"]


def test_two_thirds_lost_among_the_eligible_alone_are_found_in_either_arm() -> None:
    rng = np.random.default_rng(32)
    for arm in ("control", "intervention"):
        for _ in range(8):
            found = judged(lose(city(rng), 0.67, stream="ae", arm=arm, populations=(0,)))
            (fault,) = [f for f in found if f.verdict == "fail"]
            assert (fault.stream, fault.arm) == ("ae", arm)
            assert (fault.saving_effect_gbp < 0) == (arm == "control")
            assert fault.question_for_supplier


def test_pounds_of_a_failing_step_are_a_bound_in_whole_twentieths() -> None:
    """A&E is worth £102 x 15,000 = £1,530,000: a twentieth is £76,500, and no fault can be more than all of it."""
    (fault,) = [
        f for f in judged(lose(city(np.random.default_rng(33)), 0.9, stream="ae", populations=(0,))) if f.stream == "ae"
    ]
    assert fault.saving_effect_gbp_low == -1_530_000
    assert fault.saving_effect_gbp == fault.saving_effect_gbp_high
    assert round(fault.saving_effect_gbp / 76_500, 6) == round(fault.saving_effect_gbp / 76_500)


def test_what_is_said_of_an_open_gate_does_not_depend_on_the_effect() -> None:
    """Verdicts and pounds are the same with no effect and with one of 20%: only the noise is told."""
    none, some = (judged(city(np.random.default_rng(34), effect=effect)) for effect in (0.0, 0.2))
    assert {f.verdict for f in (*none, *some)} == {"pass"}
    assert {f.saving_effect_gbp for f in (*none, *some)} == {None}
    assert not [f for f in some if f.arm or f.first_month or f.question_for_supplier]
