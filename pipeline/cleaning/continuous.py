"""Provider spells become continuous inpatient spells (CIPS): one stay in hospital across providers.

Belongs here: which provider spells are one stay. Does not belong here: what a provider spell is (`spelling`), prices: a stay is
counted once, and each of its provider spells is priced by itself, always.

The rule is that of the HSCIC's Provider Spells Methodology (2014) as published code applies it (UKHSA epidm, HFAnalyticsLab
HES_pipeline doc/adr): the next provider spell of a person continues the stay if it begins no more than the protocol's days
after the one before it ended, and either says that the patient was transferred: discharged to another hospital (DISDEST
51-53), or admitted from one (ADMISORC 51-53, ADMIMETH 2B or 81). Regular attenders (CLASSPAT 3, 4) are never joined. A stay
within a longer one is compared with the latest discharge so far.
"""

import ibis
import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning.codes import OTHER_HOSPITAL, transferred_in
from pipeline.cleaning.reading import financial_year, month
from pipeline.cleaning.spelling import REGULAR_ATTENDER
from pipeline.study import CleaningRules

_WHO = ("person", "regular")
_ORDER = ("admission_date", "discharge_date", "spell_key")


def continuous_spells(spells: ir.Table, *, rules: CleaningRules) -> ir.Table:
    """`tables.CONTINUOUS_SPELLS` of `tables.SPELLS`, one row a stay; every provider spell is in exactly one.

    Admission is that of the first provider spell, discharge the last of all; null while a provider spell of it is unfinished.
    """
    placed = _placed(spells, days=rules.continuous_spell_days)
    first = placed.opens
    grouped = placed.group_by([*_WHO, "stay"]).agg(
        continuous_key=placed.spell_key.min(),
        admission_date=placed.admission_date.min(),
        last_discharge=placed.discharge_date.max(),
        unfinished=placed.discharge_date.isnull().ifelse(1, 0).sum(),
        admission_method=placed.admission_method.max(where=first),
        patient_class=placed.patient_class.max(where=first),
        practice=placed.practice.max(where=first),
        spells=placed.count(),
        providers=placed.provider.nunique(),
    )
    ended = grouped.mutate(discharge_date=(grouped.unfinished == 0).ifelse(grouped.last_discharge, ibis.null("date")))
    dated = ended.mutate(month=month(ended.discharge_date), financial_year=financial_year(ended.discharge_date))
    return tables.cast(dated, tables.CONTINUOUS_SPELLS)


def _placed(spells: ir.Table, *, days: int) -> ir.Table:
    """Provider spells with `opens`, whether one opens a stay, and `stay`, its number within the person."""
    s = spells.mutate(
        regular=spells.patient_class.isin(REGULAR_ATTENDER).fill_null(False),
        came=transferred_in(source=spells.admission_source, method=spells.admission_method),
        went=spells.discharge_destination.isin(OTHER_HOSPITAL).fill_null(False),
    )
    order = [s[name].asc(nulls_first=name != "discharge_date") for name in _ORDER]
    s = s.mutate(place=ibis.row_number().over(group_by=list(_WHO), order_by=order))
    row = ibis.window(group_by=list(_WHO), order_by=["place"])
    running = ibis.window(group_by=list(_WHO), order_by=["place"], preceding=None, following=0)
    s = s.mutate(so_far=s.discharge_date.max().over(running))
    s = s.mutate(ended=s.so_far.lag().over(row), sent_on=s.went.lag().over(row).fill_null(False))
    within = (s.admission_date.delta(s.ended, unit="day").cast("int64") <= days).fill_null(False)
    s = s.mutate(opens=s.regular | ~(within & (s.came | s.sent_on)))
    return s.mutate(stay=s.opens.ifelse(1, 0).sum().over(running).cast("int64"))
