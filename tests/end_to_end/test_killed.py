"""A run killed without warning, twice, and a store that lost a file: nothing is lost, nothing is half published.

Belongs here: SIGKILL at two places of a run, and the run after it. Does not belong here: errors that are raised
(`test_cli_errors`).
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from village_runs import OUTCOMEB, here

YEAR = "2016-17"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hamlet, received."""
    folder = tmp_path_factory.mktemp("killed") / "study"
    assert here("rehearse", folder, "--scale", "0.05", "--seed", "11").code == 0
    assert here("receive", folder / "deliveries", "--study", folder).code == 0
    return folder


def kill_when(study: Path, reached: Callable[[], bool]) -> None:
    """Start a run and kill it, as a power cut does, once `reached`."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DAGSTER", "OUTCOMEB"))}
    command = [str(OUTCOMEB), "run", "--study", str(study), "--year", YEAR]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 400
    while not reached():
        assert child.poll() is None, "the run ended before it was killed"
        assert time.monotonic() < until
        time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL


def test_0_interrupted_it_says_so_in_a_sentence(study: Path) -> None:
    command = [str(OUTCOMEB), "run", "--study", str(study), "--year", YEAR]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 400
    while not asides(study / "store" / "snapshots"):
        assert child.poll() is None
        assert time.monotonic() < until
        time.sleep(0.005)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate()
    assert (child.returncode, out) == (130, ""), err
    assert "outcomeb: Stopped." in err
    assert "Traceback" not in err


def asides(folder: Path) -> list[Path]:
    return list(folder.rglob(".aside-*"))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_1_killed_while_a_table_is_stored(study: Path) -> None:
    kill_when(study, lambda: bool(asides(study / "store" / "snapshots")))
    assert not (study / "published").exists()


def test_2_killed_while_a_version_is_written(study: Path) -> None:
    kill_when(study, lambda: bool(asides(study / "published")))
    assert asides(study / "published")
    assert not list((study / "published").glob("*/v*"))
    assert here("verify", "--study", study, "--json").code == 0


def test_3_the_next_run_is_whole_and_leaves_nothing_lying_about(study: Path) -> None:
    said = here("run", "--study", study, "--year", YEAR)
    assert said.code == 0, said.err
    assert asides(study) == []
    assert [p.name for p in (study / "published" / YEAR).iterdir()] == ["v1"]
    assert '"published": 1' in here("verify", "--study", study, "--json").out


def test_4_what_is_lost_comes_back_as_it_was(study: Path) -> None:
    before = bytes_of(study)
    for name in ("attendances", "paid_to_launch"):
        for path in (study / "store" / "snapshots" / name).glob("*.parquet"):
            path.unlink()
    (study / "store" / "ledger.sqlite").unlink()  # as if the power had gone just before a version was entered
    said = here("verify", "--study", study)
    assert said.code == 8
    assert "no entry in the ledger" in said.err
    assert here("settle", "--study", study, "--year", YEAR).code == 8
    said = here("run", "--study", study, "--year", YEAR)
    assert said.code == 0, said.err
    assert here("verify", "--study", study).code == 0
    after = bytes_of(study)
    lasting = [name for name in before if name.startswith(("store/snapshots", "store/verdicts", "published"))]
    assert [name for name in lasting if after.get(name) != before[name]] == []
    assert {name for name in after if name.startswith("published")} == {n for n in before if n.startswith("published")}
