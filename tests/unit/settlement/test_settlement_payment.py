"""The payment rule against hand calculations, clause by clause. Belongs here: money. Not: estimates."""

from decimal import Decimal
from typing import Any

import pytest

from pipeline.settlement.characteristics import characteristics
from pipeline.settlement.payment import payment
from pipeline.settlement.saving import saving
from pipeline.settlement.terms import Terms, illustrative_terms

HEADS = 14_300


def terms(**changes: Any) -> Terms:
    document = illustrative_terms()
    for clause, value in changes.items():
        document["outcome_b"][clause] |= value
    return Terms.model_validate(document)


@pytest.mark.parametrize(
    ("saving_gbp", "paid_before", "owed", "clause"),
    [
        # £86 a head x 14,300 = £1,229,800; 35% = £430,430
        ("1229800.00", "0", "430430.00", "7.2"),
        # threshold £43 x 14,300 = £614,900: a penny below pays nothing, at the threshold 35% = £215,215
        ("614899.99", "0", "0.00", "7.3"),
        ("614900.00", "0", "215215.00", "7.2"),
        # £3,000,000 x 35% = £1,050,000, cut by the annual cap of £750,000
        ("3000000.00", "0", "750000.00", "7.5"),
        # £2,100,000 paid before leaves £300,000 of £2,400,000
        ("1229800.00", "2100000.00", "300000.00", "7.6"),
        ("1229800.00", "2400000.00", "0.00", "7.6"),
        # a rise in cost pays nothing and is not clawed back by this rule
        ("-500000.00", "0", "0.00", "7.3"),
        # 35% of £700,000.01 = £245,000.0035, half up to £245,000.00
        ("700000.01", "0", "245000.00", "7.2"),
        # 35% of £700,000.30 = £245,000.105, half up to £245,000.11
        ("700000.30", "0", "245000.11", "7.2"),
    ],
)
def test_payment_by_hand(saving_gbp: str, paid_before: str, owed: str, clause: str) -> None:
    paid = payment(saving_gbp=Decimal(saving_gbp), heads=HEADS, terms=terms(), paid_before_gbp=Decimal(paid_before))
    assert paid.amount_gbp == Decimal(owed)
    assert paid.clause == clause
    assert paid.steps[0].before_gbp == Decimal(saving_gbp)
    assert all(a.after_gbp == b.before_gbp for a, b in zip(paid.steps, paid.steps[1:], strict=False))


def test_marginal_threshold_pays_only_above_it() -> None:
    # £1,229,800 - £614,900 = £614,900; 35% = £215,215
    rule = terms(threshold={"form": "marginal"})
    assert payment(saving_gbp=Decimal("1229800"), heads=HEADS, terms=rule).amount_gbp == Decimal("215215.00")


def test_rounding_down_is_a_choice_of_the_terms() -> None:
    rule = terms(rounding={"mode": "down"})
    assert payment(saving_gbp=Decimal("700000.30"), heads=HEADS, terms=rule).amount_gbp == Decimal("245000.10")


def test_floor_pays_when_nothing_was_saved() -> None:
    rule = terms(floor={"gbp": "1000.00"})
    paid = payment(saving_gbp=Decimal(0), heads=HEADS, terms=rule)
    assert (paid.amount_gbp, paid.clause) == (Decimal("1000.00"), "7.4")


def test_saving_is_exact_and_turns_the_sign() -> None:
    # £86.000000001 x 14,300 = £1,229,800.0000143
    found = saving(effect_gbp_per_head=-86.000000001, observed_mean=1061.0, heads=HEADS)
    assert found.gbp == Decimal("1229800.00")
    assert found.counterfactual_mean == pytest.approx(1147.000000001)
    assert found.percent == pytest.approx(100 * 86 / 1147, rel=1e-9)  # domain.md: 7.5% of about £1,147


def test_characteristics_agree_with_the_normal_table() -> None:
    # threshold £43 at a standard error of £50: P(Z >= 0.86) = 0.1949 (standard normal table); the target lies as far above
    found = characteristics(terms=terms(), standard_error=50.0, heads=HEADS, target_gbp_per_head=86.0)
    assert found.p_paid_no_effect == pytest.approx(0.1949, abs=1 / 1001)
    assert found.p_unpaid_target == pytest.approx(0.1949, abs=1 / 1001)
    assert found.expected_payment_no_effect_gbp > 0
