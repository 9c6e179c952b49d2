"""Pence that add up: by hand, and for any parts."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InternalError
from pipeline.settlement.parts import apportioned, saving_parts
from pipeline.settlement.saving import saving

PENNY = Decimal("0.01")


def pounds(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("total", "shares", "expected"),
    [
        # three thirds of a pound: a penny is left, and goes to the first of equal remainders
        ("1.00", ("0.333333", "0.333333", "0.333334"), ("0.33", "0.33", "0.34")),
        ("0.10", ("0.035", "0.035", "0.03"), ("0.04", "0.03", "0.03")),
        # rounded down -0.014 is -0.02, remainder 0.6 of a penny; 0.006 leaves 0.6 as well and stands first
        ("-0.01", ("0.006", "-0.014"), ("0.01", "-0.02")),
        ("0.00", ("0", "0"), ("0.00", "0.00")),
        # the total was itself rounded up: half a penny more than the shares
        ("0.03", ("0.0125", "0.0125"), ("0.02", "0.01")),
    ],
)
def test_largest_remainder_by_hand(total: str, shares: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert apportioned(Decimal(total), pounds(*shares)) == pounds(*expected)


def test_parts_of_another_saving_are_refused() -> None:
    with pytest.raises(InternalError, match="do not add"):
        apportioned(Decimal("1.00"), pounds("0.50", "0.48"))


EFFECT = st.floats(-2000, 2000, allow_nan=False)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    effects=st.dictionaries(
        st.sampled_from("abcdefgh"), st.fixed_dictionaries(dict.fromkeys(("volume", "mix", "price"), EFFECT)), min_size=1
    ),
    heads=st.sampled_from([1, 7, 1500, 15_000, 20_000_000]),
)
def test_rows_and_columns_add_to_the_saving(effects: dict[str, dict[str, float]], heads: int) -> None:
    total = sum(sum(parts.values()) for parts in effects.values())
    saved = saving(effect_gbp_per_head=total, observed_mean=1000.0, heads=heads).gbp
    pence = saving_parts(saved, effects, heads=heads)
    assert sum(sum(parts.values()) for parts in pence.values()) == saved
    for pod, parts in pence.items():
        for part, amount in parts.items():
            assert amount == amount.quantize(PENNY)
            # a rounding of the part, of its row and of the effects a head to 9 decimals
            assert abs(amount - Decimal(-effects[pod][part]) * heads) <= 2 * PENNY + Decimal("1e-9") * heads * 25
