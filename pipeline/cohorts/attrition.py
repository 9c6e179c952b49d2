"""Who was left out of the cohort, at which step and why, arms side by side.

Belongs here: the order of exclusions and their count. Does not belong here: how each fact is found (beside this file).
Attrition is data, a row an exclusion and arm (as in OHDSI CohortMethod); every person of the delivery is in exactly one row
of kind `out` or `kept`.
"""

import ibis
import ibis.expr.types as ir
import pandas as pd

from pipeline.cohorts.registered import NO_ARM
from pipeline.study import Study
from pipeline.vocabulary import ARMS

#: the last of the steps at which somebody is found to have no study practice at the date
NOT_HERE = 4


def steps(study: Study) -> list[tuple[str, str]]:
    """(kind, reason) in order; the index is the `step` of the table. Kinds: in, out, kept, note."""
    at, (youngest, oldest) = study.eligible.at.isoformat(), study.eligible.age
    return [
        ("in", "everybody in the registrations"),
        ("out", f"dead on or before {at}"),
        ("out", "never registered with a study practice"),
        ("out", f"registered with a study practice only after {at}"),
        ("out", f"no longer registered with a study practice at {at}"),
        ("out", f"two practices with registrations in force at {at} that began on the same day"),
        ("out", "registrations give different months of birth"),
        ("out", "no date of birth"),
        ("out", f"younger than {youngest} at {at}"),
        ("out", f"older than {oldest} at {at}"),
        ("out", f"on no listed register at {at}"),
        ("kept", "eligible"),
        ("note", f"of the eligible: two practices in force at {at}, the later registration taken"),
    ]


def judged(people: ir.Table, *, study: Study) -> ir.Table:
    """`people` with `step`, the first exclusion that applies or the step of kind `kept`.

    people : columns of `registered.practice_at_baseline`, plus age (null without a birth date) and need (null without a
        listed register).
    """
    youngest, oldest = study.eligible.age
    in_study = people.in_force & (people.arm != NO_ARM)
    excluded = [
        people.death_date.notnull() & (people.death_date <= study.eligible.at),
        ~people.ever_in_study,
        ~in_study & people.first_in_study.notnull() & (people.first_in_study > study.eligible.at),
        ~in_study,
        people.tied_practices > 1,
        people.birth_months > 1,
        people.age.isnull(),
        people.age < youngest,
        people.age > oldest,
        people.need.isnull(),
    ]
    kept = len(excluded) + 1
    return people.mutate(step=ibis.cases(*((rule, n) for n, rule in enumerate(excluded, start=1)), else_=kept).cast("int64"))


def eligible_of(people: ir.Table, *, study: Study) -> ir.Table:
    """The judged people whom no step excluded."""
    return people.filter(people.step == _kept(study))


def table(people: ir.Table, *, study: Study) -> pd.DataFrame:
    """Counts of judged people: step, kind, reason, arm, people; every step for every arm, zeros included.

    Arms are intervention, control, `none` (no study practice at the date), and wider where it has people. For every arm,
    people of kind `in` = sum of `out` + `kept`.
    """
    several = ibis.ifelse(people.open_practices > 1, 1, 0)
    counted = people.group_by(["step", "arm"]).aggregate(people=people.count(), several=several.sum()).execute()
    found = {(int(row.step), str(row.arm)): (int(row.people), int(row.several)) for row in counted.itertuples()}
    arms = [arm for arm in ARMS if arm != "wider" or any(key[1] == arm for key in found)] + [NO_ARM]
    rows = []
    for number, (kind, reason) in enumerate(steps(study)):
        for arm in arms:
            if kind == "in":
                value = sum(n for (_, where), (n, _) in found.items() if where == arm)
            elif kind == "note":
                value = found.get((_kept(study), arm), (0, 0))[1]
            else:
                value = found.get((number, arm), (0, 0))[0]
            rows.append((number, kind, reason, arm, value))
    return pd.DataFrame(rows, columns=["step", "kind", "reason", "arm", "people"])


def by_practice(people: ir.Table, *, study: Study) -> pd.DataFrame:
    """Judged people registered with a study practice at the date: practice, arm, step, kind, reason, people (int64).

    The same steps practice by practice, for `attrition_compared`; steps that nobody of a practice left at are absent. People
    without a practice at the date (dead, never, later or no longer registered) have none to be counted under.
    """
    names = dict(enumerate(steps(study)))
    here = people.filter(people.in_force, people.arm != NO_ARM, people.step > NOT_HERE)
    counted = here.group_by(["practice", "arm", "step"]).aggregate(people=here.count()).execute()
    counted["kind"] = [names[int(step)][0] for step in counted["step"]]
    counted["reason"] = [names[int(step)][1] for step in counted["step"]]
    ordered = counted.sort_values(["practice", "step"], kind="stable").reset_index(drop=True)
    return ordered[["practice", "arm", "step", "kind", "reason", "people"]].astype({"step": "int64", "people": "int64"})


def _kept(study: Study) -> int:
    return [kind for kind, _ in steps(study)].index("kept")
