"""Periods as analysts write them, put in order of time: numbers, timestamps, year-first text, numbered waves.

Belongs here: a sortable key a period, and what cannot be put in order. Does not belong here: which units are treated when
(`panel_columns`). Text is never sorted as text: 2015-10 would come before 2015-9, and April before March.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import UsageError

MISSING = ("", "na", "n/a", "nan", "null", "none", ".", "nat", "<na>", "#n/a", "#na")
_DAY_FIRST = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
_WIDTH = 15
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_MONTH = (
    "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    "|dec(?:ember)?)"
)
#: what a day carries that is no part of its name, and what a whole number carries where the comma is the decimal mark
_MIDNIGHT = re.compile(r"(?<=\d)[ t]00:00(:00(\.0+)?)?(z|[+]00:?00)?$")
_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_COMMA_NOUGHT = re.compile(r"(?P<whole>[+-]?\d+),0+")
#: a part of a year (a letter, or a mark between) with its year behind it: Q42010, q4 2010, H1-2012, 7/2011
_PART_FIRST = re.compile(r"(?P<part>[a-z])(?P<number>\d{1,2})[ _/.-]*(?P<year>(?:1[89]|20)\d{2})")
_NUMBER_FIRST = re.compile(r"(?P<part>)(?P<number>\d{1,2})[ _/.-]+(?P<year>(?:1[89]|20)\d{2})")
#: a month by name with its year: Apr 2015, april-2015, 2015 Apr
_MONTH_FIRST = re.compile(_NAMED_MONTH + r"[ _/.-]*(?P<year>(?:1[89]|20)\d{2})")
_MONTH_LAST = re.compile(r"(?P<year>(?:1[89]|20)\d{2})[ _/.-]*" + _NAMED_MONTH)
#: 201412 and 20141201 sort by time, but their differences are no lengths of time
_CALENDAR_NUMBER = re.compile(r"(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?")
#: 42010 or 072011: the fourth part of 2010, the seventh month of 2011, not whole numbers in order of time
_NUMBER_WITH_YEAR_LAST = re.compile(r"(?:0?[1-9]|1[0-2])(?:19|20)\d{2}")


@dataclass(frozen=True, slots=True)
class Times:
    """keys : a sortable value a row (all floats or all text), None where missing. ordered : sorting them is sorting by time."""

    keys: pd.Series
    ordered: bool


def blank(column: pd.Series) -> np.ndarray:
    """(n,) True where the cell is missing, whether pandas or the file's writer said so."""
    return np.asarray(column.isna() | column.astype(str).str.strip().str.lower().isin(MISSING), dtype=bool)


def year_first(word: str) -> str:
    """Quarters, halves, months whose year stands last and months by name, written year first; other text as it is."""
    if found := _PART_FIRST.fullmatch(word.lower()) or _NUMBER_FIRST.fullmatch(word.lower()):
        return f"{found['year']}-{found['part']}{found['number']}"
    if found := _MONTH_FIRST.fullmatch(word.lower()) or _MONTH_LAST.fullmatch(word.lower()):
        month = next(part for part in found.groups() if not part[0].isdigit())
        return f"{found['year']}-{_MONTHS.index(month[:3]) + 1:02d}"
    return word


def as_text(column: pd.Series) -> pd.Series:
    """Timestamps as text that sorts by time (days where none has an hour, else to the microsecond in UTC), whole numbers
    written with a decimal comma (2011,0) without it; any other column as it is."""
    if pd.api.types.is_datetime64_any_dtype(column):
        here = column if column.dt.tz is None else column.dt.tz_convert("UTC")
        days = bool((here.dropna() == here.dropna().dt.normalize()).all())
        return here.dt.strftime("%Y-%m-%d" if days else "%Y-%m-%d %H:%M:%S.%f").astype(object).where(here.notna(), None)
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return column
    words = {word: _COMMA_NOUGHT.fullmatch(word.strip()) for word in column.dropna().unique() if isinstance(word, str)}
    return column.replace({word: found["whole"] for word, found in words.items() if found})


def _without_midnight(words: Sequence[str]) -> dict[str, str]:
    """Days with and without their midnight as days, where no other hour stands; else every word as it is."""
    days = {word: _MIDNIGHT.sub("", word.lower()) for word in words}
    return days if all(_DAY.fullmatch(day) for day in days.values()) else {word: word for word in words}


def time_keys(column: pd.Series, *, role: str, needs_order: bool) -> Times:
    """Keys of numbers, timestamps, or text of one shape that begins with a four-digit year (2018-04, 2018Q1, 1990m10, 2018-19),
    that `year_first` can write so (Q4 2010, Apr 2015), or that holds one number (wave 3). Other text is a label without an
    order. Raises UsageError where an order is needed and there is none, and for dates that begin with day or month."""
    column = as_text(column)
    gone = blank(column)
    numeric = pd.to_numeric(column.astype(object).where(~gone), errors="coerce")
    if not (numeric.isna() & ~gone).any():
        ordered = not _year_last(numeric[~gone])
        if needs_order and not ordered:
            raise UsageError(
                f"Numbers of {role} '{column.name}' end with the year, so they do not sort by time.",
                "Write them year first: 201004.",
            )
        return Times(numeric.astype(float).astype(object).where(~gone, None), ordered)
    written = column.astype(str).str.strip()
    days = _without_midnight(list(pd.unique(written[~gone])))
    written = written.map({word: year_first(day) for word, day in days.items()})
    words = pd.unique(written[~gone])
    if any(re.match(_DAY_FIRST, word) for word in words):
        raise UsageError(f"Dates of {role} '{column.name}' begin with day or month.", "Write them year first: 2015-04-01.")
    shapes = {re.sub(r"\d+", "9", word.lower()) for word in words}
    ordered = len(shapes) == 1 and all(re.match(r"\d{4}(\D|$)", w) or len(re.findall(r"\d+", w)) == 1 for w in words)
    if needs_order and not ordered:
        raise UsageError(
            f"{role} '{column.name}' is not written as the periods are, or their text has no order of time.",
            "Code treatment 0 and 1, or write starts and periods alike: 2015, 2015-04 or 2015-04-01.",
        )
    key = {word: re.sub(r"\d+", lambda digits: digits[0].zfill(_WIDTH), word.lower()) for word in words} if ordered else {}
    return Times(written.map(lambda word: key.get(word, word)).astype(object).where(~gone, None), ordered)


def _year_last(numbers: pd.Series) -> bool:
    """True for numbers of quarters or months of more than one year, each with its year behind it."""
    words = [f"{value:.0f}" for value in pd.unique(numbers) if float(value).is_integer()]
    years = {word[-4:] for word in words if _NUMBER_WITH_YEAR_LAST.fullmatch(word)}
    return len(years) > 1 and all(_NUMBER_WITH_YEAR_LAST.fullmatch(word) for word in words)


def counts_units(labels: Sequence[Any]) -> bool:
    """Whether differences of these periods are lengths of time: numbers, and not calendar numbers (201412, 20141201)."""
    numbers = [value for value in labels if isinstance(value, int | float)]
    if len(numbers) < len(labels):
        return False
    return not all(_CALENDAR_NUMBER.fullmatch(str(value)) for value in numbers)
