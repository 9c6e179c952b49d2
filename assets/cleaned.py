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
    gp_contacts,
    outpatients,
    programme,
    qof,
    registers,
    registrations,
    repairs,
    trust_return,
)
from pipeline.cleaning.continuous import continuous_spells
from pipeline.errors import ProtocolInvalid
from pipeline.store import Snapshot, Store
from pipeline.study import CleaningRules
from pipeline.study_folder import StudyFolder
from pipeline.vocabulary import GP_DATASET

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
    "link_worker_contacts": (
        "link_worker_contact",
        lambda rows, rules: programme.contacts(rows, rules=rules),
        ("person", "contact_date", "contact_type", "provider"),
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
    "gp_contacts": (GP_DATASET, lambda rows, rules: gp_contacts.contacts(rows, rules=rules), ("contact_key",)),
    "trust_return": (
        "trust_return",
        lambda rows, _: trust_return.trust_return(rows),
        ("provider", "month", "department_type"),
    ),
}
#: tables that checks can do without: empty handed where nobody delivered them
OPTIONAL = ("prevalence", "trust_return", "link_worker_contacts", "gp_contacts")


#: the one table from which stays across providers are made
SPELLS = "spells"
#: the one table that two datasets feed
ATTENDANCES, ECDS = "attendances", emergency_feeds.ECDS


def accounted(store: Store, name: str, fates: ir.Table, rows_in: ir.Table) -> Snapshots:
    """The fate of each row of one dataset, the count of fates, and of cells read otherwise.

    Raises InternalError where the fates do not add up.
    """
    stored_fates = store.put(f"{name}_fates", fates, ("delivery", "row_no"))
    counts = accounting.accounting(store.get(stored_fates))
    accounting.check_accounting(int(rows_in.count().execute()), counts)
    return {
        "fates": stored_fates,
        "accounting": store.put_frame(f"{name}_accounting", counts, ("fate", "reason", "clause")),
        "repairs": store.put_frame(f"{name}_repairs", repairs.repairs(rows_in), ("reason",)),
    }


def clean(store: Store, name: str, cleaned: Cleaned, rows_in: ir.Table, key: tuple[str, ...]) -> Snapshots:
    """The clean table of one dataset, and what became of its rows; every delivered cell is read once for both."""
    with store.holding() as hold:
        once = cleaned.held(hold)
        return {"table": store.put(name, once.table, key)} | accounted(store, name, once.fates, rows_in)


def continuous(store: Store, spells: Snapshot, rules: CleaningRules) -> Snapshots:
    """Stays across providers of the clean spells, for counting."""
    stays = continuous_spells(store.get(spells), rules=rules)
    return {"continuous": store.put("continuous_spells", stays, ("continuous_key",))}


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
        made = clean(store, name, rule(rows, folder.study.cleaning), rows, key)
        if name == SPELLS:
            made |= continuous(store, made["table"], folder.study.cleaning)
        if name == SPELLS and folder.study.pricing.multi_episode_without_spell_hrg == "highest_episode":
            hrgs = admitted_care.episode_hrgs(rows, rules=folder.study.cleaning)
            made["episode_hrgs"] = store.put("episode_hrgs", hrgs, ("spell_key", "hrg"))
        return stored(made)

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
        return stored(clean(store, ATTENDANCES, alone(rows, rules), rows, key))
    ecds_rows = deliveries.kept(store, folder.in_force, ECDS)
    with store.holding() as hold:
        both = emergency_feeds.Together(emergency_feeds.attendances(rows, ecds_rows, rules=rules).cleaned.held(hold))
        of_ecds = accounted(store, f"{ATTENDANCES}_{ECDS}", both.fates[ECDS], ecds_rows)
        return stored(
            {"table": store.put(ATTENDANCES, both.table, key)}
            | accounted(store, ATTENDANCES, both.fates[dataset], rows)
            | {f"{ECDS}_{name}": snapshot for name, snapshot in of_ecds.items()}
        )


ASSETS = [attendances if name == ATTENDANCES else cleaned_asset(name) for name in RULES]
