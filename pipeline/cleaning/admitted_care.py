"""Admitted care: which delivered episodes are finished, valid and not delivered twice.

Belongs here: the rulings on `hes_apc` rows and their duplicates. Does not belong here: which episodes make one spell
(`spelling`), prices.
Sources: HES Technical Output Specification v1.15; validity and duplicate key as HFAnalyticsLab/HES_pipeline (doc/adr).
"""

import ibis.expr.types as ir

from pipeline.cleaning import Cleaned, codes, spelling
from pipeline.cleaning.duplicates import key, merge, preference_columns, same
from pipeline.cleaning.fates import Ruling, fates, judge, kept, origin
from pipeline.cleaning.reading import age, date, optional_text, pence, text, whole_number
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
    judged = _judged(episodes, rules)
    return Cleaned(table=spelling.spells(kept(judged)), fates=fates(judged))


def episode_hrgs(episodes: ir.Table, *, rules: CleaningRules) -> ir.Table:
    """spell_key, hrg: what the episodes of multi-episode spells without a spell HRG carry, for the price rule's proxy."""
    return spelling.episode_hrgs(kept(_judged(episodes, rules)))


def _judged(episodes: ir.Table, rules: CleaningRules) -> ir.Table:
    return merge(
        judge(_episodes(episodes), RULINGS),
        [same(by, rules=rules, reason=SAME_EPISODE) for by in ("epikey", "same_episode")],
    )


def _episodes(rows: ir.Table) -> ir.Table:
    """Typed columns of every delivered episode, with what duplicates and fates need."""
    source, method, destination = text(rows, "ADMISORC"), text(rows, "ADMIMETH"), text(rows, "DISDEST")
    order = whole_number(codes.known(text(rows, "EPIORDER"), *codes.NOT_KNOWN_98_99))
    start, stated_admission = date(text(rows, "EPISTART")), date(text(rows, "ADMIDATE"))
    transferred = codes.transferred_in(source=source, method=method)
    fillable = (order == 1).fill_null(False) & ~transferred
    admission = stated_admission.coalesce(fillable.ifelse(start, None))
    discharge = date(text(rows, "DISDATE"))
    epikey = text(rows, "EPIKEY")
    typed = rows.select(
        **origin(rows),
        **preference_columns(rows, record=epikey),
        epikey=epikey,
        person=text(rows, "PSEUDO_HESID"),
        provider=codes.known(text(rows, "PROCODE3"), *codes.NO_PROVIDER),
        practice=codes.known(text(rows, "GPPRAC"), *codes.NO_PRACTICE),
        episode_status=text(rows, "EPISTAT"),
        episode_start=start,
        episode_end=date(text(rows, "EPIEND")),
        episode_order=order,
        stated_admission=stated_admission,
        admission_date=admission,
        stated_discharge=discharge,
        discharge_date=(discharge < admission).fill_null(False).ifelse(None, discharge),
        discharge_method=text(rows, "DISMETH"),
        transit=codes.transit(source=source, method=method, destination=destination),
        admission_method=method,
        patient_class=text(rows, "CLASSPAT"),
        age=age(text(rows, "STARTAGE")),
        spell_hrg=codes.known(optional_text(rows, "SUSCOREHRG"), *codes.NO_CODE),
        episode_hrg=codes.known(text(rows, "SUSHRG"), *codes.NO_CODE),
        sus_spell=codes.known(optional_text(rows, "SUSSPELLID"), "-1", "0"),
        provider_spell=codes.known(optional_text(rows, "PROVSPNOPS"), *codes.NO_CODE),
        admin_category=codes.known(text(rows, "ADMINCAT"), *codes.NOT_KNOWN_98_99),
        treatment_function=codes.known(text(rows, "TRETSPEF"), *codes.NO_CODE),
        main_specialty=codes.known(text(rows, "MAINSPEF"), *codes.NO_CODE),
        diagnosis=codes.known(optional_text(rows, "DIAG_4_01"), *codes.NO_DIAGNOSIS),
        stated_cost=optional_text(rows, "COST_GBP"),
        supplier_cost_pence=pence(optional_text(rows, "COST_GBP")),
    )
    return typed.mutate(
        same_episode=key(
            typed.person, typed.episode_start, typed.episode_end, typed.episode_order,
            typed.provider, typed.transit, typed.admission_date, typed.discharge_date, typed.provider_spell,
        )
    )  # fmt: skip
