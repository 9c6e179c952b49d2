"""The declared fall-back: a mean price by point of delivery and length of stay, for contacts the tariff cannot price.

Belongs here: that mean and where it is put. Does not belong here: the tariff's own prices, whether a fall-back is acceptable
(the protocol declares it, the report prints its share from `summary`).
The mean is taken over contacts priced by the tariff in the baseline, both arms pooled, so that it cannot carry an effect of
the programme or a difference between the arms into the price. Two things that differ between arms and have nothing to do with
codes are kept out of it: the mean is of prices before the market forces factor, and each contact gets its own provider's; and
A&E contacts of departments with a flat price (type 3) and of the others have means of their own. Without that the first year
of the fall-back would show a step wherever the arms use other hospitals. Contacts without a stay are in the first band.
"""

import ibis
import ibis.expr.types as ir

from pipeline import tables
from pipeline.pricing import market_forces
from pipeline.pricing.whole_pence import divided_half_up
from pipeline.study import Prices, PricingRules

#: states a mean may stand in for; out of scope is no gap, and a spell not discharged has no length of stay yet
REPLACED_STATES = ("missing", "no_price", "ungroupable")
#: what a reason begins with where a mean stands in
SAID = "fall-back mean: "


def mean_prices(priced: ir.Table, *, rules: PricingRules, baseline: tuple[str, str], factors: ir.Table) -> ir.Table:
    """Means over priced contacts of the months `baseline`, half up, one row a pod, department and band.

    factors : list_provider, list_value (millionths).
    Columns pod, department (`01-02` and `03` of A&E, '' for all departments together and for other points of delivery), band
    (its first day), contacts, mean_base_pence (before the market forces factor), mean_pence (with it).
    """
    of_baseline = priced.filter((priced.price_state == "priced") & priced.month.between(*baseline))
    placed = _placed(of_baseline, rules, factors)
    placed = placed.mutate(base=divided_half_up(placed.price_pence * market_forces.MILLION, placed.factor))
    pooled = placed.mutate(department=ibis.literal(""))
    every = placed.filter(placed.department != "").union(pooled)
    sums = every.group_by("pod", "department", "band").aggregate(
        contacts=every.count().cast("int64"),
        pence=every.price_pence.sum().cast("int64"),
        bases=every.base.count().cast("int64"),
        base_pence=every.base.sum().cast("int64"),
    )
    return sums.mutate(
        mean_pence=divided_half_up(sums.pence, sums.contacts), mean_base_pence=divided_half_up(sums.base_pence, sums.bases)
    ).drop("pence", "bases", "base_pence")


def prices(priced: ir.Table, *, prices: Prices, rules: PricingRules, baseline: tuple[str, str], factors: ir.Table) -> ir.Table:
    """`tables.PRICED_ACTIVITY` with gaps filled where the protocol says `fallback: pod_los_band`, else unchanged.

    rules : its bands of length of stay. baseline : first and last month of the baseline. factors : as in `mean_prices`.
    A contact whose point of delivery and band has no priced contact in the baseline stays unpriced, with its own reason. A
    filled one keeps the reason it had no price, after the words `fall-back mean`. An A&E contact whose department is not known
    takes the mean of all, and a contact of a provider without a market forces factor the mean with everybody's factors in it.
    """
    if prices.fallback == "none":
        return priced
    means = mean_prices(priced, rules=rules, baseline=baseline, factors=factors).drop("contacts")
    mean_of = {"mean_pod": "pod", "mean_department": "department", "mean_band": "band"}
    pooled = means.filter(means.department == "").rename(mean_of | {"all_pence": "mean_pence", "all_base": "mean_base_pence"})
    own = means.filter(means.department != "").rename(mean_of)
    gaps = _placed(priced, rules, factors)
    t = gaps.left_join(pooled, (gaps.pod == pooled.mean_pod) & (gaps.band == pooled.mean_band))
    t = t.drop("mean_pod", "mean_band", "mean_department")
    t = t.left_join(own, (t.pod == own.mean_pod) & (t.department == own.mean_department) & (t.band == own.mean_band))
    base = t.mean_base_pence.coalesce(t.all_base)
    with_factor = divided_half_up(base * t.factor, market_forces.MILLION)
    mean = with_factor.coalesce(t.mean_pence, t.all_pence)
    filled = t.price_state.isin(REPLACED_STATES) & t.month.notnull() & mean.notnull()
    return tables.cast(
        t.mutate(
            price_pence=ibis.ifelse(filled, mean, t.price_pence),
            price_reason=ibis.ifelse(filled, ibis.literal(SAID) + t.price_reason, t.price_reason),
            price_state=ibis.ifelse(filled, "fallback", t.price_state),
        ),
        tables.PRICED_ACTIVITY,
    )


def _placed(priced: ir.Table, rules: PricingRules, factors: ir.Table) -> ir.Table:
    """With band, department and factor (millionths; null where the provider has none and the protocol no substitute)."""
    met = priced.left_join(factors, priced.provider == factors.list_provider).drop("list_provider")
    flat, other = met.department_type == "03", met.department_type.isin(["01", "02"])
    return met.mutate(
        band=_band(met.bed_days, rules),
        department=ibis.cases((flat, "03"), (other, "01-02"), else_=""),
        factor=market_forces.or_substitute(met.list_value, rules),
    ).drop("list_value")


def _band(days: ir.IntegerValue, rules: PricingRules) -> ir.IntegerValue:
    falling = sorted(rules.fallback_bands_from, reverse=True)
    return ibis.cases(*((days >= start, ibis.literal(start, "int64")) for start in falling), else_=ibis.literal(0, "int64"))
