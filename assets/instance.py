"""The Dagster instance of a study folder: runs and events under `dagster/`, nothing sent anywhere.

Belongs here: its configuration. Does not belong here: evidence; what was published is in `published/` and the ledger.
"""

import os
import warnings
from pathlib import Path

import dagster as dg

CONFIG = """\
# Written by outcomeb. Nothing leaves this machine.
telemetry:
  enabled: false
nux:
  enabled: false
run_coordinator:
  module: dagster._core.run_coordinator
  class: DefaultRunCoordinator
"""


def home(folder: Path) -> Path:
    """The instance's folder, made and configured when it is not there yet."""
    place = (folder / "dagster").resolve()
    (place / "storage").mkdir(parents=True, exist_ok=True)
    config = place / "dagster.yaml"
    if not config.exists() or config.read_text(encoding="utf-8") != CONFIG:
        config.write_text(CONFIG, encoding="utf-8")
    return place


def instance(folder: Path) -> dg.DagsterInstance:
    """The instance itself, for runs in this process."""
    place = home(folder)
    os.environ["DAGSTER_HOME"] = str(place)
    warnings.filterwarnings("ignore", category=dg.BetaWarning)
    warnings.filterwarnings("ignore", category=dg.PreviewWarning)
    return dg.DagsterInstance.from_config(str(place))
