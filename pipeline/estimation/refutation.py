"""dowhy's refuters on one row a practice: does the estimate vanish under a false treatment, and stay under a false cause?

Belongs here: two refutations, with what each can and cannot show. Does not belong here: the estimate (`did`). dowhy knows
nothing of panels and resamples rows, so it is given one row a practice (change, arm, baseline level), where rows are the units
of assignment; its regression is unweighted, so its figure is near the primary one and not equal to it.
"""

import contextlib
import io
import warnings
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipeline.assurance.gate import Bindings, Verdict
from pipeline.errors import OutcomeBError, UsageError
from pipeline.estimation.changes import PracticeMonths, change_between, practice_months
from pipeline.estimation.contrast import contrast
from pipeline.estimation.did import as_estimate, require_both
from pipeline.estimation.estimates import as_row, require_supported
from pipeline.study import Study

SIMULATIONS = 100
REFUTERS = {
    "placebo_treatment_refuter": (
        "Placebo treatment: arms dealt at random",
        "Mean effect over random relabellings, which should be near nothing. It shows that the code does not make effects up; "
        "it cannot show that the real arms were alike but for the programme.",
        {"placebo_type": "permute"},
    ),
    "random_common_cause": (
        "Random common cause added",
        "The effect after a meaningless covariate is added, which should hardly move. It shows that the figure does not hang "
        "on which noise is adjusted for; it says nothing of causes that were left out.",
        {},
    ),
}


def rows(
    cells: pd.DataFrame,
    *,
    study: Study,
    contract_year: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> list[dict[str, Any]]:
    """Rows of the estimates' shape: dowhy's own estimate, then a row a refuter, p-value dowhy's, no interval. Raises the
    gates' errors first. The seed is the protocol's simulation seed; numpy's global state is left as it was."""
    require_both(
        data_verdict=data_verdict, design_verdict=design_verdict, contract_year=contract_year, bindings=bindings, on=on
    )
    require_supported(study)
    before, after, pod = study.baseline_months, study.contract_year_months(contract_year), study.estimand.pod
    panel = practice_months(cells, outcome="cost", pod=pod, months=[*before, *after])
    plain = contrast(panel, before=before, after=after, bootstrap_seed=0, permutation_seed=0, resample=False)
    named = as_estimate(plain, contract_year=contract_year, outcome="cost", pod=pod)
    shared = {
        "standard_error": None,
        "ci_low": None,
        "ci_high": None,
        "inference": "none",
        "denominator": "baseline_head",
        "minimum_detectable_gbp": None,
        "refused_reason": "A refutation has no interval.",
    }
    out = []
    for name, note, effect, p_value in refute(
        frame=one_row_a_practice(panel, change=change_between(panel, before=before, after=after), before=before),
        seed=study.seeds.simulation,
    ):
        changed = shared | {"name": name, "note": note, "effect_gbp_per_head": effect, "p_value": p_value}
        out.append(
            as_row(named, study=study, primary=False, person_years=None, estimator="dowhy backdoor regression", **changed)
        )
    return out


def one_row_a_practice(panel: PracticeMonths, *, change: np.ndarray, before: list[str]) -> pd.DataFrame:
    """change, arm and baseline level of each practice: what dowhy is shown."""
    level = panel.mean_over(before)
    return pd.DataFrame({"change": change, "arm": panel.treated == 1, "baseline_level": level})


def refute(*, frame: pd.DataFrame, seed: int) -> list[tuple[str, str, float, float | None]]:
    """(name, note, effect, p-value) of dowhy's estimate and of each refutation. frame : change, arm, baseline_level."""
    if frame["arm"].nunique() < 2 or len(frame) < 4:
        raise UsageError("A refutation needs both arms and four practices.", "Leave it out.")
    before = np.random.get_state()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            return _refute(frame, seed)
    except OutcomeBError:
        raise
    except Exception as problem:
        # dowhy's messages may carry rows; the kind of the failure is enough
        raise UsageError(f"dowhy could not refute ({type(problem).__name__}).", "The estimate does not rest on it.") from None
    finally:
        np.random.set_state(before)


def _refute(frame: pd.DataFrame, seed: int) -> list[tuple[str, str, float, float | None]]:
    from dowhy import CausalModel

    model = CausalModel(frame, treatment="arm", outcome="change", common_causes=["baseline_level"])
    estimand = model.identify_effect(proceed_when_unidentifiable=True)
    estimate = model.estimate_effect(estimand, method_name="backdoor.linear_regression", target_units="ate")
    note = "Regression of a practice's change on arm and baseline level, every practice alike: what the two refuters work on."
    out: list[tuple[str, str, float, float | None]] = [("dowhy's own estimate", note, float(estimate.value), None)]
    for method, (name, says, settings) in REFUTERS.items():
        found = model.refute_estimate(
            estimand, estimate, method_name=method, random_seed=seed, num_simulations=SIMULATIONS, **settings
        )
        p_value = found.refutation_result["p_value"] if found.refutation_result else None
        out.append((name, says, float(found.new_effect), None if p_value is None else float(p_value)))
    return out
