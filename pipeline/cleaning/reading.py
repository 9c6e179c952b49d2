"""Delivered text becomes typed values: stripped text, dates, ages, whole numbers, pence.

Belongs here: how one cell is read, whatever its column. Does not belong here: which codes mean "not known" (`codes`), what
becomes of a row that cannot be read (`fates`).
Every reader tests the text with a pattern before it tries the type, so that all engines agree on what is unreadable: null.
"""

import ibis
import ibis.expr.types as ir

from pipeline import tables

#: dates that stand for "null" (1800) and "invalid" (1801) in the HES Technical Output Specification; 1600 and 1582 are what
#: other NHS systems turn an empty date into
NULL_DATES = ("1800-01-01", "1801-01-01", "1600-01-01", "1582-10-15")
#: the same as month and year of birth
NULL_BIRTH_MONTHS = ("011800", "011801", "011600", "101582")

_PLAIN = r"^[!-~]+$"
_ISO_DAY = r"^\d{4}-\d\d-\d\d$"
_DAY = r"^(\d{4}-\d\d-\d\d([ T].*)?|\d{8})$"
_NULL_DAY = "^(" + "|".join(day.replace("-", "-?") for day in NULL_DATES) + ")"
_MONTH_YEAR = r"^(0[1-9]|1[0-2])\d{4}$"
_MONEY = r"^-?\d{1,13}(\.\d{1,2})?$"


def text(rows: ir.Table, column: str) -> ir.StringValue:
    """The column stripped of white space; null where nothing is left.

    Nearly every cell has nothing to strip, and one pattern tells.
    """
    raw = rows[column]
    return raw.re_search(_PLAIN).ifelse(raw, raw.strip().nullif(""))


def stripped(rows: ir.Table) -> ir.Table:
    """The rows with every delivered cell as `text` reads it: once a cell, however often its content is then asked for."""
    delivered = [name for name in rows.columns if name not in tables.ORIGIN and rows[name].type().is_string()]
    return rows.mutate(**{name: text(rows, name) for name in delivered})


def cell(rows: ir.Table, column: str) -> ir.StringValue:
    """The column of `stripped` rows; null throughout where they have none (optional and repeated columns of a contract)."""
    return rows[column] if column in rows.columns else ibis.null("string")


def _day(raw: ir.StringValue, *refused: tuple[ir.BooleanValue, ir.StringValue]) -> ir.DateValue:
    """The day as it stands, sentinels included; null where one of `refused` holds. Nearly every day is already ISO's."""
    digits = raw.replace("-", "")
    iso = digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6, 2)
    written = ibis.cases(*refused, (raw.re_search(_ISO_DAY), raw), (raw.re_search(_DAY), iso), else_=ibis.null("string"))
    return written.try_cast("date")


def date(raw: ir.StringValue) -> ir.DateValue:
    """`YYYY-MM-DD` (a time after it is ignored) or `YYYYMMDD`; null for sentinels and for what is no day of the calendar."""
    return _day(raw, (raw.re_search(_NULL_DAY), ibis.null("string")))


def unreadable_date(raw: ir.StringValue) -> ir.BooleanValue:
    """True where something stands that is neither a date nor a sentinel."""
    return raw.notnull() & _day(raw).isnull()


def birth_date(raw: ir.StringValue) -> ir.DateValue:
    """A date, or the first day of a month given as `MMYYYY` (MYDOB in HES) or `YYYY-MM`."""
    first = ibis.cases(
        (raw.isin(NULL_BIRTH_MONTHS), ibis.null("string")),
        (raw.re_search(_MONTH_YEAR), raw.substr(2, 4) + "-" + raw.substr(0, 2) + "-01"),
        (raw.re_search(r"^\d{4}-(0[1-9]|1[0-2])$"), raw + "-01"),
        else_=raw,
    )
    return date(first)


def whole_number(raw: ir.StringValue) -> ir.IntegerValue:
    """A count of at most 15 digits; `1.0` is 1; null otherwise."""
    plain = raw.re_search(r"^\d{1,15}(\.0+)?$").ifelse(raw.re_extract(r"^(\d+)", 1), ibis.null("string"))
    return plain.try_cast("int64")


def age(raw: ir.StringValue) -> ir.IntegerValue:
    """Completed years; the codes 7001 to 7007 (under one year) are 0; null above 130 and for anything else."""
    years = whole_number(raw)
    return ibis.cases((years.between(7001, 7007), 0), (years <= 130, years)).cast("int64")


def pence(raw: ir.StringValue) -> ir.IntegerValue:
    """Pounds as decimal text to integer pence, exactly; null for anything else (a third decimal included)."""
    pounds = raw.re_search(_MONEY).ifelse(raw, ibis.null("string")).try_cast("decimal(18, 2)")
    return (pounds * 100).cast("int64")


def minutes(raw: ir.StringValue) -> ir.IntegerValue:
    """Minutes since midnight of `HHMM` or `HH:MM`; null for the sentinels 3000 and 4000 and anything else."""
    clock = raw.re_search(r"^([01]\d|2[0-3]):?[0-5]\d(:\d\d.*)?$").ifelse(raw.replace(":", ""), ibis.null("string"))
    return (clock.substr(0, 2).try_cast("int64") * 60 + clock.substr(2, 2).try_cast("int64")).cast("int64")


def month(day: ir.DateValue) -> ir.StringValue:
    """The month a day lies in, `YYYY-MM`."""
    return day.cast("string").substr(0, 7)


def financial_year(day: ir.DateValue) -> ir.StringValue:
    """The financial year a day lies in, April to March: `2018-19`."""
    start = day.year() - (day.month() < 4).ifelse(1, 0)
    return start.cast("string") + "-" + (start + 1).cast("string").substr(2, 2)
