"""Dividing integers to whole pence, round half up, exactly and alike on every engine.

Belongs here: that one operation. Does not belong here: what is divided.
"""

import ibis
import ibis.expr.types as ir


def divided_half_up(numerator: ir.IntegerValue, denominator: ir.IntegerValue | int) -> ir.IntegerValue:
    """(numerator / denominator) rounded half up, for numerator >= 0, denominator > 0, and twice their sum below 2^53.

    Engines divide integers as floats. Taking the remainder off first leaves a quotient that is a whole number, which a
    double holds exactly; floor division of the raw numbers would not be safe to that extent.
    """
    twice = numerator * 2 + denominator
    over = denominator * 2 if isinstance(denominator, int) else (denominator * 2).nullif(0)
    return ((twice - twice % over) / over).cast("int64")


def at_least_zero(value: ir.IntegerValue) -> ir.IntegerValue:
    """max(0, value), null where value is null (GREATEST ignores nulls on some engines)."""
    return ibis.cases((value.isnull(), ibis.null("int64")), (value > 0, value), else_=ibis.literal(0, "int64"))
