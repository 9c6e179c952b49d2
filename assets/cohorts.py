"""Group cohorts: who is compared, and the panel up to launch.

Belongs here: the eligible cohort, its attrition, cells and heads before launch. Does not belong here: months from launch on,
which come into being in group estimation, behind both gates.
"""

import dagster as dg
import ibis.expr.types as ir
import pandas as pd

from assets.edge import edge
from assets.priced import tariff_in_force
from assets.resources import Snapshots, StudyResource, stored
from pipeline import panel, tables
from pipeline.cleaning.gp_contacts import as_activity
from pipeline.cohorts.eligible import eligible as eligible_cohort
from pipeline.panel.gp_contacts import gp_contacts
from pipeline.panel.measures import VALUED
from pipeline.pricing import decomposition, fallback, price_tables
from pipeline.pricing.reference_prices import reference_prices
from pipeline.study_folder import StudyFolder
from pipeline.vocabulary import GP_DATASET

CELL_KEY = ("practice", "month", "age_band", "need", "pod")
HEAD_KEY = ("practice", "month", "age_band", "need")
MEASURE_KEY = ("practice", "month", "outcome", "pod")
PRICED = ("priced_admitted_care", "priced_emergency_care", "priced_outpatients")


def priced_table(study: StudyResource, *streams: Snapshots) -> ir.Table:
    """Every priced contact of all streams as one table expression, with the declared fall-back for what has no price."""
    folder = study.open()
    first, *rest = (folder.store.get(stream["table"]) for stream in streams)
    protocol, contacts = folder.study, first.union(*rest)
    if protocol.prices.fallback == "none":
        return contacts
    base = tariff_in_force(folder).base(protocol.prices)
    return fallback.prices(
        contacts,
        prices=protocol.prices,
        rules=protocol.pricing,
        baseline=protocol.calendar.baseline,
        factors=price_tables.load(folder.store.con, [base]).mff,
    )


def gp_delivered(folder: StudyFolder) -> list[tuple[str, str]]:
    """First and last month of every delivery of GP contacts in force."""
    return [(d.first_month, d.last_month) for d in folder.in_force if d.dataset == GP_DATASET]


def with_gp_contacts(study: StudyResource, priced: ir.Table, gp: Snapshots) -> ir.Table:
    """`priced_table`, and GP contacts where they are delivered for every month that is compared."""
    folder = study.open()
    if not gp_contacts(folder.study, gp_delivered(folder)).counted:
        return priced
    return priced.select(*tables.PRICED_ACTIVITY.names).union(as_activity(folder.store.get(gp["table"])))


def panel_snapshots(
    folder: StudyFolder, name: str, cells: ir.Table, heads: ir.Table, valued: ir.Table, account: pd.DataFrame
) -> Snapshots:
    """Cells and heads, what they come to per baseline head and per person-year, and what became of every priced row.

    valued : the cells' contacts at prices of before launch (`pipeline.tables.VALUED_CELLS`)."""
    store = folder.store
    kept = {
        "cells": store.put(f"cells_{name}", cells, CELL_KEY),
        "heads": store.put(f"heads_{name}", heads, HEAD_KEY),
        "valued_cells": store.put(f"valued_cells_{name}", valued, CELL_KEY),
    }
    sums, people = store.frame(kept["cells"]), store.frame(kept["heads"])
    at_reference = panel.paid_cells(store.frame(kept["valued_cells"]), people, study=folder.study, measures=VALUED)
    paid = panel.paid_cells(sums, people, study=folder.study)
    lived = panel.person_year_cells(sums, people, study=folder.study)
    return kept | {
        "paid": store.put_frame(f"paid_{name}", paid, MEASURE_KEY),
        "lived": store.put_frame(f"lived_{name}", lived, MEASURE_KEY),
        "valued": store.put_frame(f"valued_{name}", at_reference, MEASURE_KEY),
        "account": store.put_frame(f"account_{name}", account, ("stream", "reason")),
    }


def counted_ins() -> dict[str, dg.AssetIn]:
    """The priced streams and the cleaned GP contacts as inputs of an asset."""
    return priced_ins() | {"gp": dg.AssetIn(key=dg.AssetKey(["cleaned", "gp_contacts"]))}


def priced_ins() -> dict[str, dg.AssetIn]:
    """The three priced streams as inputs of an asset."""
    return {name: dg.AssetIn(key=dg.AssetKey(["priced", name])) for name in PRICED}


@dg.asset(
    key_prefix="cohorts",
    group_name="cohorts",
    ins={
        name: dg.AssetIn(key=dg.AssetKey(["cleaned", name]))
        for name in ("registrations", "registers", "referrals", "link_worker_contacts")
    },
    description="The eligible cohort, closed at baseline, with its attrition by arm and who was referred.",
)
@edge("cohorts")
def eligible(
    study: StudyResource,
    registrations: Snapshots,
    registers: Snapshots,
    referrals: Snapshots,
    link_worker_contacts: Snapshots,
) -> dg.Output[Snapshots]:
    folder = study.open()
    store = folder.store
    cohort = eligible_cohort(
        registrations=store.get(registrations["table"]),
        registers=store.get(registers["table"]),
        referrals=store.get(referrals["table"]),
        contacts=store.get(link_worker_contacts["table"]) if link_worker_contacts else None,
        study=folder.study,
    )
    return stored(
        {
            "people": store.put("eligible", cohort.people, ("person",)),
            "attrition": store.put_frame("attrition", cohort.attrition, ("step", "kind", "reason", "arm")),
            "attrition_by_practice": store.put_frame("attrition_by_practice", cohort.by_practice, ("practice", "step")),
        }
    )


@dg.asset(
    key_prefix="cohorts",
    group_name="cohorts",
    ins=counted_ins(),
    description="Practice x month cells of the baseline: heads, contacts, cost. Nothing after launch.",
)
@edge("cohorts")
def panel_to_launch(
    study: StudyResource,
    eligible: Snapshots,
    gp: Snapshots,
    priced_admitted_care: Snapshots,
    priced_emergency_care: Snapshots,
    priced_outpatients: Snapshots,
) -> dg.Output[Snapshots]:
    folder = study.open()
    store, protocol = folder.store, folder.study
    people = store.get(eligible["people"])
    priced = priced_table(study, priced_admitted_care, priced_emergency_care, priced_outpatients)
    activity, contacts = with_gp_contacts(study, priced, gp), decomposition.with_kind(priced)
    kinds = reference_prices(panel.kind_sums(contacts, people, study=protocol))
    references = store.put_frame("kinds", kinds, ("pod", "kind"))
    first, last = protocol.baseline_period[0], protocol.pre_launch_last_month
    cells = panel.cells(activity, people, study=protocol, first=first, last=last)
    heads = panel.heads(people, study=protocol, first=first, last=last)
    account = panel.activity_account(activity, people, study=protocol, first=first, last=last)
    valued = panel.valued_cells(
        decomposition.at_reference(contacts, store.get(references)), people, study=protocol, first=first, last=last
    )
    months = panel.person_months(contacts, people, study=protocol, first=first, last=last)
    spent = store.put("person_months_to_launch", months, ("person", "month_number"))
    kept = panel_snapshots(folder, "to_launch", cells, heads, valued, account)
    return stored({"kinds": references, "person_months": spent} | kept)


ASSETS = [eligible, panel_to_launch]
