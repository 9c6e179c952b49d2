"""Matching the columns a file has with the columns its contract asks for.

Belongs here: finding each contract column by name, alias or place, and saying what is missing or misnamed.
Does not belong here: reading the file (`source`), its rows (`row_checks`).
A header that is no header holds data: what was found is therefore never repeated, only its place and the names asked for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.contracts import PERSON, Column, Contract, datasets, read_contract
from pipeline.errors import DeliveryRefused


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each contract column stands. places : contract name to place (0 is the first); absent columns are not in it.

    person_key : the delivered name of the person column. unused : columns that the contract does not name.
    """

    places: dict[str, int]
    person_key: str | None
    unused: int


def _bare(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _other_dataset(found: Sequence[str], contract: Contract, first_month: str) -> str:
    """The dataset whose contract these columns would meet, in words; empty if none."""
    for dataset in datasets():
        other = read_contract(dataset)
        if dataset == contract.dataset or not other.header or other.form == "workbook":
            continue
        needed = [column for column in other.columns if column.must_be_present(first_month)]
        if all(any(name in found for name in column.names) for column in needed):
            return f" Its columns are those of {dataset}."
    return ""


def _missing(file: str, found: Sequence[str], column: Column, contract: Contract, first_month: str) -> DeliveryRefused:
    names = " or ".join(column.names)
    near = [place for place, name in enumerate(found, start=1) if _bare(name) in {_bare(lawful) for lawful in column.names}]
    if near:
        message = f"{file}: column {column.name} is misnamed (column {near[0]} of the header is spelled otherwise)."
    else:
        message = f"{file}: column {column.name} of {contract.dataset} is missing."
    message += _other_dataset(found, contract, first_month)
    return DeliveryRefused(message, f"Send the file with a column called {names}; it may be empty, but it must be there.")


def by_name(file: str, found: Sequence[str], contract: Contract, first_month: str) -> Layout:
    """The layout of a file with a header. Raises DeliveryRefused naming file, column and remedy."""
    found = [name.strip() for name in found]
    places: dict[str, int] = {}
    person_key = None
    for column in contract.columns:
        here = [(name, place) for place, name in enumerate(found) if name in column.names]
        spelled = {name.upper() for name in column.names}
        like = [place for place, name in enumerate(found) if name.upper() in spelled and name not in column.names]
        if here and like:
            raise DeliveryRefused(
                f"{file}: column {column.name} stands there twice, once spelled otherwise (columns {here[0][1] + 1} and "
                f"{like[0] + 1} of the header).",
                "Send it once.",
            )
        if len(here) > 1:
            names = ", ".join(sorted({name for name, _ in here}))
            raise DeliveryRefused(f"{file}: column {column.name} stands there twice ({names}).", "Send it once.")
        if here:
            places[column.name] = here[0][1]
            person_key = here[0][0] if column.name == PERSON else person_key
        elif column.must_be_present(first_month):
            raise _missing(file, found, column, contract, first_month)
    return Layout(places, person_key, len(found) - len(places))


def by_place(file: str, width: int, contract: Contract) -> Layout:
    """The layout of a file without a header. Raises DeliveryRefused where the number of columns is another."""
    if width != len(contract.columns):
        raise DeliveryRefused(
            f"{file}: {contract.dataset} has {len(contract.columns)} columns and no header; this file has {width}.",
            "Send the file in its published layout.",
        )
    return Layout({column.name: place for place, column in enumerate(contract.columns)}, None, 0)
