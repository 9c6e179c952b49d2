"""The market forces factor: once, on the whole sum of a contact, by the provider that was paid.

Belongs here: that step, and rounding to pence at its end. Does not belong here: base prices.
Looked up by PROCODE3: PROCODET carries treatment-centre suffixes and site codes, by which the table cannot be found. A
provider without a factor (independent providers have none) leaves the contact unpriced, never at factor 1, unless the
protocol names a substitute.
"""

from decimal import Decimal

import ibis
import ibis.expr.types as ir

from pipeline.pricing.branches import remark
from pipeline.pricing.whole_pence import divided_half_up
from pipeline.study import PricingRules

MILLION = 1_000_000


def apply(decided: ir.Table, factors: ir.Table, *, year: str, rules: PricingRules) -> ir.Table:
    """`decided` (base_pence, price_state, price_reason, provider) with price_pence: base x factor, half up to the penny.

    factors : list_provider, list_value (millionths), one row a provider.
    """
    joined = decided.left_join(factors, decided.provider == factors.list_provider).drop("list_provider")
    if rules.missing_mff != "null":
        joined = remark(
            joined, joined.list_value.isnull(), "market forces factor of the provider missing, protocol's substitute"
        )
        joined = joined.mutate(list_value=or_substitute(joined.list_value, rules))
    priced = (joined.price_state == "priced") & joined.list_value.notnull()
    without = (joined.price_state == "priced") & joined.list_value.isnull()
    return joined.mutate(
        price_pence=ibis.ifelse(priced, divided_half_up(joined.base_pence * joined.list_value, MILLION), ibis.null("int64")),
        price_state=ibis.ifelse(without, "missing", joined.price_state),
        price_reason=ibis.ifelse(without, f"provider has no market forces factor in {year}", joined.price_reason),
    ).drop("list_value", "base_pence")


def or_substitute(value: ir.IntegerValue, rules: PricingRules) -> ir.IntegerValue:
    """The factor in millionths, or the protocol's substitute where it is null and the protocol names one."""
    if rules.missing_mff == "null":
        return value
    return value.fill_null(int((Decimal(str(rules.missing_mff)) * MILLION).to_integral_value()))
