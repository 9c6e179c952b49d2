"""Group cleaned: delivered rows become clean tables, with the fate of every row.

Belongs here: which dataset goes through which rule. Does not belong here: the rules (`pipeline.cleaning`).
"""

from collections.abc import Callable, Mapping

import dagster as dg
import ibis.expr.types as ir
import pandas as pd

from assets.edge import edge
from assets.resources import Snapshots, StudyResource, stored
from pipeline import deliveries
from pipeline.cleaning import (
    Cleaned,
    accounting,
    admitted_care,
    emergency_care,
    emergency_feeds,
    feed,
    outpatients,
    programme,
    qof,
    registers,
    registrations,
    repairs,
    trust_return,
)
from pipeline.errors import ProtocolInvalid
from pipeline.store import Snapshot, Store
from pipeline.study import CleaningRules
from pipeline.study_folder import StudyFolder

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
    "prevalence": ("qof_prevalence", lambda rows, _: qof.prevalence(rows), ("publication", "practice", "register")),
    "trust_return": (
        "trust_return",
        lambda rows, _: trust_return.trust_return(rows),
        ("provider", "month", "department_type"),
    ),
}
#: tables that checks can do without: empty handed where nobody delivered them
OPTIONAL = ("prevalence", "trust_return")


#: the one table that two datasets feed
ATTENDANCES, ECDS = "attendances", emergency_feeds.ECDS


def accounted(store: Store, name: str, cleaned: Cleaned, rows_in: ir.Table) -> Snapshots:
    """The fate of each row of one dataset, the count of fates, and of cells read otherwise.

    Raises InternalError where the fates do not add up.
    """
    stored_fates = store.put(f"{name}_fates", cleaned.fates, ("delivery", "row_no"))
    counts = accounting.accounting(Cleaned(cleaned.table, store.get(stored_fates)))
    accounting.check_accounting(int(rows_in.count().execute()), counts)
    return {
        "fates": stored_fates,
        "accounting": store.put_frame(f"{name}_accounting", counts, ("fate", "reason", "clause")),
        "repairs": store.put_frame(f"{name}_repairs", repairs.repairs(rows_in), ("reason",)),
    }


def accounts(store: Store, made: Mapping[str, Mapping[str, Snapshot]]) -> dict[str, pd.DataFrame]:
    """Dataset to what became of its rows, of every cleaned table in `made`."""
    return _counted(store, made, "accounting")


def read_otherwise(store: Store, made: Mapping[str, Mapping[str, Snapshot]]) -> dict[str, pd.DataFrame]:
    """Dataset to `repairs.repairs` of its rows, of every cleaned table in `made`."""
    return _counted(store, made, "repairs")


def _counted(store: Store, made: Mapping[str, Mapping[str, Snapshot]], what: str) -> dict[str, pd.DataFrame]:
    found = {RULES[name][0]: store.frame(made[name][what]) for name in RULES if what in made.get(name, {})}
    if f"{ECDS}_{what}" in made.get(ATTENDANCES, {}):
        found[ECDS] = store.frame(made[ATTENDANCES][f"{ECDS}_{what}"])
    return found


def cleaned_asset(name: str) -> dg.AssetsDefinition:
    """Clean one dataset: the table, the fate of each row, and the count of fates, all as snapshots."""
    dataset, rule, key = RULES[name]

    def cleaned(study: StudyResource, delivered: list[str]) -> dg.Output[Snapshots]:
        folder = study.open()
        store = folder.store
        if name in OPTIONAL and not delivered:
            return stored({})
        rows = deliveries.kept(store, folder.in_force, dataset)
        result = rule(rows, folder.study.cleaning)
        made = {"table": store.put(name, result.table, key)}
        if name == "spells" and folder.study.pricing.multi_episode_without_spell_hrg == "highest_episode":
            hrgs = admitted_care.episode_hrgs(rows, rules=folder.study.cleaning)
            made["episode_hrgs"] = store.put("episode_hrgs", hrgs, ("spell_key", "hrg"))
        return stored(made | accounted(store, name, result, rows))

    cleaned.__name__ = name
    return dg.asset(
        name=name,
        key_prefix="cleaned",
        group_name="cleaned",
        ins={"delivered": dg.AssetIn(key=dg.AssetKey(["received", dataset]))},
        description=f"{dataset} cleaned: every delivered row is kept, quarantined, merged or out of scope.",
    )(edge("cleaned")(cleaned))


def takes_ecds(folder: StudyFolder) -> bool:
    """Whether attendances come from ECDS too: it is delivered, and the protocol does not declare it absent.

    Raises ProtocolInvalid when the protocol takes a provider's months from it and nobody delivered it.
    """
    delivered = any(d.dataset == ECDS for d in folder.in_force)
    if folder.study.cleaning.ecds_from and not delivered:
        raise ProtocolInvalid(
            "study.yaml, cleaning.ecds_from: attendances are to be taken from ecds, and no delivery of it is in force.",
            "Receive it, or leave the clause out.",
        )
    return delivered and ECDS not in folder.study.requires.absent


@dg.asset(
    key_prefix="cleaned",
    group_name="cleaned",
    ins={name: dg.AssetIn(key=dg.AssetKey(["received", name])) for name in (emergency_feeds.HES, ECDS)},
    description="hes_ae, and ecds where it is delivered, cleaned as one table: no attendance stands in it from both feeds.",
)
@edge("cleaned")
def attendances(study: StudyResource, hes_ae: list[str], ecds: list[str]) -> dg.Output[Snapshots]:
    folder = study.open()
    store, rules = folder.store, folder.study.cleaning
    dataset, alone, key = RULES[ATTENDANCES]
    rows = deliveries.kept(store, folder.in_force, dataset)
    if not takes_ecds(folder):
        cleaned = alone(rows, rules)
        table = store.put(ATTENDANCES, cleaned.table, key)
        return stored({"table": table} | accounted(store, ATTENDANCES, cleaned, rows))
    ecds_rows = deliveries.kept(store, folder.in_force, ECDS)
    both = emergency_feeds.attendances(rows, ecds_rows, rules=rules)
    of_ecds = accounted(store, f"{ATTENDANCES}_{ECDS}", Cleaned(both.table, both.fates[ECDS]), ecds_rows)
    return stored(
        {"table": store.put(ATTENDANCES, both.table, key)}
        | accounted(store, ATTENDANCES, Cleaned(both.table, both.fates[dataset]), rows)
        | {f"{ECDS}_{name}": snapshot for name, snapshot in of_ecds.items()}
    )


ASSETS = [attendances if name == ATTENDANCES else cleaned_asset(name) for name in RULES]
