"""Group estimation: the panel after launch and the estimates, behind both gates.

Belongs here: handing verdicts to the functions that require them. Does not belong here: deciding whether a gate is open.
"""

from typing import Any

import dagster as dg
import pandas as pd

from assets.cohorts import counted_ins, panel_snapshots, priced_table, with_gp_contacts
from assets.edge import edge
from assets.resources import Snapshots, StudyResource, document, stored
from pipeline.estimation import (
    alternatives,
    decomposition,
    did,
    estimates,
    event_study,
    pre_period,
    refutation,
    sensitivity,
    size_check,
)
from pipeline.panel.after_launch import (
    activity_account_after_launch,
    cells_after_launch,
    heads_after_launch,
    valued_cells_after_launch,
)
from pipeline.panel.own_year import at_own_list
from pipeline.panel.series import cost_per_head
from pipeline.pricing import decomposition as contact_kinds
from pipeline.pricing.reference_prices import pod_prices
from pipeline.result import records
from pipeline.study_folder import StudyFolder


def verdicts(folder: StudyFolder, year: str) -> dict[str, Any]:
    """The arguments without which nothing here computes: both stored verdicts, what they must be bound to, and the day."""
    return {
        "data_verdict": folder.verdict("data", year),
        "design_verdict": folder.verdict("design", year),
        "bindings": folder.bindings,
        "on": folder.on,
    }


def assets(years: dg.StaticPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """panel_after_launch and estimates, by contract year. Each refuses by itself while a gate is shut."""
    gates = [dg.AssetKey(["assurance", "data_gate"]), dg.AssetKey(["assurance", "design_gate"])]

    @dg.asset(
        name="panel_after_launch",
        key_prefix="estimation",
        group_name="estimation",
        partitions_def=years,
        deps=gates,
        ins=counted_ins()
        | {
            "eligible": dg.AssetIn(key=dg.AssetKey(["cohorts", "eligible"])),
            "panel_to_launch": dg.AssetIn(key=dg.AssetKey(["cohorts", "panel_to_launch"])),
        },
        description="Practice x month cells of one contract year: come into being only behind both open gates.",
    )
    @edge("estimation")
    def after_launch(
        context: dg.AssetExecutionContext,
        study: StudyResource,
        eligible: Snapshots,
        panel_to_launch: Snapshots,
        gp: Snapshots,
        priced_admitted_care: Snapshots,
        priced_emergency_care: Snapshots,
        priced_outpatients: Snapshots,
    ) -> dg.Output[Snapshots]:
        folder, year = study.open(), context.partition_key
        folder.require_signed()
        store = folder.store
        people = store.get(eligible["people"])
        given = {"study": folder.study, "contract_year": year} | verdicts(folder, year)
        contacts = priced_table(study, priced_admitted_care, priced_emergency_care, priced_outpatients)
        activity = with_gp_contacts(study, contacts, gp)
        cells = cells_after_launch(activity, people, **given)
        heads = heads_after_launch(people, **given)
        account = activity_account_after_launch(activity, people, **given)
        at_reference = contact_kinds.at_reference(contact_kinds.with_kind(contacts), store.get(panel_to_launch["kinds"]))
        valued = valued_cells_after_launch(at_reference, people, **given)
        return stored(panel_snapshots(folder, "after_launch", cells, heads, valued, account))

    @dg.asset(
        name="estimates",
        key_prefix="estimation",
        group_name="estimation",
        partitions_def=years,
        deps=gates,
        ins={
            "panel_to_launch": dg.AssetIn(key=dg.AssetKey(["cohorts", "panel_to_launch"])),
            "after_launch": dg.AssetIn(key=dg.AssetKey(["estimation", "panel_after_launch"])),
        },
        description="Difference-in-differences of the contract year: primary estimate, alternatives, event study, refutations.",
    )
    @edge("estimation")
    def year_estimates(
        context: dg.AssetExecutionContext, study: StudyResource, panel_to_launch: Snapshots, after_launch: Snapshots
    ) -> dg.Output[dict[str, Any]]:
        folder, year = study.open(), context.partition_key
        folder.require_signed()
        store, protocol = folder.store, folder.study

        def joined(part: str) -> pd.DataFrame:
            return pd.concat([store.frame(panel_to_launch[part]), store.frame(after_launch[part])], ignore_index=True)

        paid, lived = joined("paid"), joined("lived")
        given = {"study": protocol, "contract_year": year} | verdicts(folder, year)
        primary = did.contract_year_effect(paid, outcome="cost", pod=protocol.estimand.pod, **given)
        years_lived = estimates.person_years_in(lived, study=protocol, contract_year=year)
        before = pre_period.pre_period_test(
            paid[paid["month"] < protocol.launch_month], study=protocol, contract_year=year, outcome="cost", pod="all"
        )
        events = event_study.event_study(paid, **given)
        split = decomposition.decomposition(
            joined("valued"), paid, prices=pod_prices(store.frame(panel_to_launch["kinds"])), **given
        )
        return document(
            {
                "rows": estimates.rows(paid, person_year_cells=lived, **given),
                "alternatives": alternatives.rows(primary, study=protocol, person_years=years_lived),
                "disagreement": alternatives.disagreement(primary),
                "sensitivity": sensitivity.rows(paid, person_year_cells=lived, **given) + refutation.rows(paid, **given),
                "event_study": records(events, list(events.columns)),
                "pre_period": before.sentence(),
                "size_check": size_check.placebo(paid[paid["month"] < protocol.launch_month], study=protocol).sentence(),
                "cost_per_head": cost_per_head(paid),
                "parts": decomposition.rows(split),
                "observed_mean": primary.observed_mean,
                "heads": dict(primary.heads),
                "own_list": at_own_list(store.frame(after_launch["cells"]), study=protocol),
            },
            {"inference": primary.inference, "practices": str(dict(primary.practices))},
        )

    return [after_launch, year_estimates]
