"""Months, financial years and contract years as strings: `2018-04`, `2018-19`.

Belongs here: calendar arithmetic. Does not belong here: which years a study has (`pipeline.study`).
A contract year is named like the NHS financial year it covers, April to March.
"""

import re
from datetime import date

from pipeline.errors import UsageError

_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_YEAR = re.compile(r"^(\d{4})-(\d{2})$")


def month_number(month: str) -> int:
    """Months since year 0, so that differences are whole months. Raises UsageError unless `YYYY-MM`."""
    if not _MONTH.match(month):
        raise UsageError(f"'{month}' is not a month.", "Write months as YYYY-MM, for example 2015-04.")
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_name(number: int) -> str:
    """Inverse of `month_number`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def months(first: str, last: str) -> list[str]:
    """Every month from `first` to `last`, both included."""
    return [month_name(n) for n in range(month_number(first), month_number(last) + 1)]


def previous_month(month: str) -> str:
    """The month before."""
    return month_name(month_number(month) - 1)


def month_of(day: date) -> str:
    """The month a day lies in."""
    return f"{day.year:04d}-{day.month:02d}"


def year_months(year: str) -> list[str]:
    """The twelve months of a financial or contract year `2018-19`: April 2018 to March 2019."""
    found = _YEAR.match(year)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        raise UsageError(f"'{year}' is not a year.", "Write contract years as YYYY-YY, for example 2018-19.")
    start = int(found[1])
    return months(f"{start}-04", f"{start + 1}-03")


def financial_year(month: str) -> str:
    """The financial year a month lies in."""
    number = month_number(month)
    start = number // 12 if number % 12 >= 3 else number // 12 - 1
    return f"{start}-{(start + 1) % 100:02d}"
