"""What assets are given: the study folder, and how they hand on references.

Belongs here: the Dagster resource and the output helper. Does not belong here: reading a folder (`pipeline.study_folder`).
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg

from pipeline.documents import canonical_sha256
from pipeline.store import Snapshot
from pipeline.study_folder import StudyFolder

Plain = TypeVar("Plain")

#: what an asset that stores tables returns: short name to reference, never a frame
Snapshots = dict[str, Snapshot]


class StudyResource(dg.ConfigurableResource):
    """The study folder and the day it is seen on (None: the latest received date in force)."""

    folder: str
    on: str | None = None

    def open(self) -> StudyFolder:
        """The folder as it stands now; cheap, so every step reads it anew."""
        return StudyFolder(Path(self.folder), date.fromisoformat(self.on) if self.on else None)


def stored(snapshots: Snapshots) -> dg.Output[Snapshots]:
    """References as an output whose data version is the hash of their content, so that staleness means changed content."""
    version = canonical_sha256({name: snapshot.sha256 for name, snapshot in snapshots.items()})
    shown = {f"{name} rows": snapshot.rows for name, snapshot in snapshots.items()}
    return dg.Output(snapshots, data_version=dg.DataVersion(version), metadata=shown)


def document(value: Plain, metadata: Mapping[str, Any] | None = None) -> dg.Output[Plain]:
    """Plain JSON data as an output, versioned by its content."""
    return dg.Output(value, data_version=dg.DataVersion(canonical_sha256(value)), metadata=dict(metadata or {}))
