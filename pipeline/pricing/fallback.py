"""The declared fall-back: a mean price by point of delivery and length of stay, for contacts the tariff cannot price.

Belongs here: that mean and where it is put. Does not belong here: the tariff's own prices, whether a fall-back is acceptable
(the protocol declares it, the report prints its share from `summary.price_states`).
The mean is taken over contacts priced by the tariff in the baseline, both arms pooled, so that it cannot carry an effect of
the programme or a difference between the arms into the price. Contacts without a stay are in the first band.
"""

import ibis
import ibis.expr.types as ir

from pipeline import tables
from pipeline.pricing.whole_pence import divided_half_up
from pipeline.study import Prices, PricingRules

#: states a mean may stand in for; out of scope is no gap, and a spell not discharged has no length of stay yet
REPLACED_STATES = ("missing", "no_price", "ungroupable")


def mean_prices(priced: ir.Table, *, rules: PricingRules, baseline: tuple[str, str]) -> ir.Table:
    """Columns pod, band (first day), contacts, mean_pence (half up) over priced contacts of the months `baseline`."""
    of_baseline = priced.filter((priced.price_state == "priced") & priced.month.between(*baseline))
    sums = (
        of_baseline.mutate(band=_band(of_baseline.bed_days, rules))
        .group_by("pod", "band")
        .aggregate(contacts=lambda t: t.count().cast("int64"), pence=lambda t: t.price_pence.sum().cast("int64"))
    )
    return sums.mutate(mean_pence=divided_half_up(sums.pence, sums.contacts)).drop("pence")


def prices(priced: ir.Table, *, prices: Prices, rules: PricingRules, baseline: tuple[str, str]) -> ir.Table:
    """`tables.PRICED_ACTIVITY` with gaps filled where the protocol says `fallback: pod_los_band`, else unchanged.

    rules : its bands of length of stay. baseline : first and last month of the baseline.
    A contact whose point of delivery and band has no priced contact in the baseline stays unpriced, with its own reason. A
    filled one keeps the reason it had no price, after the words `fall-back mean`.
    """
    if prices.fallback == "none":
        return priced
    means = mean_prices(priced, rules=rules, baseline=baseline).select(
        mean_pod="pod", mean_band="band", mean_pence="mean_pence"
    )
    banded = priced.mutate(band=_band(priced.bed_days, rules))
    joined = banded.left_join(means, (banded.pod == means.mean_pod) & (banded.band == means.mean_band))
    filled = joined.price_state.isin(REPLACED_STATES) & joined.month.notnull() & joined.mean_pence.notnull()
    return tables.cast(
        joined.mutate(
            price_pence=ibis.ifelse(filled, joined.mean_pence, joined.price_pence),
            price_reason=ibis.ifelse(filled, ibis.literal("fall-back mean: ") + joined.price_reason, joined.price_reason),
            price_state=ibis.ifelse(filled, "fallback", joined.price_state),
        ),
        tables.PRICED_ACTIVITY,
    )


def _band(days: ir.IntegerValue, rules: PricingRules) -> ir.IntegerValue:
    falling = sorted(rules.fallback_bands_from, reverse=True)
    return ibis.cases(*((days >= start, ibis.literal(start, "int64")) for start in falling), else_=ibis.literal(0, "int64"))
