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
from pipeline.cohorts.exposure import DATES, exposure
from pipeline.cohorts.listed import listed_registers
from pipeline.cohorts.person_time import observed
from pipeline.cohorts.registered import practice_at_baseline
from pipeline.study import Study


@dataclass(frozen=True, slots=True)
class EligibleCohort:
    """The cohort, closed once at `study.eligible.at`.

    people : `pipeline.tables.PEOPLE`, one row an eligible person; an expression, to be stored once and read back.
    attrition : step, kind (in, out, kept, note), reason, arm, people; see `pipeline.cohorts.attrition.table`.
    by_practice : the steps of people with a study practice, practice by practice; see `attrition.by_practice`.
    """

    people: ir.Table
    attrition: pd.DataFrame
    by_practice: pd.DataFrame


def eligible(
    *, registrations: ir.Table, registers: ir.Table, referrals: ir.Table | None, study: Study, contacts: ir.Table | None = None
) -> EligibleCohort:
    """Everybody of eligible age, on a listed register and registered with a study practice at `study.eligible.at`.

    registrations, registers, referrals, contacts : `pipeline.tables` REGISTRATIONS, REGISTERS, REFERRALS and
        LINK_WORKER_CONTACTS; without referrals nobody is referred, without contacts nobody is high-engaged.

    Practice, arm, age and need are fixed at that date (intention to treat, method.md section 1): what happens later moves
    nobody between arms and makes nobody eligible. The practice on hospital activity is never read. Only intervention people
    carry dates of exposure, and only dates on which they were observed: a referral written after somebody left or died is no
    exposure. Control people in the programme's records are counted by `exposure.referred_by_arm`.
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
        people = people.mutate(**{name: ibis.null("date") for name in DATES.values()})
    else:
        people = people.left_join(exposure(referrals, contacts, study=study), "person").drop("person_right")
        people = people.mutate(**{name: _while_observed(people, name) for name in DATES.values()})
    return EligibleCohort(
        tables.cast(people, tables.PEOPLE),
        attrition.table(everybody, study=study),
        attrition.by_practice(everybody, study=study),
    )


def _while_observed(people: ir.Table, name: str) -> ir.DateColumn:
    """The date, if the person is of the intervention and was neither gone nor dead by then; else null."""
    day = people[name]
    here = people.lost_from.isnull() | (day.cast("string").substr(0, 7) < people.lost_from)
    alive = people.death_date.isnull() | (day <= people.death_date)
    return ibis.ifelse((people.arm == "intervention") & here & alive, day, ibis.null("date"))
