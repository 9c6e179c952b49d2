"""Completed years of age at the eligibility date, and the age bands of the weights.

Belongs here: age and age band. Does not belong here: who is eligible by age (`pipeline.cohorts.attrition`).
"""

from datetime import date

import ibis
import ibis.expr.types as ir

#: first ages of a new band inside the eligible range; with 40-74 they give 40-54, 55-64, 65-74 (`pipeline.tables.PEOPLE`)
BAND_STARTS = (55, 65)


def bands(ages: tuple[int, int]) -> list[tuple[int, int]]:
    """First and last age of every band within the eligible ages (both included)."""
    first, last = ages
    starts = [first] + [age for age in BAND_STARTS if first < age <= last]
    return list(zip(starts, [age - 1 for age in starts[1:]] + [last], strict=True))


def age_at(birth_date: ir.DateColumn, *, at: date) -> ir.IntegerColumn:
    """Completed years at `at`; the birthday itself counts as completed. Null without a birth date.

    A delivered birth month becomes the first of that month in cleaning, so that the age may be one year high for people
    born later in the month of `at`; with `at` on the last of a month it is exact.
    """
    month, day = birth_date.month(), birth_date.day()
    not_yet = (month > at.month) | ((month == at.month) & (day > at.day))
    return (ibis.literal(at.year) - birth_date.year() - ibis.ifelse(not_yet, 1, 0)).cast("int64")


def band(age: ir.IntegerColumn, *, ages: tuple[int, int]) -> ir.StringColumn:
    """Band of an age, `40-54`; null outside the eligible ages."""
    found = bands(ages)
    return ibis.cases(*((age.between(low, high), f"{low}-{high}") for low, high in found), else_=ibis.null("string"))
