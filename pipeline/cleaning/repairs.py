"""Cells that are read otherwise than they were delivered, counted by column, so that no repair is silent.

Belongs here: counting dates that stand for none, ages and times that are none. Does not belong here: reading a cell
(`reading`), what becomes of a row (`accounting`), white space around codes, which is stripped and counted on receipt
(`pipeline.deliveries.totals`).
"""

import re

import ibis.expr.types as ir
import pandas as pd

from pipeline.cleaning.reading import NULL_BIRTH_MONTHS, NULL_DATES, age, minutes, text

BIRTH_MONTH = "MYDOB"
#: the contract says that these are not known, so that nothing is read otherwise than it was meant
UNKNOWN_TIMES = ("3000", "4000")
#: columns of the contracts that hold days: ADMIDATE, ARRIVAL_DATE, EPISTART, REGISTRATION_END, MYDOB
_A_DAY = re.compile(r"(DATE|START|END|DOB)$")
_COMPACT = tuple(day.replace("-", "") for day in NULL_DATES)


def repairs(rows: ir.Table) -> pd.DataFrame:
    """Columns reason (text, names the column), rows (int): delivered rows whose date in that column is read as no date, or
    whose age or time of day is read as not known.

    rows : delivered rows, all contract columns as text. A column without such a date has no row; none has, an empty frame.
    """
    columns = [name for name in rows.columns if _A_DAY.search(name) and rows[name].type().is_string()]
    found: dict[str, int] = {}
    if columns:
        counted = rows.aggregate(**{name: _stands_for_none(rows, name).ifelse(1, 0).sum().cast("int64") for name in columns})
        (found,) = counted.execute().fillna(0).to_dict("records")
    told = [(f"{name} holds a date that stands for none", int(n)) for name, n in sorted(found.items()) if n]
    told += [(f"{name} {why}", n) for name, why, n in _unreadable(rows) if n]
    return pd.DataFrame(told, columns=["reason", "rows"]).astype({"reason": "str", "rows": "int64"})


def _unreadable(rows: ir.Table) -> list[tuple[str, str, int]]:
    """Ages and times that have the form of one and are none: column, what becomes of it, rows."""
    found = []
    for name, why, read, known in (
        ("STARTAGE", "is no age, and is read as not known", age, ()),
        ("ARRIVALTIME", "is no time of day, and is read as not known", minutes, UNKNOWN_TIMES),
    ):
        if name in rows.columns:
            stated = text(rows, name)
            lost = (stated.notnull() & read(stated).isnull() & ~stated.replace(":", "").isin(known)).fill_null(False)
            found.append((name, why, int(lost.ifelse(1, 0).sum().fill_null(0).execute())))
    return found


def _stands_for_none(rows: ir.Table, name: str) -> ir.BooleanValue:
    day = rows[name].replace("-", "").substr(0, 8).isin(_COMPACT)
    return (day | rows[name].isin(NULL_BIRTH_MONTHS) if name == BIRTH_MONTH else day).fill_null(False)
