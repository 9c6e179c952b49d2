"""Faults in the bytes of a file: its encoding, separators, header, types, length.

Belongs here: what happens to a file between the supplier's query and its receipt. Does not belong here: wrong content
(`rows`, `codes`, `dates`), the note (`notes`).
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq
import yaml

from pipeline.rehearsal.columns import financial_year_of
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Bools, Fault, Place, StrikeFolder
from pipeline.rehearsal.faults.notes import YEAR, folder_of, with_note, year_of
from pipeline.rehearsal.faults.strikes import changed
from pipeline.rehearsal.world import World


def _file(deliveries: Path, fault: Fault) -> Path:
    folder = folder_of(deliveries, fault)
    note = yaml.safe_load((folder / "delivery.yaml").read_text(encoding="utf-8"))
    return folder / str(note["files"][0])


def on_text(change: Callable[[str, Fault], str], *, encoding: str = "utf-8") -> StrikeFolder:
    """A strike on the text of a CSV file, written back in an encoding."""

    def strike(deliveries: Path, fault: Fault) -> None:
        path = _file(deliveries, fault)
        path.write_bytes(change(path.read_text(encoding="utf-8"), fault).encode(encoding))

    return strike


def on_bytes(change: Callable[[bytes, Fault], bytes]) -> StrikeFolder:
    """A strike on the bytes of a file of any kind."""

    def strike(deliveries: Path, fault: Fault) -> None:
        path = _file(deliveries, fault)
        path.write_bytes(change(path.read_bytes(), fault))

    return strike


def as_parquet(change: Callable[[pa.Table], pa.Table]) -> StrikeFolder:
    """The file sent as Parquet, with types of its own."""

    def strike(deliveries: Path, fault: Fault) -> None:
        path = _file(deliveries, fault)
        texts = csv.ConvertOptions(column_types=dict.fromkeys(csv.read_csv(path).column_names, pa.string()),
                                   strings_can_be_null=True)  # fmt: skip
        table = change(csv.read_csv(path, convert_options=texts))
        path.unlink()
        pq.write_table(table, path.with_suffix(".parquet"), store_schema=False)
        with_note(path.parent, lambda note: note.update(files=[path.with_suffix(".parquet").name]))

    return strike


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _column(text: str, name: str) -> int:
    return _lines(text)[0].strip().replace('"', "").split(",").index(name)


def _on_column(name: str, change: Callable[[str], str]) -> Callable[[str, Fault], str]:
    """Each value of one column of an unquoted file."""

    def strike(text: str, fault: Fault) -> str:
        lines, at = _lines(text), _column(text, name)
        out = [lines[0]]
        for line in lines[1:]:
            cells = line.rstrip("\n").split(",")
            cells[at] = change(cells[at])
            out.append(",".join(cells) + "\n")
        return "".join(out)

    return strike


def _header(old: str, new: str) -> Callable[[str, Fault], str]:
    def strike(text: str, fault: Fault) -> str:
        first, rest = text.split("\n", 1)
        return re.sub(rf"(?<![A-Z0-9_]){old}(?![A-Z0-9_])", new, first) + "\n" + rest

    return strike


def _lower_header(text: str, fault: Fault) -> str:
    first, rest = text.split("\n", 1)
    return f"{first.lower()}\n{rest}"


def _header_again(text: str, fault: Fault) -> str:
    return text + text.split("\n", 1)[0] + "\n"


def _without_column(name: str) -> Callable[[str, Fault], str]:
    def strike(text: str, fault: Fault) -> str:
        at = _column(text, name)
        return "".join(
            ",".join(c for i, c in enumerate(line.rstrip("\n").split(",")) if i != at) + "\n" for line in _lines(text)
        )

    return strike


def _delimiter_in_field(text: str, fault: Fault) -> str:
    """An unquoted comma inside a code, in one row of a hundred."""
    lines, at = _lines(text), _column(text, "LSOA11")
    for i in range(50, len(lines), 100):
        cells = lines[i].rstrip("\n").split(",")
        cells[at] = "E01, " + cells[at]
        lines[i] = ",".join(cells) + "\n"
    return "".join(lines)


def _cut_within_a_line(data: bytes, fault: Fault) -> bytes:
    cut = int(len(data) * (1 - fault.severity))
    return data[: cut + (7 if data[cut - 1 : cut] == b"\n" else 0)]


def _cut_at_a_line(text: str, fault: Fault) -> str:
    lines = _lines(text)
    return "".join(lines[: 1 + round((len(lines) - 1) * (1 - fault.severity))])


def _rest_lost(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """Rows of the year behind the cut, in the order of the file (people and days), resubmitted rows apart."""
    place = np.flatnonzero(hit_of_year(world, contacts, fault))
    gone = place[round(len(place) * (1 - fault.severity)) :]
    return contacts.take(np.setdiff1d(np.arange(len(contacts)), gone))


def _nobody_found(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    return changed(contacts, other_key=contacts.details["other_key"].astype(bool) | hit_of_year(world, contacts, fault))


def hit_of_year(world: World, contacts: Contacts, fault: Fault) -> Bools:
    """Contacts that stand in the yearly file a fault is planted in."""
    year = financial_year_of(contacts.details["filed"], world.parameters.months[0])
    return np.asarray(year == int(year_of(fault)[:4]))


def _iso(value: str) -> str:
    return "/".join(reversed(value.split("-"))) if value else value


def _excel_serial(value: str) -> str:
    """Days since 30 December 1899, as a spreadsheet stores a date."""
    from datetime import date

    return str((date.fromisoformat(value) - date(1899, 12, 30)).days) if value else value


def _typed(**kinds: pa.DataType) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        for name, kind in kinds.items():
            values = table[name]
            if pa.types.is_temporal(kind):
                values = pc.strptime(values, format="%Y-%m-%d", unit="s").cast(kind)
            table = table.set_column(table.schema.get_field_index(name), name, values.cast(kind))
        return table

    return change


def _fault(name: str, summary: str, strike: StrikeFolder, *, refused: bool = True, place: Place = YEAR, **more: Any) -> Fault:
    return Fault(name, "files", summary, place, folder=strike, refused=refused, **more)


FAULTS = (
    _fault("header_renamed", "A column comes under another name.", on_text(_header("ARRIVALDATE", "ARRIVAL_DATE"))),
    _fault("header_in_lower_case", "The header is in lower case.", on_text(_lower_header)),
    _fault("column_missing", "A column that is needed is left out.", on_text(_without_column("AEDEPTTYPE"))),
    _fault("column_twice", "A column's name stands in the header twice.", on_text(_header("AEARRIVALMODE", "AEDEPTTYPE"))),
    _fault("header_missing", "The file has no header.", on_text(lambda text, _: text.split("\n", 1)[1])),
    _fault("header_again_inside", "Two files were put together with both their headers.", on_text(_header_again),
           refused=False),
    _fault("encoding_latin_1", "The file is Latin-1 with accented letters.", on_text(
           lambda text, _: _on_column("LSOA11", lambda v: f"é{v}")(text, _), encoding="latin-1")),
    _fault("encoding_utf_16", "The file is UTF-16.", on_text(lambda text, _: text, encoding="utf-16")),
    _fault("separated_by_semicolons", "Columns are separated by semicolons.", on_text(lambda text, _: text.replace(",", ";"))),
    _fault("delimiter_in_field", "Commas stand unquoted inside fields.", on_text(_delimiter_in_field)),
    _fault("quote_left_open", "A quotation mark is never closed.", on_text(lambda text, _: text.replace("E01", '"E01', 1))),
    _fault("cut_within_a_line", "The transfer broke off within a line.", on_bytes(_cut_within_a_line), severity=0.2,
           severity_is="share of the file", severities=(0.01, 0.05, 0.3)),
    _fault("cut_at_a_line", "The transfer broke off at the end of a line; the note has the totals of the whole.",
           on_text(_cut_at_a_line), refused=False, severity=0.2, severity_is="share of the file",
           severities=(0.01, 0.05, 0.3), values=_rest_lost),
    _fault("file_empty", "The file is empty.", on_bytes(lambda data, _: b"")),
    _fault("rows_none", "The file has a header and no rows.", on_text(lambda text, _: text.split("\n", 1)[0] + "\n")),
    _fault("file_zipped", "The file is a zip archive under the name of a table.",
           on_bytes(lambda data, _: b"PK\x03\x04" + data)),
    _fault("dates_day_first", "Dates are DD/MM/YYYY.", on_text(_on_column("ARRIVALDATE", _iso))),
    _fault("dates_as_serial_numbers", "Dates are a spreadsheet's serial numbers.",
           on_text(_on_column("ARRIVALDATE", _excel_serial))),
    _fault("times_with_a_zone", "Dates carry a time and a zone.",
           on_text(_on_column("ARRIVALDATE", lambda v: f"{v}T00:00:00Z"))),
    _fault("codes_as_numbers", "Department types lost their leading zero.",
           on_text(_on_column("AEDEPTTYPE", lambda v: v.lstrip("0"))), refused=False),
    _fault("people_as_numbers", "A spreadsheet turned pseudonyms into numbers.",
           on_text(_on_column("PSEUDO_HESID", lambda v: f"{sum(map(ord, v)):.3E}")), refused=False, values=_nobody_found),
    _fault("people_empty", "The pseudonym is empty throughout.", on_text(_on_column("PSEUDO_HESID", lambda v: ""))),
    _fault("other_person_key", "One delivery names people by another key.",
           on_text(_header("PSEUDO_HESID", "TOKEN_PERSON_ID"))),
    _fault("parquet_of_dates", "The file is Parquet with true dates.", as_parquet(_typed(ARRIVALDATE=pa.date32())),
           refused=False),
    _fault("parquet_of_timestamps", "The file is Parquet with timestamps.",
           as_parquet(_typed(ARRIVALDATE=pa.timestamp("us"))), refused=False),
    _fault("parquet_of_numbers", "The file is Parquet with codes as numbers.", as_parquet(_typed(AEDEPTTYPE=pa.int64())),
           refused=False),
    _fault("parquet_cut", "The Parquet file broke off.", on_bytes(lambda data, f: data[: len(data) // 2]),
           place=Place(stream="op", arm="both", first="2016-04", last="2017-03")),
)  # fmt: skip
