"""Counts of clean tables that a reader is shown.

Belongs here: small frames of counts. Does not belong here: fates of rows (`accounting`), disclosure (`reports`).
"""

import ibis.expr.types as ir
import pandas as pd


def by_kind(appointments: ir.Table) -> pd.DataFrame:
    """Columns financial_year, kind (`vocabulary.ATTENDANCE_KINDS`, `not known`), attendances, of `tables.APPOINTMENTS`."""
    kinds = appointments.mutate(kind=appointments.attendance_kind.fill_null("not known"))
    counted = kinds.group_by(["financial_year", "kind"]).agg(attendances=kinds.count().cast("int64"))
    return counted.execute().sort_values(["financial_year", "kind"]).reset_index(drop=True)


def by_year(stays: ir.Table) -> pd.DataFrame:
    """Columns financial_year (of discharge), provider_spells, continuous_spells, of finished `tables.CONTINUOUS_SPELLS`."""
    finished = stays.filter(stays.financial_year.notnull())
    counted = finished.group_by("financial_year").agg(
        provider_spells=finished.spells.sum().cast("int64"), continuous_spells=finished.count().cast("int64")
    )
    return counted.execute().sort_values("financial_year").reset_index(drop=True)
