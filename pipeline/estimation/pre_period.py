"""Did the arms move apart before launch? The joint test of the periods before it, and what it could have found.

Belongs here: baseline data only. Does not belong here: the verdict of the design gate (`pipeline.assurance`), quarters after
launch (`event_study`).

The periods' coefficients are tested together with their jackknife (CV3) covariance and Hotelling's T-squared, whose F
distribution knows that the covariance was estimated from few practices: F = T2 (v - K + 1) / (v K), K and v - K + 1 degrees of
freedom, v Satterthwaite's for these list sizes (compare Pustejovsky and Tipton 2018). A chi-squared test would reject far too
often; v = practices - 2 did so in 7-8% of simulated panels with unequal lists, not in 5%.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import f as fisher
from scipy.stats import ncf

from pipeline.calendar import month_number
from pipeline.estimation.arm_means import leave_each_out, satterthwaite_df
from pipeline.estimation.changes import change_between, practice_months
from pipeline.estimation.event_time import bins_around
from pipeline.estimation.inference import choose
from pipeline.estimation.partial import Vector
from pipeline.prose import pounds
from pipeline.study import Study

#: periods are quarters; longer where quarters would be more than this share of the degrees of freedom, which leaves no power
LARGEST_SHARE = 0.5
WIDTHS = (3, 6, 12)


#: the chance with which the smallest detectable drift is found
POWER = 0.8


@dataclass(frozen=True, slots=True)
class JointTest:
    """F with its degrees of freedom and p-value. detectable : size of the pattern found with 80% power at 5%."""

    f_statistic: float
    df_1: int
    df_2: float
    p_value: float
    detectable: float


@dataclass(frozen=True, slots=True)
class PrePeriodTest:
    """The joint test and its power. None where it cannot be made, with the reason.

    detectable_drift : the steady drift between the arms, carried from the last period before launch to the middle of the
    contract year, a head and year, that the test finds in 80% of cases.
    """

    outcome: str
    pod: str
    width_months: int | None
    n_coefficients: int
    f_statistic: float | None
    df_1: int | None
    df_2: float | None
    p_value: float | None
    detectable_drift: float | None
    refused_reason: str | None

    def sentence(self) -> str:
        """The result with its power; "passed" is never said without it."""
        if self.p_value is None or self.detectable_drift is None:
            return f"The periods before launch were not tested: {self.refused_reason}"
        return (
            f"{self.n_coefficients} periods of {self.width_months} months before launch, tested together: p = "
            f"{self.p_value:.3f}. A drift worth less than {pounds(self.detectable_drift)} a head by the contract year would be "
            "missed more often than once in five."
        )


def pre_period_test(
    cells: pd.DataFrame, *, study: Study, contract_year: str, outcome: str = "cost", pod: str = "all"
) -> PrePeriodTest:
    """Test the protocol's baseline months, in quarters or the shortest longer periods that leave the test degrees of freedom.

    contract_year : where the drift is carried to. The smallest drift found is that of a noncentral F at 80% power, 5% size."""
    panel = practice_months(cells, outcome=outcome, pod=pod, months=study.baseline_months)
    choice = choose(n_treated=int(panel.treated.sum()), n_control=int((1 - panel.treated).sum()))
    df = 0.0 if choice.refused_reason else satterthwaite_df(weights=panel.heads, treated=panel.treated)
    bins, width = {}, None
    for width in WIDTHS:
        bins = bins_around(study.launch_month, study.baseline_months, width=width)
        if len(bins) - 1 <= LARGEST_SHARE * df:
            break
    reason = choice.refused_reason
    if reason is None and not 2 <= len(bins) <= df:
        reason = "the baseline has too few whole periods for the number of practices."
    if reason is not None:
        return PrePeriodTest(outcome, pod, None, 0, None, None, None, None, None, reason)
    earlier = [number for number in bins if number != -1]
    changes = np.column_stack([change_between(panel, before=bins[-1], after=bins[number]) for number in earlier])
    middle = month_number(study.contract_year_months(contract_year)[0]) + 6.0
    centre = {number: month_number(inside[0]) + len(inside) / 2 for number, inside in bins.items()}
    pattern = np.array([(centre[number] - centre[-1]) / (middle - centre[-1]) for number in earlier])
    test = joint_test(changes=changes, weights=panel.heads, treated=panel.treated, pattern=pattern)
    if test is None:
        reason = "the periods do not vary independently over practices."
        return PrePeriodTest(outcome, pod, width, len(earlier), None, None, None, None, None, reason)
    return PrePeriodTest(
        outcome=outcome,
        pod=pod,
        width_months=width,
        n_coefficients=len(earlier),
        f_statistic=test.f_statistic,
        df_1=test.df_1,
        df_2=test.df_2,
        p_value=test.p_value,
        detectable_drift=test.detectable,
        refused_reason=None,
    )


def joint_test(*, changes: Vector, weights: Vector, treated: Vector, pattern: Vector) -> JointTest | None:
    """Are all k differences between the arms zero? None where the changes of practices are linearly dependent.

    changes : (practices, k) against the reference period. pattern : (k,) the shape of the departure whose smallest detectable
    size is wanted. The inverse of a covariance estimated with v degrees of freedom is v / (v - k - 1) times too large in the
    mean (Mardia, Kent and Bibby 1979, 3.8), so the strength of the pattern is shrunk by it before the power is computed."""
    found = leave_each_out(changes=changes, weights=weights, treated=treated)
    k, df = changes.shape[1], satterthwaite_df(weights=weights, treated=treated)
    if np.linalg.matrix_rank(found.covariance) < k:
        return None
    df_2 = df - k + 1
    statistic = float(found.effects @ np.linalg.solve(found.covariance, found.effects)) * df_2 / (df * k)
    strength = float(pattern @ np.linalg.solve(found.covariance, pattern)) * max(df - k - 1, 1) / df
    needed = _noncentrality(k, df_2)
    return JointTest(statistic, k, df_2, float(fisher.sf(statistic, k, df_2)), float(np.sqrt(needed / strength)))


@cache
def _noncentrality(df_1: int, df_2: float) -> float:
    """Noncentrality at which the F test at 5% has the power."""
    critical = float(fisher.isf(0.05, df_1, df_2))
    return float(brentq(lambda nc: float(ncf.sf(critical, df_1, df_2, nc)) - POWER, 1e-6, 1e4))
