"""Files written aside: swept when their writer is dead, left alone while it lives; a version appears whole or not at all."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipeline import aside, publication
from pipeline.errors import VerificationFailed
from pipeline.store import Store

RESULT = {"run": {"run_id": "r", "code_version": "c", "inputs": []}, "figure": 1}


def dead_process() -> int:
    """The id of a process that has ended and been waited for."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def publish(folder: Path, **changes: object) -> publication.Version:
    return publication.publish(
        folder, "2016-17", result=RESULT | changes, render=lambda _, into: (into / "report.html").write_text("x"), snapshots={}
    )


def test_only_what_the_dead_left_is_swept(tmp_path: Path) -> None:
    dead, mine = tmp_path / f".aside-{dead_process()}-abc.parquet", tmp_path / f"{aside.prefix()}def.parquet"
    old, folder = tmp_path / ".aside-nobody", tmp_path / f".aside-{dead_process()}-folder"
    for path in (dead, mine, old):
        path.write_bytes(b"half")
    folder.mkdir()
    (folder / "result.json").write_text("{")
    aside.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [mine]


def test_the_store_sweeps_where_it_writes(store: Store) -> None:
    left = store.root / "snapshots" / "cells" / f".aside-{dead_process()}-x.parquet"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    store.put_frame("cells", pd.DataFrame({"k": [1]}), ("k",))
    assert [p.name[0] for p in left.parent.iterdir()] != ["."]
    assert not list(left.parent.glob(".aside*"))


def test_a_spoiled_snapshot_is_mended_by_the_next_run_and_a_lost_one_is_said(store: Store) -> None:
    frame = pd.DataFrame({"k": [2, 1]})
    snapshot = store.put_frame("cells", frame, ("k",))
    store.path(snapshot).write_bytes(b"spoiled")
    assert store.put_frame("cells", frame, ("k",)) == snapshot
    assert store.frame(snapshot)["k"].tolist() == [1, 2]
    store.path(snapshot).unlink()
    with pytest.raises(VerificationFailed, match="not in the store"):
        store.frame(snapshot)


def test_a_version_is_published_whole_or_not_at_all(tmp_path: Path) -> None:
    def dies(_: object, into: Path) -> None:
        (into / "report.html").write_text("half")
        raise RuntimeError("no paper")

    with pytest.raises(RuntimeError):
        publication.publish(tmp_path, "2016-17", result=RESULT, render=dies, snapshots={})
    assert list((tmp_path / "2016-17").iterdir()) == []


def test_the_same_bytes_are_the_version_that_holds_them_also_after_a_later_one(tmp_path: Path) -> None:
    first, second, again = publish(tmp_path), publish(tmp_path, figure=2), publish(tmp_path)
    assert [(v.folder.name, v.new) for v in (first, second, again)] == [("v1", True), ("v2", True), ("v1", False)]
    assert again.manifest_sha256 == publication.verify(tmp_path / "2016-17" / "v1")
    assert oct((tmp_path / "2016-17" / "v2").stat().st_mode & 0o055) == "0o55"  # others may read it
    assert [p.name for p in publication.versions(tmp_path, "2016-17")] == ["v1", "v2"]
    assert not list((tmp_path / "2016-17").glob(".aside*"))
