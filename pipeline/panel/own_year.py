"""What the contract year's contacts cost at its own price list, beside constant prices: sums to value a saving again with.

Belongs here: those sums from cells. Does not belong here: cells (`pipeline.panel.sums`), the saving (`pipeline.settlement`).
"""

from typing import Any

import pandas as pd

from pipeline.study import Study

COLUMNS = ["cost_pence", "both_constant_pence", "both_current_pence"]


def at_own_list(cells: pd.DataFrame, *, study: Study) -> list[dict[str, Any]]:
    """By point of delivery, of the intervention practices: pod, and COLUMNS in pence.

    cells : frame of `pipeline.tables.CELLS` of the contract year. cost_pence : all of its cost at constant prices. Of contacts
    that have a constant and a current price: both_constant_pence, both_current_pence.
    """
    mine = cells[cells["practice"].isin(study.arms.intervention)]
    sums = mine.groupby("pod", sort=True)[COLUMNS].sum()
    return [{"pod": str(pod)} | {name: int(row[name]) for name in COLUMNS} for pod, row in sums.iterrows()]
