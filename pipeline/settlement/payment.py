"""The payment rule: threshold, share, floor, caps, rounding, each step with its clause.

Belongs here: applying signed terms to one saving, in exact decimals. Does not belong here: where the saving comes from,
and posting (`ledger`). Order of the steps: threshold, share, floor, annual cap, cumulative cap, rounding.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from pipeline.settlement.terms import Terms


@dataclass(frozen=True, slots=True)
class Step:
    """One clause as applied: what it says and the running amount in GBP before and after it."""

    clause: str
    says: str
    before_gbp: Decimal
    after_gbp: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """What is owed for one contract year. `clause` is the one that fixed the amount (the last that changed it)."""

    amount_gbp: Decimal
    clause: str
    steps: tuple[Step, ...]


def pounds(amount: Decimal) -> str:
    """`£412,306.18`, minus before the pound sign."""
    return f"{'-' if amount < 0 else ''}£{abs(amount):,.2f}"


def payment(*, saving_gbp: Decimal, heads: int, terms: Terms, paid_before_gbp: Decimal = Decimal(0)) -> Payment:
    """Apply outcome B's clauses to a contract year's saving.

    saving_gbp : total of the intervention arm, positive saves.
    heads : baseline heads of the intervention arm, for thresholds per head.
    paid_before_gbp : sum of what earlier contract years were paid, for the cumulative cap.
    """
    rule = terms.outcome_b
    steps: list[Step] = []
    amount = saving_gbp

    def take(clause: str, says: str, after: Decimal) -> None:
        nonlocal amount
        steps.append(Step(clause, says, amount, after))
        amount = after

    threshold = rule.threshold.gbp_per_head * heads
    per_head = f"£{rule.threshold.gbp_per_head:,.2f} a head ({pounds(threshold)} for {heads:,} heads)"
    if rule.threshold.form == "cliff":
        counts = saving_gbp >= threshold
        says = (
            f"the saving reaches the threshold of {per_head}" if counts else f"the saving is below the threshold of {per_head}"
        )
        take(rule.threshold.clause, says, saving_gbp if counts else Decimal(0))
    else:
        take(rule.threshold.clause, f"only what lies above {per_head} counts", max(saving_gbp - threshold, Decimal(0)))
    take(rule.share.clause, f"{rule.share.share_of_saving:.0%} of the saving is paid", amount * rule.share.share_of_saving)
    take(rule.floor.clause, f"not less than {pounds(rule.floor.gbp)}", max(amount, rule.floor.gbp))
    take(rule.annual_cap.clause, f"not more than {pounds(rule.annual_cap.gbp)} in a year", min(amount, rule.annual_cap.gbp))
    room = max(rule.cumulative_cap.gbp - paid_before_gbp, Decimal(0))
    take(
        rule.cumulative_cap.clause,
        f"not more than {pounds(rule.cumulative_cap.gbp)} in all; earlier years were paid {pounds(paid_before_gbp)}",
        min(amount, room),
    )
    mode = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN}[rule.rounding.mode]
    units = (amount / rule.rounding.to_gbp).to_integral_value(mode)
    take(
        rule.rounding.clause,
        f"rounded to {pounds(rule.rounding.to_gbp)}",
        (units * rule.rounding.to_gbp).quantize(Decimal("0.01")),
    )
    changed = [step.clause for step in steps[:-1] if step.before_gbp != step.after_gbp]
    return Payment(amount_gbp=amount, clause=changed[-1] if changed else rule.share.clause, steps=tuple(steps))
