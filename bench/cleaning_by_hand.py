"""The same job as a hand-written DuckDB query: rows of three streams cleaned, accounted for and priced.

Belongs here: the query, as an analyst who knows HES and this engine would write it for these files and this protocol: one typed
table a stream, duplicates sought among the few rows that share a key, windows over what they need, one ordered file a result.
Nothing of `pipeline` is imported, so that equal results mean something. Does not belong here: measuring (`cleaning_scale`),
the queries of each stream (`by_hand_*`).
It writes what the product writes: clean tables, the fate of every row, counts of fates and of cells read otherwise, prices.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from bench import by_hand_admitted, by_hand_emergency, by_hand_outpatients

_DAY = (
    "coalesce(try_cast(left(nullif(trim({0}), ''), 10) AS DATE), CAST(try_strptime(nullif(trim({0}), ''), '%Y%m%d') AS DATE))"
)
_MACROS = f"""
CREATE MACRO code(raw) AS nullif(trim(raw), '');
CREATE MACRO day(raw) AS CASE WHEN {_DAY.format("raw")} IN (DATE '1800-01-01', DATE '1801-01-01', DATE '1600-01-01',
  DATE '1582-10-15') THEN NULL ELSE {_DAY.format("raw")} END;
CREATE MACRO financial_year(d) AS CAST(year(d) - CAST(month(d) < 4 AS INTEGER) AS VARCHAR) || '-'
  || right(CAST(year(d) - CAST(month(d) < 4 AS INTEGER) + 1 AS VARCHAR), 2);
CREATE MACRO none_day(raw) AS left(replace(raw, '-', ''), 8) IN ('18000101', '18010101', '16000101', '15821015');
CREATE MACRO pounds(raw) AS CAST(try_cast(code(raw) AS DECIMAL(18, 2)) * 100 AS BIGINT);
"""


def run(files: Mapping[str, Sequence[str]], lists: Path, out: Path, *, memory_limit: str = "1500MB", threads: int = 2) -> None:
    """Write `out`/<result>.parquet for every result of the three streams.

    files : dataset to delivered files. lists : folder with apc, outpatient, ae, mff .parquet, prices in pence.
    """
    out.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(config={"memory_limit": memory_limit, "threads": threads, "temp_directory": str(out / "spill")})
    con.execute("SET preserve_insertion_order = false")
    con.execute(_MACROS)
    for name in ("apc", "outpatient", "ae", "mff"):
        con.execute(f"CREATE TABLE list_{name} AS SELECT * FROM read_parquet('{lists / name}.parquet')")
    for dataset, script in (
        ("hes_apc", by_hand_admitted.SCRIPT),
        ("hes_ae", by_hand_emergency.SCRIPT),
        ("hes_op", by_hand_outpatients.SCRIPT),
    ):
        con.execute(f"CREATE VIEW {dataset} AS SELECT * FROM read_parquet({list(files[dataset])}, union_by_name = true)")
        con.execute(_filled(con, dataset))
        for statement in script.split(";"):
            if statement.strip():
                con.execute(statement.replace("{out}", str(out)))
        _repairs(con, dataset, out)
    con.close()


def _filled(con: duckdb.DuckDBPyConnection, dataset: str) -> str:
    """How many delivered columns of a row hold something."""
    names = [
        row[0] for row in con.execute(f"DESCRIBE {dataset}").fetchall() if row[0] not in ("DELIVERY", "RECEIVED", "ROW_NO")
    ]
    said = " + ".join(f"CAST({name} IS NOT NULL AS TINYINT)" for name in names)
    held = "day(SUBDATE)" if "SUBDATE" in names else "CAST(NULL AS DATE)"
    return f"CREATE VIEW {dataset}_rows AS SELECT *, {said} AS filled, {held} AS submitted FROM {dataset}"


def _repairs(con: duckdb.DuckDBPyConnection, dataset: str, out: Path) -> None:
    names = [
        row[0] for row in con.execute(f"DESCRIBE {dataset}").fetchall() if row[0] not in ("DELIVERY", "RECEIVED", "ROW_NO")
    ]
    days = [name for name in names if name.endswith(("DATE", "EPISTART", "EPIEND"))]
    counts = ", ".join(f"count(*) FILTER (none_day({name})) AS {name}" for name in days)
    con.execute(
        f"COPY (SELECT field || ' holds a date that stands for none' AS reason, rows FROM "
        f"(UNPIVOT (SELECT {counts} FROM {dataset}) ON COLUMNS(*) INTO NAME field VALUE rows) WHERE rows > 0) "
        f"TO '{out / dataset}_repairs.parquet' (FORMAT parquet)"
    )
