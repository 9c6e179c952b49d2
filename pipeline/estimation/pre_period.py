"""Did the arms move apart before launch? The joint test of the periods before it, and what it could have found.

Belongs here: baseline data only. Does not belong here: the verdict of the design gate (`pipeline.assurance`), quarters after
launch (`event_study`).

The periods' coefficients are tested together with their jackknife (CV3) covariance and Hotelling's T-squared, whose F
distribution knows that the covariance was estimated from few practices: F = T2 (v - K + 1) / (v K), K and v - K + 1 degrees of
freedom, v = practices - 2 (compare Pustejovsky and Tipton 2018). A chi-squared test would reject far too often.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import f as fisher
from scipy.stats import ncf

from pipeline.calendar import month_number
from pipeline.estimation.changes import change_between, fit_change, practice_months
from pipeline.estimation.event_time import bins_around
from pipeline.estimation.inference import choose
from pipeline.estimation.partial import Vector
from pipeline.estimation.variance import leave_one_out
from pipeline.study import Study

#: periods are quarters; longer where quarters would be more than this share of the degrees of freedom, which leaves no power
LARGEST_SHARE = 0.5
WIDTHS = (3, 6, 12)


@dataclass(frozen=True, slots=True)
class PrePeriodTest:
    """The joint test and its power. None where it cannot be made, with the reason.

    detectable_drift : the steady drift between the arms, carried from the last period before launch to the middle of the
    contract year, a head and year, that the test finds in 80% of cases. share_of_target : the same over the protocol's target.
    """

    outcome: str
    pod: str
    width_months: int | None
    n_coefficients: int
    f_statistic: float | None
    df_1: int | None
    df_2: int | None
    p_value: float | None
    detectable_drift: float | None
    share_of_target: float | None
    refused_reason: str | None

    def sentence(self) -> str:
        """The result with its power; "passed" is never said without it."""
        if self.p_value is None or self.detectable_drift is None:
            return f"The periods before launch were not tested: {self.refused_reason}"
        return (
            f"{self.n_coefficients} periods of {self.width_months} months before launch, tested together: p = "
            f"{self.p_value:.3f}. A drift worth less than {self.detectable_drift:.0f} a head by the contract year would be "
            "missed more often than once in five."
        )


def pre_period_test(
    cells: pd.DataFrame, *, study: Study, contract_year: str, outcome: str = "cost", pod: str = "all"
) -> PrePeriodTest:
    """Test the protocol's baseline months, in quarters or the shortest longer periods that leave the test degrees of freedom.

    contract_year : where the drift is carried to. The smallest drift found is that of a noncentral F at 80% power, 5% size."""
    panel = practice_months(cells, outcome=outcome, pod=pod, months=study.baseline_months)
    choice = choose(n_treated=int(panel.treated.sum()), n_control=int((1 - panel.treated).sum()))
    df = len(panel.practices) - 2
    bins, width = {}, None
    for width in WIDTHS:
        bins = bins_around(study.launch_month, study.baseline_months, width=width)
        if len(bins) - 1 <= LARGEST_SHARE * df:
            break
    reason = choice.refused_reason
    if reason is None and not 2 <= len(bins) <= df:
        reason = "the baseline has too few whole periods for the number of practices."
    if reason is not None:
        return PrePeriodTest(outcome, pod, None, 0, None, None, None, None, None, None, reason)
    earlier = [number for number in bins if number != -1]
    effects, spread = np.empty(len(earlier)), np.empty((len(panel.practices), len(earlier)))
    for column, number in enumerate(earlier):
        fit = fit_change(panel, change=change_between(panel, before=bins[-1], after=bins[number]))
        effects[column] = fit.beta
        spread[:, column] = leave_one_out(fit).without - fit.beta
    practices = len(panel.practices)
    covariance = (practices - 1) / practices * spread.T @ spread
    if np.linalg.matrix_rank(covariance) < len(earlier):
        reason = "the periods do not vary independently over practices."
        return PrePeriodTest(outcome, pod, width, len(earlier), None, None, None, None, None, None, reason)
    k, df_2 = len(earlier), df - len(earlier) + 1
    statistic = float(effects @ np.linalg.solve(covariance, effects)) * df_2 / (df * k)
    middle = month_number(study.contract_year_months(contract_year)[0]) + 6.0
    centre = {number: month_number(inside[0]) + len(inside) / 2 for number, inside in bins.items()}
    pattern = np.array([(centre[number] - centre[-1]) / (middle - centre[-1]) for number in earlier])
    drift = _detectable(pattern=pattern, covariance=covariance, df_1=k, df_2=df_2)
    target = study.plausible.target_gbp_per_head if outcome == "cost" else None
    return PrePeriodTest(
        outcome=outcome,
        pod=pod,
        width_months=width,
        n_coefficients=k,
        f_statistic=statistic,
        df_1=k,
        df_2=df_2,
        p_value=float(fisher.sf(statistic, k, df_2)),
        detectable_drift=drift,
        share_of_target=drift / target if target else None,
        refused_reason=None,
    )


def _detectable(*, pattern: Vector, covariance: Vector, df_1: int, df_2: int, power: float = 0.8) -> float:
    """The size of a drift of this pattern over periods at which the F test at 5% has the power, by the noncentral F."""
    critical = float(fisher.isf(0.05, df_1, df_2))
    strength = float(pattern @ np.linalg.solve(covariance, pattern))
    needed = brentq(lambda nc: float(ncf.sf(critical, df_1, df_2, nc)) - power, 1e-6, 1e4)
    return float(np.sqrt(needed / strength))
