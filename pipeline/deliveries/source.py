"""Reading delivered files, CSV or Parquet, as text in the contract's columns.

Belongs here: opening files, delimiters, encoding, ragged rows, the common text table.
Does not belong here: which columns must be there (`header`), which rows are kept (`row_checks`).
What the engine says about an unreadable row quotes the row; only its line number is passed on.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from pipeline.contracts import Contract
from pipeline.deliveries.header import Layout, by_name, by_place
from pipeline.errors import DeliveryRefused

_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_WHITE = " \t\r\n\v\f"


@dataclass(frozen=True, slots=True)
class Source:
    """One file and where its columns stand."""

    path: Path
    layout: Layout
    width: int
    header: bool

    @property
    def is_parquet(self) -> bool:
        return self.path.suffix.lower() == ".parquet"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_record(path: Path) -> list[str]:
    said = None
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            record = next(csv.reader(stream, strict=True), None)
    except UnicodeDecodeError:
        said = "is not UTF-8 text"
    except csv.Error:
        said = "has a first line that is not CSV"
    if said is not None:
        raise DeliveryRefused(f"{path.name} {said}.", "Send it as comma-separated UTF-8 text or as Parquet.")
    if not record:
        raise DeliveryRefused(f"{path.name} is empty.", "Send the file again.")
    if len(record) == 1:
        for delimiter, name in _OTHER_DELIMITERS.items():
            if delimiter in record[0]:
                raise DeliveryRefused(f"{path.name} is separated by {name}.", "Send it separated by commas.")
    return record


def _parquet_columns(con: DuckDBPyConnection, path: Path) -> list[str]:
    try:
        return [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM read_parquet({_literal(str(path))})").fetchall()]
    except duckdb.Error:
        pass
    raise DeliveryRefused(f"{path.name} is not a readable Parquet file.", "It may have been cut short: send it again.")


def open_source(con: DuckDBPyConnection, path: Path, contract: Contract, first_month: str) -> Source:
    """The file with its layout. Raises DeliveryRefused when it is neither CSV nor Parquet or its columns are other ones.

    first_month : of the note's period, since some columns did not exist before a certain month.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise DeliveryRefused(f"{path.name} is neither .csv nor .parquet.", "Send comma-separated text or Parquet.")
    found = _first_record(path) if suffix == ".csv" else _parquet_columns(con, path)
    layout = by_name(path.name, found, contract, first_month) if contract.header else by_place(path.name, len(found), contract)
    return Source(path, layout, len(found), contract.header)


def _stripped(cell: str) -> str:
    """SQL: the cell without white space at its ends, null where nothing is left. Most have none: asking first is cheaper."""
    return f"nullif(CASE WHEN regexp_matches({cell}, '^\\s|\\s$') THEN trim({cell}, {_literal(_WHITE)}) ELSE {cell} END, '')"


def _select(con: DuckDBPyConnection, source: Source, contract: Contract) -> str:
    """SQL of one file: contract columns as stripped text, null where nothing is left, and FILE_ROW (from 1)."""
    if source.is_parquet:
        names = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in _parquet_columns(con, source.path)]
        scan = f"read_parquet({_literal(str(source.path))}, file_row_number = true)"
        row = "file_row_number + 1"
    else:
        names = [f"c{place}" for place in range(source.width)]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        scan = (
            f"read_csv({_literal(str(source.path))}, auto_detect = false, header = {str(source.header).lower()}, delim = ',', "
            f"quote = '\"', escape = '\"', nullstr = '', strict_mode = true, columns = {{{columns}}})"
        )
        row = "row_number() OVER ()"  # in the order of the file: the engine reads this pipeline in sequence
    places = source.layout.places
    text = ", ".join(f'CAST({names[place]} AS VARCHAR) AS "{name}"' for name, place in places.items())
    cells = [(_stripped(f'"{n}"') if n in places else "CAST(NULL AS VARCHAR)") + f' AS "{n}"' for n in contract.column_names]
    return f"SELECT {', '.join(cells)}, FILE_ROW FROM (SELECT {text}, CAST({row} AS BIGINT) AS FILE_ROW FROM {scan})"


def _unreadable(path: Path, said: str) -> DeliveryRefused:
    """A refusal made of the line and field numbers in the engine's message, and nothing else of it."""
    if path.suffix.lower() == ".parquet":
        return DeliveryRefused(f"{path.name} is not a readable Parquet file.", "It may have been cut short: send it again.")
    line = re.search(r"CSV Error on Line: (\d+)", said)
    where = f" line {line[1]}" if line else ""
    fields = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", said)
    if fields:
        what = f"has {fields[2]} fields where {fields[1]} are expected"
        return DeliveryRefused(f"{path.name}{where} {what}.", "The file was cut, or a comma is not quoted: send it again.")
    if "utf-8" in said.lower():
        return DeliveryRefused(f"{path.name}{where} is not UTF-8 text.", "Save the file as UTF-8.")
    return DeliveryRefused(f"{path.name}{where} is not CSV.", "An opening quote may lack its end: send it again.")


def load(con: DuckDBPyConnection, sources: Sequence[Source], contract: Contract, reason: str) -> None:
    """Read all files of a delivery into the engine's table `delivered`: contract columns as text, ROW_NO and REASON.

    ROW_NO counts through the files in the note's order, 1 is the first data row. `reason` is SQL over the contract's columns,
    null for a row to keep. Raises DeliveryRefused on an unreadable file.
    """
    con.execute("DROP TABLE IF EXISTS delivered")
    offset = 0
    for number, source in enumerate(sources, start=1):
        verb = "CREATE TEMP TABLE delivered AS" if number == 1 else "INSERT INTO delivered"
        columns = ", ".join(f'"{name}"' for name in contract.column_names)
        said = None
        try:
            select = _select(con, source, contract)
            con.execute(f"{verb} SELECT {columns}, FILE_ROW + {offset} AS ROW_NO, {reason} AS REASON FROM ({select})")
            offset = count(con, "delivered")
        except duckdb.Error as problem:
            said = str(problem)
        if said is not None:  # raised outside the handler: the engine's message must not hang on as context
            raise _unreadable(source.path, said)


def count(con: DuckDBPyConnection, table: str) -> int:
    """Rows of a table of the engine."""
    found = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
