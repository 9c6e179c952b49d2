"""Each person's practice at the eligibility date.

Belongs here: which registration was in force at the date, and what contradicts it. Does not belong here: the practice
written on hospital activity, which never decides an arm; how long somebody was observed (`pipeline.cohorts.person_time`).
"""

import ibis
import ibis.expr.types as ir

from pipeline.cohorts import places
from pipeline.study import Study

#: the arm of people whom no study practice can be given to
NO_ARM = "none"


def practice_at_baseline(registrations: ir.Table, *, study: Study) -> ir.Table:
    """One row for everybody in `registrations` (`pipeline.tables.REGISTRATIONS`).

    A registration is in force at `study.eligible.at` if it started on or before that day and ended on it or later, or not
    at all (the contract's REGISTRATION_END is the last day registered); one without a start is never in force. Of several in
    force, the latest start wins.

    Columns: person, practice, arm (`none` outside the study), birth_date and sex of the registration that counts, then

    in_force : bool, whether it was in force at the date. Without any, the latest study registration stands there, so that
        the attrition table can put the person beside an arm.
    death_date : the earliest delivered for the person.
    ever_in_study, first_in_study : whether, and from which day, a study practice had the person.
    open_practices : practices with a registration in force. Two or more are counted, and the latest start taken.
    tied_practices : of them those that share the latest start. Two or more: no practice can be told.
    birth_months : different months of birth delivered. Two or more: the key stands for more than one person.
    """
    at = study.eligible.at
    rows = registrations.filter(registrations.person.notnull())
    rows = rows.mutate(
        practice_key=ibis.coalesce(rows.practice, ""),
        study_arm=places.arm(rows.practice, study=study),
        in_force=(rows.start.notnull() & (rows.start <= at) & (rows.end.isnull() | (rows.end >= at))).fill_null(False),
    )
    rows = rows.mutate(in_study=rows.study_arm.notnull())
    latest = ibis.ifelse(rows.in_force, rows.start, ibis.null("date")).max().over(group_by=rows.person)
    rows = rows.mutate(latest_start=latest)

    birth_month = rows.birth_date.year() * 12 + rows.birth_date.month()
    people = rows.group_by("person").aggregate(
        death_date=rows.death_date.min(),
        ever_in_study=rows.in_study.any(),
        first_in_study=rows.start.min(where=rows.in_study),
        open_practices=rows.practice_key.nunique(where=rows.in_force),
        tied_practices=rows.practice_key.nunique(where=rows.in_force & (rows.start == rows.latest_start)),
        birth_months=birth_month.nunique(),
    )
    preference = [
        rows.in_force.desc(),
        ibis.ifelse(rows.in_force | rows.in_study, 0, 1),  # nothing in force: a study practice says more than another
        ibis.coalesce(rows.start, ibis.date("1000-01-01")).desc(),
        ibis.coalesce(rows.end, ibis.date("9999-12-31")).desc(),
        rows.practice_key,
        ibis.coalesce(rows.birth_date, ibis.date("9999-12-31")),
        ibis.coalesce(rows.sex, "~"),
    ]
    ranked = rows.mutate(place=ibis.row_number().over(group_by=rows.person, order_by=preference))
    chosen = ranked.filter(ranked.place == 0).select(
        "person", "practice", "birth_date", "sex", "in_force", arm=ibis.coalesce(ranked.study_arm, NO_ARM)
    )
    return chosen.inner_join(people, "person")
