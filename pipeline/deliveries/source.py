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
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

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


def _parquet_columns(con: Backend, path: Path) -> list[str]:
    try:
        return [row[0] for row in con.raw_sql(f"DESCRIBE SELECT * FROM read_parquet({_literal(str(path))})").fetchall()]
    except duckdb.Error:
        pass
    raise DeliveryRefused(f"{path.name} is not a readable Parquet file.", "It may have been cut short: send it again.")


def open_source(con: Backend, path: Path, contract: Contract, first_month: str) -> Source:
    """The file with its layout. Raises DeliveryRefused when it is neither CSV nor Parquet or its columns are other ones.

    first_month : of the note's period, since some columns did not exist before a certain month.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise DeliveryRefused(f"{path.name} is neither .csv nor .parquet.", "Send comma-separated text or Parquet.")
    found = _first_record(path) if suffix == ".csv" else _parquet_columns(con, path)
    layout = by_name(path.name, found, contract, first_month) if contract.header else by_place(path.name, len(found), contract)
    return Source(path, layout, len(found), contract.header)


def _select(con: Backend, source: Source, contract: Contract, number: int) -> str:
    """SQL of one file: contract columns as stripped text, null where nothing is left, with file and row number."""
    if source.is_parquet:
        names = _parquet_columns(con, source.path)
        place_of = {place: f'"{name.replace(chr(34), chr(34) * 2)}"' for place, name in enumerate(names)}
        scan = f"read_parquet({_literal(str(source.path))}, file_row_number = true)"
        row = "file_row_number + 1"
    else:
        place_of = {place: f"c{place}" for place in range(source.width)}
        columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(source.width))
        scan = (
            f"read_csv({_literal(str(source.path))}, auto_detect = false, header = {str(source.header).lower()}, delim = ',', "
            f"quote = '\"', escape = '\"', nullstr = '', strict_mode = true, columns = {{{columns}}})"
        )
        row = "row_number() OVER ()"  # in the order of the file: the engine reads this pipeline in sequence
    cells = []
    for name in contract.column_names:
        place = source.layout.places.get(name)
        raw = "NULL" if place is None else f"trim(CAST({place_of[place]} AS VARCHAR), {_literal(_WHITE)})"
        cells.append(f"CAST(nullif({raw}, '') AS VARCHAR) AS \"{name}\"")
    return f"SELECT {', '.join(cells)}, {number} AS FILE_NO, CAST({row} AS BIGINT) AS FILE_ROW FROM {scan}"


def _unreadable(path: Path, said: str) -> DeliveryRefused:
    """A refusal made of the line and field numbers in the engine's message, and nothing else of it."""
    if path.suffix.lower() == ".parquet":
        return DeliveryRefused(f"{path.name} is not a readable Parquet file.", "It may have been cut short: send it again.")
    line = re.search(r"CSV Error on Line: (\d+)", said)
    where = f" line {line[1]}" if line else ""
    fields = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", said)
    if fields:
        what = f"has {fields[2]} fields and the header {fields[1]}"
        return DeliveryRefused(f"{path.name}{where} {what}.", "The file was cut, or a comma is not quoted: send it again.")
    if "utf-8" in said.lower():
        return DeliveryRefused(f"{path.name}{where} is not UTF-8 text.", "Save the file as UTF-8.")
    return DeliveryRefused(f"{path.name}{where} is not CSV.", "An opening quote may lack its end: send it again.")


def load(con: Backend, sources: Sequence[Source], contract: Contract) -> ir.Table:
    """All files of a delivery as one table in the engine: contract columns as text, FILE_NO, FILE_ROW, ROW_NO.

    ROW_NO counts through the files in the note's order, 1 is the first data row. Raises DeliveryRefused on an unreadable file.
    """
    con.raw_sql("DROP TABLE IF EXISTS delivered")
    offset = 0
    for number, source in enumerate(sources, start=1):
        select = _select(con, source, contract, number)
        verb = "CREATE TEMP TABLE delivered AS" if number == 1 else "INSERT INTO delivered"
        said = None
        try:
            con.raw_sql(f"{verb} SELECT *, FILE_ROW + {offset} AS ROW_NO FROM ({select})")
            offset = con.raw_sql("SELECT count(*) FROM delivered").fetchone()[0]
        except duckdb.Error as problem:
            said = str(problem)
        if said is not None:  # raised outside the handler: the engine's message must not hang on as context
            raise _unreadable(source.path, said)
    return con.table("delivered")
