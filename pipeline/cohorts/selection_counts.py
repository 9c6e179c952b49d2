"""The eligible people by practice and by how far they came, with sums of what they were before launch.

Belongs here: counting on the engine. Does not belong here: comparing (`selection`).
"""

from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd

from pipeline.calendar import month_number
from pipeline.cohorts.exposure import DATES
from pipeline.study import Study


def selection_cells(people: ir.Table, person_months: ir.Table, *, study: Study, by: date) -> pd.DataFrame:
    """practice, arm, reached (how far by `by`), people and sums of `selection.MEASURES`; integers.

    people : `pipeline.tables.PEOPLE`. person_months : `panel.person_months` before launch; the last estimand.baseline_months of
    them count. Sums are of everybody of the cohort, who cost nothing in months in which they were not yet observed.
    """
    first = month_number(study.baseline_months[0])
    spent = person_months.filter(person_months.month_number >= first)
    spent = spent.group_by("person").aggregate(pence=spent.cost_pence.sum().cast("int64"))
    known = people.left_join(spent, "person").drop("person_right")
    reached = ibis.cases(
        *((known[DATES[name]] <= by, name) for name in reversed([*DATES])),
        else_=ibis.ifelse(known.arm == "intervention", "not_referred", known.arm),
    )
    known = known.mutate(reached=reached, pence=known.pence.fill_null(0))
    oldest = known.age_band.max().over()
    found = known.mutate(oldest=oldest)
    found = found.group_by(["practice", "arm", "reached"]).aggregate(
        people=found.count().cast("int64"),
        need=found.need.sum().cast("int64"),
        older=ibis.ifelse(found.age_band == found.oldest, 1, 0).sum().cast("int64"),
        female=ibis.ifelse(found.sex == "2", 1, 0).sum().cast("int64"),
        cost=found.pence.sum().cast("int64"),
        without_cost=ibis.ifelse(found.pence == 0, 1, 0).sum().cast("int64"),
    )
    return found.execute().sort_values(["practice", "reached"], kind="stable").reset_index(drop=True)
