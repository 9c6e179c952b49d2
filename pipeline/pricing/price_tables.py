"""Price lists of one year or of several as tables of the engine.

Belongs here: handing frames of `tariff` to the engine, by Parquet as everything else. Does not belong here: joins.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from pipeline import engine
from pipeline.pricing.tariff import YearPrices

PARTS = ("apc", "outpatient", "ae", "mff")
_ARROW = {"string": pa.string(), "Int64": pa.int64(), "boolean": pa.bool_()}


@dataclass(frozen=True, slots=True)
class PriceTables:
    """apc, outpatient, ae, mff: as in `YearPrices`, every column prefixed `list_` so that joins keep names apart.

    list_year says which year's list a row is of.
    """

    apc: ir.Table
    outpatient: ir.Table
    ae: ir.Table
    mff: ir.Table


def load(con: Backend, years: Sequence[YearPrices]) -> PriceTables:
    """The price lists of these years on the engine `con`; loaded once a connection, under names bound to the lists' hashes."""
    parts = {part: pd.concat([_of_year(year, part) for year in years], ignore_index=True) for part in PARTS}
    digest = hashlib.sha256(" ".join(f"{year.year} {year.lists_sha256}" for year in years).encode()).hexdigest()
    return PriceTables(**{part: _table(con, f"tariff_{digest[:16]}_{part}", frame) for part, frame in parts.items()})


def _of_year(year: YearPrices, part: str) -> pd.DataFrame:
    frame: pd.DataFrame = getattr(year, part)
    return frame.assign(year=pd.Series(year.year, index=frame.index, dtype="string"))


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
