"""From an effect per head to a saving in pounds: the last place where a float becomes money.

Belongs here: the saving as an exact decimal. Does not belong here: the estimate (`pipeline.estimation`), the rule (`payment`).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Saving:
    """A contract year's saving.

    gbp : total of the intervention arm, exact pence, positive saves.
    gbp_per_head : £ per baseline head and year (unrounded float of the estimate, sign turned).
    percent : saving a head / counterfactual mean x 100.
    heads : baseline heads of the intervention arm.
    """

    gbp: Decimal
    gbp_per_head: float
    percent: float
    counterfactual_mean: float
    observed_mean: float
    heads: int


def saving(*, effect_gbp_per_head: float, observed_mean: float, heads: int) -> Saving:
    """The saving of an effect (negative effect saves). Counterfactual mean = observed mean minus effect (method.md 1).

    The effect is taken to 9 decimal places before it is multiplied, so that the same estimate gives the same pence
    whatever the last bits of a float are on another machine.
    """
    per_head = Decimal(repr(round(-effect_gbp_per_head, 9)))
    counterfactual = observed_mean - effect_gbp_per_head
    return Saving(
        gbp=(per_head * heads).quantize(PENNY, ROUND_HALF_UP),
        gbp_per_head=-effect_gbp_per_head,
        percent=100 * -effect_gbp_per_head / counterfactual if counterfactual else 0.0,
        counterfactual_mean=counterfactual,
        observed_mean=observed_mean,
        heads=heads,
    )
