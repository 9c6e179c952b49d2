"""Sequential risk sets: in each month of a referral, who was referred and who could have been.

Belongs here: index months, triggers and the person-time that follows, as cells. Does not belong here: weights
(`pipeline.cohorts.weighting`), what cost did (`pipeline.estimation.matched`).

Nobody is given time that had to be survived. In the index month m the people referred in m stand beside everybody of the
comparators who was then registered, alive and not yet referred; the same comparator stands in every month's set. A quarter of
a contract year counts for somebody if, before it began, their month m had passed (for engaged and high-engaged: the day on
which the definition was met), and if they were alive and registered as it began, comparators alike. Cells are exact in their
compression: weights depend on the cell's covariates only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from pipeline.calendar import month_number
from pipeline.cohorts.exposure import DATES
from pipeline.study import Study

#: months somebody must have been observed before the trigger begins, or nothing is known of them before
LEAST_BEFORE = 6
#: more unplanned contacts than this count as this many
MOST_TRIGGER = 3
#: pounds a year before the trigger at which a new band begins, where the protocol balances cost before
COST_BANDS = (1, 500, 2000)
#: how far a person has come; a comparator has not begun
LEVELS = ("comparator", *DATES)
#: what is read of the outcome once the weights are fixed
SUMS = ["months_before", "months_after", "pence_before", "pence_after"]
_NEVER = 9999 * 12


@dataclass(frozen=True, slots=True)
class RiskSets:
    """design : a row a quarter, index month, level, practice and covariate cell, with its people: all that weights may see.
    levels : a row a cell: its index_month and covariates; `design.cell` is the row's place in it.
    outcome : row by row of the design, person-months and pence before and after, kept apart until the weights are fixed.
    persons : people in the design, each once, by LEVELS: those who reached at least that level, and all comparators.

    quarter, index_month : month numbers. level : index into LEVELS, the furthest reached before the quarter. people, months_* :
    counts; on_<register> : people of the cell on it, for the balance of what was not weighted on.
    """

    design: pd.DataFrame
    levels: pd.DataFrame
    outcome: pd.DataFrame
    covariates: tuple[str, ...]
    registers: tuple[str, ...]
    persons: dict[str, int]


def at_risk(people: ir.Table, person_months: ir.Table, *, study: Study, last: int | None = None) -> ir.Table:
    """One row a person and index month in which they were referred or could have been: the risk sets themselves.

    people : `pipeline.tables.PEOPLE`. person_months : `panel.after_launch.person_months_to_year_end`. last : the latest index
    month. Columns: person, practice, index_month, referred (bool), month numbers (`from_month`, lost, died, referred_month,
    engaged_month, high_engaged_month; never is far away), age_band, need, sex, trigger, cost_before, registers.
    """
    rule = study.cohorts.matching
    known = _dated(people)
    index = known.filter(known.arm == "intervention", known.referred_month < _NEVER)
    index = index.filter(index.referred_month <= last) if last is not None else index
    months = index.select(index_month="referred_month").distinct()
    served = known.filter(known.arm == "intervention").cross_join(months)
    served = served.filter(served.referred_month == served.index_month)
    pool = known.filter(known.arm == ("control" if rule.comparators == "control" else "intervention")).cross_join(months)
    pool = pool.filter(pool.referred_month > pool.index_month)
    sets = served.mutate(referred=ibis.literal(True)).union(pool.mutate(referred=ibis.literal(False)))
    sets = sets.filter(
        sets.from_month <= sets.index_month - rule.trigger_months - LEAST_BEFORE,
        sets.lost > sets.index_month,
        sets.died >= sets.index_month,
    )
    sets = _with(sets, _window(sets, person_months, rule.trigger_months, 1, "unplanned"), "unplanned", "seen")
    sets = sets.mutate(trigger=ibis.least(sets.seen, MOST_TRIGGER).cast("int64")).drop("seen")
    before = _window(sets, person_months, rule.trigger_months + rule.before_months, rule.trigger_months + 1, "cost_pence")
    sets = _with(sets, before, "cost_pence", "pence_before")
    return sets.mutate(cost_before=_cost_band(sets, study))


def risk_sets(sets: ir.Table, person_months: ir.Table, *, study: Study, contract_year: str) -> RiskSets:
    """The quarters of one contract year as cells. sets : `at_risk`. Asks no gate: `person_months` came through them."""
    rule = study.cohorts.matching
    year = [month_number(month) for month in study.contract_year_months(contract_year)]
    quarters = _literals("quarter", year[::3])
    follow = sets.cross_join(quarters)
    follow = follow.filter(follow.index_month < follow.quarter, follow.lost > follow.quarter, follow.died >= follow.quarter)
    censored = not_referred_by(follow, study=study)
    follow = follow.filter(follow.referred | (censored > follow.quarter))
    until = ibis.least(follow.quarter + 3, follow.lost, ibis.ifelse(follow.referred, _NEVER, censored))
    begin = ibis.greatest(follow.from_month, follow.index_month - rule.trigger_months - rule.before_months)
    level = ibis.cases(
        (~follow.referred, 0),
        (follow.high_engaged_month < follow.quarter, 3),
        (follow.engaged_month < follow.quarter, 2),
        else_=1,
    )
    follow = follow.mutate(
        level=level.cast("int64"),
        until=until,
        months_before=(follow.index_month - rule.trigger_months - begin).cast("int64"),
        months_after=(until - follow.quarter).cast("int64"),
    )
    # what somebody spent in a quarter is the same in whichever month's set they stand
    spans = follow.group_by(["person", "quarter", "referred"]).aggregate(stop=follow.until.max())
    spent = spans.join(person_months.select("person", "month_number", "cost_pence"), "person")
    spent = spent.filter(spent.month_number >= spent.quarter, spent.month_number < spent.stop)
    spent = spent.group_by(["person", "quarter", "referred"]).aggregate(pence_after=spent.cost_pence.sum().cast("int64"))
    follow = follow.left_join(spent, ["person", "quarter", "referred"])
    follow = follow.drop("person_right", "quarter_right", "referred_right")
    codes = tuple(sorted(set(study.eligible.registers)))
    covariates = tuple(rule.covariates)
    keys = ["quarter", "index_month", "level", "practice", *covariates]
    follow = follow.mutate(sex=follow.sex.fill_null("not known"), list="+" + follow.registers.fill_null("") + "+")
    cells = follow.group_by(keys).aggregate(
        people=follow.count().cast("int64"),
        months_before=follow.months_before.sum().cast("int64"),
        months_after=follow.months_after.sum().cast("int64"),
        pence_before=follow.pence_before.sum().cast("int64"),
        pence_after=follow.pence_after.fill_null(0).sum().cast("int64"),
        **{f"on_{code}": ibis.ifelse(follow["list"].contains(f"+{code}+"), 1, 0).sum().cast("int64") for code in codes},
    )
    frame = cells.execute().sort_values(keys, kind="stable").reset_index(drop=True)
    named = frame.groupby(["index_month", *covariates], sort=True)
    frame["cell"] = named.ngroup()
    levels = named.size().index.to_frame(index=False)
    counted = follow.aggregate(
        **{name: follow.person.nunique(where=follow.level >= place) for place, name in enumerate(LEVELS) if place},
        comparator=follow.person.nunique(where=follow.level == 0),
    )
    once = counted.execute().iloc[0]
    persons = {name: int(once[name]) for name in LEVELS}
    return RiskSets(frame.drop(columns=SUMS), levels, frame[SUMS], covariates, codes, persons)


def not_referred_by(follow: ir.Table, *, study: Study) -> ir.IntegerColumn:
    """The month from which a comparator no longer counts, by the protocol: that of their own referral, or never."""
    return follow.referred_month if study.cohorts.matching.later_referred == "censor" else ibis.literal(_NEVER, "int64")


def _dated(people: ir.Table) -> ir.Table:
    """The cohort with its months as numbers."""
    day = {name: people[column] for name, column in DATES.items()}
    return people.select(
        "person", "practice", "arm", "age_band", "need", "sex", "registers",
        from_month=_of_text(people.observed_from),
        lost=_of_text(people.lost_from).fill_null(_NEVER),
        died=_of_text(people.died_in).fill_null(_NEVER),
        **{f"{name}_month": (d.year() * 12 + d.month() - 1).cast("int64").fill_null(_NEVER) for name, d in day.items()},
    )  # fmt: skip


def _of_text(month: ir.StringColumn) -> ir.IntegerColumn:
    """`pipeline.calendar.month_number` on the engine."""
    year, number = month.substr(0, 4).try_cast("int64"), month.substr(5, 2).try_cast("int64")
    return (year * 12 + number - 1).cast("int64")


def _window(sets: ir.Table, person_months: ir.Table, furthest: int, nearest: int, column: str) -> ir.Table:
    """Sum of a column of person_months from `furthest` to `nearest` months before the index month: person, index_month, it."""
    who = sets.select("person", "index_month")
    seen = who.join(person_months.select("person", "month_number", column), "person")
    back = seen.index_month - seen.month_number
    seen = seen.filter(back >= nearest, back <= furthest)
    return seen.group_by(["person", "index_month"]).aggregate(**{column: seen[column].sum().cast("int64")})


def _with(sets: ir.Table, found: ir.Table, column: str, name: str) -> ir.Table:
    """`sets` with the window's sum under `name`, 0 where there was no activity."""
    joined = sets.left_join(found, ["person", "index_month"]).drop("person_right", "index_month_right")
    return joined.mutate(**{name: joined[column].fill_null(0)}).drop(column)


def _cost_band(sets: ir.Table, study: Study) -> ir.IntegerColumn:
    """Band of the cost a year before the trigger: how many of COST_BANDS are reached."""
    rule = study.cohorts.matching
    begin = ibis.greatest(sets.from_month, sets.index_month - rule.trigger_months - rule.before_months)
    months = sets.index_month - rule.trigger_months - begin
    reached = [ibis.ifelse(sets.pence_before * 12 >= limit * 100 * months, 1, 0) for limit in COST_BANDS]
    total = reached[0]
    for one in reached[1:]:
        total = total + one
    return total.cast("int64")


def _literals(name: str, values: Sequence[int]) -> ir.Table:
    """A column of a few constants; never data."""
    first, *rest = (ibis.literal(value, "int64").name(name).as_table() for value in values)
    for one in rest:
        first = first.union(one)
    return first
