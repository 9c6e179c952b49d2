"""Writing deliveries: folders with their files and a note whose control totals are counted from those files' rows.

Belongs here: CSV, Parquet and delivery.yaml. Does not belong here: what the rows are (`layout_*`).
"""

from dataclasses import dataclass, field
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


def added(totals: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Control totals of two files whose people are not the same."""
    sums = {name: f"{Decimal(pounds) + Decimal(more['sums'][name]):.2f}" for name, pounds in totals.get("sums", {}).items()}
    counts = {name: totals[name] + more[name] for name in ("rows", "people") if name in totals}
    return counts | ({"sums": sums} if sums else {})


@dataclass(slots=True)
class Deliveries:
    """The deliveries of a rehearsal while they are written: files now, notes once every part of the city is in them.

    parts : how many files a delivery of people has; one keeps the dataset's own name.
    """

    home: Path
    parts: int = 1
    notes: dict[Path, dict[str, Any]] = field(default_factory=dict)

    def write(
        self,
        name: str,
        *,
        dataset: str,
        period: tuple[str, str],
        received: str,
        table: pa.Table,
        parquet: bool = False,
        header: bool = True,
        part: int | None = None,
    ) -> None:
        """One file of the delivery `name`; part : of the city's people, None where a dataset is not cut into parts."""
        folder = self.home / name
        folder.mkdir(parents=True, exist_ok=True)
        number = "" if part is None or self.parts == 1 else f"-{part + 1:04d}"
        file = f"{dataset}{number}.{'parquet' if parquet else 'csv'}"
        _write_file(folder / file, table, parquet=parquet, header=header)
        totals = control_totals(table)
        note = self.notes.get(folder)
        if note is None:
            self.notes[folder] = {
                "dataset": dataset, "period": period, "received": received, "files": [file], "totals": totals,
            }  # fmt: skip
        else:
            note["files"].append(file)
            note["totals"] = added(note["totals"], totals)

    def write_notes(self) -> None:
        """delivery.yaml of every delivery."""
        for folder, note in self.notes.items():
            write_note(folder, **note)


def _write_file(path: Path, table: pa.Table, *, parquet: bool, header: bool) -> None:
    """Every value of a headerless file is quoted, as ODS does."""
    if parquet:
        pq.write_table(table, path, compression="zstd", store_schema=False)
        return
    if "COST_GBP" in table.column_names:
        table = table.set_column(table.schema.get_field_index("COST_GBP"), "COST_GBP", table["COST_GBP"].cast(pa.string()))
    style = csv.WriteOptions(include_header=header, quoting_style="needed" if header else "all_valid")
    csv.write_csv(table, path, style)


def write_note(
    folder: Path, *, dataset: str, period: tuple[str, str], received: str, files: list[str], totals: dict[str, Any]
) -> None:
    """delivery.yaml of a final delivery."""
    note: dict[str, Any] = {
        "dataset": dataset,
        "supplier": SUPPLIER,
        "period": {"first": period[0], "last": period[1]},
        "received": received,
        "status": "final",
        "files": files,
        "supersedes": None,
    }
    if totals:
        note["control_totals"] = totals
    (folder / "delivery.yaml").write_text(yaml.safe_dump(note, sort_keys=False, allow_unicode=True), encoding="utf-8")
