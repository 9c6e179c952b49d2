"""Price lists of one year as tables of the engine.

Belongs here: handing frames of `tariff` to the engine, by Parquet as everything else. Does not belong here: joins.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from pipeline import engine
from pipeline.pricing.tariff import YearPrices

_ARROW = {"string": pa.string(), "Int64": pa.int64(), "boolean": pa.bool_()}


@dataclass(frozen=True, slots=True)
class PriceTables:
    """apc, outpatient, ae, mff: as in `YearPrices`, every column prefixed `list_` so that joins keep names apart."""

    apc: ir.Table
    outpatient: ir.Table
    ae: ir.Table
    mff: ir.Table


def load(con: Backend, prices: YearPrices) -> PriceTables:
    """The four price lists on the engine `con`; loaded once a connection, under names bound to the workbook's hash."""
    parts = {"apc": prices.apc, "outpatient": prices.outpatient, "ae": prices.ae, "mff": prices.mff}
    stem = f"tariff_{prices.year.replace('-', '_')}_{prices.workbook_sha256[:12]}"
    return PriceTables(**{part: _table(con, f"{stem}_{part}", frame) for part, frame in parts.items()})


def _table(con: Backend, name: str, frame: pd.DataFrame) -> ir.Table:
    if name in con.list_tables():
        return con.table(name)
    schema = pa.schema([(f"list_{column}", _ARROW[str(kind)]) for column, kind in frame.dtypes.items()])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.parquet"
        pq.write_table(pa.Table.from_pandas(frame.add_prefix("list_"), schema=schema, preserve_index=False), path)
        delivered = engine.read_parquet(con, [path])
        held = con.create_table(name, delivered, temp=True)
        con.drop_view(delivered.get_name(), force=True)  # its file goes with the folder
        return held
