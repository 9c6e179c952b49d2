"""A tariff workbook in the layout of the official 2016/17 Annex A, with the few prices the rehearsal needs.

Belongs here: sheets, header rows and columns as published (files_and_pricing 1.1). Does not belong here: prices (`prices`).
The same bytes every time: the workbook's creation date is fixed.
"""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.rehearsal.prices import ADMITTED, EMERGENCY, OUTPATIENT, PROVIDERS

WRITTEN = datetime(2016, 3, 22, tzinfo=UTC)

ADMITTED_HEADERS = (
    "HRG code", "HRG name", "Outpatient procedure tariff (£)", "Combined day case / ordinary elective spell tariff (£)",
    "Day case spell tariff (£)", "Ordinary elective spell tariff (£)", "Ordinary elective long stay trimpoint (days)",
    "Non-elective spell tariff (£)", "Non-elective long stay trimpoint (days)",
    "Per day long stay payment (for days exceeding trimpoint) (£)", "Reduced short stay emergency tariff \napplicable?",
    "% applied in calculation of reduced short stay emergency tariff ", "Reduced short stay emergency tariff (£) *",
    "HRGs within scope of BPTs?\n(if '1' see 'BPTs' sheet)", "BPT applies at HRG level , sub-HRG level or other basis?",
)  # fmt: skip
OUTPATIENT_HEADERS = (
    "Treatment function", "Treatment function name", "WF01B\nFirst Attendance - Single Professional",
    "WF02B\nFirst Attendance - Multi Professional", "WF01A\nFollow Up Attendance - Single Professional",
    "WF02A\nFollow Up Attendance - Multi Professional",
)  # fmt: skip


def _write(sheet: Worksheet, row: int, column: int, values: tuple[str | float | None, ...]) -> None:
    for offset, value in enumerate(values):
        sheet.cell(row, column + offset, "-" if value is None else value)


def _sheet(book: Workbook, name: str, title: str, corner: tuple[int, int]) -> Worksheet:
    sheet: Worksheet = book.create_sheet(name)
    sheet.cell(*corner, title)
    return sheet


def build_workbook() -> Workbook:
    """The workbook, with its sheets in the published order."""
    book = Workbook()
    front = book.active
    assert isinstance(front, Worksheet)
    front.title = "Front page"
    front["B2"] = "REHEARSAL: an excerpt of published 2016/17 prices with fictional providers. Not a tariff."

    admitted = _sheet(book, "1 APC & OPROC", "2016-17 Tariff - Admitted Patient Care & Outpatient Procedures", (1, 2))
    admitted.cell(2, 15, "Best practice tariff information")
    _write(admitted, 3, 2, ADMITTED_HEADERS)
    for i, p in enumerate(ADMITTED):
        values = (
            p.hrg, p.name, p.outpatient_procedure, p.combined, p.day_case, p.ordinary, p.elective_trim, p.non_elective,
            p.non_elective_trim, p.per_day, "Yes" if p.short_stay else "No", p.short_stay_share, p.short_stay_price, "", "",
        )  # fmt: skip
        _write(admitted, 4 + i, 2, values)

    clinics = _sheet(book, "2 OP Attendances", "2016-17 Tariff - Outpatient Attendances", (1, 1))
    clinics.cell(3, 3, "CONSULTANT-LED (£)")
    _write(clinics, 4, 1, OUTPATIENT_HEADERS)
    for i, (function, row) in enumerate(OUTPATIENT.items()):
        _write(clinics, 5 + i, 1, (function, *row))

    emergency = _sheet(book, "3 A&E", "2016-17 Tariff - A&E", (1, 1))
    emergency.cell(3, 3, "Tariff (£)")
    _write(emergency, 4, 1, ("HRG code", "HRG name", "Type 1 and 2 Departments", "Type 3 Departments"))
    for i, (hrg, prices) in enumerate(EMERGENCY.items()):
        _write(emergency, 5 + i, 1, (hrg, *prices))

    factor = _sheet(book, "19 MFF Payment values", "2016-17 tariff - market forces factor (MFF)", (1, 2))
    _write(factor, 5, 2, ("Provider Code", "Provider Name", "Payment index value for 2016-17"))
    for i, (code, (name, millionths, _)) in enumerate(PROVIDERS.items()):
        _write(factor, 6 + i, 2, (code, name, millionths / 1_000_000))
    return book


def write_workbook(path: Path, change: Callable[[Workbook], None] = lambda book: None) -> None:
    """Write the workbook, after a `change` to it, with every date inside fixed, so that the same prices are the same bytes."""
    book = build_workbook()
    change(book)
    book.properties.created = WRITTEN.replace(tzinfo=None)
    raw = io.BytesIO()
    book.save(raw)
    stamp = WRITTEN.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(raw) as inside, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in sorted(inside.namelist()):
            content = inside.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            entry = zipfile.ZipInfo(name, date_time=(2016, 3, 22, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, content)
