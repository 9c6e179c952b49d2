"""Delivered rows become clean tables: strip, sentinels, duplicates, spells. Every row is accounted for.

Belongs here: rules of domain.md section 3 as corrected by files_and_pricing. Does not belong here: prices, cohorts.
"""

from pipeline.cleaning.cleaned import Cleaned

__all__ = ["Cleaned"]
