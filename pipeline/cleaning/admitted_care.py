"""Admitted care: which delivered episodes are finished, valid and not delivered twice.

Belongs here: the rulings on `hes_apc` rows and their duplicates. Does not belong here: which episodes make one spell
(`spelling`), prices.
Sources: HES Technical Output Specification v1.15; validity and duplicate key as HFAnalyticsLab/HES_pipeline (doc/adr).
"""

import ibis
import ibis.expr.types as ir

from pipeline.cleaning import Cleaned, codes, spelling
from pipeline.cleaning.duplicates import alike, key, preference_columns, same
from pipeline.cleaning.fates import Ruling, judge, kept, origin
from pipeline.cleaning.reading import age, cell, date, pence, stripped, whole_number
from pipeline.study import CleaningRules

FINISHED_ONLY = "HES Technical Output Specification, EPISTAT: finished episodes (3) count, unfinished (1) do not"
FILLED_ADMISSION = "ADMIDATE filled from EPISTART"
DISCHARGE_BEFORE_ADMISSION = "DISDATE before ADMIDATE: discharge not known"
SAME_EPISODE = "the same episode delivered again"

RULINGS = (
    Ruling("out_of_scope", "unfinished episode", lambda e: e.episode_status == "1", FINISHED_ONLY),
    Ruling("quarantined", "EPISTAT is neither 1 nor 3", lambda e: e.episode_status.isnull() | (e.episode_status != "3")),
    Ruling("quarantined", "PSEUDO_HESID is empty", lambda e: e.person.isnull()),
    Ruling("quarantined", "EPIKEY is empty", lambda e: e.epikey.isnull()),
    Ruling("quarantined", "PROCODE3 is empty or not known", lambda e: e.provider.isnull()),
    Ruling("quarantined", "EPISTART is empty or not a date", lambda e: e.episode_start.isnull()),
    Ruling("quarantined", "EPIEND is empty or not a date", lambda e: e.episode_end.isnull()),
    Ruling("quarantined", "EPIEND before EPISTART", lambda e: e.episode_end < e.episode_start),
    Ruling("quarantined", "ADMIDATE is empty or not a date", lambda e: e.admission_date.isnull()),
    Ruling("kept", DISCHARGE_BEFORE_ADMISSION, lambda e: e.stated_discharge < e.admission_date),
    Ruling("kept", FILLED_ADMISSION, lambda e: e.stated_admission.isnull()),
    Ruling("kept", "COST_GBP is not a sum of money", lambda e: e.stated_cost.notnull() & e.supplier_cost_pence.isnull()),
)


def spells(episodes: ir.Table, *, rules: CleaningRules) -> Cleaned:
    """Provider spells (`tables.SPELLS`) of delivered episodes, which may come from several yearly deliveries.

    An episode that went into a spell is kept; unfinished ones are out of scope; those without person, key, provider, start,
    end or admission date are quarantined; the same episode delivered again is merged into the one that stays. The same means
    one EPIKEY, or one person, EPISTART, EPIEND, EPIORDER, provider, place in a transfer, ADMIDATE and DISDATE, unless the
    provider's own spell number (PROVSPNOPS) tells two contacts of one day apart.
    Regular day and night attenders (CLASSPAT 3, 4) have no national price but are counted: each is a spell of its own.
    """
    searches = [same(by, rules=rules, reason=SAME_EPISODE) for by in alike("epikey", "same_episode", rules=rules)]
    return Cleaned(judge(_episodes(episodes, rules), RULINGS), spelling.spells, searches)


def episode_hrgs(episodes: ir.Table, *, rules: CleaningRules) -> ir.Table:
    """spell_key, hrg: what the episodes of multi-episode spells without a spell HRG carry, for the price rule's proxy."""
    return spelling.episode_hrgs(kept(spells(episodes, rules=rules).settled))


def _episodes(rows: ir.Table, rules: CleaningRules) -> ir.Table:
    """Typed columns of every delivered episode, with what duplicates and fates need."""
    rows = stripped(rows)
    source, method, destination = cell(rows, "ADMISORC"), cell(rows, "ADMIMETH"), cell(rows, "DISDEST")
    order = whole_number(codes.known(cell(rows, "EPIORDER"), *codes.NOT_KNOWN_98_99))
    start, stated_admission = date(cell(rows, "EPISTART")), date(cell(rows, "ADMIDATE"))
    transferred = codes.transferred_in(source=source, method=method)
    fillable = (order == 1).fill_null(False) & ~transferred
    filled = fillable.ifelse(start, None) if rules.admission_date_from_first_episode else ibis.null("date")
    admission = stated_admission.coalesce(filled)
    discharge = date(cell(rows, "DISDATE"))
    epikey = cell(rows, "EPIKEY")
    typed = rows.select(
        **origin(rows),
        **preference_columns(rows, record=epikey),
        epikey=epikey,
        person=cell(rows, "PSEUDO_HESID"),
        provider=codes.known(cell(rows, "PROCODE3"), *codes.NO_PROVIDER),
        practice=codes.known(cell(rows, "GPPRAC"), *codes.NO_PRACTICE),
        episode_status=cell(rows, "EPISTAT"),
        episode_start=start,
        episode_end=date(cell(rows, "EPIEND")),
        episode_order=order,
        stated_admission=stated_admission,
        admission_date=admission,
        stated_discharge=discharge,
        discharge_date=(discharge < admission).fill_null(False).ifelse(None, discharge),
        discharge_method=cell(rows, "DISMETH"),
        transit=codes.transit(source=source, method=method, destination=destination),
        admission_method=method,
        admission_source=source,
        discharge_destination=destination,
        patient_class=cell(rows, "CLASSPAT"),
        age=age(cell(rows, "STARTAGE")),
        spell_hrg=codes.known(cell(rows, "SUSCOREHRG"), *codes.NO_CODE),
        episode_hrg=codes.known(cell(rows, "SUSHRG"), *codes.NO_CODE),
        sus_spell=codes.known(cell(rows, "SUSSPELLID"), "-1", "0"),
        provider_spell=codes.known(cell(rows, "PROVSPNOPS"), *codes.NO_CODE),
        admin_category=codes.known(cell(rows, "ADMINCAT"), *codes.NOT_KNOWN_98_99),
        treatment_function=codes.known(cell(rows, "TRETSPEF"), *codes.NO_CODE),
        main_specialty=codes.known(cell(rows, "MAINSPEF"), *codes.NO_CODE),
        diagnosis=codes.known(cell(rows, "DIAG_4_01"), *codes.NO_DIAGNOSIS),
        stated_cost=cell(rows, "COST_GBP"),
        supplier_cost_pence=pence(cell(rows, "COST_GBP")),
    )
    return typed.mutate(
        same_episode=key(
            typed.person, typed.episode_start, typed.episode_end, typed.episode_order,
            typed.provider, typed.transit, typed.admission_date, typed.discharge_date, typed.provider_spell,
        )
    )  # fmt: skip
