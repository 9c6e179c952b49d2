"""The account of prices, by arm and year: where they come from, and the supplier's cost beside ours.

Belongs here: having the account made once, sealed in the store until publication shows what it may. Does not belong here:
counting (`pipeline.pricing`), what may be shown (`pipeline.result_prices`).
"""

import dagster as dg

from assets.cohorts import priced_ins, priced_table
from assets.edge import edge
from assets.priced import tariff_in_force
from assets.resources import Snapshots, StudyResource, stored
from pipeline.pricing import outside, price_tables, reconciliation, summary

STATES = ("stream", "financial_year", "price_state", "reason")


@dg.asset(
    key_prefix="cohorts",
    group_name="cohorts",
    ins=priced_ins() | {"eligible": dg.AssetIn(key=dg.AssetKey(["cohorts", "eligible"]))},
    description="Prices by state, source, arm and year, and the supplier's cost against ours by cause. Sums only.",
)
@edge("cohorts")
def price_account(
    study: StudyResource,
    eligible: Snapshots,
    priced_admitted_care: Snapshots,
    priced_emergency_care: Snapshots,
    priced_outpatients: Snapshots,
) -> dg.Output[Snapshots]:
    folder = study.open()
    store = folder.store
    people = store.get(eligible["people"])
    priced = priced_table(study, priced_admitted_care, priced_emergency_care, priced_outpatients)
    launch = folder.study.launch_month
    base = price_tables.load(store.con, [tariff_in_force(folder).base(folder.study.prices)])
    outside_rule = outside.outside_shares(priced, people, base.apc, launch_month=launch)
    by_cause = reconciliation.by_cause(priced, people, launch_month=launch)
    return stored(
        {
            "states": store.put_frame("price_states", summary.price_states(priced), STATES),
            "current": store.put_frame(
                "current_states", summary.current_states(priced), ("stream", "financial_year", "reason")
            ),
            "sources": store.put_frame(
                "price_sources", summary.price_sources(priced, people), ("stream", "arm", "financial_year")
            ),
            "reasons": store.put_frame(
                "price_reasons",
                summary.reasons_by_arm(priced.filter(priced.month < launch), people),
                ("stream", "arm", "reason"),
            ),
            "outside": store.put_frame("outside_prices", outside_rule, ("arm",)),
            "reconciliation": store.put_frame("supplier_causes", by_cause, (*reconciliation.KEYS, "cause")),
        }
    )


ASSETS = [price_account]
