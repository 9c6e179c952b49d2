"""Episodes become provider spells: which episodes belong to one stay in one hospital provider.

Belongs here: the rule that joins episodes, and what a spell takes from which of its episodes. Does not belong here: which
episodes are valid (`admitted_care`); continuous stays across providers, which are for counting and never for price.

The rule follows HFAnalyticsLab/HES_pipeline (doc/derived_variables): within person and provider an episode belongs to the
spell of the one before it if both have the same admission date, or the same start, or the one before ended in neither
discharge nor death (DISMETH 8, 9) and this one starts where it ended. Three corrections, because that rule joins what is not
one spell: spell numbers of the supplier (SUSSPELLID, else PROVSPNOPS) that differ keep episodes apart; a first episode
(EPIORDER 1) after one that is itself discharged by then opens a new spell, so that two day cases of one day stay two; regular
attenders (CLASSPAT 3, 4) are never joined. Equal spell numbers alone join nothing: some suppliers fill them with one value.
"""

import ibis
import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning.codes import NOT_DISCHARGED
from pipeline.cleaning.reading import financial_year, month

REGULAR_ATTENDER = ("3", "4")
_STAY = ("person", "provider", "regular")
#: admission first, so that a stay is not torn apart by a day case of the same person in its midst
_ORDER = ("admission_date", "sus_spell", "provider_spell", "episode_start", "episode_end", "episode_order", "transit", "epikey")
_LOOK_BACK = (
    "epikey", "admission_date", "episode_start", "episode_end", "discharge_date", "discharge_method", "sus_spell",
    "provider_spell",
)  # fmt: skip


def spells(episodes: ir.Table) -> ir.Table:
    """`tables.SPELLS`, one row a spell; discharge date, month and financial year are null while it is unfinished.

    Discharge, and so the month and year it counts in, is that of the last episode; practice, admission method, patient class,
    age and diagnosis are those of the first. spell_hrg is the first SUSCOREHRG in the order of episodes; where SUS saw more
    than one, spell_hrgs says so, since our spell is then not the one SUS priced.
    """
    return tables.cast(_dated(_gathered(_placed(episodes))), tables.SPELLS)


def episode_hrgs(episodes: ir.Table) -> ir.Table:
    """spell_key, hrg: the HRGs of the episodes of multi-episode spells of which no episode carries a spell HRG, each once."""
    e = _placed(episodes)
    spell = ibis.window(group_by=[*_STAY, "spell_number"])
    e = e.mutate(
        spell_key=e.epikey.min().over(spell),
        of_spell=e.count().over(spell),
        with_spell_hrg=e.spell_hrg.count().over(spell),
    )
    without = e.filter((e.of_spell > 1) & (e.with_spell_hrg == 0) & e.episode_hrg.notnull())
    each = without.group_by("spell_key", hrg=without.episode_hrg).aggregate(episodes=without.count())
    return each.select("spell_key", "hrg")


def _placed(episodes: ir.Table) -> ir.Table:
    """Episodes with `opens` and `closes` their spell, `spell_number` within person and provider, and `place` in order."""
    e = episodes.mutate(regular=episodes.patient_class.isin(REGULAR_ATTENDER).fill_null(False))
    stay = ibis.window(group_by=list(_STAY), order_by=[e[name].asc(nulls_first=True) for name in _ORDER])
    e = e.mutate(**{f"last_{name}": e[name].lag().over(stay) for name in _LOOK_BACK}, place=ibis.row_number().over(stay))
    e = e.mutate(opens=_opens(e))
    order = ibis.window(group_by=list(_STAY), order_by=["place"])
    running = ibis.window(group_by=list(_STAY), order_by=["place"], preceding=None, following=0)
    return e.mutate(
        closes=e.opens.lead().over(order).fill_null(True),
        spell_number=e.opens.ifelse(1, 0).sum().over(running).cast("int64"),
    )


def _opens(e: ir.Table) -> ir.BooleanValue:
    """True where an episode opens a spell rather than continuing that of the one before it."""
    sus, provider = (e.sus_spell == e.last_sus_spell), (e.provider_spell == e.last_provider_spell)
    same_number = sus.coalesce(provider)
    same_admission = e.admission_date == e.last_admission_date
    not_discharged = e.last_discharge_method.isin(NOT_DISCHARGED).fill_null(False)
    discharged_by_then = (e.last_discharge_date <= e.episode_start) & ~not_discharged
    follows_on = not_discharged & (e.episode_start == e.last_episode_end)
    return ibis.cases(
        (e.last_epikey.isnull() | e.regular, True),
        (~same_number, True),
        (same_number & (same_admission | (e.episode_start <= e.last_episode_end)), False),
        ((e.episode_order == 1) & discharged_by_then, True),
        (same_admission | (e.episode_start == e.last_episode_start) | follows_on, False),
        else_=True,
    )


def _gathered(e: ir.Table) -> ir.Table:
    """One row a spell, before dates are turned into months."""
    ordered_hrg = e.place.cast("string").lpad(9, "0") + e.spell_hrg
    of_first = ("practice", "admission_date", "admission_method", "admission_source", "patient_class", "age", "admin_category",
                "treatment_function", "main_specialty", "diagnosis")  # fmt: skip
    grouped = e.group_by([*_STAY, "spell_number"]).agg(
        **{name: e[name].max(where=e.opens) for name in of_first},
        spell_key=e.epikey.min(),
        discharge_date=e.discharge_date.max(where=e.closes),
        discharge_destination=e.discharge_destination.max(where=e.closes),
        spell_hrg=ordered_hrg.min().substr(9),
        spell_hrgs=e.spell_hrg.nunique(),
        only_hrg=e.episode_hrg.max(),
        episodes=e.count(),
        supplier_cost_pence=e.supplier_cost_pence.sum().cast("int64"),
    )
    return grouped.mutate(episode_hrg=(grouped.episodes == 1).ifelse(grouped.only_hrg, ibis.null("string")))


def _dated(spells: ir.Table) -> ir.Table:
    return spells.mutate(month=month(spells.discharge_date), financial_year=financial_year(spells.discharge_date))
