"""The store: what is written is what the schema says, once, under the hash of its bytes."""

import ibis
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.errors import VerificationFailed
from pipeline.store import Snapshot, Store


def _table(store: Store, folder, rows: dict) -> ibis.expr.types.Table:  # type: ignore[name-defined,no-untyped-def]
    path = folder / "rows.parquet"
    pd.DataFrame(rows).to_parquet(path)
    return store.con.read_parquet(str(path))


def test_a_literal_is_stored_in_its_declared_type(store: Store, tmp_path) -> None:  # type: ignore[no-untyped-def]
    table = _table(store, tmp_path, {"k": ["b", "a"]}).mutate(days=ibis.literal(0).cast("int64"))
    snapshot = store.put("x", table, ("k",))
    assert str(pq.read_schema(store.path(snapshot)).field("days").type) == "int64"
    assert store.get(snapshot).execute()["k"].tolist() == ["a", "b"]


def test_the_same_rows_in_any_order_are_one_snapshot(store: Store, tmp_path) -> None:  # type: ignore[no-untyped-def]
    one = store.put("x", _table(store, tmp_path, {"k": [1, 2, 3], "v": ["a", "b", "c"]}), ("k",))
    two = store.put("x", _table(store, tmp_path, {"k": [3, 1, 2], "v": ["c", "a", "b"]}), ("k",))
    other = store.put("x", _table(store, tmp_path, {"k": [3, 1, 2], "v": ["c", "a", "B"]}), ("k",))
    assert one == two != other
    assert not list(store.path(one).parent.glob(".aside*"))


def test_a_missing_snapshot_is_said(store: Store) -> None:
    with pytest.raises(VerificationFailed, match="not in the store"):
        store.get(Snapshot("x", "0" * 64, 1))
