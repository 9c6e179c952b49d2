"""Partitions: one a contract year, from assurance to published.

Belongs here: the partitions definition. Does not belong here: which years a study has (`pipeline.study`).
"""

from collections.abc import Sequence

import dagster as dg


def by_contract_year(years: Sequence[str]) -> dg.StaticPartitionsDefinition:
    """Partition keys are contract years as they stand everywhere: `2018-19`."""
    return dg.StaticPartitionsDefinition(list(years))
