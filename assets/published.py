"""Group published: result.json and its reports, for a run that estimated and for one that was stopped.

Belongs here: collecting what earlier groups made, publishing it, entering its manifest in the ledger.
Does not belong here: computing or wording any of it.
"""

from dataclasses import asdict
from datetime import date
from typing import Any

import dagster as dg
import ibis.expr.types as ir

from assets import cleaned, cohorts
from assets.assurance import data_evidence
from assets.cohorts import priced_ins
from assets.edge import edge
from assets.priced import tariff_in_force
from assets.resources import Snapshots, StudyResource, document
from pipeline import publication, result, result_cohorts, result_prices, result_rows
from pipeline.assurance.grid import completeness_grid
from pipeline.cleaning import summary as clean_counts
from pipeline.cohorts import attrition_compared, selection
from pipeline.cohorts.definitions import definitions
from pipeline.cohorts.selection_counts import selection_cells
from pipeline.panel.gp_contacts import gp_contacts
from pipeline.panel.series import cost_per_head
from pipeline.study_folder import StudyFolder
from reports.disclosure import disclosed_count, disclosed_sentences
from reports.render import render
from reports.sentences import statement

#: every table that a result rests on, whatever the gates said
_CLEANED = tuple(cleaned.RULES)
_INS = (
    priced_ins()
    | {name: dg.AssetIn(key=dg.AssetKey(["cleaned", name])) for name in _CLEANED}
    | {
        "eligible": dg.AssetIn(key=dg.AssetKey(["cohorts", "eligible"])),
        "panel_to_launch": dg.AssetIn(key=dg.AssetKey(["cohorts", "panel_to_launch"])),
        "price_account": dg.AssetIn(key=dg.AssetKey(["cohorts", "price_account"])),
        "sealed_counts": dg.AssetIn(key=dg.AssetKey(["assurance", "sealed_counts"])),
    }
)


def common(study: StudyResource, folder: StudyFolder, year: str, made: dict[str, Snapshots]) -> dict[str, Any]:
    """The sections that every result has, open or shut."""
    store = folder.store
    people = store.get(made["eligible"]["people"])
    account = {name: store.frame(snapshot) for name, snapshot in made["price_account"].items()}
    pooled = account["states"].groupby(["stream", "price_state", "reason"], as_index=False)[["rows"]].sum()
    valued = pooled.loc[pooled["price_state"].isin(["priced", "fallback"]), "rows"].sum()
    fallback = pooled.loc[pooled["price_state"] == "fallback", "rows"].sum()
    by_arm = result_prices.by_arm_section(account["sources"], disclosed_count)
    evidence = data_evidence(folder, made["sealed_counts"], people)
    grid = completeness_grid(evidence, year).rename(columns={"reference_index": "reference_ratio"})
    totals = [
        {
            "dataset": d.dataset,
            "first_month": d.first_month,
            "last_month": d.last_month,
            "agree": not d.receipt.differences,
            "declared": bool(d.receipt.declared),
        }
        for d in folder.in_force
    ]
    accounts = cleaned.accounts(store, made)
    data, design = folder.verdict("data", year), folder.verdict("design", year)
    contamination = [f for f in (design.findings if design else ()) if f.check == "contamination"]
    baseline = store.frame(made["panel_to_launch"]["paid"])
    return {
        "schema": "outcomeb/result/1",
        "study": result.study_section(folder, tariff_in_force(folder).base(folder.study.prices).edition),
        "contract_year": year,
        "run": result.run_section(folder, year, disclosed_count),
        "gates": {"data": result.gate_section(data), "design": result.gate_section(design)},
        "contamination": {
            "status": "partly_evaluated" if contamination else "not_evaluated",
            "sentence": " ".join(f.message for f in contamination) or "Not evaluated: the design gate was not reached.",
            "rows": [],
        },
        "attrition": result.attrition_section(store.frame(made["eligible"]["attrition"]), disclosed_count),
        "cohorts": _cohorts(folder, year, made, people),
        "bridge": None,
        "data": {
            "completeness": result.records(grid, ["stream", "arm", "month", "route_ratio", "state", "reference_ratio"]),
            "accounting": result_rows.accounting_section(accounts, disclosed_count),
            "repairs": result_rows.repairs_section(
                accounts, cleaned.read_otherwise(store, made), [d.receipt for d in folder.in_force], disclosed_count
            ),
            "continuous_spells": result_rows.continuous_section(
                clean_counts.by_year(store.get(made["spells"]["continuous"])),
                folder.study.cleaning.continuous_spell_days,
                disclosed_count,
            ),
            "outpatient_kinds": result_rows.kinds_section(
                clean_counts.by_kind(store.get(made["appointments"]["table"])), disclosed_count
            ),
            "gp_contacts": asdict(gp_contacts(folder.study, cohorts.gp_delivered(folder))),
            "price_states": [
                row | {"rows": disclosed_count(row["rows"])}
                for row in result.records(pooled, ["stream", "price_state", "reason", "rows"])
            ],
            "fallback_share": float(fallback / valued) if valued else None,
            "fallback_by_arm": [
                {key: row[key] for key in result_prices.SOURCE_KEYS} | {"share": row["fallback_share"]} for row in by_arm
            ]
            if folder.study.prices.fallback != "none"
            else [],
            "prices_by_arm": by_arm,
            "current_prices": result_prices.current_section(account["current"], disclosed_count),
            "price_reasons": result_prices.reasons_section(account["reasons"], disclosed_count),
            "outside_prices": result_prices.outside_section(account["outside"]),
            "reconciliation": result_prices.reconciliation_section(
                account["reconciliation"],
                disclosed_count,
                contract_year=year,
                gates_open=all(verdict is not None and verdict.is_open for verdict in (data, design)),
            ),
            "control_totals": totals,
        },
        "series": {
            "cost_per_head": cost_per_head(baseline),
            "event_study": [],
            "baseline": [f.as_dict() for f in (design.findings if design else ()) if f.check == "balance"],
        },
        "signatures": result.signatures_section(folder),
    }


def _cohorts(folder: StudyFolder, year: str, made: dict[str, Snapshots], people: ir.Table) -> dict[str, Any]:
    """Definitions, attrition compared and selection into referral: all that stands before any outcome after launch."""
    store, protocol = folder.store, folder.study
    compared = attrition_compared.before_launch(store.frame(made["eligible"]["attrition_by_practice"]))
    by = date(int(year[:4]) + 1, 3, 31)
    spent = store.get(made["panel_to_launch"]["person_months"])
    found = selection.selected(selection_cells(people, spent, study=protocol, by=by), study=protocol)
    return {
        "definitions": result_cohorts.definition_rows(definitions(protocol)),
        "attrition_compared": result_cohorts.compared_rows(compared),
        "attrition_sentence": attrition_compared.sentence(compared, materiality_gbp=protocol.plausible.materiality_gbp),
        "selection": result_cohorts.selection_rows(found, disclosed_count),
        "selection_sentence": selection.sentence(found),
        "served": None,
    }


def publish(
    folder: StudyFolder, year: str, content: dict[str, Any], made: dict[str, Snapshots]
) -> tuple[publication.Version, str]:
    """Validate, write the version if its bytes are new, enter its manifest in the ledger (once, also after a crash).

    Returns the version, and the statement that its report opens with.
    """
    snapshots = {
        f"{asset}.{name}": snapshot.sha256 for asset, snapshots in sorted(made.items()) for name, snapshot in snapshots.items()
    }
    content = disclosed_sentences(content)
    content["payment"] |= {"statement": statement(content)}
    version = publication.publish(folder.published, year, result=result.validated(content), render=render, snapshots=snapshots)
    folder.ledger.append(
        kind="published",
        contract_year=year,
        body={
            "manifest_sha256": version.manifest_sha256,
            "version": version.folder.name,
            "run_id": content["run"]["run_id"],
            "status": content["payment"]["status"],
        },
    )
    return version, content["payment"]["statement"]


def _events(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "quarter": event["quarter"],
            "first_month": event["first_month"],
            "effect_gbp_per_head": event["effect_per_head"],
            "ci_low": event["ci_low"],
            "ci_high": event["ci_high"],
            "reference": event["quarter"] == -1,
        }
        for event in events
    ]


def assets(years: dg.StaticPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """report (behind open gates) and withheld (when a gate is shut), by contract year."""

    @dg.asset(
        key_prefix="published",
        group_name="published",
        partitions_def=years,
        ins=_INS
        | {
            "estimates": dg.AssetIn(key=dg.AssetKey(["estimation", "estimates"])),
            "served": dg.AssetIn(key=dg.AssetKey(["estimation", "served"])),
            "proposed": dg.AssetIn(key=dg.AssetKey(["settlement", "proposed"])),
        },
        description="result.json with its report in HTML and PDF: the figure, its payment, and everything they rest on.",
    )
    @edge("published")
    def report(
        context: dg.AssetExecutionContext,
        study: StudyResource,
        estimates: dict[str, Any],
        served: dict[str, Any],
        proposed: dict[str, Any],
        **made: Snapshots,
    ) -> dg.Output[str]:
        folder, year = study.open(), context.partition_key
        content = common(study, folder, year, made) | {
            "estimates": estimates["rows"],
            "saving": proposed["saving"],
            "decomposition": proposed["decomposition"],
            "payment": proposed["payment"],
            "alternatives": [*estimates["alternatives"], *served.get("matched", [])],
            "sensitivity": [
                *estimates["sensitivity"],
                *(
                    [{"name": "Other inferences", "effect_gbp_per_head": None, "says": estimates["disagreement"]}]
                    if estimates["disagreement"]
                    else []
                ),
                {"name": "Joint test of the baseline", "effect_gbp_per_head": None, "says": estimates["pre_period"]},
                {"name": "Size of the interval on this panel", "effect_gbp_per_head": None, "says": estimates["size_check"]},
            ],
        }
        content["cohorts"] |= {"served": {key: part for key, part in served.items() if key != "matched"}}
        content["series"] |= {
            "cost_per_head": estimates["cost_per_head"],
            "event_study": _events(estimates["event_study"]),
        }
        version, said = publish(folder, year, content, made)
        return document(version.manifest_sha256, {"version": version.folder.name, "statement": said})

    @dg.asset(
        key_prefix="published",
        group_name="published",
        partitions_def=years,
        deps=[dg.AssetKey(["assurance", "data_gate"]), dg.AssetKey(["assurance", "design_gate"])],
        ins=_INS,
        description="The report of a run that a gate stopped: no estimate, the questions for the suppliers, and who bears it.",
    )
    @edge("published")
    def withheld(context: dg.AssetExecutionContext, study: StudyResource, **made: Snapshots) -> dg.Output[str | None]:
        folder, year = study.open(), context.partition_key
        shut = [name for name in ("data", "design") if not ((v := folder.verdict(name, year)) and v.is_open)]
        if not shut:
            return document(None, {"statement": "Both gates are open: nothing is withheld, see published/report."})
        content = common(study, folder, year, made) | {
            "estimates": [],
            "saving": None,
            "decomposition": None,
            "payment": result.withheld_section(folder),
            "alternatives": None,
            "sensitivity": None,
        }
        version, said = publish(folder, year, content, made)
        return document(version.manifest_sha256, {"version": version.folder.name, "statement": said})

    return [report, withheld]
