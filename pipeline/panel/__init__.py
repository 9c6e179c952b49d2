"""Practice x month cells: heads, sums, and what they come to per baseline head.

Belongs here: everything between priced contacts and the numbers that estimators take. What this package offers by name stops at
launch; months from launch on are `pipeline.panel.after_launch`, behind both gates.
Does not belong here: who is eligible (`pipeline.cohorts`), prices, estimates.
"""

from pipeline.panel.paid import paid_cells, person_year_cells
from pipeline.panel.to_launch import activity_account, cells, heads, kind_sums, person_months, valued_cells

__all__ = [
    "activity_account",
    "cells",
    "heads",
    "kind_sums",
    "paid_cells",
    "person_months",
    "person_year_cells",
    "valued_cells",
]
