"""Group estimation: the people the programme served beside comparators, and what became of the cohort; behind the gates.

Belongs here: wiring cohorts, weights and estimates of people served. Does not belong here: any of them, the paid estimate
(`assets.estimation`).
"""

from typing import Any

import dagster as dg

from assets.cohorts import priced_ins, priced_table
from assets.edge import edge
from assets.estimation import verdicts
from assets.resources import Snapshots, StudyResource, document
from pipeline import result_cohorts as as_data
from pipeline.calendar import month_number
from pipeline.cohorts import attrition_compared, balance
from pipeline.cohorts.around_referral import before_after_cells, path_counts
from pipeline.cohorts.comparators import Comparators, comparators
from pipeline.cohorts.exposure import DATES
from pipeline.cohorts.leaving import states_at_year_end
from pipeline.cohorts.open_cohort import inflow, open_study
from pipeline.cohorts.referral_path import FEWEST, path
from pipeline.cohorts.risk_sets import RiskSets, at_risk, risk_sets
from pipeline.errors import ApprovalMissing, DataGateClosed, DesignGateClosed
from pipeline.estimation.before_after import before_after
from pipeline.estimation.matched import matched_effect, matched_row
from pipeline.panel.after_launch import person_months_to_year_end, years_up_to
from pipeline.panel.series import baseline_cost_a_head
from pipeline.study_folder import StudyFolder
from reports.disclosure import disclosed_count


def assets(years: dg.StaticPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """served, by contract year; refuses while a gate is shut, and says so where only an earlier year's is."""

    @dg.asset(
        name="served",
        key_prefix="estimation",
        group_name="estimation",
        partitions_def=years,
        deps=[dg.AssetKey(["assurance", "data_gate"]), dg.AssetKey(["assurance", "design_gate"])],
        ins=priced_ins()
        | {
            "eligible": dg.AssetIn(key=dg.AssetKey(["cohorts", "eligible"])),
            "panel_to_launch": dg.AssetIn(key=dg.AssetKey(["cohorts", "panel_to_launch"])),
            "registrations": dg.AssetIn(key=dg.AssetKey(["cleaned", "registrations"])),
            "registers": dg.AssetIn(key=dg.AssetKey(["cleaned", "registers"])),
        },
        description="People referred, engaged and high-engaged beside comparators of the same months; never what is paid.",
    )
    @edge("estimation")
    def served(
        context: dg.AssetExecutionContext,
        study: StudyResource,
        eligible: Snapshots,
        panel_to_launch: Snapshots,
        registrations: Snapshots,
        registers: Snapshots,
        priced_admitted_care: Snapshots,
        priced_emergency_care: Snapshots,
        priced_outpatients: Snapshots,
    ) -> dg.Output[dict[str, Any]]:
        folder, year = study.open(), context.partition_key
        folder.require_signed()
        store, protocol = folder.store, folder.study
        people, given = store.get(eligible["people"]), verdicts(folder, year)
        states = states_at_year_end(people, store.get(registrations["table"]), study=protocol, contract_year=year, **given)
        cost = baseline_cost_a_head(store.frame(panel_to_launch["paid"]), study=protocol)
        lost = attrition_compared.by_year_end(states, cost_a_head=cost)
        found: dict[str, Any] = {
            "states": as_data.state_rows(states, disclosed_count),
            "compared": as_data.compared_rows(lost),
            "sentence": attrition_compared.sentence(lost, materiality_gbp=protocol.plausible.materiality_gbp),
        }
        if protocol.cohorts.entry == "open_each_april":
            lists = (store.get(registrations["table"]), store.get(registers["table"]))
            came = inflow(people, *lists, study=protocol, contract_year=year, **given)
            row = attrition_compared.compare(came, what="eligible now and not in the closed cohort", of="the open cohort")
            found |= {"open_cohort": as_data.open_cohort(row, came, open_study(protocol, year), disclosed_count)}
        try:
            months = person_months_to_year_end(
                priced_table(study, priced_admitted_care, priced_emergency_care, priced_outpatients),
                people,
                study=protocol,
                contract_year=year,
                verdicts={y: (folder.verdict("data", y), folder.verdict("design", y)) for y in years_up_to(protocol, year)},
                bindings=folder.bindings,
                on=folder.on,
            )
        except (DataGateClosed, DesignGateClosed, ApprovalMissing) as shut:
            return document(found | {"why_not": f"People are followed from the year of their referral on. {shut}"})
        month_rows = store.get(store.put("person_months", months, ("person", "month_number")))
        last = month_number(protocol.contract_year_months(year)[-1])
        sets = store.get(
            store.put("at_risk", at_risk(people, month_rows, study=protocol, last=last), ("person", "index_month"))
        )
        around = path_counts(sets, month_rows, study=protocol, last=last)
        naive = before_after_cells(sets, month_rows, study=protocol, contract_year=year)
        return document(
            found
            | _beside_comparators(folder, year, risk_sets(sets, month_rows, study=protocol, contract_year=year), given)
            | {
                "path": as_data.path_rows(path(*around, rule=protocol.cohorts.matching)),
                "before_after": as_data.before_after_row(before_after(naive, contract_year=year, **given), disclosed_count),
            }
        )

    return [served]


def _beside_comparators(folder: StudyFolder, year: str, risk: RiskSets, given: dict[str, Any]) -> dict[str, Any]:
    """Weights first, from the design alone; then, and only with them fixed, what cost did."""
    protocol = folder.study
    weighed = {population: comparators(risk, study=protocol, population=population) for population in DATES}
    rows, reasons = [], {}
    for population, found in weighed.items():
        if found.people < FEWEST or not found.used.any():
            reasons[population] = _why_not(found)
            continue
        persons = found.people + risk.persons["comparator"]
        effect = matched_effect(found.cells(risk), contract_year=year, persons=persons, **given)
        rows.append(matched_row(effect, study=protocol, population=population, cells=found.cells(risk)))
    return {
        "matched": rows,
        "not_estimated": as_data.not_estimated(reasons),
        "weights": [as_data.weights_row(found) for population, found in weighed.items() if population not in reasons],
        "balance": as_data.balance_rows(weighed["referred"].balance, weighed["referred"].people),
        "balance_sentence": balance.sentence(list(weighed["referred"].balance)) if weighed["referred"].balance else None,
    }


def _why_not(found: Comparators) -> str:
    said = sorted(set(found.reasons.values()))
    return "; ".join(said) if said and not found.used.any() else f"fewer than {FEWEST} people"
