"""What had become of the cohort by the end of a contract year: still there, moved, left, dead.

Belongs here: one state a person, counted by baseline practice. Does not belong here: comparing the arms
(`pipeline.cohorts.attrition_compared`), person-months (`pipeline.panel`).
Deaths after launch are an outcome, so that nothing here is counted before both gates are open.
"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

from pipeline.assurance.gate import Bindings, Verdict, require_open
from pipeline.calendar import month_name, month_number
from pipeline.cohorts.registered import practice_at_baseline
from pipeline.study import Study

#: states in the order of a reader; each person of the cohort is in exactly one
STATES = {
    "died_before": "died before the year",
    "left_before": "left before the year",
    "died_in_year": "died in the year",
    "left_in_year": "left in the year",
    "same_practice": "with the practice of the baseline on the last day of the year",
    "within_arm": "moved to another practice of the same arm",
    "other_arm": "moved to a practice of another arm",
    "no_practice": "with no practice of the study on that day, though not known to have left",
}


def states_at_year_end(
    people: ir.Table,
    registrations: ir.Table,
    *,
    study: Study,
    contract_year: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> pd.DataFrame:
    """practice, arm, state, people (int64) of the closed cohort; practice and arm are those of the baseline.

    people, registrations : `pipeline.tables` PEOPLE and REGISTRATIONS. States are those of STATES; absent ones have nobody.
    `left` means no longer observed though not known dead: gone from the city, or opted out, which the lists do not tell apart.
    Raises like `pipeline.assurance.gate.require_open`.
    """
    require_open(data_verdict, gate="data", contract_year=contract_year, bindings=bindings, on=on)
    require_open(design_verdict, gate="design", contract_year=contract_year, bindings=bindings, on=on)
    months = study.contract_year_months(contract_year)
    last_day = date.fromisoformat(month_name(month_number(months[-1]) + 1) + "-01") - timedelta(days=1)
    later = study.model_copy(update={"eligible": study.eligible.model_copy(update={"at": last_day})})
    there = practice_at_baseline(registrations, study=later)
    there = there.filter(there.in_force).select("person", practice_then="practice", arm_then="arm")
    known = people.left_join(there, "person").drop("person_right")
    state = ibis.cases(
        (known.died_in < months[0], "died_before"),
        (known.lost_from <= months[0], "left_before"),
        (known.died_in <= months[-1], "died_in_year"),
        (known.lost_from <= month_name(month_number(months[-1]) + 1), "left_in_year"),
        (known.practice_then == known.practice, "same_practice"),
        (known.arm_then == known.arm, "within_arm"),
        (known.arm_then.isin(["intervention", "control", "wider"]), "other_arm"),
        else_="no_practice",
    )
    counted = known.mutate(state=state).group_by(["practice", "arm", "state"]).aggregate(people=ibis._.count()).execute()
    return counted.sort_values(["practice", "state"], kind="stable").reset_index(drop=True).astype({"people": "int64"})
