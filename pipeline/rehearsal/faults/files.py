"""Faults in the bytes of a file: its encoding, separators, header, types, length.

Belongs here: what happens to a file between the supplier's query and its receipt. Does not belong here: wrong content
(`rows`, `codes`, `dates`), the note (`notes`).
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from pipeline.errors import UsageError
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Bools, Fault, Place, StrikeFolder
from pipeline.rehearsal.faults.notes import YEAR, folder_of, hit_of_year, with_note
from pipeline.rehearsal.faults.strikes import changed
from pipeline.rehearsal.world import World


def _file(deliveries: Path, fault: Fault) -> Path:
    """The delivered file, whatever the note calls it."""
    return next(path for path in sorted(folder_of(deliveries, fault).iterdir()) if path.name != "delivery.yaml")


def _cannot(fault: Fault, why: str) -> UsageError:
    return UsageError(f"The fault {fault.name} cannot be planted in this file: {why}.", "Plant it in another year.")


def _text(path: Path, fault: Fault) -> str:
    """Raises UsageError where the file is no longer text, since another fault struck it before."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        pass
    raise _cannot(fault, "another fault has left no text in it")


def on_text(change: Callable[[str, Fault], str], *, encoding: str = "utf-8") -> StrikeFolder:
    """A strike on the text of a CSV file, written back in an encoding."""

    def strike(deliveries: Path, fault: Fault) -> None:
        path = _file(deliveries, fault)
        path.write_bytes(change(_text(path, fault), fault).encode(encoding))

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
        names = csv.read_csv(pa.py_buffer(_text(path, fault).encode())).column_names
        texts = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
        table = None
        with suppress(pa.ArrowInvalid, KeyError):
            table = change(csv.read_csv(path, convert_options=texts))
        if table is None:
            raise _cannot(fault, "another fault has changed its columns")
        path.unlink()
        pq.write_table(table, path.with_suffix(".parquet"), store_schema=False)
        with_note(path.parent, lambda note: note.update(files=[path.with_suffix(".parquet").name]))

    return strike


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _column(text: str, name: str, fault: Fault) -> int:
    """Place of a column. Raises UsageError where another fault has taken its name away."""
    names = text.split("\n", 1)[0].replace('"', "").split(",")
    if name not in names:
        raise _cannot(fault, f"another fault has left no column {name} in it")
    return names.index(name)


def _on_column(name: str, change: Callable[[str], str]) -> Callable[[str, Fault], str]:
    """Each value of one column, with or without its quotation marks; no field of these files holds a comma."""

    def strike(text: str, fault: Fault) -> str:
        lines, at = _lines(text), _column(text, name, fault)
        out = [lines[0]]
        for line in lines[1:]:
            cells = line.rstrip("\n").split(",")
            quoted = cells[at].startswith('"')
            new = change(cells[at].strip('"'))
            cells[at] = f'"{new}"' if quoted and new else new
            out.append(",".join(cells) + "\n")
        return "".join(out)

    return strike


def _header(old: str, new: str) -> Callable[[str, Fault], str]:
    def strike(text: str, fault: Fault) -> str:
        _column(text, old, fault)
        first, rest = text.split("\n", 1)
        return re.sub(rf"(?<![A-Z0-9_]){old}(?![A-Z0-9_])", new, first) + "\n" + rest

    return strike


def _lower_header(text: str, fault: Fault) -> str:
    first, rest = text.split("\n", 1)
    return f"{first.lower()}\n{rest}"


def _header_again(text: str, fault: Fault) -> str:
    lines = _lines(text)
    half = len(lines) // 2
    return "".join([*lines[:half], lines[0], *lines[half:]])


def _without_column(name: str) -> Callable[[str, Fault], str]:
    def strike(text: str, fault: Fault) -> str:
        at = _column(text, name, fault)
        return "".join(
            ",".join(c for i, c in enumerate(line.rstrip("\n").split(",")) if i != at) + "\n" for line in _lines(text)
        )

    return strike


def _delimiter_in_field(text: str, fault: Fault) -> str:
    """An unquoted comma inside a code, in one row of a hundred."""
    lines, at = _lines(text), _column(text, "LSOA11", fault)
    for i in range(50, len(lines), 100):
        cells = lines[i].rstrip("\n").split(",")
        cells[at] = "E01, " + cells[at].strip('"')
        lines[i] = ",".join(cells) + "\n"
    return "".join(lines)


def _total_row(text: str, fault: Fault) -> str:
    """A spreadsheet's total below the rows."""
    lines = _lines(text)
    return text + "Total" + "," * (lines[0].count(",") - 1) + f",{len(lines) - 1}\n"


def _shifted(text: str, fault: Fault) -> str:
    """An empty cell slipped in before the date, so that all behind it stand a column too far right; the last falls out."""
    lines, at = _lines(text), _column(text, "ARRIVALDATE", fault)
    first = 1 + max(1, round((len(lines) - 1) * (1 - fault.severity)))
    for i in range(first, len(lines)):
        cells = lines[i].rstrip("\n").split(",")
        lines[i] = ",".join([*cells[:at], "", *cells[at:-1]]) + "\n"
    return "".join(lines)


def _cut_within_a_line(data: bytes, fault: Fault) -> bytes:
    cut = int(len(data) * (1 - fault.severity))
    return data[: cut + (7 if data[cut - 1 : cut] == b"\n" else 0)]


def _cut_at_a_line(text: str, fault: Fault) -> str:
    """At least one row is left, as else there is no delivery."""
    lines = _lines(text)
    return "".join(lines[: 1 + max(1, round((len(lines) - 1) * (1 - fault.severity)))])


def _rest_lost(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """Rows of the year behind the cut, in the order of the file (people and days), resubmitted rows apart."""
    place = np.flatnonzero(hit_of_year(world, contacts, fault))
    gone = place[round(len(place) * (1 - fault.severity)) :]
    return contacts.take(np.setdiff1d(np.arange(len(contacts)), gone))


def _nobody_found(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    return changed(contacts, other_key=contacts.details["other_key"].astype(bool) | hit_of_year(world, contacts, fault))


def _day_first(value: str) -> str:
    return re.sub(r"^(\d{4})-(\d\d)-(\d\d)$", r"\3/\2/\1", value)


def _excel_serial(value: str) -> str:
    """Days since 30 December 1899, as a spreadsheet stores a date."""
    return str((date.fromisoformat(value) - date(1899, 12, 30)).days) if re.match(r"^\d{4}-\d\d-\d\d$", value) else value


def _typed(**kinds: pa.DataType) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        for name, kind in kinds.items():
            values = table[name]
            if pa.types.is_temporal(kind):
                values = pc.strptime(values, format="%Y-%m-%d", unit="s")
            elif pa.types.is_string(values.type):
                values = pc.utf8_trim_whitespace(values)
            table = table.set_column(table.schema.get_field_index(name), name, values.cast(kind))
        return table

    return change


AE, TEXT = ("ae",), ("apc", "ae")


def _fault(name: str, summary: str, strike: StrikeFolder, **more: Any) -> Fault:
    usual: dict[str, Any] = {"place": YEAR, "refused": True, "streams": TEXT}
    return Fault(name, "files", summary, folder=strike, **(usual | more))


def _on_ae(name: str, summary: str, change: Callable[[str, Fault], str], **more: Any) -> Fault:
    """A fault in a column that only A&E files have under its name."""
    return _fault(name, summary, on_text(change), streams=AE, **more)


#: in the order in which they can be planted together: values, header, rows, kind of file, separators, encoding, bytes
FAULTS = (
    _on_ae("dates_day_first", "Dates are DD/MM/YYYY.", _on_column("ARRIVALDATE", _day_first)),
    _on_ae("dates_as_serial_numbers", "Dates are a spreadsheet's serial numbers.", _on_column("ARRIVALDATE", _excel_serial)),
    _on_ae("times_with_a_zone", "Dates carry a time and a zone.", _on_column("ARRIVALDATE", lambda v: f"{v}T00:00:00Z")),
    _on_ae("codes_as_numbers", "Department types lost their leading zero.",
           _on_column("AEDEPTTYPE", lambda v: v.lstrip("0"))),
    _on_ae("people_as_numbers", "A spreadsheet turned pseudonyms into numbers.",
           _on_column("PSEUDO_HESID", lambda v: f"{sum(map(ord, v)):.3E}"), refused=False, values=_nobody_found),
    _on_ae("people_empty", "The pseudonym is empty throughout.", _on_column("PSEUDO_HESID", lambda v: "")),
    _on_ae("other_person_key", "One delivery names people by another key.", _header("PSEUDO_HESID", "TOKEN_PERSON_ID")),
    _on_ae("header_renamed", "A column comes under another name.", _header("ARRIVALDATE", "ARRIVAL_DATE")),
    _on_ae("column_missing", "A column that is needed is left out.", _without_column("AEDEPTTYPE")),
    _on_ae("column_twice", "A column's name stands in the header twice.", _header("AEARRIVALMODE", "AEATTENDCAT")),
    _fault("header_in_lower_case", "The header is in lower case.", on_text(_lower_header)),
    _fault("rows_none", "The file has a header and no rows.", on_text(lambda text, _: text.split("\n", 1)[0] + "\n")),
    _fault("cut_at_a_line", "The transfer broke off at the end of a line; the note has the totals of the whole.",
           on_text(_cut_at_a_line), refused=False, severity=0.2, severity_is="share of the file",
           severities=(0.01, 0.05, 0.3), values=_rest_lost),
    _on_ae("columns_shifted", "From some row on every cell stands a column too far right.", _shifted, refused=False,
           severity=0.2, severity_is="share of the file", severities=(0.01, 0.05, 0.3), values=_rest_lost),
    _fault("total_row", "A total stands below the rows.", on_text(_total_row), refused=False),
    _fault("header_again_inside", "Two files were put together with both their headers.", on_text(_header_again),
           refused=False),
    _fault("parquet_of_dates", "The file is Parquet with true dates.", as_parquet(_typed(ARRIVALDATE=pa.date32())),
           refused=False, streams=AE),
    _fault("parquet_of_timestamps", "The file is Parquet with timestamps.",
           as_parquet(_typed(ARRIVALDATE=pa.timestamp("us"))), refused=False, streams=AE),
    _fault("parquet_of_numbers", "The file is Parquet with codes as numbers.", as_parquet(_typed(AEDEPTTYPE=pa.int64())),
           streams=AE),
    _fault("delimiter_in_field", "Commas stand unquoted inside fields.", on_text(_delimiter_in_field)),
    _fault("header_missing", "The file has no header.", on_text(lambda text, _: text.split("\n", 1)[1])),
    _fault("quote_left_open", "A quotation mark is never closed.",
           on_text(lambda text, _: re.sub(r'("E01[0-9]*)"', r"\1", text, count=1))),
    _fault("separated_by_semicolons", "Columns are separated by semicolons.", on_text(lambda text, _: text.replace(",", ";"))),
    _fault("encoding_latin_1", "The file is Latin-1 with accented letters.",
           on_text(_on_column("LSOA11", lambda v: f"é{v}"), encoding="latin-1")),
    _fault("encoding_utf_16", "The file is UTF-16.", on_text(lambda text, _: text, encoding="utf-16")),
    _fault("cut_within_a_line", "The transfer broke off within a line.", on_bytes(_cut_within_a_line), severity=0.2,
           severity_is="share of the file", severities=(0.01, 0.05, 0.3)),
    _fault("parquet_cut", "The Parquet file broke off.", on_bytes(lambda data, f: data[: len(data) // 2]),
           place=Place(stream="op", arm="both", first="2016-04", last="2017-03"), streams=("op",)),
    _fault("file_zipped", "The file is a zip archive under the name of a table.",
           on_bytes(lambda data, _: b"PK\x03\x04" + data)),
    _fault("file_empty", "The file is empty.", on_bytes(lambda data, _: b"")),
)  # fmt: skip
