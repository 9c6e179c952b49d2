"""Group cleaned: delivered rows become clean tables, with the fate of every row.

Belongs here: which dataset goes through which rule. Does not belong here: the rules (`pipeline.cleaning`).
"""

from collections.abc import Callable

import dagster as dg
import ibis.expr.types as ir

from assets.edge import edge
from assets.resources import Snapshots, StudyResource, stored
from pipeline import deliveries
from pipeline.cleaning import (
    Cleaned,
    accounting,
    admitted_care,
    emergency_care,
    feed,
    outpatients,
    programme,
    registers,
    registrations,
)
from pipeline.study import CleaningRules

#: asset name: dataset, rule, key of the clean table
RULES: dict[str, tuple[str, Callable[[ir.Table, CleaningRules], Cleaned], tuple[str, ...]]] = {
    "spells": ("hes_apc", lambda rows, rules: admitted_care.spells(rows, rules=rules), ("spell_key",)),
    "attendances": ("hes_ae", lambda rows, rules: emergency_care.attendances(rows, rules=rules), ("attendance_key",)),
    "appointments": ("hes_op", lambda rows, rules: outpatients.appointments(rows, rules=rules), ("appointment_key",)),
    "registers": (
        "qof_register",
        lambda rows, rules: registers.registers(rows, rules=rules),
        ("person", "practice", "register", "start", "end"),
    ),
    "registrations": (
        "gp_registration",
        lambda rows, rules: registrations.registrations(rows, rules=rules),
        ("person", "practice", "start", "end", "birth_date", "sex", "lsoa", "death_date"),
    ),
    "referrals": (
        "programme_referral",
        lambda rows, rules: programme.referrals(rows, rules=rules),
        ("person", "practice", "referral_date", "first_contact_date", "status", "provider", "end_date"),
    ),
    "feed_counts": (
        "practice_activity",
        lambda rows, _: feed.counts(rows),
        ("practice", "month", "pod", "department_type", "provider", "population", "age_band"),
    ),
    "feed_population": (
        "practice_population",
        lambda rows, _: feed.population(rows),
        ("practice", "month", "population", "age_band"),
    ),
}


def cleaned_asset(name: str) -> dg.AssetsDefinition:
    """Clean one dataset: the table, the fate of each row, and the count of fates, all as snapshots."""
    dataset, rule, key = RULES[name]

    def cleaned(study: StudyResource, delivered: list[str]) -> dg.Output[Snapshots]:
        folder = study.open()
        store = folder.store
        rows = deliveries.kept(store, folder.in_force, dataset)
        result = rule(rows, folder.study.cleaning)
        table = store.put(name, result.table, key)
        fates = store.put(f"{name}_fates", result.fates, ("delivery", "row_no"))
        counts = accounting.accounting(Cleaned(store.get(table), store.get(fates)))
        accounting.check_accounting(int(rows.count().execute()), counts)
        frame = store.put_frame(f"{name}_accounting", counts, ("fate", "reason", "clause"))
        return stored({"table": table, "fates": fates, "accounting": frame})

    cleaned.__name__ = name
    return dg.asset(
        name=name,
        key_prefix="cleaned",
        group_name="cleaned",
        ins={"delivered": dg.AssetIn(key=dg.AssetKey(["received", dataset]))},
        description=f"{dataset} cleaned: every delivered row is kept, quarantined, merged or out of scope.",
    )(edge("cleaned")(cleaned))


ASSETS = [cleaned_asset(name) for name in RULES]
