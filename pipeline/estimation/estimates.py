"""The rows of result.json: exactly one a population, outcome and point of delivery, by the protocol's estimator.

Belongs here: the shape of a row (DESIGN, The result) and which rows there are. Does not belong here: other ways to look
(`alternatives`, `sensitivity`: same shape), the saving and what is owed (`pipeline.settlement`).
"""

from datetime import date
from typing import Any

import pandas as pd

from pipeline.assurance.gate import Bindings, Verdict
from pipeline.errors import InternalError, ProtocolInvalid
from pipeline.estimation.did import DidEstimate, contract_year_effect, require_both
from pipeline.study import Study
from pipeline.vocabulary import ACTIVITY_OUTCOMES, PODS

ESTIMATOR = "practice_month_cells"
POD_NAMES = {
    "all": "all points of delivery",
    "non_elective": "non-elective admissions",
    "elective": "elective admissions",
    "day_case": "day cases",
    "ae": "A&E",
    "op_first": "first outpatient attendances",
    "op_follow_up": "follow-up outpatient attendances",
    "op_procedure": "outpatient procedures",
    "other": "other admitted care",
}
OUTCOME_NAMES = {
    "unplanned_admissions": "Unplanned admissions",
    "ae_attendances": "A&E attendances",
    "outpatient_attendances": "Outpatient attendances",
    "bed_days": "Bed days",
    "gp_contacts": "GP contacts",
}


def require_supported(study: Study) -> None:
    """Raise ProtocolInvalid where the protocol asks for an estimate that is not made: nothing is chosen silently."""
    asked = study.estimand
    supported = {
        "population": (asked.population, ("eligible",)),
        "denominator": (asked.denominator, ("baseline_head",)),
        "inference": (asked.inference, ("auto", "cv3")),
        "pod": (asked.pod, ("all", *PODS)),
    }
    for clause, (value, allowed) in supported.items():
        if value not in allowed:
            raise ProtocolInvalid(
                f"study.yaml estimand.{clause} is '{value}', and the paid estimate can be {' or '.join(allowed)}.",
                "Change the protocol, with both signatures.",
            )


def unit_of(outcome: str) -> str:
    """What effect_gbp_per_head is counted in: gbp, contacts or days."""
    return "gbp" if outcome == "cost" else "days" if outcome == "bed_days" else "contacts"


def row_name(outcome: str, pod: str) -> str:
    """The row's name in words."""
    return f"Cost, {POD_NAMES[pod]}" if outcome == "cost" else OUTCOME_NAMES[outcome]


def person_years_in(person_year_cells: pd.DataFrame | None, *, study: Study, contract_year: str) -> float | None:
    """Person-years alive and observed of both arms in the contract year, from `panel.person_year_cells`; None without them."""
    if person_year_cells is None:
        return None
    here = person_year_cells["month"].isin(study.contract_year_months(contract_year))
    here &= person_year_cells["arm"].isin(["intervention", "control"])
    months = person_year_cells[here].drop_duplicates(["practice", "month"])["person_months"]
    return int(months.sum()) / 12


def as_row(found: DidEstimate, *, study: Study, primary: bool, person_years: float | None, **other: Any) -> dict[str, Any]:
    """One estimate as a row; `other` replaces keys (name, estimator, denominator, note) of alternatives and sensitivities.

    effect_gbp_per_head is a head and year in `unit`; negative is a saving. n_persons are baseline heads of both arms."""
    row: dict[str, Any] = {
        "name": row_name(found.outcome, found.pod),
        "population": study.estimand.population,
        "outcome": found.outcome,
        "pod": found.pod,
        "unit": unit_of(found.outcome),
        "effect_gbp_per_head": found.effect,
        "standard_error": found.standard_error,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "interval": "practice",
        "area_ci_low": None,
        "area_ci_high": None,
        "p_value": found.p_value,
        "inference": found.inference,
        "estimator": ESTIMATOR,
        "price_base": study.prices.base,
        "denominator": "baseline_head",
        "n_persons": sum(found.heads.values()),
        "person_years": person_years,
        "n_practices": dict(found.practices),
        "minimum_detectable_gbp": found.minimum_detectable_gbp,
        "primary": primary,
        "refused_reason": found.refused_reason,
        "note": None,
    }
    unknown = set(other) - set(row)
    if unknown:
        raise InternalError(f"A row of estimates has no key {', '.join(sorted(unknown))}.")
    return row | other


def rows(
    cells: pd.DataFrame,
    *,
    study: Study,
    contract_year: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
    person_year_cells: pd.DataFrame | None = None,
) -> list[dict[str, Any]]:
    """Cost by `all` and every point of delivery that occurs, then the activity outcomes; one row is primary.

    Raises the gates' errors before anything is formed, ProtocolInvalid for an estimand that is not supported, InternalError
    where the points of delivery do not sum to the total within 1e-9."""
    gates: dict[str, Any] = {"data_verdict": data_verdict, "design_verdict": design_verdict, "bindings": bindings, "on": on}
    require_both(contract_year=contract_year, **gates)
    require_supported(study)
    months = {*study.baseline_months, *study.contract_year_months(contract_year)}
    used = cells[cells["month"].isin(months) & cells["arm"].isin(["intervention", "control"]) & (cells["per_head"] != 0)]
    occurring = set(zip(used["outcome"], used["pod"], strict=True))
    kinds = [("cost", pod) for pod in ("all", *PODS)] + [(outcome, "all") for outcome in ACTIVITY_OUTCOMES]
    chosen = ("cost", study.estimand.pod)
    found = [
        contract_year_effect(cells, study=study, contract_year=contract_year, outcome=outcome, pod=pod, resample=False, **gates)
        for outcome, pod in kinds
        if (outcome, pod) in occurring or (outcome, pod) == chosen
    ]
    _require_sum(found)
    years = person_years_in(person_year_cells, study=study, contract_year=contract_year)
    return [
        as_row(estimate, study=study, primary=(estimate.outcome, estimate.pod) == chosen, person_years=years)
        for estimate in found
    ]


def _require_sum(found: list[DidEstimate]) -> None:
    """Points of delivery sum to the total (method.md section 1)."""
    effects = {estimate.pod: estimate.effect for estimate in found if estimate.outcome == "cost"}
    if "all" in effects:
        gap = effects["all"] - sum(effect for pod, effect in effects.items() if pod != "all")
        if abs(gap) > 1e-9 * max(1.0, *(abs(effect) for effect in effects.values())):
            raise InternalError("The effects of the points of delivery do not sum to the effect of all.")
