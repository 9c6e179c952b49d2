"""From which month to which month a person was observed.

Belongs here: following registrations backward and forward from the eligibility date. Does not belong here: who is eligible.

Conventions. A month is observed if the person was registered with any study practice on at least one day of it: the month
of joining and the month of leaving both count, since activity of those months is delivered. Registrations are chained over
a gap of at most one whole month without one, which is then observed too. Moves between study practices, of either arm, keep
a person observed. A death counts if it falls no later than the last registered month; a death after leaving is not observed.
"""

import ibis
import ibis.expr.types as ir

from pipeline.calendar import month_number, month_of
from pipeline.cohorts import places
from pipeline.study import Study

#: whole months without a registration over which two registrations are still one stay
LONGEST_GAP = 1

_OPEN = 9999 * 12


def observed(registrations: ir.Table, deaths: ir.Table, *, study: Study) -> ir.Table:
    """One row a person with a stay around `study.eligible.at`: person, observed_from, lost_from, died_in (months as text).

    deaths : person, death_date (null while alive).
    observed_from : first month of the stay, not before the first of `study.calendar.baseline`.
    lost_from : first month no longer observed though not known dead; null if never.
    died_in : month of a death within the stay, else null. At most one of lost_from and died_in is set.
    """
    stays = _stays(registrations, study=study)
    at = month_number(month_of(study.eligible.at))
    stays = stays.filter(stays["first"] <= at, stays["last"] >= at).left_join(deaths, "person").drop("person_right")
    death = _number(stays.death_date)
    died = stays.death_date.notnull() & (death <= stays["last"])
    left = ~died & (stays["last"] < _OPEN)
    start = month_number(study.calendar.baseline[0])
    return stays.select(
        "person",
        observed_from=_text(ibis.greatest(stays["first"], start)),
        lost_from=ibis.ifelse(left, _text(stays["last"] + 1), ibis.null("string")),
        died_in=ibis.ifelse(died, _text(death), ibis.null("string")),
    )


def _stays(registrations: ir.Table, *, study: Study) -> ir.Table:
    """Chained registrations (person, first, last as month numbers); two stays of a person never touch."""
    rows = registrations.filter(
        registrations.person.notnull(),
        registrations.start.notnull(),
        places.arm(registrations.practice, study=study).notnull(),
        registrations.end.isnull() | (registrations.end >= registrations.start),
    )
    rows = rows.select("person", first=_number(rows.start), last=ibis.coalesce(_number(rows.end), _OPEN))
    # one row a first month, so that the order within a person is total and the chain is the same on every engine
    rows = rows.group_by(["person", "first"]).aggregate(last=rows["last"].max())
    so_far = ibis.cumulative_window(group_by=rows.person, order_by=rows["first"])
    rows = rows.mutate(so_far=rows["last"].max().over(so_far))
    rows = rows.mutate(before=rows.so_far.lag().over(group_by=rows.person, order_by=rows["first"]))
    begins = rows.before.isnull() | (rows["first"] - rows.before > LONGEST_GAP + 1)
    rows = rows.mutate(begins=ibis.ifelse(begins, 1, 0))
    counted = ibis.cumulative_window(group_by=rows.person, order_by=rows["first"])
    rows = rows.mutate(stay=rows.begins.sum().over(counted))
    return rows.group_by(["person", "stay"]).aggregate(first=rows["first"].min(), last=rows["last"].max())


def _number(day: ir.DateColumn) -> ir.IntegerColumn:
    """Month number as in `pipeline.calendar.month_number`."""
    return (day.year().cast("int64") * 12 + day.month().cast("int64") - 1).cast("int64")


def _text(number: ir.IntegerColumn) -> ir.StringColumn:
    """`YYYY-MM` of a month number. Floor division of positive integers, which all engines agree on."""
    year, month = (number // 12).cast("int64"), (number % 12).cast("int64") + 1
    return year.cast("string").lpad(4, "0") + "-" + month.cast("string").lpad(2, "0")
