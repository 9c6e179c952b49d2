"""Writing one delivery: a folder with its file and a note whose control totals are counted from that file's rows.

Belongs here: CSV, Parquet and delivery.yaml. Does not belong here: what the rows are (`layout_*`).
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq
import yaml

SUPPLIER = "North Example Commissioning Support Unit"


def control_totals(table: pa.Table) -> dict[str, Any]:
    """rows, distinct people where there are people, and the exact sum of COST_GBP where there is one."""
    totals: dict[str, Any] = {"rows": table.num_rows}
    if "PSEUDO_HESID" in table.column_names:
        totals["people"] = pc.count_distinct(table["PSEUDO_HESID"]).as_py()
    if "COST_GBP" in table.column_names:
        exact = pc.sum(table["COST_GBP"].cast(pa.decimal128(38, 2))).as_py()
        totals["sums"] = {"COST_GBP": f"{exact or Decimal(0):.2f}"}
    return totals


def write_delivery(
    folder: Path,
    *,
    dataset: str,
    period: tuple[str, str],
    received: str,
    table: pa.Table,
    parquet: bool = False,
    header: bool = True,
) -> None:
    """The folder with one file and its note. Every value of a headerless file is quoted, as ODS does."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{dataset}.{'parquet' if parquet else 'csv'}"
    if parquet:
        pq.write_table(table, folder / name, compression="zstd", store_schema=False)
    else:
        if "COST_GBP" in table.column_names:
            table = table.set_column(table.schema.get_field_index("COST_GBP"), "COST_GBP", table["COST_GBP"].cast(pa.string()))
        style = csv.WriteOptions(include_header=header, quoting_style="needed" if header else "all_valid")
        csv.write_csv(table, folder / name, style)
    write_note(folder, dataset=dataset, period=period, received=received, file=name, totals=control_totals(table))


def write_note(
    folder: Path, *, dataset: str, period: tuple[str, str], received: str, file: str, totals: dict[str, Any]
) -> None:
    """delivery.yaml of a final delivery."""
    note: dict[str, Any] = {
        "dataset": dataset,
        "supplier": SUPPLIER,
        "period": {"first": period[0], "last": period[1]},
        "received": received,
        "status": "final",
        "files": [file],
        "supersedes": None,
    }
    if totals:
        note["control_totals"] = totals
    (folder / "delivery.yaml").write_text(yaml.safe_dump(note, sort_keys=False, allow_unicode=True), encoding="utf-8")
