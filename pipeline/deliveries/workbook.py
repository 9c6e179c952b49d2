"""Checking that a workbook can be opened and has the sheets its contract names.

Belongs here: the structure of an .xlsx delivery. Does not belong here: its prices (`pipeline.pricing`).
"""

import re
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from pipeline.contracts import Contract
from pipeline.errors import DeliveryRefused

#: a formula whose cell has no value, or an error such as #REF!: they would be read as no price
_NO_RESULT = re.compile(rb'<f[^>]*>[^<]*</f>\s*(<v\s*/>|<v>\s*</v>)?\s*</c>|<c [^>]*t="e"')


def _uncomputed(path: Path) -> bool:
    """Whether a cell of any sheet is a formula that nobody has calculated, or one that could not be."""
    try:
        with ZipFile(path) as book:
            return any(_NO_RESULT.search(book.read(part)) for part in book.namelist() if part.startswith("xl/worksheets/"))
    except (BadZipFile, OSError):
        return False


def check_workbook(path: Path, contract: Contract) -> None:
    """Raises DeliveryRefused when `path` is no readable .xlsx, lacks a sheet, or was never calculated.

    Sheets are found by trimmed name.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    names = None
    if path.suffix.lower() == ".xlsx":
        try:
            names = [name.strip() for name in CalamineWorkbook.from_path(path).sheet_names]
        except (CalamineError, OSError):
            names = None
    if names is not None and _uncomputed(path):
        raise DeliveryRefused(
            f"{path.name} holds formulas without their results, or errors.",
            "Let it be calculated, correct the errors, save it, send it again.",
        )
    if names is None:
        raise DeliveryRefused(f"{path.name} is not a readable .xlsx workbook.", "Send the official workbook as published.")
    for pattern in contract.sheets:
        if not any(re.search(pattern, name, re.IGNORECASE) for name in names):
            wanted = re.sub(r"\(\s\|\$\)|\^\[0-9\]\+\[a-z\]\?", "", pattern).strip()
            raise DeliveryRefused(
                f"{path.name}: no sheet is called like '{wanted}'.", "Send the official workbook with all its sheets."
            )
