"""What the rule does when the truth is known: how often it pays for nothing, and does not pay for the target.

Belongs here: the operating characteristics of the terms at this design's standard error, for the first page of a report.
Does not belong here: the estimate, and the full simulation over years drawn jointly (method.md section 7), which is not built:
this takes one contract year by itself, a normal error, no area shock, no restatement, no gate selection, and says so.
"""

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from pipeline.settlement.payment import payment
from pipeline.settlement.terms import Terms

NOTE = (
    "One contract year by itself, with a normal error of the printed standard error: no shock shared by one side of the city, "
    "no restatement, no selection by the gates. With several years the chance of paying at least once for nothing is higher."
)


@dataclass(frozen=True, slots=True)
class RuleCharacteristics:
    """Probabilities and expected payments (GBP) of the rule under no effect and under the target."""

    p_paid_no_effect: float
    p_unpaid_target: float
    expected_payment_no_effect_gbp: float
    expected_payment_target_gbp: float
    note: str


def characteristics(*, terms: Terms, standard_error: float, heads: int, target_gbp_per_head: float) -> RuleCharacteristics:
    """Evaluate the rule on a fixed grid of 1,001 equally likely standard-normal quantiles: no random numbers are drawn."""
    from scipy.stats import norm

    quantiles = norm.ppf((np.arange(1001) + 0.5) / 1001)

    def over(truth: float) -> tuple[float, float]:
        amounts = [
            payment(
                saving_gbp=Decimal(str(round((truth + standard_error * z) * heads, 2))), heads=heads, terms=terms
            ).amount_gbp
            for z in quantiles
        ]
        return sum(a > 0 for a in amounts) / len(amounts), math.fsum(float(a) for a in amounts) / len(amounts)

    paid_null, mean_null = over(0.0)
    paid_target, mean_target = over(target_gbp_per_head)
    return RuleCharacteristics(paid_null, 1 - paid_target, mean_null, mean_target, NOTE)
