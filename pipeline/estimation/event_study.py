"""The event study: difference between the arms by quarter, against the quarter before launch.

Belongs here: one row a quarter with its interval. Before launch it needs no verdict, since no outcome contrast after launch is
formed; after launch both gates must be open. Does not belong here: the joint test of the quarters before launch (`pre_period`).
"""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from pipeline.assurance.gate import Bindings, Verdict
from pipeline.errors import UsageError
from pipeline.estimation.changes import practice_months
from pipeline.estimation.contrast import contrast
from pipeline.estimation.did import require_both
from pipeline.estimation.event_time import bins_around
from pipeline.estimation.inference import Inference
from pipeline.study import Study

#: every effect is against this quarter, the last before launch
REFERENCE = -1


def pre_launch(cells: pd.DataFrame, *, study: Study, outcome: str = "cost", pod: str = "all") -> pd.DataFrame:
    """Quarters of the whole delivered baseline, reference included as zero. Columns as `event_study`."""
    return _quarters(cells, study=study, outcome=outcome, pod=pod, months=study.baseline_period)


def event_study(
    cells: pd.DataFrame,
    *,
    study: Study,
    contract_year: str,
    outcome: str = "cost",
    pod: str = "all",
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> pd.DataFrame:
    """Quarters of the baseline and of this contract year; years can be put together, since each quarter stands alone.

    Columns: quarter (-1 the reference, 0 the first after launch), first_month, last_month, after_launch, effect_per_head,
    standard_error, ci_low, ci_high, p_value (CV3, t(practices - 1); None where the interval is refused, and for the reference),
    intervention_per_head, control_per_head (means by baseline heads). All a head and year: GBP, contacts or days. Raises the
    gates' errors first.
    """
    require_both(
        data_verdict=data_verdict, design_verdict=design_verdict, contract_year=contract_year, bindings=bindings, on=on
    )
    months = [*study.baseline_period, *study.contract_year_months(contract_year)]
    return _quarters(cells, study=study, outcome=outcome, pod=pod, months=months)


def _quarters(cells: pd.DataFrame, *, study: Study, outcome: str, pod: str, months: Sequence[str]) -> pd.DataFrame:
    present = set(cells.loc[(cells["outcome"] == outcome) & (cells["pod"] == pod), "month"])
    # a baseline may begin late in the cells; months after launch that are missing are an error further on
    bins = bins_around(study.launch_month, [month for month in months if month in present or month >= study.launch_month])
    if REFERENCE not in bins:
        raise UsageError("The last quarter before launch is not in the cells.", "An event study needs it as reference.")
    panel = practice_months(cells, outcome=outcome, pod=pod, months=[month for inside in bins.values() for month in inside])
    rows = []
    for quarter, inside in bins.items():
        levels = panel.mean_over(inside)
        effect, row = 0.0, Inference(name="reference")
        if quarter != REFERENCE:
            found = contrast(panel, before=bins[REFERENCE], after=inside, bootstrap_seed=0, permutation_seed=0, resample=False)
            effect, row = found.effect, found.leading or Inference(name="refused")
        rows.append(
            {
                "quarter": quarter,
                "first_month": inside[0],
                "last_month": inside[-1],
                "after_launch": quarter >= 0,
                "effect_per_head": effect,
                "standard_error": row.standard_error,
                "ci_low": row.ci_low,
                "ci_high": row.ci_high,
                "p_value": row.p_value,
                "intervention_per_head": panel.arm_mean(levels, 1),
                "control_per_head": panel.arm_mean(levels, 0),
            }
        )
    return pd.DataFrame(rows)
