"""How many contacts have a price, why the others have none, and how many rest on the fall-back.

Belongs here: counts by price state and reason, and by arm and year. Does not belong here: whether the counts are good enough
(`pipeline.assurance`).
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


def fallback_shares(priced: ir.Table, people: ir.Table) -> pd.DataFrame:
    """stream, arm, financial_year, rows (in scope of the price rule, of the eligible), fallback_rows; unfinished left out.

    people : person and arm of `tables.PEOPLE`.
    """
    mine = priced.filter(priced.financial_year.notnull(), priced.price_state != "out_of_scope")
    mine = mine.inner_join(people.select("person", "arm"), "person")
    keys = ["stream", "arm", "financial_year"]
    counted = mine.group_by(keys).aggregate(
        rows=mine.count().cast("int64"),
        fallback_rows=(mine.price_state == "fallback").cast("int64").sum().cast("int64"),
    )
    return counted.execute().sort_values(keys).reset_index(drop=True)
