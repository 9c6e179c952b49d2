"""Where references between assets are kept, each with what it was made from, so that nothing stale is read.

Belongs here: writing and reading what assets hand on (references and small documents, never tables), and refusing what was made
from other inputs than are in force. Does not belong here: the tables (`pipeline.store`), evidence (`published/`, the ledger).

An asset may be materialised by itself, in the web UI or after a correction has been received. Its inputs would then be what an
earlier run left: a verdict on new deliveries could be judged on old counts. So a reference carries the hash of deliveries,
protocol, terms, contracts and code (by contract year also waivers, day and earlier payments), and is not read under another.
"""

import os
import pickle
from pathlib import Path
from typing import Any

import dagster as dg

from assets.resources import StudyResource
from pipeline.errors import UsageError, VerificationFailed


class References(dg.ConfigurableIOManager):
    """Files under `dagster/storage/`, one an asset and contract year."""

    study: dg.ResourceDependency[StudyResource]

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Write aside, then rename: a killed run leaves the earlier reference or none."""
        year = context.partition_key if context.has_asset_partitions else None
        path = self._path(context.asset_key, year)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".aside")
        aside.write_bytes(pickle.dumps({"made_from": self._inputs(year), "value": obj}))
        os.replace(aside, path)

    def load_input(self, context: dg.InputContext) -> Any:
        """The reference, if it was made from what is in force. Raises UsageError when it is not, or not there."""
        year = context.asset_partition_key if context.has_asset_partitions else None
        name = context.asset_key.to_user_string() + (f" for {year}" if year else "")
        remedy = "Materialise it and what it rests on first: outcomeb run does all in order."
        path = self._path(context.asset_key, year)
        if not path.exists():
            raise UsageError(f"{name} has not been materialised yet.", remedy)
        try:
            kept = pickle.loads(path.read_bytes())
            made_from, value = kept["made_from"], kept["value"]
        except (pickle.UnpicklingError, EOFError, KeyError, TypeError, AttributeError):
            raise VerificationFailed(f"The reference of {name} cannot be read.", remedy) from None
        if made_from != self._inputs(year):
            raise UsageError(f"{name} was made from other deliveries, signed documents or code than are in force.", remedy)
        return value

    def _path(self, key: dg.AssetKey, year: str | None) -> Path:
        folder = Path(self.study.folder) / "dagster" / "storage"
        return folder.joinpath(*key.path[:-1], f"{key.path[-1]}{'-' + year if year else ''}.reference")

    def _inputs(self, year: str | None) -> str:
        folder = self.study.open()
        return folder.run_id(year) if year else folder.inputs_id
