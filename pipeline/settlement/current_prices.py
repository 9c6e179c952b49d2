"""The saving valued at the contract year's own price list: shown beside the paid one, never paid on.

Belongs here: that valuation. Does not belong here: the saving (`saving`), which list prices a contact (`pipeline.pricing`).
Payment rests on constant prices, since a change of the tariff is no work of the programme. What the saving is worth to a
commissioner who pays the year's prices is another question: the effect on each point of delivery is valued at the ratio of its
current price to its constant one, over the intervention arm's contacts of the year that have both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pipeline.settlement.saving import PENNY


@dataclass(frozen=True, slots=True)
class CurrentSaving:
    """gbp : the saving at the year's own prices, positive saves. ratio : to the paid saving's prices, over all care.

    share_priced : part of the arm's cost, at constant prices, whose contacts have a current price too.
    """

    gbp: Decimal
    ratio: float
    share_priced: float


def at_current_prices(
    effects: Mapping[str, float], own_list: Sequence[Mapping[str, Any]], *, heads: int
) -> CurrentSaving | None:
    """None where no contact of the year has a price at its own list, or effects are not given.

    effects : GBP a head by point of delivery at constant prices, negative saves. own_list : of `pipeline.panel.own_year`.
    A point of delivery none of whose contacts has both prices is valued at the ratio of all care.
    """
    sums = {row["pod"]: row for row in own_list}
    constant = sum(row["both_constant_pence"] for row in own_list)
    if not effects or constant == 0:
        return None
    of_all = Decimal(sum(row["both_current_pence"] for row in own_list)) / constant
    total = Decimal(0)
    for pod, effect in sorted(effects.items()):
        row = sums.get(pod)
        has_both = row is not None and row["both_constant_pence"] > 0
        ratio = Decimal(row["both_current_pence"]) / row["both_constant_pence"] if row is not None and has_both else of_all
        total += Decimal(repr(round(-effect, 9))) * heads * ratio
    cost = sum(row["cost_pence"] for row in own_list)
    return CurrentSaving(
        gbp=total.quantize(PENNY, ROUND_HALF_UP), ratio=float(of_all), share_priced=constant / cost if cost else 0.0
    )


def effects_by_pod(rows: Sequence[Mapping[str, Any]], primary: Mapping[str, Any], pods: Sequence[str]) -> dict[str, float]:
    """Effects on cost of the points of delivery that the paid effect is made of, GBP a head; empty where a part is lacking.

    rows : estimates of the contract year. pods : every point of delivery there is.
    """
    if primary["pod"] != "all":
        return {primary["pod"]: primary["effect_gbp_per_head"]}
    parts = {
        row["pod"]: row["effect_gbp_per_head"]
        for row in rows
        if row["outcome"] == "cost" and row["population"] == primary["population"] and row["pod"] in pods
    }
    adds_up = abs(sum(parts.values()) - primary["effect_gbp_per_head"]) < 1e-6
    return parts if adds_up else {}
