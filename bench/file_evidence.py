"""The evidence of the data gate by the road of the files: received, cleaned, priced, gathered, without the orchestrator.

Belongs here: the same calls as the assets make, in one process. Does not belong here: any rule of theirs.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import ibis.expr.types as ir

from assets.cleaned import OPTIONAL, RULES
from assets.priced import RULES as PRICING
from assets.priced import tariff_in_force
from pipeline import deliveries
from pipeline.assurance import evidence
from pipeline.assurance.delivered.registers import published_year
from pipeline.assurance.evidence import DataEvidence, Published
from pipeline.cohorts.eligible import eligible
from pipeline.contracts import expected_cells
from pipeline.rehearsal.rehearse import rehearse
from pipeline.settlement.payment import payment
from pipeline.study_folder import StudyFolder


def rehearsed_evidence(*, seed: int, scale: float, faults: Sequence[str], truth_gbp: float = 86.0) -> DataEvidence:
    """Evidence of a rehearsal written to files in a passing folder. Raises what receiving or cleaning raises."""
    with tempfile.TemporaryDirectory(prefix="by-files-") as place:
        folder = Path(place) / "study"
        rehearse(folder, seed=seed, scale=scale, faults=faults, truth_gbp=truth_gbp)
        seen = StudyFolder(folder)
        deliveries.receive(seen.store, [folder / "deliveries"])
        return evidence_of(StudyFolder(folder))


def _published(seen: StudyFolder, clean: dict[str, ir.Table]) -> Published | None:
    year = published_year(seen.in_force, seen.study)
    if year is None or "prevalence" not in clean:
        return None
    return Published(clean["registers"], clean["registrations"], clean["prevalence"], year)


def evidence_of(seen: StudyFolder) -> DataEvidence:
    """Evidence of what a study folder has received."""
    store, study = seen.store, seen.study
    clean = {}
    for name, (dataset, rule, key) in RULES.items():
        if name in OPTIONAL and not any(d.dataset == dataset for d in seen.in_force):
            continue
        rows = deliveries.kept(store, seen.in_force, dataset)
        clean[name] = store.get(store.put(name, rule(rows, study.cleaning).table, key))
    priced = []
    for name, (source, price) in PRICING.items():
        table = price(clean[source], tariff=tariff_in_force(seen), prices=study.prices, rules=study.pricing, con=store.con)
        priced.append(store.get(store.put(name, table, ("stream", "activity_key"))))
    cohort = eligible(
        registrations=clean["registrations"], registers=clean["registers"], referrals=clean["referrals"], study=study
    )
    people = store.get(store.put("eligible", cohort.people, ("person",)))
    found = evidence.gather(
        study=study, priced=priced[0].union(*priced[1:]), people=people, feed_counts=clean["feed_counts"],
        feed_population=clean["feed_population"], published=_published(seen, clean), returns=clean.get("trust_return"),
        receipts=[d.receipt for d in seen.in_force], expected=expected_cells(),
    )  # fmt: skip
    arms = study.arms.intervention
    treated = sum(n for practice, n in found.heads.items() if practice in arms)

    def paid(saving_gbp: Decimal) -> Decimal:
        return payment(saving_gbp=saving_gbp, heads=treated, terms=seen.terms).amount_gbp

    return replace(found, payment=paid)
