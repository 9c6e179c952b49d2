"""Every contact at constant and at current prices: one rule, read twice.

Belongs here: reading a rule twice and laying the results side by side. Does not belong here: any rule.
"""

from collections.abc import Callable

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from pipeline import tables
from pipeline.pricing import basis
from pipeline.pricing.basis import Basis
from pipeline.pricing.tariff import Tariff
from pipeline.study import Prices

#: what a rule adds to the facts of a contact
DECIDED = (
    "pod", "currency", "price_pence", "price_state", "price_reason", "base_pence", "excess_pence", "other_stay_pence",
    "factor_millionths",
)  # fmt: skip

Rule = Callable[[ir.Table, Basis], ir.Table]


def both(facts: ir.Table, rule: Rule, *, con: Backend, tariff: Tariff, prices: Prices) -> ir.Table:
    """`tables.PRICED_ACTIVITY`. Point of delivery, currency, state and reason are those at constant prices.

    facts : one row a contact, its columns named as in PRICED_ACTIVITY where that has them. rule : facts with DECIDED.
    Raises ProtocolInvalid when no workbook holds the base year or its grouper is another.
    """
    at_base = rule(facts, basis.constant(con, tariff, prices)).select(*facts.columns, *DECIDED)
    kept = at_base.rename({f"constant_{name}": name for name in DECIDED})
    in_year = rule(kept, basis.current(con, tariff, prices))
    return tables.cast(
        in_year.mutate(
            current_price_pence=in_year.price_pence,
            current_price_reason=in_year.price_reason,
            **{name: in_year[f"constant_{name}"] for name in DECIDED},
        ),
        tables.PRICED_ACTIVITY,
    )
