"""Periods as analysts write them, put in order of time: numbers, timestamps, year-first text, numbered waves.

Belongs here: a sortable key a period, and what cannot be put in order. Does not belong here: which units are treated when
(`panel_columns`). Text is never sorted as text: 2015-10 would come before 2015-9, and April before March.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import UsageError

MISSING = ("", "na", "n/a", "nan", "null", "none", ".", "nat", "<na>")
_DAY_FIRST = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
_WIDTH = 15


@dataclass(frozen=True, slots=True)
class Times:
    """keys : a sortable value a row (all floats or all text), None where missing. ordered : sorting them is sorting by time."""

    keys: pd.Series
    ordered: bool


def blank(column: pd.Series) -> np.ndarray:
    """(n,) True where the cell is missing, whether pandas or the file's writer said so."""
    return np.asarray(column.isna() | column.astype(str).str.strip().str.lower().isin(MISSING), dtype=bool)


def time_keys(column: pd.Series, *, role: str, needs_order: bool) -> Times:
    """Keys of numbers, timestamps, or text of one shape that begins with a four-digit year (2018-04, 2018Q1, 1990m10, 2018-19)
    or holds one number (wave 3). Other text is a label without an order. Raises UsageError where an order is needed and there
    is none, and for dates that begin with day or month."""
    gone = blank(column)
    if pd.api.types.is_datetime64_any_dtype(column):
        return Times(column.dt.strftime("%Y-%m-%d %H:%M:%S.%f").astype(object).where(~gone, None), True)
    numeric = pd.to_numeric(column.astype(object).where(~gone), errors="coerce")
    if not (numeric.isna() & ~gone).any():
        return Times(numeric.astype(float).astype(object).where(~gone, None), True)
    written = column.astype(str).str.strip()
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
