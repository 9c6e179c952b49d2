"""The store of a study: content-addressed, append-only snapshots of tables.

Belongs here: writing a table once under the hash of its bytes, and reading it back by reference.
Does not belong here: deliveries (`pipeline.deliveries`), the ledger (`pipeline.settlement.ledger`).

Layout: store/snapshots/<name>/<sha256>.parquet. A file is written aside, synced, renamed; the same content is the same file.
"""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from pipeline import aside, engine
from pipeline.documents import file_sha256
from pipeline.errors import VerificationFailed

#: numbers of tables held within a step, never used twice
_HELD = itertools.count()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Reference to a stored table: what assets pass on instead of frames."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Store:
    """Tables of one study folder (`root` is its `store/`)."""

    root: Path

    @cached_property
    def con(self) -> Backend:
        spill = self.root / "spill"
        spill.mkdir(parents=True, exist_ok=True)
        return engine.connect(spill=spill)

    def path(self, snapshot: Snapshot) -> Path:
        return self.root / "snapshots" / snapshot.name / f"{snapshot.sha256}.parquet"

    def put(self, name: str, table: ir.Table, order_by: Sequence[str]) -> Snapshot:
        """Store an engine table, ordered by the key `order_by`. Returns its reference; nothing is ever overwritten."""
        written = self._aside(name)
        engine.write_parquet(self.con, table, written, order_by)
        return self._enter(name, written)

    def put_frame(self, name: str, frame: pd.DataFrame, order_by: Sequence[str]) -> Snapshot:
        """Store a small frame, ordered by the key `order_by`."""
        written = self._aside(name)
        ordered = frame.sort_values(list(order_by), kind="stable").reset_index(drop=True)
        pq.write_table(pa.Table.from_pandas(ordered, preserve_index=False), written, compression="zstd")
        return self._enter(name, written)

    def get(self, snapshot: Snapshot) -> ir.Table:
        """The stored table as an engine expression. Raises VerificationFailed when its file is gone."""
        return engine.read_parquet(self.con, [self._there(snapshot)])

    def frame(self, snapshot: Snapshot) -> pd.DataFrame:
        """A small stored table as a frame, in its stored order. Raises VerificationFailed when its file is gone."""
        return pq.read_table(self._there(snapshot)).to_pandas()

    @contextmanager
    def holding(self) -> Iterator[Callable[[ir.Table], ir.Table]]:
        """A function that computes a table once and gives it back as it then stands; gone when the block ends.

        For what is asked several times within one step. It may spill, and reaches no snapshot.
        """
        names: list[str] = []

        def hold(table: ir.Table) -> ir.Table:
            names.append(f"held_{next(_HELD)}")
            return self.con.create_table(names[-1], table, temp=True)

        try:
            yield hold
        finally:
            for name in names:
                self.con.drop_table(name, force=True)

    def _there(self, snapshot: Snapshot) -> Path:
        path = self.path(snapshot)
        if not path.exists():
            raise VerificationFailed(f"Snapshot {snapshot.name} {snapshot.sha256[:12]} is not in the store.", "Run again.")
        return path

    def _aside(self, name: str) -> Path:
        folder = self.root / "snapshots" / name
        folder.mkdir(parents=True, exist_ok=True)
        aside.sweep(folder)
        handle, path = tempfile.mkstemp(dir=folder, prefix=aside.prefix(), suffix=".parquet")
        os.close(handle)
        return Path(path)

    def _enter(self, name: str, written: Path) -> Snapshot:
        rows = pq.read_metadata(written).num_rows
        snapshot = Snapshot(name, file_sha256(written), rows)
        final = self.path(snapshot)
        if final.exists() and file_sha256(final) == snapshot.sha256:  # a spoiled file of that name is replaced
            written.unlink()
        else:
            with written.open("rb") as stream:
                os.fsync(stream.fileno())
            os.replace(written, final)
        return snapshot
