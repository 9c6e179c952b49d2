"""Series that figures are drawn from: cost per head by arm and quarter.

Belongs here: adding cells up for a reader's eye. Does not belong here: estimates, drawing.
"""

import math
from typing import Any

import pandas as pd

from pipeline.calendar import month_number
from pipeline.study import Study


def baseline_cost_a_head(paid_cells: pd.DataFrame, *, study: Study) -> float:
    """GBP a head and year of both arms over the baseline months that the estimate compares with."""
    cost = paid_cells[(paid_cells["outcome"] == "cost") & (paid_cells["pod"] == "all")]
    cost = cost[cost["arm"].isin(("intervention", "control")) & cost["month"].isin(study.baseline_months)]
    return 12 * math.fsum(cost["heads"] * cost["per_head"]) / int(cost["heads"].sum())


def cost_per_head(paid_cells: pd.DataFrame) -> list[dict[str, Any]]:
    """GBP per baseline head and quarter by arm, whole quarters of the months that the cells hold.

    paid_cells : pipeline.panel.paid_cells. A financial year's first quarter is April to June. The caller decides which months
    may be shown: after launch only from behind both gates.
    """
    cost = paid_cells[(paid_cells["outcome"] == "cost") & (paid_cells["pod"] == "all")]
    cost = cost[cost["arm"].isin(("intervention", "control"))]
    cost = cost.assign(quarter_number=[month_number(m) // 3 for m in cost["month"]], pounds=cost["heads"] * cost["per_head"])
    rows = []
    for (_, arm), part in cost.groupby(["quarter_number", "arm"], sort=True):
        if part["month"].nunique() < 3:
            continue
        first = part["month"].min()
        heads = part.drop_duplicates("practice")["heads"].sum()
        year, quarter = int(first[:4]), (int(first[5:]) - 4) % 12 // 3 + 1
        start = year if int(first[5:]) >= 4 else year - 1
        rows.append(
            {
                "quarter": f"{start}-{(start + 1) % 100:02d} Q{quarter}",
                "first_month": first,
                "arm": arm,
                "gbp_per_head": math.fsum(part["pounds"]) / int(heads),
            }
        )
    return rows
