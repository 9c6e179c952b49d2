"""Recorded breaks: a change by provider looks like a step of the arms until both are brought to one mix of providers."""

import numpy as np
import pytest
from assurance_city import VALUE, city, lose, until, window_of

from pipeline.assurance.arithmetic.counted import Counted
from pipeline.assurance.feed import known_breaks
from pipeline.assurance.finding import Finding
from pipeline.study import KnownBreak

WINDOW = window_of("2017-18")
HRG = KnownBreak(month="2017-04", what="HRG4+")


def judged(counts: Counted, *breaks: KnownBreak) -> list[Finding]:
    return known_breaks.check(until(counts, WINDOW), breaks or (HRG,), window=WINDOW, value=VALUE)


def by_provider(counts: Counted, share: float, figures: tuple[str, ...] = ("cost_pence",)) -> Counted:
    """From the break on ZT2 alone changes, for whoever uses it: 10% of the intervention's rows, 35% of the control's."""
    for arm in ("intervention", "control"):
        counts = lose(counts, share, stream="op", arm=arm, first="2017-04", providers=("ZT2",), figures=figures)
    return counts


def test_a_break_of_one_provider_differs_by_arm_as_delivered_and_not_at_one_mix() -> None:
    """ZT2 pays 40% less: 4% of the intervention's cost and 14% of the control's, log difference about 0.11; at one mix none."""
    counts = until(by_provider(city(np.random.default_rng(51)), 0.4), WINDOW)
    at = counts.months.index("2017-04")
    crude, standard, variance, covered = known_breaks.differences(counts, "op", "cost_per_row", at, 12, 12)
    assert crude == pytest.approx(np.log(1 - 0.4 * 0.1) - np.log(1 - 0.4 * 0.35), abs=0.03)
    assert abs(standard) < 4 * variance**0.5 < 0.05
    assert covered == 1
    (said,) = [f for f in judged(counts) if f.stream == "op" and "cost a priced row" in f.message]
    assert said.verdict != "fail"
    assert "as delivered" in said.message
    assert "at one mix" in said.message


def test_thirty_clean_breaks_stay_open_and_one_arm_alone_fails() -> None:
    """At the family's 0.05% one of 30 has a chance of 1.5%; a tenth of the control's price is found in 10 of 10."""
    rng = np.random.default_rng(52)
    assert not [f for _ in range(30) for f in judged(by_provider(city(rng), 0.2)) if f.verdict == "fail"]
    for _ in range(10):
        broken = lose(city(rng), 0.1, stream="op", first="2017-04", figures=("cost_pence",))
        (fault,) = [f for f in judged(broken) if f.verdict == "fail"]
        assert (fault.stream, fault.arm, fault.first_month) == ("op", "control", "2017-04")
        assert fault.saving_effect_gbp_low < -0.1 * 339 * 15_000 < fault.saving_effect_gbp_high
    assert "HRG4+" in fault.question_for_supplier


def test_rows_are_judged_too() -> None:
    gone = lose(city(np.random.default_rng(53)), 0.6, stream="ae", first="2017-10")
    found = judged(gone, KnownBreak(month="2017-10", what="A&E to ECDS"))
    (fault,) = [f for f in found if f.verdict == "fail"]
    assert (fault.stream, fault.arm, fault.first_month) == ("ae", "control", "2017-10")
    assert "rows a person-month" in fault.message


def test_standardising_by_hand() -> None:
    """One practice an arm, two providers; rows before (10, 30) and (30, 10), after (20, 30) and (60, 10), time 1 throughout.

    Pooled weights (40, 40) / 80. ZT1 doubles and ZT2 stays in both arms: each arm's step is log(0.5 x 2 + 0.5 x 1) = log 1.5,
    no difference; as delivered log(50/40) against log(70/40).
    """
    counts = until(city(np.random.default_rng(54)), WINDOW)
    keep = [0, 13]
    rows = np.zeros((2, 2, 96, 1, 2))
    rows[1, :, 83, 0] = [(10, 30), (30, 10)]
    rows[1, :, 84, 0] = [(20, 30), (60, 10)]
    small = Counted(
        tuple(counts.practices[i] for i in keep), counts.months, (counts.kinds[5],), ("ZT1", "ZT2"), rows, rows * 100, rows * 0,
        np.ones((2, 2, 96)), np.array([True, False]), np.array([False, True]),
    )  # fmt: skip
    crude, standard, _, covered = known_breaks.differences(small, "op", "rows", 84, 1, 1)
    assert crude == pytest.approx(np.log(50 / 70))
    assert standard == pytest.approx(0)
    assert covered == 1


def test_without_a_recorded_break_there_is_nothing_to_judge() -> None:
    counts = city(np.random.default_rng(55))
    (said,) = known_breaks.check(until(counts, WINDOW), (), window=WINDOW, value=VALUE)
    assert said.verdict == "pass"
    (later,) = judged(counts, KnownBreak(month="2018-10", what="after the year"))
    assert later.verdict == "pass"


def test_arms_without_common_providers_are_undetermined() -> None:
    apart = lose(city(np.random.default_rng(56)), 1, stream="op", arm="control", first="2010-04", providers=("ZT1", "ZT3"))
    apart = lose(apart, 1, stream="op", arm="intervention", first="2010-04", providers=("ZT2",))
    said = [f for f in judged(apart) if f.stream == "op"]
    assert {f.verdict for f in said} == {"undetermined"}
    assert all("too few providers" in f.message for f in said)
