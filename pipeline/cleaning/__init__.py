"""Delivered rows become clean tables: strip, sentinels, duplicates, spells. Every row is accounted for.

Belongs here: rules of domain.md section 3 as corrected by files_and_pricing. Does not belong here: prices, cohorts.
"""

from dataclasses import dataclass

import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A clean table and the fate of every delivered row.

    table : one of the schemas of `pipeline.tables`.
    fates : `pipeline.tables.FATES`, exactly one row a delivered row.
    """

    table: ir.Table
    fates: ir.Table
