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
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from pipeline.contracts import Contract
from pipeline.deliveries.header import Layout, by_name, by_place
from pipeline.errors import DeliveryRefused

REMEDY = "Send it as comma-separated UTF-8 text (.csv) or as Parquet (.parquet)."
NOT_CSV = "has a first line that is not CSV"
#: what files that are no text begin with, whatever they are called
_OTHER_FORMS = {
    b"PK\x03\x04": "a zip archive or a workbook", b"\x1f\x8b": "a gzip archive", b"PAR1": "Parquet",
    b"\xd0\xcf\x11\xe0": "an old workbook",
    b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16",
}  # fmt: skip
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


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


def _other_delimiter(path: Path) -> str | None:
    """The delimiter, in words, by which a first line that is not comma-separated splits into fields."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline()
    for delimiter, name in _OTHER_DELIMITERS.items():
        try:
            if len(next(csv.reader([first], delimiter=delimiter, strict=True), [])) > 1:
                return name
        except csv.Error:
            continue
    return None


def _first_record(path: Path) -> list[str]:
    with path.open("rb") as stream:
        begins = stream.read(4)
    for mark, form in _OTHER_FORMS.items():
        if begins.startswith(mark):
            raise DeliveryRefused(f"{path.name} is {form}, whatever its name says.", REMEDY)
    said = None
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            record = next(csv.reader(stream, strict=True), None)
    except UnicodeDecodeError:
        said = "is not UTF-8 text"
    except csv.Error:
        said = NOT_CSV
    other = _other_delimiter(path) if said == NOT_CSV else None
    if other is not None:
        raise DeliveryRefused(f"{path.name} is separated by {other}.", "Send it separated by commas.")
    if said is not None:
        raise DeliveryRefused(f"{path.name} {said}.", REMEDY)
    if not record:
        raise DeliveryRefused(f"{path.name} is empty.", "Send the file again.")
    if len(record) == 1:
        for delimiter, name in _OTHER_DELIMITERS.items():
            if delimiter in record[0]:
                raise DeliveryRefused(f"{path.name} is separated by {name}.", "Send it separated by commas.")
    return record


def _parquet_columns(con: DuckDBPyConnection, path: Path) -> list[str]:
    """As the engine names them. Two of one name, which it would tell apart by a number, are refused."""
    names = None
    try:
        names = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM read_parquet({_literal(str(path))})").fetchall()]
        stated = pq.read_schema(path).names
    except (duckdb.Error, pa.ArrowInvalid, OSError):
        stated = []
    twice = [place for place, name in enumerate(stated, start=1) if name in stated[: place - 1]]
    if twice:
        raise DeliveryRefused(f"{path.name}: column {twice[0]} has the name of one before it.", "Send each column once.")
    if names is not None:
        return names
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


def _open(con: DuckDBPyConnection, source: Source, name: str) -> None:
    """Make the file known to the engine as `name`: its contract columns as raw text, and FILE_ROW, 1 for the first data row.

    CSV is read once into a table; Parquet stays where it is, since scanning it again costs less than holding it.
    """
    if source.is_parquet:
        names = [f'"{column.replace(chr(34), chr(34) * 2)}"' for column in _parquet_columns(con, source.path)]
        scan = f"read_parquet({_literal(str(source.path))}, file_row_number = true)"
        kind, row = "VIEW", "file_row_number + 1"
    else:
        names = [f"c{place}" for place in range(source.width)]
        columns = ", ".join(f"'{column}': 'VARCHAR'" for column in names)
        scan = (
            f"read_csv({_literal(str(source.path))}, auto_detect = false, header = {str(source.header).lower()}, delim = ',', "
            f"quote = '\"', escape = '\"', nullstr = '', strict_mode = true, columns = {{{columns}}})"
        )
        kind, row = "TABLE", "row_number() OVER ()"  # in the order of the file: the engine reads this in sequence
    text = [f'CAST({names[place]} AS VARCHAR) AS "{column}"' for column, place in source.layout.places.items()]
    con.execute(f"CREATE TEMP {kind} {name} AS SELECT {', '.join(text)}, CAST({row} AS BIGINT) AS FILE_ROW FROM {scan}")


def unreadable(paths: Sequence[Path], said: str) -> DeliveryRefused:
    """A refusal made of the line and field numbers in the engine's message, and nothing else of it."""
    names = " or ".join(path.name for path in paths)
    if all(path.suffix.lower() == ".parquet" for path in paths):
        return DeliveryRefused(f"{names} is not a readable Parquet file.", "It may have been cut short: send it again.")
    line = re.search(r"CSV Error on Line: (\d+)", said)
    where = f" line {line[1]}" if line else ""
    fields = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", said)
    if fields:
        what = f"has {fields[2]} fields where {fields[1]} are expected"
        return DeliveryRefused(f"{names}{where} {what}.", "The file was cut, or a comma is not quoted: send it again.")
    if "utf-8" in said.lower():
        return DeliveryRefused(f"{names}{where} is not UTF-8 text.", "Save the file as UTF-8.")
    return DeliveryRefused(
        f"{names}{where} is not CSV.",
        "An opening quote may lack its end, a field be far too long, or lines end in two ways: send it again.",
    )


def load(con: DuckDBPyConnection, sources: Sequence[Source], columns: Sequence[str]) -> None:
    """Make all files of a delivery known to the engine as the view `raw`: ROW_NO, and `columns` as raw text.

    A column is null where a file lacks it.
    ROW_NO counts through the files in the note's order, 1 is the first data row. Raises DeliveryRefused on an unreadable file.
    """
    parts, offset = [], 0
    for number, source in enumerate(sources, start=1):
        said = None
        try:
            _open(con, source, f"file_{number}")
            found = con.execute(f"SELECT count(*) FROM file_{number}").fetchone()
        except duckdb.Error as problem:
            said = str(problem)
        if said is not None:  # raised outside the handler: the engine's message must not hang on as context
            raise unreadable([source.path], said)
        cells = [f'"{name}"' if name in source.layout.places else f'CAST(NULL AS VARCHAR) AS "{name}"' for name in columns]
        parts.append(f"SELECT {', '.join(cells)}, FILE_ROW + {offset} AS ROW_NO FROM file_{number}")
        offset += int(found[0]) if found else 0
    con.execute(f"CREATE TEMP VIEW raw AS {' UNION ALL '.join(parts)}")
