"""The supplier's cost column against our prices, summed: by arm, stream and financial year, the difference by cause.

Belongs here: the sums. Does not belong here: what the causes are (`supplier_causes`), verdicts (`pipeline.assurance`), what of
it may be printed (`pipeline.result_prices`).
"""

import ibis.expr.types as ir
import pandas as pd

from pipeline.pricing.supplier_causes import CAUSES, split

KEYS = ["stream", "arm", "financial_year", "after_launch"]
TOTALS = ["rows", "our_pence", "supplier_pence", "difference_pence"]


def by_cause(priced: ir.Table, people: ir.Table, *, launch_month: str) -> pd.DataFrame:
    """One row a stream, arm, financial year, side of the launch and cause that occurs: rows that have it, and their pence.

    priced : `tables.PRICED_ACTIVITY`; contacts without a month (unfinished spells) and of nobody in `people` are left out.
    people : person and arm of `tables.PEOPLE`.
    launch_month : months from it on are after_launch, which a shut gate does not show.
    Columns KEYS, TOTALS of the stream, arm and year (repeated), cause, cause_rows, pence. Within a stream, arm and year the
    pence of the causes add up to difference_pence, which is supplier_pence - our_pence, to the penny. A stream, arm and year
    without any difference stands once, its cause ''.
    """
    mine = priced.filter(priced.month.notnull()).inner_join(people.select("person", "arm"), "person")
    laid = split(mine.mutate(after_launch=mine.month >= launch_month))
    sums = laid.group_by(KEYS).aggregate(
        rows=laid.count().cast("int64"),
        our_pence=laid.price_pence.sum().fill_null(0).cast("int64"),
        supplier_pence=laid.supplier_cost_pence.sum().fill_null(0).cast("int64"),
        difference_pence=laid.difference_pence.sum().cast("int64"),
        **{cause: laid[cause].sum().cast("int64") for cause in CAUSES},
        **{f"{cause}_rows": (laid[cause] != 0).ifelse(1, 0).sum().cast("int64") for cause in CAUSES},
    )
    found = []
    for row in sums.order_by(KEYS).execute().to_dict("records"):
        whole = {name: row[name] for name in (*KEYS, *TOTALS)}
        causes = [(c, row[f"{c}_rows"], row[c]) for c in CAUSES if row[f"{c}_rows"]] or [("", 0, 0)]
        found += [whole | {"cause": cause, "cause_rows": rows, "pence": pence} for cause, rows, pence in causes]
    return pd.DataFrame(found, columns=[*KEYS, *TOTALS, "cause", "cause_rows", "pence"])
