"""The difference-in-differences of practice means between two sets of months, with all that is said about it.

Belongs here: one contrast, judged. It opens no data and asks no gate: `did` does, for months after launch. Does not belong
here: which months (`did`, `event_study`, `size_check`, `sensitivity`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.estimation.changes import PracticeMonths, change_between, fit_change
from pipeline.estimation.inference import Inference, choose, minimum_detectable, t_row
from pipeline.estimation.partial import Vector
from pipeline.estimation.permutation import studentised_permutation
from pipeline.estimation.variance import crv1, leave_one_out
from pipeline.estimation.wild import wild_cluster

#: draws of the bootstrap and the permutation; (draws + 1) x 5% is whole
DRAWS = 9999


@dataclass(frozen=True, slots=True)
class Contrast:
    """Effect a head and year (negative: the intervention fell against the control) and what is known of it.

    leading : CV3 with t(practices - 1), or refused_reason says why there is none. beside : wild bootstrap, CRV1, permutation.
    observed_mean, counterfactual_mean : of the intervention arm after, a head and year; counterfactual = observed - effect.
    two_period : Y_T0 + (Y_C - Y_C0), the same by the textbook. without : effect with each practice left out (empty if refused).
    heads, practices : by arm. minimum_detectable : at 80% power, 5% two-sided.
    """

    effect: float
    leading: Inference | None
    refused_reason: str | None
    choice: str
    beside: tuple[Inference, ...]
    observed_mean: float
    counterfactual_mean: float
    two_period: float
    minimum_detectable: float | None
    without: Mapping[str, float]
    heads: Mapping[str, int]
    practices: Mapping[str, int]


def contrast(
    panel: PracticeMonths,
    *,
    before: Sequence[str],
    after: Sequence[str],
    bootstrap_seed: int,
    permutation_seed: int,
    weights: Vector | None = None,
    resample: bool = True,
) -> Contrast:
    """Estimate and judge. weights : (practices,) instead of baseline heads. resample : False leaves out bootstrap and
    permutation. The CRV1 beside counts rows and coefficients of the practice x month regression it stands for."""
    fit = fit_change(panel, change=change_between(panel, before=before, after=after), weights=weights)
    arms = {"intervention": panel.treated == 1, "control": panel.treated == 0}
    counts = {arm: int(here.sum()) for arm, here in arms.items()}
    choice = choose(n_treated=counts["intervention"], n_control=counts["control"])
    leading, detectable, beside = None, None, []
    without: dict[str, float] = {}
    if choice.refused_reason is None:
        left_out = leave_one_out(fit)
        without = dict(zip(panel.practices, map(float, left_out.without), strict=True))
        leading = t_row(name="cv3", estimate=fit.beta, standard_error=left_out.standard_error, df=fit.n_clusters - 1)
        detectable = minimum_detectable(standard_error=left_out.standard_error, df=fit.n_clusters - 1)
        varies = left_out.standard_error > 0
        if varies and resample:
            onset = (1 - panel.treated).astype(np.intp)
            period = np.zeros(fit.n, dtype=np.intp)
            beside = [
                wild_cluster(fit, kind=choice.wild_weights, draws=DRAWS, seed=bootstrap_seed),
                studentised_permutation(fit, onset=onset, period=period, draws=DRAWS, seed=permutation_seed),
            ]
        if varies:
            months = len(before) + len(after)
            beside.append(crv1(fit, collapsed_from=(fit.n * months, 1 + months)))
    observed = panel.arm_mean(panel.mean_over(after), 1, weights)
    earlier = {arm: panel.arm_mean(panel.mean_over(before), arm, weights) for arm in (0, 1)}
    return Contrast(
        effect=fit.beta,
        leading=leading,
        refused_reason=choice.refused_reason,
        choice=choice.reason,
        beside=tuple(beside),
        observed_mean=observed,
        counterfactual_mean=observed - fit.beta,
        two_period=earlier[1] + panel.arm_mean(panel.mean_over(after), 0, weights) - earlier[0],
        minimum_detectable=detectable,
        without=without,
        heads={arm: int(panel.heads[here].sum()) for arm, here in arms.items()},
        practices=counts,
    )
