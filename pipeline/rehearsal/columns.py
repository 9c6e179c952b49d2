"""From arrays to the columns of a delivered file.

Belongs here: text, dates and pounds as files write them. Does not belong here: which columns a dataset has (`layout_*`).
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.calendar import month_number

#: pounds with two places
MONEY = pa.decimal128(18, 2)
#: a day that is not there
NO_DAY = -(10**7)
#: the null date of HES (Technical Output Specification): 1801-01-01, invalid date submitted
SENTINEL_DAY = int(np.datetime64("1801-01-01", "D").astype(np.int64))


def chosen(values: Sequence[str] | NDArray[np.str_], index: NDArray[np.generic]) -> pa.Array:
    """Text by index into `values`; a negative index is null."""
    positions = pa.array(np.asarray(index, dtype=np.int32), mask=np.asarray(index) < 0)
    return pa.DictionaryArray.from_arrays(positions, pa.array(list(values), type=pa.string())).cast(pa.string())


def constant(value: str | None, n: int) -> pa.Array:
    """One text on every row."""
    return pa.nulls(n, pa.string()) if value is None else pa.repeat(pa.scalar(value), n).cast(pa.string())


def dates(day: NDArray[np.generic]) -> pa.Array:
    """Days since 1970-01-01 as YYYY-MM-DD; NO_DAY is null. The sentinel apart, days lie within a few centuries."""
    days = np.asarray(day, dtype=np.int64)
    known = days != NO_DAY
    if not known.any():
        return constant(None, len(days))
    low, high = int(days[known].min()), int(days[known].max())
    text = np.datetime_as_string(np.arange(low, high + 1).astype("datetime64[D]"))
    return chosen(text, np.where(known, days - low, -1))


def sent_dates(day: NDArray[np.generic], form: NDArray[np.generic]) -> pa.Array:
    """Days as they are sent: form 0 as `dates`, 1 the null date, 2 with day and month exchanged (YYYY-DD-MM)."""
    texts = dates(np.where(np.asarray(form) == 1, SENTINEL_DAY, day)) if (np.asarray(form) == 1).any() else dates(day)
    if (np.asarray(form) == 2).any():
        parts = [pc.utf8_slice_codeunits(texts, *ends) for ends in ((0, 4), (8, 10), (5, 7))]
        texts = pc.if_else(pa.array(np.asarray(form) == 2), pc.binary_join_element_wise(*parts, "-"), texts)
    return texts


def record_keys(stream_digit: int, serial: NDArray[np.generic]) -> pa.Array:
    """Twelve-digit record identifiers, the first digit saying which stream and which kind of row."""
    return numbers(stream_digit * 10**11 + np.asarray(serial, dtype=np.int64))


def numbers(values: NDArray[np.generic]) -> pa.Array:
    """Whole numbers as text."""
    return pa.array(np.asarray(values, dtype=np.int64)).cast(pa.string())


def pounds(pence: NDArray[np.generic], missing: NDArray[np.bool_]) -> pa.Array:
    """Pence as exact pounds with two places, type MONEY; null where missing. Pence are the decimal's own digits."""
    whole = np.asarray(pence, dtype=np.int64)
    words = np.stack([whole, np.where(whole < 0, -1, 0)], axis=1)  # a 128-bit number in two little-endian words
    valid = np.packbits(~np.asarray(missing, dtype=bool), bitorder="little")
    return pa.Array.from_buffers(MONEY, len(whole), [pa.py_buffer(valid.tobytes()), pa.py_buffer(words.tobytes())])


def padded(column: pa.Array, where: NDArray[np.bool_]) -> pa.Array:
    """The same text with spaces after it on some rows, as suppliers' systems leave it."""
    return pc.if_else(pa.array(where), pc.binary_join_element_wise(column, "  ", ""), column)


def financial_year_of(month: NDArray[np.generic], first_month: str) -> NDArray[np.int64]:
    """First calendar year of the financial year in which a month (index) lies; month may be negative."""
    number = month_number(first_month) + np.asarray(month, dtype=np.int64)
    return np.where(number % 12 >= 3, number // 12, number // 12 - 1)


def month_of_day(day: NDArray[np.generic], first_month: str) -> NDArray[np.int64]:
    """Month index of a day."""
    since = np.asarray(day, dtype=np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return since + 1970 * 12 - month_number(first_month)


def first_day(month: NDArray[np.generic], first_month: str) -> NDArray[np.int64]:
    """Day number of the first of a month (index)."""
    since = np.asarray(month, dtype=np.int64) + month_number(first_month) - 1970 * 12
    return since.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def year_name(start: int) -> str:
    """2015 is 2015-16."""
    return f"{start}-{(start + 1) % 100:02d}"
