"""Where tables run: one Ibis connection, DuckDB in process by default.

Belongs here: opening the engine, reading and writing Parquet deterministically.
Does not belong here: which tables exist (`pipeline.tables`), content addressing (`pipeline.store`).
"""

from collections.abc import Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend


def connect(memory_limit: str = "1500MB", threads: int = 2, spill: Path | None = None) -> Backend:
    """A fresh in-process engine. `spill` is the folder for what does not fit into `memory_limit`."""
    con = ibis.duckdb.connect(memory_limit=memory_limit, threads=threads)
    con.raw_sql("SET enable_progress_bar = false")
    con.raw_sql("SET preserve_insertion_order = false")  # every output is ordered explicitly; this only saves memory
    if spill is not None:
        con.raw_sql(f"SET temp_directory = '{spill}'")
    return con


def read_parquet(con: Backend, paths: Sequence[Path]) -> ir.Table:
    """One table over files of one schema. Only Parquet crosses the boundary of the engine."""
    return con.read_parquet([str(p) for p in paths])


def write_parquet(con: Backend, table: ir.Table, path: Path, order_by: Sequence[str]) -> None:
    """One ordered COPY of one file: the same bytes at any thread count, given that `order_by` is a key.

    Every column is cast once more in the engine's own words: Ibis takes a cast of a literal to its own type for granted, and
    DuckDB then stores a narrower integer than the schema says.
    """
    names = con.compiler.type_mapper
    columns = ", ".join(f'CAST("{name}" AS {names.to_string(kind)}) AS "{name}"' for name, kind in table.schema().items())
    sql = f"SELECT {columns} FROM ({con.compile(table)})"
    order = ", ".join(f'"{key}"' for key in order_by)
    con.raw_sql(f"COPY ({sql} ORDER BY {order}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")
