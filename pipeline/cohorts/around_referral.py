"""Cost around the month of referral: the peak that a referral follows upon, and what a before-and-after makes of it.

Belongs here: person-time and pence by quarter from the referral, and of the engaged before and after. Does not belong here:
turning them into pounds and intervals (`pipeline.estimation.before_after`).
"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from pipeline.calendar import month_number
from pipeline.cohorts.risk_sets import not_referred_by
from pipeline.cohorts.weighting import weigh
from pipeline.study import Study

#: months shown on either side of the referral month, in quarters
MONTHS_AROUND = 24
#: what a programme would call the year before
NAIVE_MONTHS = 12
#: a mean over this few people is not printed (reports.disclosure)
FEWEST = 8


@dataclass(frozen=True, slots=True)
class Point:
    """A quarter from the referral month on (0 holds it). GBP a head and month of the people referred, of all comparators in the
    same calendar months, and of the comparators as weighted; None on few people, or where there are no weights."""

    quarter: int
    referred: float | None
    eligible: float | None
    matched: float | None


def path(sets: ir.Table, person_months: ir.Table, *, study: Study, last: int) -> list[Point]:
    """sets : `risk_sets.at_risk` up to `last`, the last month (number) that may be read. Everybody referred by then, whatever
    became of them; dead people cost nothing, people who left count no longer."""
    rule = study.cohorts.matching
    names = ["index_month", *rule.covariates]
    sets = sets.mutate(sex=sets.sex.fill_null("not known"))
    stop = ibis.least(sets.lost, last + 1, ibis.ifelse(sets.referred, last + 1, not_referred_by(sets, study=study)))
    sets = sets.mutate(stop=stop)
    kinds = sets.group_by([*names, "referred", "from_month", "stop"]).aggregate(people=sets.count()).execute()
    spent = sets.join(person_months.select("person", "month_number", "cost_pence"), "person")
    since = spent.month_number - spent.index_month
    spent = spent.filter(since >= -MONTHS_AROUND, since < MONTHS_AROUND, spent.month_number < spent.stop)
    spent = spent.mutate(place=((spent.month_number - spent.index_month + MONTHS_AROUND) // 3).cast("int64"))
    sums = spent.group_by([*names, "referred", "place"]).aggregate(pence=spent.cost_pence.sum().cast("int64")).execute()

    kinds = kinds.sort_values([*names, "referred", "from_month", "stop"], kind="stable").reset_index(drop=True)
    named = kinds.groupby(names, sort=True)
    kinds["cell"], levels = named.ngroup(), named.size().index.to_frame(index=False)
    design = kinds.groupby(["cell", "referred"], sort=True)["people"].sum().reset_index()
    design["level"] = design["referred"].astype(int)
    if not design["level"].any():
        return []
    weights = weigh(design, levels, level=1, method=rule.weights)
    plain = weigh(design, levels[["index_month"]], level=1, method="entropy")
    of = design.assign(matched=weights.weight, eligible=plain.weight).set_index(["cell", "referred"])
    pence = (
        sums.merge(levels.reset_index(names="cell"), on=names).set_index(["cell", "referred"]).join(of[["matched", "eligible"]])
    )
    time = kinds.set_index(["cell", "referred"]).join(of[["matched", "eligible"]])
    return [_point(place, time, pence, known=weights.reason is None) for place in range(2 * MONTHS_AROUND // 3)]


def _point(place: int, time: pd.DataFrame, pence: pd.DataFrame, *, known: bool) -> Point:
    """Overlap of each kind's months observed with the quarter, and the pence of the quarter, by side."""
    begin = time["index_month"].to_numpy() - MONTHS_AROUND + 3 * place
    seen = np.clip(np.minimum(begin + 3, time["stop"]) - np.maximum(begin, time["from_month"]), 0, 3) * time["people"]
    here = pence[pence["place"] == place]
    served = {
        name: frame.index.get_level_values("referred").to_numpy(dtype=bool)
        for name, frame in (("months", time), ("pence", here))
    }
    months = float(seen[served["months"]].sum())
    figures: list[float | None] = []
    for weight in (None, "eligible", "matched"):
        mine, paid = (served["months"], served["pence"]) if weight is None else (~served["months"], ~served["pence"])
        by = (1.0, 1.0) if weight is None else (time.loc[mine, weight], here.loc[paid, weight])
        lived, spent = float((seen[mine] * by[0]).sum()), float((here.loc[paid, "pence"] * by[1]).sum())
        printed = months >= 3 * FEWEST and lived > 0 and (weight != "matched" or known)
        figures.append(spent / lived / 100 if printed else None)
    return Point(place - MONTHS_AROUND // 3, *figures)


def before_after_cells(
    sets: ir.Table, person_months: ir.Table, *, study: Study, contract_year: str, reached: str = "engaged_month"
) -> pd.DataFrame:
    """practice, people, months_before, months_after, pence_before, pence_after of everybody who had engaged by the year's end.

    What a programme would report: the year before the referral against the months of the contract year after the day they
    engaged (`reached`). Nobody stands beside them.
    """
    first, *_, last = (month_number(month) for month in study.contract_year_months(contract_year))
    served = sets.filter(sets.referred, sets[reached] < last)
    served = served.mutate(
        begin=ibis.greatest(first, served[reached] + 1).cast("int64"), stop=ibis.least(served.lost, last + 1).cast("int64")
    )
    served = served.filter(served.stop > served.begin)
    spent = served.join(person_months.select("person", "month_number", "cost_pence"), "person")
    before = (spent.month_number >= spent.index_month - NAIVE_MONTHS) & (spent.month_number < spent.index_month)
    after = (spent.month_number >= spent.begin) & (spent.month_number < spent.stop)
    sums = spent.group_by("practice").aggregate(
        pence_before=ibis.ifelse(before, spent.cost_pence, 0).sum().cast("int64"),
        pence_after=ibis.ifelse(after, spent.cost_pence, 0).sum().cast("int64"),
    )
    time = served.group_by("practice").aggregate(
        people=served.count().cast("int64"),
        months_before=ibis.least(NAIVE_MONTHS, served.index_month - served.from_month).sum().cast("int64"),
        months_after=(served.stop - served.begin).sum().cast("int64"),
    )
    found = time.left_join(sums, "practice").drop("practice_right")
    frame = found.mutate(pence_before=found.pence_before.fill_null(0), pence_after=found.pence_after.fill_null(0)).execute()
    return frame.sort_values("practice", kind="stable").reset_index(drop=True)
