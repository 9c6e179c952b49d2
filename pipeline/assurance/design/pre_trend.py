"""Did the arms drift apart before launch? The design gate's first question, in pounds of the contract year.

Belongs here: the practice-level linear trend difference over the baseline, carried into the contract year.
Does not belong here: any month after launch (refused), the event study (`pipeline.estimation`).

The gate closes on materiality, not on significance: only where the whole interval, carried into the contract year, lies outside
materiality; otherwise the check informs, with the smallest drift it could have found (DESIGN; Roth 2022 on why "passed" alone
says little). The interval is a 99.8% cluster jackknife (CV3) with t(G-1): a clean design is then shut in well under 1% of runs,
the years of one run resting on the same slope.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

from pipeline.assurance.arithmetic.pounds import Payment, Range, Valuation, statistical_verdict
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import window
from pipeline.calendar import month_number
from pipeline.errors import InternalError
from pipeline.prose import pounds
from pipeline.study import Study

CHECK = "pre_trend"
INTERVAL_LEVEL = 0.002
LEAST_MONTHS = 24
LEAST_PRACTICES = 3


@dataclass(frozen=True, slots=True)
class TrendDifference:
    """Intervention minus control slope of cost before launch.

    slope : GBP a head a month, per month. standard_error : of the slope, CV3. df : practices - 1.
    """

    slope: float
    standard_error: float
    df: int


def trend_difference(slopes: "np.ndarray", weights: "np.ndarray", treated: "np.ndarray") -> TrendDifference:
    """Weighted difference of mean practice slopes with the cluster jackknife (MacKinnon, Nielsen and Webb 2023, CV3).

    slopes, weights, treated : shape (G,). Each arm needs two practices at least.
    """

    def difference(keep: "np.ndarray") -> float:
        one, other = keep & treated, keep & ~treated
        return float(np.average(slopes[one], weights=weights[one]) - np.average(slopes[other], weights=weights[other]))

    everyone = np.ones(len(slopes), dtype=bool)
    full = difference(everyone)
    without = np.array([difference(np.arange(len(slopes)) != g) for g in range(len(slopes))])
    variance = (len(slopes) - 1) / len(slopes) * float(((without - full) ** 2).sum())
    return TrendDifference(full, variance**0.5, len(slopes) - 1)


def check(
    paid_cells_baseline: pd.DataFrame,
    study: Study,
    contract_year: str,
    *,
    value: Valuation | None = None,
    payment: Payment | None = None,
) -> list[Finding]:
    """One finding: the drift before launch, what it comes to in `contract_year`, and the power of this look.

    paid_cells_baseline : pipeline.panel.paid_cells of months before launch (practice, arm, month, outcome, pod, heads, per_head
    in GBP a head). The slope is of all of them; it is carried from the middle of the estimand's baseline to the middle of the
    year. `value` supplies the payment's pounds; without it a bare one is made from `payment` and the cells' heads.
    """
    cells = paid_cells_baseline
    if len(cells) and max(cells["month"]) >= study.launch_month:
        raise InternalError("The pre-trend was handed months after launch: it may see the baseline only.")
    judged = window(study, contract_year)
    cost = cells[(cells["outcome"] == "cost") & (cells["pod"] == "all")]
    table = cost.pivot(index="month", columns="practice", values="per_head").sort_index()
    facts = cost.groupby("practice")[["arm", "heads"]].first().reindex(table.columns)
    facts = facts[facts["arm"].isin(("intervention", "control"))]
    table = table[facts.index].dropna()
    treated = (facts["arm"] == "intervention").to_numpy()
    if len(table) < LEAST_MONTHS or min(treated.sum(), (~treated).sum()) < LEAST_PRACTICES:
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                message=f"The baseline holds {len(table)} months of {int(treated.sum())} intervention and "
                f"{int((~treated).sum())} control "
                f"practices: a trend needs {LEAST_MONTHS} months and {LEAST_PRACTICES} practices an arm. Remedy: a longer "
                "baseline.",
            )
        ]
    when = np.array([month_number(month) for month in table.index], dtype=float)
    centred = when - when.mean()
    slopes = centred @ table.to_numpy(dtype=float) / float(centred @ centred)
    trend = trend_difference(slopes, facts["heads"].to_numpy(dtype=float), treated)
    middle = [float(np.mean([month_number(month) for month in part])) for part in (judged.before, judged.after)]
    heads = int(facts.loc[treated, "heads"].sum())
    return [_finding(trend, 12 * (middle[1] - middle[0]), heads, study, contract_year, value or _bare(study, heads, payment))]


def _finding(trend: TrendDifference, carry: float, heads: int, study: Study, contract_year: str, value: Valuation) -> Finding:
    """carry : GBP a head a year in the contract year, per GBP a head a month of slope."""
    drift, error = trend.slope * carry, trend.standard_error * abs(carry)
    half = float(t.isf(INTERVAL_LEVEL / 2, trend.df)) * error
    # cost drifting up in the intervention hides a saving: measured minus true saving has the other sign
    worth = Range(-drift * heads, (-drift - half) * heads, (-drift + half) * heads)
    verdict = statistical_verdict(worth, value.materiality_gbp)
    material = value.materiality_gbp / heads
    power = material + half + float(t.isf(0.2, trend.df)) * error
    times = power / study.plausible.target_gbp_per_head
    message = (
        f"Before launch the intervention's cost moved by {pounds(12 * trend.slope * 12)} a head and year against the control "
        f"with each year that passed; carried into {contract_year} that is {pounds(drift)} a head (99.8% interval "
        f"{pounds(drift - half)} to {pounds(drift + half)}), where {pounds(material)} a head would matter. The smallest drift "
        f"that would have shut the gate, four times in five, is {pounds(power)} a head, {times:.1f} times the target saving."
    )
    return Finding(
        check=CHECK,
        verdict="fail" if verdict == "fail" else "pass" if verdict == "pass" else "inform",
        message=message,
        first_month=study.baseline_months[0],
        last_month=study.baseline_months[-1],
        question_for_supplier="Were practices, services or recording in one arm changing for years before launch? The arms' "
        "costs drifted apart by more than the contract allows."
        if verdict == "fail"
        else None,
        **value.columns(worth),
    )


def _bare(study: Study, heads: int, payment: Payment | None) -> Valuation:
    """The protocol's measures of importance without any stream's cost."""
    return Valuation(
        cost={},
        drift={},
        borrowed=frozenset(),
        row_cost={},
        heads={"intervention": heads, "control": 0},
        target_gbp=study.plausible.target_gbp_per_head * heads,
        largest_gbp=study.plausible.target_gbp_per_head * heads,
        effect_share_max=study.plausible.effect_share_max,
        materiality_gbp=study.plausible.materiality_gbp,
        payment=payment,
    )
