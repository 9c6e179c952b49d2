"""Were the arms alike before launch? Age, need and cost, with the practice as unit.

Belongs here: differences at baseline, which inform and never close. Does not belong here: trends (`pre_trend`).
A difference-in-differences needs equal trends, not equal levels; unequal levels make equal trends less believable.
"""

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import t

from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.finding import Finding
from pipeline.prose import number, pounds
from pipeline.study import Study

CHECK = "balance"
MEASURES = {"age": "mean age", "need": "mean number of listed registers", "cost": "cost a head and year before launch"}


def practice_counts(people: ir.Table) -> ir.Table:
    """Eligible heads by baseline practice: practice, arm, heads, age_sum, need_sum (int64). people : tables.PEOPLE."""
    return people.group_by(["practice", "arm"]).agg(
        heads=ibis._.count().cast("int64"),
        age_sum=ibis._.age.sum().cast("int64"),
        need_sum=ibis._.need.sum().cast("int64"),
    )


def check(counts: pd.DataFrame, paid_cells_baseline: pd.DataFrame, study: Study) -> list[Finding]:
    """One informing finding a measure: means by arm, difference, Welch interval over practices.

    counts : `practice_counts`. paid_cells_baseline : practice, month, outcome, pod, per_head.
    """
    cells = paid_cells_baseline
    cost = cells[(cells["outcome"] == "cost") & (cells["pod"] == "all") & cells["month"].isin(study.baseline_months)]
    table = counts[counts["arm"].isin(COMPARED)].sort_values("practice").set_index("practice")
    values = pd.DataFrame(
        {
            "age": table["age_sum"] / table["heads"],
            "need": table["need_sum"] / table["heads"],
            "cost": 12 * cost.groupby("practice")["per_head"].mean().reindex(table.index),
        }
    )
    return [_finding(values[name], table, name) for name in MEASURES]


def _finding(values: "pd.Series[float]", table: pd.DataFrame, name: str) -> Finding:
    arms = {arm: values[table["arm"] == arm].dropna() for arm in COMPARED}
    if min(len(v) for v in arms.values()) < 2:
        return Finding(
            check=CHECK,
            verdict="not_evaluated",
            message=f"{MEASURES[name]}: fewer than two practices of an arm have a baseline. Remedy: deliver the baseline "
            "years.",
        )
    mean = {arm: float(np.average(v, weights=table.loc[v.index, "heads"].astype(float))) for arm, v in arms.items()}
    error = sum(v.var(ddof=1) / len(v) for v in arms.values()) ** 0.5
    difference = mean["intervention"] - mean["control"]
    half = float(t.isf(0.025, min(len(v) for v in arms.values()) - 1)) * float(error)
    clear = "more than practices differ by chance" if abs(difference) > half else "no more than practices differ by chance"
    return Finding(
        check=CHECK,
        verdict="inform",
        message=f"{MEASURES[name]}: {_told(name, mean['intervention'])} in the intervention and {_told(name, mean['control'])} "
        f"in the control practices, a difference of {_told(name, difference)} (95% interval {_told(name, difference - half)} "
        f"to {_told(name, difference + half)}): {clear}.",
    )


def _told(name: str, value: float) -> str:
    return pounds(value) if name == "cost" else number(value, 2)
