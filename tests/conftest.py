"""Fixtures every kind of test may use. Belongs here: where the shared data are, a fresh store. Not: any expected value."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import engine
from pipeline.store import Store

pytest_plugins = ["left_out"]

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public files of other people (../shared/data); skips, saying why, where the folder is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is not beside the project: published files cannot be read")
    return SHARED


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store with its own engine."""
    return Store(tmp_path / "store")


EngineTable = Callable[[Sequence[dict[str, Any]], ibis.Schema], ir.Table]


@pytest.fixture
def engine_table(store: Store, tmp_path: Path) -> EngineTable:
    """Rows written as dicts -> a table of `store.con` in a declared schema, through Parquet; columns not given are null."""

    def table(rows: Sequence[dict[str, Any]], schema: ibis.Schema) -> ir.Table:
        unknown = {name for row in rows for name in row} - set(schema)
        assert not unknown, f"columns not in the schema: {unknown}"
        path = tmp_path / f"rows-{len(list(tmp_path.glob('rows-*')))}.parquet"
        pq.write_table(pa.Table.from_pylist(list(rows), schema=schema.to_pyarrow()), path)
        return engine.read_parquet(store.con, [path])

    return table
