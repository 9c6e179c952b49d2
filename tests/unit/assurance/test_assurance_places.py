"""Rows at one provider or kind of contact: what is found, what is told as work that moved, and how often it cries wolf."""

import numpy as np
from assurance_city import VALUE, city, lose, until, window_of

from pipeline.assurance.arithmetic.counted import Counted
from pipeline.assurance.feed import places
from pipeline.assurance.finding import Finding

WINDOW = window_of("2016-17")


def judged(counts: Counted) -> list[Finding]:
    return places.check(until(counts, WINDOW), window=WINDOW, value=VALUE, carried={})


def failing(counts: Counted) -> list[Finding]:
    return [f for f in judged(counts) if f.verdict == "fail"]


def test_sixty_clean_cities_stay_open_and_say_what_would_be_found() -> None:
    """At the family's 0.05% even one of 60 has a chance of 3% at most."""
    rng = np.random.default_rng(1)
    found = [judged(city(rng, effect=0.2)) for _ in range(60)]
    assert not [f for one in found for f in one if f.verdict == "fail"]
    assert all("nineteen times in twenty" in f.message for one in found for f in one if f.verdict == "undetermined")


def test_a_third_of_one_provider_lost_for_one_arm_is_found_where_the_stream_shows_little() -> None:
    """ZT2 has 35% of the control's A&E: 30% of it is a tenth of the stream. Found in 10 of 10 (0.1% at a power of 50%)."""
    rng = np.random.default_rng(2)
    for _ in range(10):
        (fault,) = failing(lose(city(rng), 0.3, stream="ae", providers=("ZT2",)))
        assert (fault.stream, fault.arm, fault.provider) == ("ae", "control", "ZT2")
        assert fault.saving_effect_gbp < 0
    assert "cannot be the trust" in fault.message
    assert fault.question_for_supplier


def test_a_kind_of_contact_lost_is_named() -> None:
    (fault,) = failing(lose(city(np.random.default_rng(3)), 0.5, stream="apc", departments=("day_case",)))
    assert (fault.stream, fault.arm, fault.provider, fault.first_month) == ("apc", "control", None, "2015-04")
    assert "day case" in fault.message


def test_one_kind_at_one_provider_is_named_as_both() -> None:
    """All day cases of ZT2 for the control; ZT2's other admitted care and the others' day cases are there."""
    lost = lose(city(np.random.default_rng(3)), 0.9, stream="apc", departments=("day_case",), providers=("ZT2",))
    (fault,) = failing(lost)
    assert (fault.arm, fault.provider) == ("control", "ZT2")
    assert "provider ZT2 and day case" in fault.message


def test_work_that_moved_to_another_provider_is_told_and_shuts_nothing() -> None:
    """From launch half of the control's ZT2 attendances go to ZT1 instead: none is lost."""
    counts = until(city(np.random.default_rng(4)), WINDOW)
    ae, late = counts.of_stream("ae"), np.array([month >= "2015-04" for month in counts.months])
    at = np.ix_([0, 1], np.flatnonzero(counts.control), np.flatnonzero(late), np.flatnonzero(ae))
    moved = np.round(counts.rows[at][..., 1] / 2)
    counts.rows[(*at, 1)] -= moved
    counts.rows[(*at, 0)] += moved
    (said,) = [f for f in judged(counts) if f.stream == "ae"]
    assert said.verdict == "inform"
    assert "went elsewhere" in said.message
    assert said.saving_effect_gbp is None


def test_the_eligible_are_never_read() -> None:
    counts = city(np.random.default_rng(5))
    assert judged(lose(counts, 0.9, stream="ae", providers=("ZT2",), populations=(0,))) == judged(counts)
