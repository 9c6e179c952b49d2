"""One sheet of a tariff workbook: find its header row by name, keep rows with a code, count the notes.

Belongs here: cells to typed values, exactly. Does not belong here: which sheets exist (`workbook_layout`).
Money leaves as integer pence, market forces factors as integer millionths; a cell that is neither a number nor `-` is refused.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd

from pipeline.errors import DeliveryRefused
from pipeline.pricing.workbook_layout import Kind, SheetLayout

_DTYPES: dict[Kind, str] = {
    "pence": "Int64", "days": "Int64", "millionths": "Int64", "yes_no": "boolean", "mark": "boolean", "text": "string",
}  # fmt: skip
_SCALE: dict[Kind, int] = {"pence": 100, "days": 1, "millionths": 1_000_000}
#: spreadsheets keep 1.028218 as 1.0282179999999999: nearer than this to a whole unit is that unit
_BINARY_NOISE = Decimal("0.000001")
#: what a cell without a price holds: nothing, or a dash of any length
_NO_PRICE = ("", "-", "\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}")
_HARD_SPACE = "\N{NO-BREAK SPACE}"
#: 1,234 and 1,234.50; a comma elsewhere is no thousands comma
_WITH_COMMAS = re.compile(r"^\d{1,3}(,\d{3})+(\.\d+)?$")


@dataclass(frozen=True, slots=True)
class SheetPrices:
    """frame : one row a code, the key first, in the order printed. notes : rows after the header that hold no code."""

    frame: pd.DataFrame
    notes: int


def normalised(header: Any) -> str:
    """A header as compared: editions differ in line breaks, trailing `*` and `trimpoint`."""
    text = re.sub(r"\s+", " ", str(header)).strip().lower().replace("trimpoint", "trim point")
    return text.rstrip("* ")


def read_sheet(rows: list[list[Any]], layout: SheetLayout, file: str) -> SheetPrices:
    """Prices of one sheet. `rows` are all its cells from A1. Raises DeliveryRefused naming file, sheet, row and column."""
    header_row = _header_row(rows, layout, file)
    headers = [normalised(cell) for cell in rows[header_row]]
    key_at = headers.index(normalised(layout.key_header))
    places = {
        ours: _place(headers, printed, layout, file)
        for ours, (printed, _) in layout.columns.items()
        if ours not in layout.optional or normalised(printed) in headers
    }
    kept: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    notes = 0
    for number, row in enumerate(rows[header_row + 1 :], start=header_row + 2):
        code = _code(row[key_at])
        if not re.match(layout.pattern, code):
            notes += any(str(cell).strip() for cell in row)
            continue
        if code in seen:
            raise DeliveryRefused(
                f"{file}, sheet '{layout.name}': rows {seen[code]} and {number} price the same code.",
                "Deliver one price a code.",
            )
        seen[code] = number
        values = {ours: _value(row[at], layout.columns[ours], layout, number, file) for ours, at in places.items()}
        kept.append({layout.key: code} | values)
    if not kept:
        raise DeliveryRefused(
            f"{file}, sheet '{layout.name}': no row below '{layout.key_header}' holds a code.",
            "Deliver the workbook as published.",
        )
    absent: dict[str, Any] = dict.fromkeys(layout.columns.keys() - places.keys())
    types = {layout.key: "string"} | {ours: _DTYPES[kind] for ours, (_, kind) in layout.columns.items()}
    return SheetPrices(pd.DataFrame([row | absent for row in kept]).astype(types)[list(types)], notes)


def _header_row(rows: list[list[Any]], layout: SheetLayout, file: str) -> int:
    wanted = normalised(layout.key_header)
    for at, row in enumerate(rows):
        if wanted in [normalised(cell) for cell in row]:
            return at
    raise DeliveryRefused(
        f"{file}, sheet '{layout.name}': no row holds the header '{layout.key_header}'.", "Deliver the workbook as published."
    )


def _place(headers: list[str], printed: str, layout: SheetLayout, file: str) -> int:
    found = [at for at, header in enumerate(headers) if header == normalised(printed)]
    if len(found) == 1:
        return found[0]
    trouble = "is missing" if not found else "stands twice"
    raise DeliveryRefused(
        f"{file}, sheet '{layout.name}': column '{printed}' {trouble}.",
        "Deliver the workbook as published; another edition needs a layout of its own in workbook_layout.",
    )


def _code(cell: Any) -> str:
    """A code as text: treatment functions are numbers in the workbook and three digits in HES."""
    if isinstance(cell, float) and cell.is_integer():
        return f"{int(cell):03d}"
    return str(cell).strip()


def _plain(text: str) -> str:
    """A number as text without its pound sign and its thousands commas."""
    number = text.removeprefix("£").strip()
    return number.replace(",", "") if _WITH_COMMAS.match(number) else number


def _value(cell: Any, column: tuple[str, Kind], layout: SheetLayout, row: int, file: str) -> int | bool | str | None:
    printed, kind = column
    text = str(cell).replace(_HARD_SPACE, " ").strip()
    if kind == "text":
        return text
    if kind == "mark":
        return text not in (*_NO_PRICE, "0", "0.0")
    if kind == "yes_no":
        if text.lower() in ("yes", "no"):
            return text.lower() == "yes"
    elif text in _NO_PRICE:
        return None
    else:
        try:
            units = Decimal(_plain(text)) * _SCALE[kind]
            whole = units.to_integral_value()
            if abs(units - whole) < _BINARY_NOISE and whole >= 0:
                return int(whole)
        except InvalidOperation:
            pass
    meaning = {"pence": "a price in whole pence or '-'", "days": "whole days", "yes_no": "Yes or No"}.get(kind, "a factor")
    raise DeliveryRefused(
        f"{file}, sheet '{layout.name}', row {row}, column '{printed}': the cell is not {meaning}.", "Correct the cell."
    )
