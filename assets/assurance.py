"""Group assurance: what the gates judge, and their verdicts by contract year.

Belongs here: gathering evidence, judging, and showing findings as asset checks. Does not belong here: any check.
The verdict is data in store/verdicts, bound to hashes; the asset checks only show it. Nothing after launch is computed here but
ratios of routes.
"""

from collections.abc import Iterable
from decimal import Decimal

import dagster as dg
import ibis.expr.types as ir

from assets.cohorts import priced_ins, priced_table
from assets.edge import edge
from assets.resources import Snapshots, StudyResource, stored
from pipeline import deliveries
from pipeline.assurance import assess, evidence, gate, verdicts
from pipeline.assurance.delivered import profiles
from pipeline.assurance.delivered.registers import published_year
from pipeline.assurance.design.balance import practice_counts
from pipeline.assurance.evidence import CELL, KIND, DataEvidence, Published
from pipeline.assurance.finding import Finding
from pipeline.assurance.looks import looks
from pipeline.assurance.two_routes import routes
from pipeline.cohorts.exposure import referred_by_arm
from pipeline.contracts import expected_cells
from pipeline.documents import canonical_sha256
from pipeline.settlement.payment import payment
from pipeline.study_folder import StudyFolder

WORST_FIRST = ("fail", "not_evaluated", "waived", "adjust", "undetermined", "inform", "pass")
#: second counts among the sealed ones, each where it could be made, and the order it is stored in
RECOUNTED = {
    "extract_kinds": routes.GRAIN,
    "feed_people": routes.GRAIN,
    "person_time": ("practice", "month"),
    "register_counts": ("practice", "register"),
    "returns": ("provider", "month", "department_type"),
}
DATA_CHECKS = {
    "control_totals": "The delivery note's totals against what was measured on receipt.",
    "routes": "The same rows counted by two routes: extract against aggregates drawn from the feed.",
    "completeness": "Cells that must be there, at the level they must have; also a fault that lasts all years.",
    "conservation": "All people = eligible + not eligible, in rows and person-months.",
    "linkage": "Share of feed rows linked to a person, by arm.",
    "reconciliation": "The supplier's cost column against the study's own pricing.",
    "pricing": "Rows without a price, by arm, before and after launch.",
    "registers": "Published QOF register sizes against the person-level registers, arm against arm.",
    "trust_return": "The trusts' own monthly A&E return against the A&E rows of the feed.",
    "reference": "People of the same practices whom the programme does not serve: a step there is a fault or a shock.",
    "places": "The same people's rows by provider and kind of contact: one arm's step at a place that serves both.",
    "mix": "Cost a row of the same kind, which no programme moves, in all and within one provider.",
    "profile": "When rows are dated, repeated, priced and given a currency, arm against arm and in both alike.",
    "shape": "Sharp steps at a month edge within a year, where an effect would grow.",
    "plausible": "Steps of the eligible people's rows beyond the largest effect that the protocol calls plausible.",
    "known_breaks": "Recorded changes of coding, tariff or feed, at one mix of providers and departments.",
}
DESIGN_CHECKS = {
    "pre_trend": "Did the arms drift apart before launch, and how large a drift could have been found?",
    "balance": "Age, need and cost at baseline, by arm.",
    "contamination": "Did the control get the same kind of service?",
}


@dg.asset(
    key_prefix="assurance",
    group_name="assurance",
    ins=priced_ins()
    | {
        "eligible": dg.AssetIn(key=dg.AssetKey(["cohorts", "eligible"])),
        "feed_counts": dg.AssetIn(key=dg.AssetKey(["cleaned", "feed_counts"])),
        "feed_population": dg.AssetIn(key=dg.AssetKey(["cleaned", "feed_population"])),
        "registrations": dg.AssetIn(key=dg.AssetKey(["cleaned", "registrations"])),
        "registers": dg.AssetIn(key=dg.AssetKey(["cleaned", "registers"])),
        "prevalence": dg.AssetIn(key=dg.AssetKey(["cleaned", "prevalence"])),
        "trust_return": dg.AssetIn(key=dg.AssetKey(["cleaned", "trust_return"])),
    },
    description="Rows counted by two routes, sealed in the store: read by the gates as ratios, shown by nobody.",
)
@edge("assurance")
def sealed_counts(
    study: StudyResource,
    eligible: Snapshots,
    feed_counts: Snapshots,
    feed_population: Snapshots,
    registrations: Snapshots,
    registers: Snapshots,
    prevalence: Snapshots,
    trust_return: Snapshots,
    priced_admitted_care: Snapshots,
    priced_emergency_care: Snapshots,
    priced_outpatients: Snapshots,
) -> dg.Output[Snapshots]:
    folder = study.open()
    store = folder.store
    year = published_year(folder.in_force, folder.study)
    found = evidence.gather(
        study=folder.study,
        priced=priced_table(study, priced_admitted_care, priced_emergency_care, priced_outpatients),
        people=store.get(eligible["people"]),
        feed_counts=store.get(feed_counts["table"]),
        feed_population=store.get(feed_population["table"]),
        receipts=(),
        expected=(),
        published=None
        if year is None
        else Published(store.get(registers["table"]), store.get(registrations["table"]), store.get(prevalence["table"]), year),
        returns=store.get(trust_return["table"]) if trust_return else None,
    )
    snapshots = {
        "extract": store.put_frame("sealed_extract", found.extract, CELL),
        "feed": store.put_frame("sealed_feed", found.feed, (*CELL, "population")),
        "population": store.put_frame("sealed_population", found.population, ("practice", "month", "population")),
        "kinds": store.put_frame("sealed_kinds", found.kinds, KIND),
        "profile": store.put_frame("sealed_profile", found.profile, profiles.GRAIN),
    }
    if found.wider is not None:
        snapshots["wider"] = store.put_frame("sealed_wider", found.wider, ("practice", "month", "stream", "population"))
    for name, order in RECOUNTED.items():
        frame = getattr(found, name)
        if frame is not None:
            snapshots[name] = store.put_frame(f"sealed_{name}", frame, order)
    return stored(snapshots)


def data_evidence(folder: StudyFolder, sealed: Snapshots, people: ir.Table) -> DataEvidence:
    """The evidence of the data gate, from the sealed counts and the receipts of what is in force."""
    store = folder.store
    heads = practice_counts(people).select("practice", "heads").order_by("practice").execute()
    arms = folder.study.arms
    intervention = int(heads.loc[heads["practice"].isin(arms.intervention), "heads"].sum())

    def payment_of(saving_gbp: Decimal) -> Decimal:
        return payment(saving_gbp=saving_gbp, heads=intervention, terms=folder.terms).amount_gbp

    return DataEvidence(
        study=folder.study,
        heads={str(practice): int(n) for practice, n in heads.itertuples(index=False)},
        extract=store.frame(sealed["extract"]),
        feed=store.frame(sealed["feed"]),
        population=store.frame(sealed["population"]),
        wider=store.frame(sealed["wider"]) if "wider" in sealed else None,
        receipts=[d.receipt for d in folder.in_force],
        expected=expected_cells(),
        payment=payment_of,
        kinds=store.frame(sealed["kinds"]),
        profile=store.frame(sealed["profile"]),
        looks=looks(deliveries.deliveries(store), folder.study.calendar.contract_years, folder.on),
        **{name: store.frame(sealed[name]) for name in RECOUNTED if name in sealed},
    )


def judged(
    folder: StudyFolder, name: gate.GateName, year: str, findings: list[Finding], checks: Iterable[str], key: dg.AssetKey
) -> dg.MaterializeResult[None]:
    """Write the verdict; hand on its hash as data version, and a check result a kind of check with its worst sentence."""
    verdict = gate.judge(
        gate=name,
        contract_year=year,
        findings=findings,
        required_checks=assess.required_checks(folder.study, name),
        waivers=folder.waivers,
        bindings=folder.bindings,
        on=folder.on,
    )
    verdicts.write(verdict, folder.folder / "store" / "verdicts")
    content = {
        "verdict": verdict.verdict,
        "findings": [f.sha256 for f in verdict.findings],
        "bindings": verdict.bindings.sha256,
    }
    return dg.MaterializeResult(
        data_version=dg.DataVersion(canonical_sha256(content)),
        metadata={"verdict": verdict.verdict, "sentence": verdict.sentence()},
        check_results=[_check_result(verdict, check, key) for check in checks],
    )


def _specs(checks: dict[str, str], key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    return [dg.AssetCheckSpec(name, asset=key, description=says) for name, says in checks.items()]


def _check_result(verdict: gate.Verdict, check: str, key: dg.AssetKey) -> dg.AssetCheckResult:
    mine = sorted((f for f in verdict.findings if f.check == check), key=lambda f: WORST_FIRST.index(f.verdict))
    shut = [f for f in mine if f.verdict == "fail"]
    return dg.AssetCheckResult(
        check_name=check,
        asset_key=key,
        passed=not shut,
        severity=dg.AssetCheckSeverity.ERROR,
        description=" ".join(f.message for f in (shut or mine)[:3]) or "No finding.",
        metadata={"findings": len(mine), "GBP of the failing findings": sum(f.saving_effect_gbp or 0.0 for f in shut)},
    )


def assets(years: dg.StaticPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """sealed_counts, and the two gates by contract year."""
    data_key, design_key = dg.AssetKey(["assurance", "data_gate"]), dg.AssetKey(["assurance", "design_gate"])
    people_in = {"eligible": dg.AssetIn(key=dg.AssetKey(["cohorts", "eligible"])), "sealed_counts": dg.AssetIn()}

    @dg.asset(
        key=data_key,
        group_name="assurance",
        partitions_def=years,
        ins=people_in | {"sealed_counts": dg.AssetIn(key=dg.AssetKey(["assurance", "sealed_counts"]))},
        check_specs=_specs(DATA_CHECKS, data_key),
        description="Are the data fit to be compared? The verdict is bound to the deliveries, protocol and waivers it judged.",
    )
    @edge("assurance")
    def data_gate(
        context: dg.AssetExecutionContext, study: StudyResource, eligible: Snapshots, sealed_counts: Snapshots
    ) -> dg.MaterializeResult:
        folder, year = study.open(), context.partition_key
        found = data_evidence(folder, sealed_counts, folder.store.get(eligible["people"]))
        return judged(folder, "data", year, assess.assess_data(found, year), DATA_CHECKS, data_key)

    @dg.asset(
        key=design_key,
        group_name="assurance",
        partitions_def=years,
        ins={
            "eligible": dg.AssetIn(key=dg.AssetKey(["cohorts", "eligible"])),
            "sealed_counts": dg.AssetIn(key=dg.AssetKey(["assurance", "sealed_counts"])),
            "panel_to_launch": dg.AssetIn(key=dg.AssetKey(["cohorts", "panel_to_launch"])),
            "referrals": dg.AssetIn(key=dg.AssetKey(["cleaned", "referrals"])),
        },
        check_specs=_specs(DESIGN_CHECKS, design_key),
        description="Are the groups fair to compare? Pre-trend with its power, balance, contamination; nothing after launch.",
    )
    @edge("assurance")
    def design_gate(
        context: dg.AssetExecutionContext,
        study: StudyResource,
        eligible: Snapshots,
        sealed_counts: Snapshots,
        panel_to_launch: Snapshots,
        referrals: Snapshots,
    ) -> dg.MaterializeResult:
        folder, year = study.open(), context.partition_key
        store = folder.store
        people = store.get(eligible["people"])
        found = assess.DesignEvidence(
            study=folder.study,
            paid_cells_baseline=store.frame(panel_to_launch["paid"]),
            practice_counts=practice_counts(people).order_by("practice").execute(),
            referred=referred_by_arm(people, store.get(referrals["table"]), study=folder.study),
            exposure_register=any(d.dataset == "exposure_register" for d in folder.in_force),
            value=assess.value_of(data_evidence(folder, sealed_counts, people)),
        )
        return judged(folder, "design", year, assess.assess_design(found, year), DESIGN_CHECKS, design_key)

    return [sealed_counts, data_gate, design_gate]
