"""Group received: one asset a dataset, whose version is the hash of the deliveries in force.

Belongs here: which deliveries a run sees. Does not belong here: validating or storing them (`outcomeb receive`).
"""

import dagster as dg

from assets.edge import edge
from assets.resources import StudyResource, document
from data_contracts import FOLDER

DATASETS = tuple(sorted(path.name.removesuffix(".odcs.yaml") for path in FOLDER.glob("*.odcs.yaml")))


def received_asset(dataset: str) -> dg.AssetsDefinition:
    """The deliveries of one dataset in force: their fingerprints, in order."""

    def received(study: StudyResource) -> dg.Output[list[str]]:
        found = [d for d in study.open().in_force if d.dataset == dataset]
        return document([d.fingerprint for d in found], {"deliveries": len(found)})

    received.__name__ = dataset
    return dg.asset(
        name=dataset,
        key_prefix="received",
        group_name="received",
        description=f"Deliveries of {dataset} in force on the day of the run. Receive them with: outcomeb receive.",
    )(edge("received")(received))


ASSETS = [received_asset(dataset) for dataset in DATASETS]
