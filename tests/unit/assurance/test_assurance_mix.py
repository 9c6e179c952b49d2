"""Cost a row of the same kind and the mix of kinds: indices by hand, what is found, what is not said of the eligible."""

import numpy as np
import pytest
from assurance_city import VALUE, city, lose, until, window_of

from pipeline.assurance.arithmetic.counted import Counted
from pipeline.assurance.feed import mix
from pipeline.assurance.feed.mix_steps import kinds_change, price_change
from pipeline.assurance.finding import Finding

WINDOW = window_of("2016-17")


def judged(counts: Counted) -> list[Finding]:
    return mix.check(until(counts, WINDOW), window=WINDOW, value=VALUE, carried={})


def failing(counts: Counted) -> list[Finding]:
    return [f for f in judged(counts) if f.verdict == "fail"]


def figure(*kinds: float) -> np.ndarray:
    """One comparison, one practice, one place."""
    return np.array(kinds, dtype=float)[None, None, :, None]


def test_the_indices_of_two_kinds_by_hand() -> None:
    """Before: 30 rows at £1 and 10 at £5. After: 20 at £2 and 20 at £5.

    Prices at the basket (30, 10): (30 x 2 + 10 x 5) / (30 x 1 + 10 x 5) = 110 / 80. Mix at the prices (1, 5): a row costs
    (20 x 1 + 20 x 5) / 40 = 3 after and (30 x 1 + 10 x 5) / 40 = 2 before.
    """
    pence, rows = (figure(30, 50), figure(40, 100)), (figure(30, 10), figure(20, 20))
    price = price_change(pence, rows, np.array([30.0, 10.0]))
    assert price.item() == pytest.approx(np.log(110 / 80))
    kinds = kinds_change(rows, np.array([30.0, 50.0]), np.array([30.0, 10.0]))
    assert kinds.item() == pytest.approx(np.log(3 / 2))
    # a kind that is priced on one side only leaves the basket: 30 rows at £1 and then at £2 remain
    gone = price_change((figure(30, 50), figure(40, 0)), (figure(30, 10), figure(20, 0)), np.array([30.0, 10.0]))
    assert gone.item() == pytest.approx(np.log(2))
    assert np.isnan(kinds_change((figure(3), figure(4)), np.array([3.0]), np.array([3.0])).item())


def test_sixty_clean_cities_with_an_effect_stay_open() -> None:
    """At the family's 0.05% even one of 60 has a chance of 3%. The effect of 20% on the eligible's rows moves no price."""
    rng = np.random.default_rng(11)
    assert not [f for _ in range(60) for f in failing(city(rng, effect=0.2))]


def test_prices_a_tenth_lower_are_found_in_either_population_and_dated() -> None:
    """15 of 15 cities each: at a power of 80% that would come in 3.5%."""
    rng = np.random.default_rng(12)
    for _ in range(15):
        found = failing(lose(city(rng), 0.1, stream="op", figures=("cost_pence",), first="2015-10"))
        (theirs,) = [f for f in found if "not-eligible" in f.message and f.provider is None]
        assert (theirs.stream, theirs.arm, theirs.first_month) == ("op", "control", "2015-10")
        assert theirs.saving_effect_gbp_low < -0.1 * 339 * 15_000 < theirs.saving_effect_gbp_high
        assert [f for f in found if "not-eligible" not in f.message], "the eligible alone show it too"


def test_one_provider_alone_is_named_and_cannot_be_the_trust() -> None:
    found = failing(lose(city(np.random.default_rng(13)), 0.2, stream="apc", figures=("cost_pence",), providers=("ZT2",)))
    within = [f for f in found if f.provider]
    assert {(f.stream, f.arm, f.provider) for f in within} == {("apc", "control", "ZT2")}
    assert all("cannot be the trust" in f.message for f in within)


def test_departments_coded_as_minor_move_the_mix_at_fixed_prices() -> None:
    """A third of the control's A&E of type 1 comes as type 3: no row is lost, and each costs £80 less."""
    counts = until(city(np.random.default_rng(14)), WINDOW)
    late = np.array([month >= "2015-04" for month in counts.months])
    major, minor = (next(k for k, kind in enumerate(counts.kinds) if kind.department_type == code) for code in ("01", "03"))
    at = np.ix_([0, 1], np.flatnonzero(counts.control), np.flatnonzero(late), range(3))
    for figures in (counts.rows, counts.cost_pence, counts.unpriced):
        moved = np.round(figures[:, :, :, major][at] / 3)
        figures[:, :, :, major][at] -= moved
        figures[:, :, :, minor][at] += moved
    (fault,) = [f for f in failing(counts) if "mix of cheap and dear" in f.message and f.provider is None]
    assert (fault.stream, fault.arm) == ("ae", "control")
    assert "cheaper" in fault.message


def test_of_the_eligible_nothing_measured_is_told_unless_it_fails() -> None:
    """The range is the same to either side, and the sentence names no direction."""
    said = [f for f in judged(city(np.random.default_rng(15))) if "of eligible people" in f.message]
    assert said
    assert all(f.verdict != "fail" for f in said)
    assert all(f.saving_effect_gbp == 0 and f.saving_effect_gbp_low == -f.saving_effect_gbp_high for f in said)
    assert not [f for f in said if "%" in f.message]
