"""No patient leaves (promise 6): a run over planted people, days and codes, and one that crashes on them, leaves no trace.

Belongs here: everything outside the rows of people, Dagster's storage, logs and compute logs included.
Does not belong here: what becomes of the rows (`tests/unit/deliveries`, `tests/unit/cleaning`).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from canary_rows import CANARIES, ORDINARY, PERSON, found_in, leaks, plant
from pypdf import PdfReader
from village_runs import Said, Village, outcomeb

#: the command itself, in a process where reading A&E dies on a row: message, cause, printed line and arguments all quote it
CRASHING = """
import sys, duckdb
def dies(*args, **kwargs):
    person = "CANARY0PERSON0071"
    try:
        raise duckdb.ConversionException(f"could not convert {person} to INT64")
    except duckdb.ConversionException as quoting:
        raise ValueError(person, "QQ13CANARY") from quoting
from pipeline import deliveries
kept = deliveries.kept
deliveries.kept = lambda store, inside, dataset: dies() if dataset == "hes_ae" else kept(store, inside, dataset)
from assets import cli
sys.argv = ["outcomeb", *sys.argv[1:]]
cli.main()
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Village, list[Said]]:
    """A hamlet with canaries, received and run to the end."""
    folder = tmp_path_factory.mktemp("aviary") / "study"
    said = [outcomeb("rehearse", folder, "--scale", "0.05", "--seed", "11")]
    plant(folder / "deliveries")
    said.append(outcomeb("receive", folder / "deliveries", "--study", folder))
    said.append(outcomeb("run", "--until", "publish", "--year", "2016-17", "--study", folder))
    return Village(folder, said[-1]), said


def test_the_canaries_arrived_and_the_run_went_through(planted: tuple[Village, list[Said]]) -> None:
    village, said = planted
    assert [s.code for s in said] == [0, 0, 0], [s.err[-1000:] for s in said]
    delivered = b"".join(p.read_bytes() for p in (village.folder / "store" / "deliveries").rglob("*.csv"))
    assert set(CANARIES) - set(found_in(delivered)) == set()
    result = json.loads((village.folder / "published" / "2016-17" / "v1" / "result.json").read_text())
    assert result["gates"]["data"]["verdict"] == "pass"
    aside = {i["dataset"] for i in result["run"]["inputs"] if i["quarantined"]}
    assert aside >= {"hes_apc", "hes_ae", "hes_op", "gp_registration", "qof_register", "programme_referral"}


def test_nothing_outside_the_rows_holds_one(planted: tuple[Village, list[Said]]) -> None:
    village, said = planted
    assert leaks(village.folder) == []
    assert [found_in((s.out + s.err).encode()) for s in said] == [[], [], []]
    searched = {p.relative_to(village.folder).parts[0] for p in village.folder.rglob("*") if p.is_file()}
    assert {"dagster", "published", "store"} <= searched
    for pdf in village.folder.glob("published/*/v*/report.pdf"):  # its text is compressed: read it as a reader would
        assert found_in("".join(page.extract_text() for page in PdfReader(pdf).pages).encode()) == []


def test_a_crash_quotes_nobody(planted: tuple[Village, list[Said]]) -> None:
    village, _ = planted
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DAGSTER", "OUTCOMEB"))}
    done = subprocess.run(
        [sys.executable, "-c", CRASHING, "run", "--until", "data", "--study", str(village.folder), "--json"],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 70, done.stderr
    assert "ValueError" in done.stderr  # its type is said, and where; what it says is not
    assert list(json.loads(done.stdout)) == ["error"]
    assert found_in((done.stdout + done.stderr).encode()) == []
    assert leaks(village.folder) == []
    everything = b"".join(p.read_bytes() for p in (village.folder / "dagster").rglob("*") if p.is_file())
    assert b"ValueError" in everything  # the crash is on record there


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_the_search_can_fail(planted: tuple[Village, list[Said]], encoding: str) -> None:
    village, _ = planted
    log = village.folder / "dagster" / "storage" / "planted-by-this-test.err"
    log.write_bytes(b"could not convert " + PERSON.encode(encoding) + b" " + ORDINARY.encode(encoding))
    try:
        name = log.relative_to(village.folder).as_posix()
        assert leaks(village.folder) == [(name, PERSON), (name, ORDINARY)]
    finally:
        log.unlink()


def test_the_search_reads_dagsters_own_store(planted: tuple[Village, list[Said]], tmp_path: Path) -> None:
    import dagster as dg

    def unguarded() -> None:
        raise ValueError(f"could not convert {PERSON}")

    (tmp_path / "dagster").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        dg.materialize([dg.asset(unguarded)], instance=instance, raise_on_error=False)
    assert {canary for _, canary in leaks(tmp_path)} == {PERSON}  # without the edge, it would be there
