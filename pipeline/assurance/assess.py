"""All checks of a gate for one contract year, in the order a reader meets them.

Belongs here: which checks belong to which gate, and calling them. Does not belong here: what a check does (its own file), what
a verdict is (`gate`).
"""

from dataclasses import dataclass

import pandas as pd

from pipeline.assurance.arithmetic.counted import counted
from pipeline.assurance.arithmetic.pounds import Valuation, valuation
from pipeline.assurance.delivered import (
    calendar_shares,
    completeness,
    control_totals,
    heads,
    person_time,
    profile,
    receipts,
    reconciliation,
    registers,
    unpriced,
)
from pipeline.assurance.design import balance, contamination, pre_trend
from pipeline.assurance.evidence import DataEvidence
from pipeline.assurance.feed import (
    conservation,
    covered,
    known_breaks,
    level,
    level_places,
    linkage,
    mix,
    places,
    plausible,
    providers,
    reference,
    shape,
    trust_return,
)
from pipeline.assurance.feed.carried_over import carried_over
from pipeline.assurance.finding import Finding
from pipeline.assurance.two_routes import route_costs, route_moves, route_people, routes
from pipeline.assurance.two_routes.route_cells import route_cells
from pipeline.assurance.two_routes.two_counts import two_counts
from pipeline.assurance.window import Window, window
from pipeline.study import Study

DESIGN_CHECKS = (pre_trend.CHECK, balance.CHECK, contamination.CHECK)


@dataclass(frozen=True, slots=True)
class DesignEvidence:
    """Evidence of the design gate, nothing of it after launch but counts of referrals.

    paid_cells_baseline : pipeline.panel.paid_cells of the baseline. practice_counts : `balance.practice_counts`.
    referred : `cohorts.exposure.referred_by_arm`, None when no referrals were delivered.
    exposure_register : was one delivered? value : `value_of` the data evidence, for the payment's pounds.
    """

    study: Study
    paid_cells_baseline: pd.DataFrame
    practice_counts: pd.DataFrame
    referred: pd.DataFrame | None
    exposure_register: bool
    value: Valuation | None = None


def required_checks(study: Study, gate: str) -> tuple[str, ...]:
    """The protocol's required checks that this gate answers for; an unknown name is the data gate's, which then stays shut."""
    design = gate == "design"
    return tuple(check for check in study.requires.checks if (check in DESIGN_CHECKS) == design)


def value_of(evidence: DataEvidence, contract_year: str | None = None) -> Valuation:
    """What shares of rows are worth in a contract year, from the months before launch."""
    eligible = evidence.population[evidence.population["population"] == "eligible"]
    return valuation(
        study=evidence.study,
        extract=evidence.extract,
        feed=evidence.feed[evidence.feed["population"] == "eligible"],
        person_months=eligible,
        heads=evidence.heads,
        payment=evidence.payment,
        contract_year=contract_year,
    )


def assess_data(evidence: DataEvidence, contract_year: str) -> list[Finding]:
    """Findings of the data gate for one contract year: what came, what both routes say of it, what the feed says of itself."""
    value = value_of(evidence, contract_year)
    return [*of_deliveries_and_extract(evidence, contract_year, value), *of_feed(evidence, contract_year, value)]


def of_deliveries_and_extract(evidence: DataEvidence, contract_year: str, value: Valuation) -> list[Finding]:
    """Findings that rest on receipts, on the extract and its cohort, held against the feed where both count the same."""
    study = evidence.study
    arm_of, judged = study.arm_of, window(study, contract_year)
    eligible = evidence.feed[evidence.feed["population"] == "eligible"]
    person_months = evidence.population[evidence.population["population"] == "eligible"]
    at = study.eligible.at.isoformat()[:7]
    kinds = evidence.extract if evidence.extract_kinds is None else evidence.extract_kinds
    without_price = unpriced.losses_of_price(kinds, arm_of=arm_of, window=judged)
    return [
        *control_totals.check(evidence.receipts, window=judged, value=value),
        *receipts.check(evidence.receipts, window=judged, value=value),
        *heads.check(evidence.heads, person_months, arm_of=arm_of, at=at, value=value),
        *person_time.check(evidence.person_time, person_months, arm_of=arm_of, window=judged, value=value),
        *registers.check(evidence.register_counts, arm_of=arm_of, value=value),
        *_two_routes(evidence, judged, value),
        *completeness.check(
            evidence.extract,
            eligible,
            person_months,
            expected=evidence.expected,
            arm_of=arm_of,
            window=judged,
            value=value,
            unpriced=without_price,
        ),
        *reconciliation.check(evidence.extract, arm_of=arm_of, window=judged, value=value),
        *unpriced.check(without_price, window=judged, value=value),
        *profile.check(evidence.profile, arm_of=arm_of, window=judged, value=value),
        *calendar_shares.check(evidence.profile, arm_of=arm_of, window=judged),
    ]


def of_feed(evidence: DataEvidence, contract_year: str, value: Valuation) -> list[Finding]:
    """Findings that rest on the aggregates alone, which were drawn before any cohort was selected."""
    study = evidence.study
    arm_of, judged = study.arm_of, window(study, contract_year)
    kinds = evidence.kinds if len(evidence.kinds) else evidence.feed
    left = covered.steps(evidence.population, study.known_breaks)
    counts = counted(kinds, evidence.population, arm_of=arm_of, months=judged.watched)
    carried = carried_over(counts, window=judged, value=value)
    return [
        *providers.check(counts, window=judged, value=value),
        *level.check(evidence.feed, evidence.population, evidence.wider, arm_of=arm_of, window=judged, value=value),
        *level_places.check(counts, window=judged, value=value),
        *conservation.check(evidence.feed, evidence.population, arm_of=arm_of, window=judged, value=value),
        *linkage.check(evidence.feed, arm_of=arm_of, window=judged, value=value),
        *trust_return.check(
            covered.at_as_many_people(evidence.returns, left),
            kinds,
            arm_of=arm_of,
            window=judged,
            value=value,
            carried=carried.get("ae"),
        ),
        *reference.check(
            counts,
            evidence.wider,
            window=judged,
            value=value,
            carried=carried,
            look=evidence.looks.get(contract_year, 1),
        ),
        *places.check(counts, window=judged, value=value, carried=carried),
        *mix.check(counts, window=judged, value=value, carried=carried),
        *shape.check(counts, window=judged, value=value),
        *plausible.check(counts, evidence.wider, window=judged, value=value),
        *known_breaks.check(counts, study.known_breaks, window=judged, value=value),
        *covered.check(left, study.known_breaks, window=judged),
    ]


def _two_routes(evidence: DataEvidence, judged: Window, value: Valuation) -> list[Finding]:
    """The rows, prices, places and people of the extract against those of the feed, kind by kind where both tell kinds."""
    extract = evidence.extract if evidence.extract_kinds is None else evidence.extract_kinds
    feed = evidence.feed if evidence.extract_kinds is None or evidence.kinds.empty else evidence.kinds
    arm_of = evidence.study.arm_of
    both = two_counts(extract, feed[feed["population"] == "eligible"], arm_of, judged)
    cells = route_cells(both)
    prices = route_costs.check(cells, window=judged, value=value)
    found = [
        *routes.check(both, cells, window=judged, value=value),
        *prices,
        *route_moves.check(both, prices, window=judged),
    ]
    if evidence.extract_kinds is not None and evidence.feed_people is not None:
        found += route_people.check(evidence.extract_kinds, evidence.feed_people, both, arm_of=arm_of, window=judged)
    return found


def assess_design(evidence: DesignEvidence, contract_year: str) -> list[Finding]:
    """Findings of the design gate for one contract year."""
    study = evidence.study
    counts = evidence.practice_counts
    by_arm = {str(arm): int(n) for arm, n in counts.groupby("arm")["heads"].sum().items()}
    return [
        *pre_trend.check(evidence.paid_cells_baseline, study, contract_year, value=evidence.value),
        *balance.check(counts, evidence.paid_cells_baseline, study),
        *contamination.check(
            evidence.referred,
            by_arm,
            study=study,
            contract_year=contract_year,
            exposure_register=evidence.exposure_register,
        ),
    ]
