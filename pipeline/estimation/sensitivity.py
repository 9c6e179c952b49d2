"""The primary figure under other choices: practices left out, other baselines, other denominators, other weights.

Belongs here: re-estimates behind the gates, as rows of the same shape as the estimates. Does not belong here: other
inferences for the same figure (`alternatives`), refutations by permuted treatment (`refutation`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipeline.assurance.gate import Bindings, Verdict
from pipeline.errors import UsageError
from pipeline.estimation.changes import MONTHS_A_YEAR, PracticeMonths, practice_months
from pipeline.estimation.contrast import contrast
from pipeline.estimation.did import DidEstimate, as_estimate, require_both
from pipeline.estimation.estimates import as_row, person_years_in, require_supported
from pipeline.estimation.inference import Inference, choose, minimum_detectable
from pipeline.estimation.partial import Vector, partial_out
from pipeline.estimation.variance import cv3
from pipeline.study import Study

#: baselines tried beside the protocol's: the default of method.md section 1 and, as None, every month delivered
BASELINES = (24, None)


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
    """Primary outcome and point of delivery under other choices. Raises the gates' errors before anything is formed.

    Leave-one-out gives two rows, the lowest and the highest effect, each with its own interval. A choice equal to the
    protocol's is left out. person_year_cells : pipeline.panel.person_year_cells, for the denominator of current person-time.
    """
    require_both(
        data_verdict=data_verdict, design_verdict=design_verdict, contract_year=contract_year, bindings=bindings, on=on
    )
    require_supported(study)
    pod, after = study.estimand.pod, study.contract_year_months(contract_year)
    before = study.baseline_months
    years = person_years_in(person_year_cells, study=study, contract_year=contract_year)

    def judged(panel: PracticeMonths, months: Sequence[str], weights: Vector | None = None) -> DidEstimate:
        found = contrast(
            panel,
            before=months,
            after=after,
            weights=weights,
            bootstrap_seed=study.seeds.bootstrap,
            permutation_seed=study.seeds.permutation,
            resample=False,
        )
        return as_estimate(found, contract_year=contract_year, outcome="cost", pod=pod)

    def row(found: DidEstimate, name: str, note: str | None = None, **other: Any) -> dict[str, Any]:
        return as_row(found, study=study, primary=False, person_years=years, name=name, note=note, **other)

    panel = practice_months(cells, outcome="cost", pod=pod, months=[*before, *after])
    out = [row(*named) for named in _leave_one_out(panel, judged=lambda part: judged(part, before))]
    for length in BASELINES:
        months = study.baseline_period[-(length or len(study.baseline_period)) :]
        present = set(cells["month"])
        if months != before and all(month in present for month in months):
            other = practice_months(cells, outcome="cost", pod=pod, months=[*months, *after])
            out.append(row(judged(other, months), f"Baseline of {len(months)} months"))
    alike = np.ones(len(panel.practices))
    note = "A practice of 400 counts like one of 4,000: another estimand, less precise where lists differ."
    out.append(row(judged(panel, before, alike), "Every practice alike", note))
    plain = practice_months(cells, outcome="cost", pod=pod, months=[*before, *after], column="unweighted_per_head")
    note = "People not observed count as costing nothing, so that losing more of them in one arm looks like a saving."
    out.append(row(judged(plain, before), "Months not observed left at zero", note))
    if person_year_cells is not None:
        found = _person_time(person_year_cells, pod=pod, before=before, after=after, contract_year=contract_year)
        note = "Per person-year alive and observed, weighted by current person-months, so that leaving re-weights practices."
        out.append(row(found, "Current person-time", note, denominator="person_year"))
    return out


def _leave_one_out(panel: PracticeMonths, *, judged: Any) -> list[tuple[DidEstimate, str]]:
    """The lowest and the highest effect with one practice left out; none where an arm would be empty."""
    try:
        tried = [(judged(panel.leave_out(practice)), practice) for practice in panel.practices]
    except UsageError:
        return []
    tried.sort(key=lambda pair: (pair[0].effect, pair[1]))
    ends = zip(("lowest", "highest"), (tried[0], tried[-1]), strict=True)
    return [(found, f"One practice left out, {end} (without {practice})") for end, (found, practice) in ends]


def _person_time(
    cells: pd.DataFrame, *, pod: str, before: Sequence[str], after: Sequence[str], contract_year: str
) -> DidEstimate:
    """Two-way fixed effects on practice x month with current person-months as weights, so no collapse to changes is exact."""
    wanted = cells["arm"].isin(["intervention", "control"]) & (cells["outcome"] == "cost") & (cells["pod"] == pod)
    here = cells[wanted & cells["month"].isin([*before, *after])].sort_values(["practice", "month"])
    practice, names = pd.factorize(here["practice"], sort=True)
    month = pd.factorize(here["month"], sort=True)[0]
    treated = (here["arm"] == "intervention").to_numpy()
    late = here["month"].isin(list(after)).to_numpy()
    y, weights = (here[column].to_numpy(dtype=float) for column in ("per_person_year", "person_months"))
    fit = partial_out(
        y=y,
        d=(treated & late).astype(float),
        weights=weights,
        factors=[practice.astype(np.intp), month.astype(np.intp)],
        cluster=practice.astype(np.intp),
    )
    arms = {"intervention": treated, "control": ~treated}
    counts = {arm: len(np.unique(practice[rows])) for arm, rows in arms.items()}
    choice = choose(n_treated=counts["intervention"], n_control=counts["control"])
    row = Inference(name="refused") if choice.refused_reason else cv3(fit)
    observed = float(np.average(y[treated & late], weights=weights[treated & late]))
    return DidEstimate(
        contract_year=contract_year,
        outcome="cost",
        pod=pod,
        effect=fit.beta,
        standard_error=row.standard_error,
        df=row.df,
        ci_low=row.ci_low,
        ci_high=row.ci_high,
        p_value=row.p_value,
        inference=row.name,
        refused_reason=choice.refused_reason,
        choice=choice.reason,
        beside=(),
        observed_mean=observed,
        counterfactual_mean=observed - fit.beta,
        minimum_detectable_gbp=None
        if row.standard_error is None
        else minimum_detectable(standard_error=row.standard_error, df=len(names) - 1),
        without={},
        heads={arm: round(float(weights[rows & late].sum()) / MONTHS_A_YEAR) for arm, rows in arms.items()},
        practices=counts,
    )
