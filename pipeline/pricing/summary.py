"""How many contacts have a price, and why the others have none.

Belongs here: counts by price state and reason. Does not belong here: whether the counts are good enough (`pipeline.assurance`).
"""

import ibis.expr.types as ir
import pandas as pd

KEYS = ["stream", "financial_year", "price_state", "reason"]


def price_states(priced: ir.Table) -> pd.DataFrame:
    """stream, financial_year (null: not discharged), price_state, reason, rows, pence (0 where nothing is priced)."""
    counted = (
        priced.rename(reason="price_reason")
        .group_by(KEYS)
        .aggregate(
            rows=lambda t: t.count().cast("int64"),
            pence=lambda t: t.price_pence.sum().fill_null(0).cast("int64"),
        )
    )
    return counted.order_by(KEYS).execute().sort_values(KEYS, kind="stable").reset_index(drop=True)
