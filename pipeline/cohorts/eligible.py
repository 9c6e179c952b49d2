"""The eligible cohort: built from registrations, registers and ages, never given.

Belongs here: putting practice, age, registers, observed months and exposure together for one row a person.
Does not belong here: each of these facts (beside this file), activity and cost (`pipeline.panel`).
"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from pipeline import tables
from pipeline.cohorts import ages, attrition, places
from pipeline.cohorts.exposure import exposure
from pipeline.cohorts.listed import listed_registers
from pipeline.cohorts.person_time import observed
from pipeline.cohorts.registered import practice_at_baseline
from pipeline.study import Study


@dataclass(frozen=True, slots=True)
class EligibleCohort:
    """The cohort, closed once at `study.eligible.at`.

    people : `pipeline.tables.PEOPLE`, one row an eligible person; an expression, to be stored once and read back.
    attrition : step, kind (in, out, kept, note), reason, arm, people; see `pipeline.cohorts.attrition.table`.
    """

    people: ir.Table
    attrition: pd.DataFrame


def eligible(*, registrations: ir.Table, registers: ir.Table, referrals: ir.Table | None, study: Study) -> EligibleCohort:
    """Everybody of eligible age, on a listed register and registered with a study practice at `study.eligible.at`.

    registrations, registers, referrals : `pipeline.tables` REGISTRATIONS, REGISTERS and REFERRALS; without referrals nobody
        is referred.

    Practice, arm, age and need are fixed at that date (intention to treat, method.md section 1): what happens later moves
    nobody between arms and makes nobody eligible. The practice on hospital activity is never read. Only intervention people
    carry referred_on and engaged_on; control people in the programme's records are counted by `exposure.referred_by_arm`.
    """
    at, wanted = study.eligible.at, study.eligible.age
    known = practice_at_baseline(registrations, study=study)
    known = known.mutate(age=ages.age_at(known.birth_date, at=at))
    known = known.left_join(listed_registers(registers, study=study), "person").drop("person_right")
    everybody = attrition.judged(known, study=study)

    people = attrition.eligible_of(everybody, study=study)
    people = people.mutate(area=places.area(people.practice, study=study), age_band=ages.band(people.age, ages=wanted))
    time = observed(registrations, people.select("person", "death_date"), study=study)
    people = people.inner_join(time, "person")
    if referrals is None:
        people = people.mutate(referred_on=ibis.null("date"), engaged_on=ibis.null("date"))
    else:
        people = people.left_join(exposure(referrals, study=study), "person").drop("person_right")
        served = people.arm == "intervention"
        people = people.mutate(
            referred_on=ibis.ifelse(served, people.referred_on, ibis.null("date")),
            engaged_on=ibis.ifelse(served, people.engaged_on, ibis.null("date")),
        )
    return EligibleCohort(tables.cast(people, tables.PEOPLE), attrition.table(everybody, study=study))
