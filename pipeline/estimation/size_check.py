"""How often the interval cries wolf on this very panel: placebo launches and relabelled practices, before the real launch.

Belongs here: baseline data only, where the true effect is zero. Does not belong here: real contract years. A panel has one
baseline: placebo dates overlap and can only alarm, not certify; relabelling asks whether a few odd practices break the level.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from pipeline.estimation.arm_means import jackknife_t
from pipeline.estimation.changes import change_between, practice_months
from pipeline.estimation.inference import choose
from pipeline.study import Study

RELABELLINGS = 4999
#: a placebo year after, at least a year before, a new placebo launch every quarter
YEAR, STEP = 12, 3


@dataclass(frozen=True, slots=True)
class SizeCheck:
    """placebo_dates, dates_rejected : launches tried within the baseline, and those called significant at 5%.
    relabellings, share_rejected, monte_carlo_error : arms dealt anew at random, the share called significant, its error.
    refused_reason : set where the design has no interval to check."""

    placebo_dates: int
    dates_rejected: int
    relabellings: int
    share_rejected: float | None
    monte_carlo_error: float | None
    refused_reason: str | None

    def sentence(self) -> str:
        if self.share_rejected is None or self.monte_carlo_error is None:
            return f"The size of the interval was not checked: {self.refused_reason}"
        return (
            f"Where nothing happened, an effect should be seen in 5% of cases. It is seen at {self.dates_rejected} of "
            f"{self.placebo_dates} invented launch dates within the baseline, and in {100 * self.share_rejected:.1f}% (give or "
            f"take {100 * self.monte_carlo_error:.1f}) of {self.relabellings:,} random exchanges of practices between the arms."
        )


def placebo(cells: pd.DataFrame, *, study: Study, outcome: str = "cost", pod: str = "all") -> SizeCheck:
    """Run the primary estimator and its interval where nothing happened. Uses the baseline months that the cells hold."""
    present = set(cells["month"])
    months = [month for month in study.baseline_period if month in present]
    panel = practice_months(cells, outcome=outcome, pod=pod, months=months)
    choice = choose(n_treated=int(panel.treated.sum()), n_control=int((1 - panel.treated).sum()))
    launches = range(len(months) - YEAR, YEAR - 1, -STEP)
    reason = choice.refused_reason
    if reason is None and len(launches) == 0:
        reason = "the baseline is shorter than two years."
    if reason is not None:
        return SizeCheck(0, 0, 0, None, None, reason)
    critical = float(student.ppf(0.975, len(panel.practices) - 1))
    longest = study.estimand.baseline_months
    rejected, change = 0, np.zeros(len(panel.practices))
    for place in launches:
        before = months[max(0, place - longest) : place]
        change_here = change_between(panel, before=before, after=months[place : place + YEAR])
        seen = jackknife_t(change=change_here, weights=panel.heads, treated=panel.treated[:, None])[0]
        rejected += int(abs(seen) > critical)
        if place == launches[0]:
            change = change_here
    generator = np.random.default_rng(study.seeds.permutation)
    dealt = generator.permuted(np.repeat(panel.treated[:, None], RELABELLINGS, axis=1), axis=0)
    share = float((np.abs(jackknife_t(change=change, weights=panel.heads, treated=dealt)) > critical).mean())
    error = float(np.sqrt(share * (1 - share) / RELABELLINGS))
    return SizeCheck(len(launches), rejected, RELABELLINGS, share, error, None)
