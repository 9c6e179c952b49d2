"""The market forces factor: once, on the whole sum of a contact, by the provider that was paid.

Belongs here: that step, and rounding to pence at its end. Does not belong here: base prices.
Looked up by the first three characters of the provider's code, which are PROCODE3: PROCODET carries treatment-centre suffixes
(`RXF-X`) and site codes, by which the table cannot be found. A provider without a factor (independent providers have none)
leaves the contact unpriced, never at factor 1, unless the protocol names a substitute.
"""

from decimal import Decimal

import ibis
import ibis.expr.types as ir

from pipeline.pricing.basis import Basis
from pipeline.pricing.branches import Remark, remarked
from pipeline.pricing.whole_pence import divided_half_up
from pipeline.study import PricingRules

MILLION = 1_000_000


def apply(decided: ir.Table, basis: Basis, rules: PricingRules) -> ir.Table:
    """`decided` (base_pence, price_state, price_reason, provider) with price_pence: base x factor, half up to the penny.

    Adds factor_millionths; it, base_pence and the like are null where price_pence is.
    """
    keyed = decided.mutate(paid_provider=provider_key(decided.provider))
    joined = basis.join(keyed, basis.lists.mff, paid_provider="list_provider").drop("list_provider", "paid_provider")
    if rules.missing_mff != "null":
        words = "market forces factor of the provider missing, protocol's substitute"
        joined = remarked(joined, [Remark(joined.list_value.isnull(), words)])
        joined = joined.mutate(list_value=or_substitute(joined.list_value, rules))
    priced = ((joined.price_state == "priced") & joined.list_value.notnull()).fill_null(False)
    without = (joined.price_state == "priced") & joined.list_value.isnull()
    parts = ("base_pence", "excess_pence", "other_stay_pence")
    return joined.mutate(
        price_pence=ibis.ifelse(priced, divided_half_up(joined.base_pence * joined.list_value, MILLION), ibis.null("int64")),
        factor_millionths=ibis.ifelse(priced, joined.list_value, ibis.null("int64")),
        price_state=ibis.ifelse(without, "missing", joined.price_state),
        price_reason=ibis.ifelse(without, f"provider has no market forces factor in {basis.year_words}", joined.price_reason),
        **{part: ibis.ifelse(priced, joined[part], ibis.null("int64")) for part in parts},
    ).drop("list_value")


def provider_key(provider: ir.StringValue) -> ir.StringValue:
    """The code by which a provider's factor is found, of PROCODE3 and of PROCODET alike."""
    return provider.upper().substr(0, 3)


def or_substitute(value: ir.IntegerValue, rules: PricingRules) -> ir.IntegerValue:
    """The factor in millionths, or the protocol's substitute where it is null and the protocol names one."""
    if rules.missing_mff == "null":
        return value
    return value.fill_null(int((Decimal(str(rules.missing_mff)) * MILLION).to_integral_value()))
