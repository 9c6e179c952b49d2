"""The primary estimator: difference-in-differences by contract year on practice x month cells, behind both gates.

Belongs here: the contract's estimate. Does not belong here: alternatives to it (`sensitivity`), the rows of the result
(`estimates`), what is owed (`pipeline.settlement`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from pipeline.assurance.gate import Bindings, Verdict, require_open
from pipeline.errors import InternalError
from pipeline.estimation.changes import practice_months
from pipeline.estimation.contrast import Contrast, contrast
from pipeline.estimation.inference import Inference
from pipeline.study import Study

#: identities hold to this before rounding (DESIGN, promise 7), relative to the largest mean
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class DidEstimate:
    """One estimate of one contract year, a baseline head and year: GBP for cost, contacts or days for activity.

    effect : negative is a saving. standard_error, ci_low, ci_high, p_value, df : CV3 with t(practices - 1), a practice-level
    interval that no shock shared by the whole area widens; None with refused_reason. beside : wild bootstrap, permutation,
    CRV1. counterfactual_mean = observed_mean - effect, in the intervention arm. minimum_detectable : 80% power, 5% two-sided.
    """

    contract_year: str
    outcome: str
    pod: str
    effect: float
    standard_error: float | None
    df: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    inference: str
    refused_reason: str | None
    choice: str
    beside: tuple[Inference, ...]
    observed_mean: float
    counterfactual_mean: float
    minimum_detectable_gbp: float | None
    without: Mapping[str, float]
    heads: Mapping[str, int]
    practices: Mapping[str, int]


def require_both(
    *,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    contract_year: str,
    bindings: Bindings,
    on: date,
) -> None:
    """Raise DataGateClosed, DesignGateClosed or ApprovalMissing unless both gates are open for this year and these inputs."""
    require_open(data_verdict, gate="data", contract_year=contract_year, bindings=bindings, on=on)
    require_open(design_verdict, gate="design", contract_year=contract_year, bindings=bindings, on=on)


def contract_year_effect(
    cells: pd.DataFrame,
    *,
    study: Study,
    contract_year: str,
    outcome: str,
    pod: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
    resample: bool = True,
) -> DidEstimate:
    """Coefficient of treated x contract year with practice and month effects, baseline heads as weights, on the months of the
    protocol's baseline and of this contract year, times twelve.

    cells : pipeline.panel.paid_cells. Exact in its compression: with practice-constant weights and complete cells it equals
    the practice x month regression, and the person-level one with those effects (method.md section 2). Raises the gate's errors
    before a figure is formed. resample : False leaves the bootstrap and the permutation out of `beside`.
    """
    require_both(
        data_verdict=data_verdict, design_verdict=design_verdict, contract_year=contract_year, bindings=bindings, on=on
    )
    before, after = study.baseline_months, study.contract_year_months(contract_year)
    panel = practice_months(cells, outcome=outcome, pod=pod, months=[*before, *after])
    found = contrast(
        panel,
        before=before,
        after=after,
        bootstrap_seed=study.seeds.bootstrap,
        permutation_seed=study.seeds.permutation,
        resample=resample,
    )
    return as_estimate(found, contract_year=contract_year, outcome=outcome, pod=pod)


def as_estimate(found: Contrast, *, contract_year: str, outcome: str, pod: str) -> DidEstimate:
    """A contrast with its name. Raises InternalError where Y_T0 + (Y_C - Y_C0) is not the counterfactual mean."""
    scale = max(1.0, abs(found.observed_mean), abs(found.counterfactual_mean))
    if abs(found.two_period - found.counterfactual_mean) > TOLERANCE * scale:
        raise InternalError(f"The counterfactual of {outcome}/{pod} in {contract_year} is not Y_T0 + (Y_C - Y_C0).")
    row = found.leading or Inference(name="refused")
    return DidEstimate(
        contract_year=contract_year,
        outcome=outcome,
        pod=pod,
        effect=found.effect,
        standard_error=row.standard_error,
        df=row.df,
        ci_low=row.ci_low,
        ci_high=row.ci_high,
        p_value=row.p_value,
        inference=row.name,
        refused_reason=found.refused_reason,
        choice=found.choice,
        beside=found.beside,
        observed_mean=found.observed_mean,
        counterfactual_mean=found.counterfactual_mean,
        minimum_detectable_gbp=found.minimum_detectable,
        without=found.without,
        heads=found.heads,
        practices=found.practices,
    )
