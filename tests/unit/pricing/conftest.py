"""A workbook small enough to read at a glance, in the official 2016/17 layout, and the tariff read from it.

Belongs here: that workbook. Prices are made up to be easy to multiply: round pounds, factors 1.1 and 1.
"""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.pricing.tariff import Tariff, read_workbook
from pipeline.study import Prices

APC_HEADERS = [
    "HRG code",
    "HRG name",
    "Outpatient procedure tariff (£)",
    "Combined day case / ordinary elective spell tariff (£)",
    "Day case spell tariff (£)",
    "Ordinary elective spell tariff (£)",
    "Ordinary elective long stay trimpoint (days)",
    "Non-elective spell tariff (£)",
    "Non-elective long stay trimpoint (days)",
    "Per day long stay payment (for days exceeding trimpoint) (£)",
    "Reduced short stay emergency tariff \napplicable?",
    "% applied in calculation of reduced short stay emergency tariff ",
    "Reduced short stay emergency tariff (£) *",
]
APC_ROWS = [
    ["AA10A", "with everything", 150, 1000, "-", "-", 10, 2000, 20, 100, "Yes", 0.3, 600],
    ["AA11A", "day case and ordinary apart", "-", "-", 500, 800, 5, 900, 6, 50, "No", "-", "-"],
    ["AA12A", "no day case price", "-", "-", "-", 800, 5, "-", 6, 50, "No", "-", "-"],
    ["AA13A", "short stay without its price", "-", "-", "-", "-", 5, 700, "-", "-", "Yes", 0.3, "-"],
    ["UZ01Z", "Data Invalid for Grouping", 0, 0, "-", "-", 5, 0, 5, 0, "No", "-", "-"],
    ["PB03Z", "Healthy Baby", 0, 0, "-", "-", 5, 0, 5, 0, "No", "-", "-"],
]
OUTPATIENT_HEADERS = [
    "Treatment function",
    "Treatment function name",
    "WF01B\nFirst Attendance - Single Professional",
    "WF02B\nFirst Attendance - Multi Professional",
    "WF01A\nFollow Up Attendance - Single Professional",
    "WF02A\nFollow Up Attendance - Multi Professional",
]

#: sheet name -> rows from A1; the sheet names carry the stray blanks that real ones have
SHEETS: dict[str, list[list[Any]]] = {
    "1 APC & OPROC ": [[], [], ["", *APC_HEADERS], *(["", *row] for row in APC_ROWS), ["", "* a note"]],
    "2 OP Attendances": [
        ["made up"],
        [],
        ["", "", "CONSULTANT-LED (£)"],
        OUTPATIENT_HEADERS,
        [300, "General Medicine", 100, 150, 50, 75],
        [329, "Transient Ischaemic Attack", 200, 200, "-", "-"],
    ],
    "3 A&E": [
        [],
        [],
        ["", "", "Tariff (£)"],
        ["HRG code", "HRG name", "Type 1 and 2 Departments", "Type 3 Departments"],
        ["VB01Z", "most", 200, 60],
        ["VB09Z", "less", 80, 60],
        ["VB10Z", "unpriced at type 1", "-", 60],
        [],
        ["Please note that patients grouped to VB99Z attract the tariff for VB09Z"],
    ],
    "19 MFF Payment values": [
        [],
        [],
        [],
        [],
        ["", "Provider Code", "Provider Name", "Payment index value for 2016-17"],
        ["", "RXA", "DEAR HOSPITAL", 1.1],
        ["", "RXB", "PLAIN HOSPITAL", 1.0],
    ],
}


@pytest.fixture
def sheets() -> dict[str, list[list[Any]]]:
    """The workbook's cells, a copy that a test may change."""
    return copy.deepcopy(SHEETS)


@pytest.fixture
def write_workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes SHEETS, changed by keyword: sheet -> rows to put in its place, or None to leave the sheet out."""

    def write(changes: dict[str, list[list[Any]] | None] | None = None, name: str = "tariff.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for sheet, rows in (SHEETS | (changes or {})).items():
            if rows is not None:
                page = book.create_sheet(sheet)
                for row in rows:
                    page.append([cell if cell != "" else None for cell in row])
        path = tmp_path / name
        book.save(path)
        return path

    return write


@pytest.fixture
def tariff(write_workbook: Callable[..., Path]) -> Tariff:
    return read_workbook(write_workbook())


@pytest.fixture
def at_2016_17() -> Prices:
    return Prices(base="2016-17", grouper="HRG4")
