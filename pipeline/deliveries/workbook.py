"""Checking that a workbook can be opened and has the sheets its contract names.

Belongs here: the structure of an .xlsx delivery. Does not belong here: its prices (`pipeline.pricing`).
"""

import re
from contextlib import suppress
from pathlib import Path
from xml.etree.ElementTree import ParseError, fromstring
from zipfile import BadZipFile, ZipFile

from pipeline.contracts import Contract
from pipeline.errors import DeliveryRefused

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
#: a formula whose cell has no value, or an error such as #REF!: they would be read as no price
_NO_RESULT = re.compile(rb'<f[^>]*>[^<]*</f>\s*(<v\s*/>|<v>\s*</v>)?\s*</c>|<c [^>]*t="e"')


def _parts(book: ZipFile) -> dict[str, str]:
    """Trimmed name of each sheet to its part of the archive."""
    targets = {
        link.get("Id"): str(link.get("Target"))
        for link in fromstring(book.read("xl/_rels/workbook.xml.rels")).iter(f"{_LINKS}Relationship")
    }
    found = {}
    for sheet in fromstring(book.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(f"{_REL}id"), "")
        found[str(sheet.get("name")).strip()] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _uncomputed(path: Path, contract: Contract) -> str | None:
    """The first sheet that the contract names with a formula that nobody has calculated, or that could not be."""
    with suppress(BadZipFile, OSError, KeyError, ParseError), ZipFile(path) as book:
        for name, part in _parts(book).items():
            wanted = any(re.search(pattern, name, re.IGNORECASE) for pattern in contract.sheets)
            if wanted and _NO_RESULT.search(book.read(part)):
                return name
    return None


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
    broken = None if names is None else _uncomputed(path, contract)
    if broken is not None:
        raise DeliveryRefused(
            f"{path.name}: sheet '{broken}' holds formulas without their results, or errors.",
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
