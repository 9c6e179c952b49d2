"""Months and pence around the month of referral, of the people referred and of those at risk.

Belongs here: person-time and pence by quarter from the referral, and of the engaged before and after. Does not belong here:
turning them into pounds (`referral_path`) and intervals (`pipeline.estimation.before_after`).
"""

import ibis
import ibis.expr.types as ir
import pandas as pd

from pipeline.calendar import month_number
from pipeline.cohorts.risk_sets import not_referred_by
from pipeline.study import Study

#: months shown on either side of the referral month, in quarters
MONTHS_AROUND = 24
#: what a programme would call the year before
NAIVE_MONTHS = 12


def path_counts(sets: ir.Table, person_months: ir.Table, *, study: Study, last: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People by how long they were seen, and their pence by quarter from the index month: what `referral_path.path` takes.

    sets : `risk_sets.at_risk` up to `last`, the last month (number) that may be read. Everybody referred by then, whatever
    became of them; dead people cost nothing, people who left count no longer.
    """
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
    return kinds, sums


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
