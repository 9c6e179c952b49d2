"""A village run end to end, once a session, through the command that people use.

Belongs here: running `outcomeb` in a process of its own. Does not belong here: what is expected of it.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

OUTCOMEB = Path(sys.executable).parent / "outcomeb"


@dataclass(frozen=True)
class Said:
    """What a command left: exit code and both streams."""

    code: int
    out: str
    err: str


def outcomeb(*arguments: object, cwd: Path | None = None) -> Said:
    """Run the command as a user does."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DAGSTER", "OUTCOMEB"))}
    done = subprocess.run(
        [str(OUTCOMEB), *map(str, arguments)], capture_output=True, text=True, cwd=cwd, env=environment, check=False
    )
    return Said(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Village:
    """A study folder and what the command that made it said."""

    folder: Path
    said: Said


VILLAGE = ("--scale", "0.1", "--year", "2016-17", "--year", "2017-18")


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Village:
    """A clean village: two contract years run, published and settled."""
    folder = tmp_path_factory.mktemp("village") / "study"
    return Village(folder, outcomeb("demo", *VILLAGE, "--out", folder))


FAULTS = (
    "control_ae_missing",
    "control_ae_missing_all_years",
    "control_ae_missing_extract",
    "control_ae_unpriced",
    "control_ae_zero_cost",
)


@pytest.fixture(scope="session", params=FAULTS)
def faulty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Village]:
    """A village with one of the first faults, run for one contract year."""
    folder = tmp_path_factory.mktemp(request.param) / "study"
    return request.param, Village(
        folder, outcomeb("demo", "--scale", "0.1", "--year", "2016-17", "--fault", request.param, "--out", folder)
    )
