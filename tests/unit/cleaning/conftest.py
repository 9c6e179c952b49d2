"""Small delivered tables for the tests of cleaning. Belongs here: how rows become text Parquet. Not: any expected value.

Planning a query costs far more than running it on three rows, so the cases of a test file are cleaned together, kept apart by
a prefix of their keys and by row number, and each test looks at its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cleaning import Cleaned
from pipeline.store import Store

Row = Mapping[str, str | int | None]
CASE_ROWS = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """fates: row number in the case to (fate, reason or '', row number it went to or 0); rows: clean rows, None for nulls."""

    fates: dict[int, tuple[str, str, int]]
    rows: list[dict[str, Any]]


def plain(frame: Any) -> list[dict[str, Any]]:
    """Records of a frame with None for every kind of null."""
    as_objects = frame.astype(object)
    return as_objects.where(as_objects.notna(), None).to_dict("records")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sequence[Row]], ir.Table]:
    """Rows as an all-text engine table with origin columns: DELIVERY "d", RECEIVED 2016-07-15, ROW_NO from 1 unless given."""
    folder: Path = tmp_path_factory.mktemp("cleaning")
    store = Store(folder / "store")
    count = 0

    def make(rows: Sequence[Row]) -> ir.Table:
        nonlocal count
        count += 1
        origin = {"DELIVERY": "d", "RECEIVED": "2016-07-15"}
        filled = [origin | {"ROW_NO": number} | dict(row) for number, row in enumerate(rows, 1)]
        names = list(dict.fromkeys(name for row in filled for name in row))
        kinds = pa.schema([(name, pa.int64() if name == "ROW_NO" else pa.string()) for name in names])
        path = folder / f"delivered-{count}.parquet"
        pq.write_table(pa.Table.from_pylist([{name: row.get(name) for name in names} for row in filled], schema=kinds), path)
        return store.con.read_parquet(str(path))

    return make


@pytest.fixture(scope="module")
def clean_apart(delivered) -> Callable[..., list[Seen]]:
    """Clean many cases at once: `clean_apart(cases, clean, key=(column delivered, column clean))` gives one Seen a case."""

    def prefixed(row: Row, number: int, columns: tuple[str, ...]) -> dict[str, Any]:
        mine = {c: f"{number:03d}{row[c]}" for c in columns if row.get(c) not in (None, "", "  ", "0")}
        return dict(row) | mine

    def run(cases: Sequence[Sequence[Row]], clean: Callable[[ir.Table], Cleaned], key: tuple[str, str]) -> list[Seen]:
        rows = [
            prefixed(row, number, (key[0], "PSEUDO_HESID")) | {"ROW_NO": number * CASE_ROWS + place}
            for number, case in enumerate(cases)
            for place, row in enumerate(case, 1)
        ]
        cleaned = clean(delivered(rows))
        seen = [Seen({}, []) for _ in cases]
        for fate in plain(cleaned.fates.execute()):
            number, place = divmod(int(fate["row_no"]), CASE_ROWS)
            assert place not in seen[number].fates, "a delivered row has more than one fate"
            into = int(fate["merged_into"].rpartition(":")[2]) - number * CASE_ROWS if fate["merged_into"] else 0
            seen[number].fates[place] = (fate["fate"], fate["reason"] or "", into)
        for row in plain(cleaned.table.execute()):
            seen[int(row[key[1]][:3])].rows.append(row | {key[1]: row[key[1]][3:]})
        for number, case in enumerate(cases):
            assert sorted(seen[number].fates) == list(range(1, len(case) + 1)), "a delivered row has no fate"
        return seen

    return run
