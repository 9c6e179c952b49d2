"""How many contacts have a price, why the others have none, and how many rest on the fall-back or have a current price.

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


def current_states(priced: ir.Table) -> pd.DataFrame:
    """The price at the own year's list: stream, financial_year (null: not discharged), reason, has_price, rows."""
    keys = ["stream", "financial_year", "reason", "has_price"]
    told = priced.mutate(reason=priced.current_price_reason, has_price=priced.current_price_pence.notnull())
    counted = told.group_by(keys).aggregate(rows=lambda t: t.count().cast("int64"))
    return counted.execute().sort_values(keys, kind="stable").reset_index(drop=True)


def price_sources(priced: ir.Table, people: ir.Table) -> pd.DataFrame:
    """Where the eligible people's prices come from: stream, arm, financial_year and counts of rows; unfinished left out.

    rows (in scope of the price rule), list_rows (constant price from the price list), fallback_rows (from the mean that stands
    in for one), current_rows (price at the list of their own year). people : person and arm of `tables.PEOPLE`.
    """
    mine = priced.filter(priced.financial_year.notnull(), priced.price_state != "out_of_scope")
    mine = mine.inner_join(people.select("person", "arm"), "person")
    keys = ["stream", "arm", "financial_year"]
    counted = mine.group_by(keys).aggregate(
        rows=mine.count().cast("int64"),
        list_rows=(mine.price_state == "priced").cast("int64").sum().cast("int64"),
        fallback_rows=(mine.price_state == "fallback").cast("int64").sum().cast("int64"),
        current_rows=mine.current_price_pence.notnull().cast("int64").sum().cast("int64"),
    )
    return counted.execute().sort_values(keys).reset_index(drop=True)


def reasons_by_arm(priced: ir.Table, people: ir.Table) -> pd.DataFrame:
    """stream, arm, price_state, reason, rows of the eligible people: assumptions and exclusions, arm beside arm."""
    mine = priced.inner_join(people.select("person", "arm"), "person").rename(reason="price_reason")
    keys = ["stream", "arm", "price_state", "reason"]
    counted = mine.group_by(keys).aggregate(rows=lambda t: t.count().cast("int64"))
    return counted.execute().sort_values(keys).reset_index(drop=True)
