"""Nothing is lost: rows in = kept + quarantined + merged + out of scope (promise 7).

Belongs here: counting fates and holding the identity. Does not belong here: deciding a fate (`fates`, each stream's file).
"""

import ibis.expr.types as ir
import pandas as pd

from pipeline.errors import InternalError
from pipeline.vocabulary import FATES


def accounting(fates: ir.Table) -> pd.DataFrame:
    """Rows of `tables.FATES` by fate, reason and clause: those columns (text, '' for none) and rows (int), in a fixed order."""
    named = fates.mutate(reason=fates.reason.fill_null(""), clause=fates.clause.fill_null(""))
    counted = named.group_by(["fate", "reason", "clause"]).agg(rows=named.count())
    frame = counted.execute().astype({"rows": "int64"})
    return frame.sort_values(["fate", "reason", "clause"]).reset_index(drop=True)


def check_accounting(rows_in: int, accounting: pd.DataFrame) -> None:
    """Raises InternalError when the fates do not add up to the rows delivered, or one of them is no fate at all."""
    strange = sorted(set(accounting["fate"].dropna()) - set(FATES)) + (["none"] if accounting["fate"].isna().any() else [])
    if strange:
        raise InternalError(f"Rows with a fate that does not exist: {', '.join(strange)}.", "Report this as a fault.")
    rows_out = int(accounting["rows"].sum())
    if rows_out != rows_in:
        parts = accounting.groupby("fate")["rows"].sum()
        said = ", ".join(f"{int(parts.get(fate, 0))} {fate.replace('_', ' ')}" for fate in FATES)
        raise InternalError(f"{rows_in} rows came in but {rows_out} are accounted for: {said}.", "Report this as a fault.")
