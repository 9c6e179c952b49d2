"""Faults in the bytes of a file: its encoding, separators, header, types, length.

Belongs here: what happens to a file between the supplier's query and its receipt. Does not belong here: wrong content
(`rows`, `codes`, `dates`), the note (`notes`).
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Bools, Fault, Place, StrikeFolder
from pipeline.rehearsal.faults.file_strikes import as_parquet, header, lines_of, on_bytes, on_column, on_text, place_of, typed
from pipeline.rehearsal.faults.notes import YEAR, hit_of_year
from pipeline.rehearsal.faults.strikes import changed
from pipeline.rehearsal.world import World


def _lower_header(text: str, fault: Fault) -> str:
    first, rest = text.split("\n", 1)
    return f"{first.lower()}\n{rest}"


def _header_again(text: str, fault: Fault) -> str:
    lines = lines_of(text)
    half = len(lines) // 2
    return "".join([*lines[:half], lines[0], *lines[half:]])


def _without_column(name: str) -> Callable[[str, Fault], str]:
    def strike(text: str, fault: Fault) -> str:
        at = place_of(text, name, fault)
        return "".join(
            ",".join(c for i, c in enumerate(line.rstrip("\n").split(",")) if i != at) + "\n" for line in lines_of(text)
        )

    return strike


def _delimiter_in_field(text: str, fault: Fault) -> str:
    """An unquoted comma inside a code, in one row of a hundred."""
    lines, at = lines_of(text), place_of(text, "LSOA11", fault)
    for i in range(50, len(lines), 100):
        cells = lines[i].rstrip("\n").split(",")
        cells[at] = "E01, " + cells[at].strip('"')
        lines[i] = ",".join(cells) + "\n"
    return "".join(lines)


def _total_row(text: str, fault: Fault) -> str:
    """A spreadsheet's total below the rows."""
    lines = lines_of(text)
    return text + "Total" + "," * (lines[0].count(",") - 1) + f",{len(lines) - 1}\n"


def _shifted(text: str, fault: Fault) -> str:
    """An empty cell slipped in before the date, so that all behind it stand a column too far right; the last falls out."""
    lines, at = lines_of(text), place_of(text, "ARRIVALDATE", fault)
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
    lines = lines_of(text)
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


AE, TEXT = ("ae",), ("apc", "ae")


def _fault(name: str, summary: str, strike: StrikeFolder, **more: Any) -> Fault:
    usual: dict[str, Any] = {"place": YEAR, "refused": True, "streams": TEXT}
    return Fault(name, "files", summary, folder=strike, **(usual | more))


def _on_ae(name: str, summary: str, change: Callable[[str, Fault], str], **more: Any) -> Fault:
    """A fault in a column that only A&E files have under its name."""
    return _fault(name, summary, on_text(change), streams=AE, **more)


#: in the order in which they can be planted together: values, header, rows, kind of file, separators, encoding, bytes
FAULTS = (
    _on_ae("dates_day_first", "Dates are DD/MM/YYYY.", on_column("ARRIVALDATE", _day_first)),
    _on_ae("dates_as_serial_numbers", "Dates are a spreadsheet's serial numbers.", on_column("ARRIVALDATE", _excel_serial)),
    _on_ae("times_with_a_zone", "Dates carry a time and a zone.", on_column("ARRIVALDATE", lambda v: f"{v}T00:00:00Z")),
    _on_ae("codes_as_numbers", "Department types lost their leading zero.",
           on_column("AEDEPTTYPE", lambda v: v.lstrip("0"))),
    _on_ae("people_as_numbers", "A spreadsheet turned pseudonyms into numbers.",
           on_column("PSEUDO_HESID", lambda v: f"{sum(map(ord, v)):.3E}"), refused=False, values=_nobody_found),
    _on_ae("people_empty", "The pseudonym is empty throughout.", on_column("PSEUDO_HESID", lambda v: "")),
    _on_ae("other_person_key", "One delivery names people by another key.", header("PSEUDO_HESID", "TOKEN_PERSON_ID")),
    _on_ae("header_renamed", "A column comes under another name.", header("ARRIVALDATE", "ARRIVAL_DATE")),
    _on_ae("column_missing", "A column that is needed is left out.", _without_column("AEDEPTTYPE")),
    _on_ae("column_twice", "A column's name stands in the header twice.", header("AEARRIVALMODE", "AEATTENDCAT")),
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
    _fault("parquet_of_dates", "The file is Parquet with true dates.", as_parquet(typed(ARRIVALDATE=pa.date32())),
           refused=False, streams=AE),
    _fault("parquet_of_timestamps", "The file is Parquet with timestamps.",
           as_parquet(typed(ARRIVALDATE=pa.timestamp("us"))), refused=False, streams=AE),
    _fault("parquet_of_numbers", "The file is Parquet with codes as numbers.", as_parquet(typed(AEDEPTTYPE=pa.int64())),
           streams=AE),
    _fault("delimiter_in_field", "Commas stand unquoted inside fields.", on_text(_delimiter_in_field)),
    _fault("header_missing", "The file has no header.", on_text(lambda text, _: text.split("\n", 1)[1])),
    _fault("quote_left_open", "A quotation mark is never closed.",
           on_text(lambda text, _: re.sub(r'("E01[0-9]*)"', r"\1", text, count=1))),
    _fault("separated_by_semicolons", "Columns are separated by semicolons.", on_text(lambda text, _: text.replace(",", ";"))),
    _fault("encoding_latin_1", "The file is Latin-1 with accented letters.",
           on_text(on_column("LSOA11", lambda v: f"é{v}"), encoding="latin-1")),
    _fault("encoding_utf_16", "The file is UTF-16.", on_text(lambda text, _: text, encoding="utf-16")),
    _fault("cut_within_a_line", "The transfer broke off within a line.", on_bytes(_cut_within_a_line), severity=0.2,
           severity_is="share of the file", severities=(0.01, 0.05, 0.3)),
    _fault("parquet_cut", "The Parquet file broke off.", on_bytes(lambda data, f: data[: len(data) // 2]),
           place=Place(stream="op", arm="both", first="2016-04", last="2017-03"), streams=("op",)),
    _fault("file_zipped", "The file is a zip archive under the name of a table.",
           on_bytes(lambda data, _: b"PK\x03\x04" + data)),
    _fault("file_empty", "The file is empty.", on_bytes(lambda data, _: b"")),
)  # fmt: skip
