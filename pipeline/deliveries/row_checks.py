"""Judging each delivered row by the contract: kept, or set aside with one reason.

Belongs here: missing keys, codes of another form, dates that are no dates, numbers that are no numbers, as SQL of the engine
that reads the files. Does not belong here: sentinels, duplicates, what a code means (`pipeline.cleaning`).
A reason names the column and never the value. The first reason in the contract's order of columns is the one given.
"""

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from pipeline.contracts import PERSON, Column
from pipeline.deliveries.receipt import Quarantined
from pipeline.deliveries.totals import NUMBER, NUMBER_TYPE

_ISO = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?$"
#: a time with its zone: the day it lies on here may be the one before or after
_ZONED = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}.*(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
_COMPACT = "^[0-9]{8}$"
_INTEGER = "^-?[0-9]{1,12}$"
#: what databases and spreadsheets write where nobody is named
_NOBODY = "'NULL', '(NULL)', 'NONE', 'NAN', 'NA', 'N/A', '#N/A', 'UNKNOWN', '-', '.', '0'"
_WHITE = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)"


def _matches(cell: str, pattern: str) -> str:
    quoted = pattern.replace("'", "''")
    return f"regexp_matches({cell}, '{quoted}')"


def _is_day(cell: str) -> str:
    """SQL: true for `YYYY-MM-DD`, with or without a time, and `YYYYMMDD`, if it is a day of the calendar."""
    compact = f"left({cell}, 4) || '-' || substr({cell}, 5, 2) || '-' || substr({cell}, 7, 2)"
    iso = f"CASE WHEN {_matches(cell, _ISO)} THEN left({cell}, 10) WHEN {_matches(cell, _COMPACT)} THEN {compact} END"
    return f"try_cast({iso} AS DATE) IS NOT NULL"


def _faults(column: Column) -> list[tuple[str, str]]:
    """What can be wrong with a value of `column`: SQL that is true when it is, and the reason to give."""
    cell = f'"{column.name}"'
    faults = [(f"{cell} IS NULL", f"{column.name} is missing")] if column.required else []
    if column.name == PERSON:
        faults.append((f"upper({cell}) IN ({_NOBODY})", f"{column.name} names nobody"))
    if column.kind == "date":
        faults.append((_matches(cell, _ZONED), f"{column.name} has a time zone"))
        faults.append((f"{cell} IS NOT NULL AND NOT {_is_day(cell)}", f"{column.name} is not a date"))
    elif column.kind == "string":
        if column.pattern:
            faults.append((f"NOT {_matches(cell, column.pattern)}", f"{column.name} has not the form of the contract"))
    else:
        form = _INTEGER if column.kind == "integer" else NUMBER
        number = f"try_cast({cell} AS {NUMBER_TYPE})"
        faults.append((f"NOT {_matches(cell, form)}", f"{column.name} is not a number"))
        if column.minimum is not None:
            faults.append((f"{number} < {column.minimum:g}", f"{column.name} is below {column.minimum:g}"))
        if column.maximum is not None:
            faults.append((f"{number} > {column.maximum:g}", f"{column.name} is above {column.maximum:g}"))
    return faults


def _stripped(cell: str) -> str:
    return f"nullif(trim({cell}, {_WHITE}), '')"


def _survey(column: Column) -> str:
    """SQL over the distinct values of one column: whether any must be stripped, and for each fault whether any value has it."""
    faults = ", ".join(f"coalesce(bool_or({fault}), false)" for fault, _ in _faults(column))
    cell = f'"{column.name}"'
    return (
        f"SELECT '{column.name}', coalesce(bool_or(was IS DISTINCT FROM {cell}), false), CAST([{faults}] AS BOOLEAN[]) "
        f"FROM (SELECT was, {_stripped('was')} AS {cell} FROM (SELECT DISTINCT {cell} AS was FROM raw))"
    )


def judge(con: DuckDBPyConnection, columns: Sequence[Column]) -> None:
    """From the engine's view `raw` make the view `delivered`: `columns` stripped, null where nothing is left, ROW_NO, REASON,
    PADDED (whether white space was stripped from any of them).

    REASON is null for a row that is kept, else why it is set aside. Distinct values are asked first, and only faults that occur
    at all are asked of every row: most deliveries have none, and codes have few values.
    """
    surveyed = con.execute(" UNION ALL ".join(_survey(column) for column in columns)).fetchall()
    found = {name: (strip, occurs) for name, strip, occurs in surveyed}
    cells, branches, padded = [], [], []
    for column in columns:
        strip, occurs = found[column.name]
        cells.append(
            f'{_stripped(chr(34) + column.name + chr(34)) if strip else chr(34) + column.name + chr(34)} AS "{column.name}"'
        )
        padded += [f'coalesce("{column.name}" <> trim("{column.name}", {_WHITE}), false)'] if strip else []
        branches += [f"WHEN {sql} THEN '{why}'" for (sql, why), hit in zip(_faults(column), occurs, strict=True) if hit]
    reason = f"CASE {' '.join(branches)} END" if branches else "CAST(NULL AS VARCHAR)"
    cells.append(f"{' OR '.join(padded) or 'false'} AS PADDED")
    con.execute(f"CREATE TEMP VIEW delivered AS SELECT *, {reason} AS REASON FROM (SELECT {', '.join(cells)}, ROW_NO FROM raw)")


def reasons(con: DuckDBPyConnection) -> tuple[Quarantined, ...]:
    """Rows of the engine's view `delivered` set aside, by reason, most first, each with the first row it concerns."""
    found = con.execute(
        "SELECT REASON, count(*), min(ROW_NO) FROM delivered WHERE REASON IS NOT NULL GROUP BY REASON ORDER BY 2 DESC, 1"
    ).fetchall()
    return tuple(Quarantined(reason, int(rows), int(first)) for reason, rows, first in found)
