"""Judging each delivered row by the contract: kept, or set aside with one reason.

Belongs here: missing keys, codes of another form, dates that are no dates, numbers that are no numbers.
Does not belong here: sentinels, duplicates, what a code means (`pipeline.cleaning`).
A reason names the column and never the value. The first reason in the contract's order of columns is the one given.
"""

import ibis
import ibis.expr.types as ir

from pipeline.contracts import Column, Contract
from pipeline.deliveries.receipt import Quarantined
from pipeline.deliveries.totals import NUMBER

_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?Z?)?$"
_COMPACT = r"^[0-9]{8}$"
_INTEGER = r"^-?[0-9]{1,18}$"


def _day(text: ir.StringValue) -> ir.DateValue:
    """The day of `YYYY-MM-DD`, with or without a time, or `YYYYMMDD`; null for anything else, 30 February included."""
    compact = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2)
    day = ibis.cases((text.re_search(_ISO), text.substr(0, 10)), (text.re_search(_COMPACT), compact))
    return day.try_cast("date")


def _faults(rows: ir.Table, column: Column) -> list[tuple[ir.BooleanValue, str]]:
    """What can be wrong with a value of `column`, each with the reason to give."""
    text = rows[column.name]
    faults = [(text.isnull(), f"{column.name} is missing")] if column.required else []
    if column.kind == "date":
        faults.append((text.notnull() & _day(text).isnull(), f"{column.name} is not a date"))
    elif column.kind == "string":
        if column.pattern:
            faults.append((~text.re_search(column.pattern), f"{column.name} has not the form of the contract"))
    else:
        form = _INTEGER if column.kind == "integer" else NUMBER
        faults.append((~text.re_search(form), f"{column.name} is not a number"))
        number = text.try_cast("decimal(38, 6)")
        if column.minimum is not None:
            faults.append((number < column.minimum, f"{column.name} is below {column.minimum:g}"))
        if column.maximum is not None:
            faults.append((number > column.maximum, f"{column.name} is above {column.maximum:g}"))
    return faults


def judge(rows: ir.Table, contract: Contract) -> ir.Table:
    """The rows with REASON: null for a row that is kept, else why it is set aside."""
    branches = [fault for column in contract.columns for fault in _faults(rows, column)]
    reason = ibis.cases(*branches) if branches else ibis.null("string")
    return rows.mutate(REASON=reason)


def reasons(judged: ir.Table) -> tuple[Quarantined, ...]:
    """Rows set aside by reason, most first, each with the first row it concerns."""
    aside = judged.filter(judged.REASON.notnull()).group_by("REASON")
    found = aside.aggregate(rows=lambda t: t.count(), first_row=lambda t: t.ROW_NO.min()).to_pyarrow().to_pylist()
    counted = [Quarantined(row["REASON"], int(row["rows"]), int(row["first_row"])) for row in found]
    return tuple(sorted(counted, key=lambda q: (-q.rows, q.reason)))
