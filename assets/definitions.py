"""The asset graph of one study folder, built by a function.

Belongs here: putting the groups together. Does not belong here: any asset. Tests build it on a folder of their own.
"""

from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from assets import (
    assurance,
    cleaned,
    cohorts,
    estimation,
    people_served,
    price_account,
    priced,
    published,
    received,
    settlement,
)
from assets.partitions import by_contract_year
from assets.references import References
from assets.resources import StudyResource
from pipeline.study import read_study


def all_assets(contract_years: Sequence[str]) -> list[dg.AssetsDefinition]:
    """Every asset of the flow, in its order; from assurance on they are partitioned by contract year."""
    years = by_contract_year(contract_years)
    unpartitioned = [*received.ASSETS, *cleaned.ASSETS, *priced.ASSETS, *cohorts.ASSETS, *price_account.ASSETS]
    return [
        *unpartitioned,
        *(asset for room in (assurance, estimation, people_served, settlement, published) for asset in room.assets(years)),
    ]


def resources(folder: Path, on: str | None = None) -> dict[str, object]:
    """What the assets are given: the study folder, and a file store for references (never for tables)."""
    study = StudyResource(folder=str(folder), on=on)
    return {"study": study, "io_manager": References(study=study)}


def build_defs(folder: Path, on: str | None = None) -> dg.Definitions:
    """Definitions of a study folder; one process runs a whole run, since a process a step costs 3-9 s each."""
    return dg.Definitions(
        assets=all_assets(read_study(folder).calendar.contract_years),
        resources=resources(folder, on),
        executor=dg.in_process_executor,
    )
