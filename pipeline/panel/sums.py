"""The sums behind the panel, for any months: heads, cells, and what became of every priced row.

Belongs here: the engine expressions only. Does not belong here: who may ask for which months. Nothing but `to_launch`
(before launch) and `after_launch` (behind the gate) imports this file; a test holds that.
"""

import functools

import ibis
import ibis.expr.types as ir
import pandas as pd

from pipeline import tables
from pipeline.calendar import months

STRATUM = ("practice", "age_band", "need")

#: points of delivery that nobody planned: what a referral follows upon
UNPLANNED = ("non_elective", "ae")

#: what becomes of a priced row, in the order in which the rules are asked
IN_CELLS = "in the cells"
REASONS = (
    "no month: the spell is unfinished",
    "outside the months asked for",
    "not of an eligible person",
    "before the person was observed",
    "after the person left",
    "after the month of death",
    "out of scope of the price rule",
    IN_CELLS,
)


#: sums at the prices of each contact's own year, beside the constant ones
CURRENT = ("current_contacts", "current_pence", "both_constant_pence", "both_current_pence")


def head_counts(people: ir.Table, *, first: str, last: str) -> ir.Table:
    """`pipeline.tables.HEADS` for every month from `first` to `last`."""
    kinds = people.group_by([*STRATUM, "observed_from", "lost_from", "died_in"]).aggregate(people=people.count())
    grid = kinds.cross_join(_months(first, last))
    lost = (grid.month < grid.observed_from) | (grid.lost_from.notnull() & (grid.month >= grid.lost_from))
    dead = ~lost & grid.died_in.notnull() & (grid.month > grid.died_in)
    heads = grid.group_by([*STRATUM, "month"]).aggregate(
        heads=grid.people.sum().cast("int64"),
        lost=ibis.ifelse(lost, grid.people, 0).sum().cast("int64"),
        dead=ibis.ifelse(dead, grid.people, 0).sum().cast("int64"),
    )
    return tables.cast(heads, tables.HEADS)


def _months(first: str, last: str) -> ir.Table:
    """The months asked for, one a row, as years x months of literals: an array or range has no name in every dialect."""
    asked = months(first, last)
    years = _literals("year", sorted({month[:4] for month in asked}))
    grid = years.cross_join(_literals("month_of_year", [f"{n:02d}" for n in range(1, 13)]))
    grid = grid.select(month=grid.year + "-" + grid.month_of_year)
    return grid.filter(grid.month.between(first, last))


def _literals(name: str, values: list[str]) -> ir.Table:
    """A column of a few constants; never data."""
    return functools.reduce(ir.Table.union, [ibis.literal(value).name(name).as_table() for value in values])


def judged_activity(priced: ir.Table, people: ir.Table, *, first: str, last: str) -> ir.Table:
    """Every priced row with its person's stratum (null if not eligible) and `reason`, one of REASONS."""
    known = people.select("person", "observed_from", "lost_from", "died_in", *STRATUM)
    rows = priced.left_join(known, "person").drop("person_right")
    reason = ibis.cases(
        (rows.month.isnull(), REASONS[0]),
        ((rows.month < first) | (rows.month > last), REASONS[1]),
        (rows.observed_from.isnull(), REASONS[2]),
        (rows.month < rows.observed_from, REASONS[3]),
        (rows.lost_from.notnull() & (rows.month >= rows.lost_from), REASONS[4]),
        (rows.died_in.notnull() & (rows.month > rows.died_in), REASONS[5]),
        (rows.price_state == "out_of_scope", REASONS[6]),
        else_=IN_CELLS,
    )
    return rows.mutate(reason=reason)


def cell_sums(priced: ir.Table, people: ir.Table, *, first: str, last: str) -> ir.Table:
    """`pipeline.tables.CELLS` for the months from `first` to `last`.

    cost_pence_squared sums, over person-months of this point of delivery, the square of the person-month's pence. Since the
    square of a sum is not the sum of squares, squares of several points of delivery do not add to that of their total.
    """
    rows = judged_activity(priced, people, first=first, last=last)
    rows = rows.filter(rows.reason == IN_CELLS)
    has_current = rows.current_price_pence.notnull()
    has_both = _has_price(rows) & has_current
    person_months = rows.group_by(["person", "month", "pod", *STRATUM]).aggregate(
        contacts=rows.count(),
        cost_pence=_pence(rows).sum().cast("int64"),
        unpriced=ibis.ifelse(_has_price(rows), 0, 1).sum().cast("int64"),
        bed_days=rows.bed_days.fill_null(0).sum().cast("int64"),
        current_contacts=ibis.ifelse(has_current, 1, 0).sum().cast("int64"),
        current_pence=rows.current_price_pence.fill_null(0).sum().cast("int64"),
        both_constant_pence=ibis.ifelse(has_both, rows.price_pence, 0).sum().cast("int64"),
        both_current_pence=ibis.ifelse(has_both, rows.current_price_pence, 0).sum().cast("int64"),
    )
    pence = person_months.cost_pence.cast("decimal(38, 0)")  # both factors wide: at 18 digits the engine multiplies in int64
    sums = person_months.group_by(["practice", "month", "age_band", "need", "pod"]).aggregate(
        contacts=person_months.contacts.sum(),
        cost_pence=person_months.cost_pence.sum(),
        cost_pence_squared=(pence * pence).sum(),
        unpriced=person_months.unpriced.sum(),
        bed_days=person_months.bed_days.sum(),
        **{name: person_months[name].sum() for name in CURRENT},
    )
    return tables.cast(sums, tables.CELLS)


def person_months(priced: ir.Table, people: ir.Table, *, first: str, last: str) -> ir.Table:
    """Months of eligible people with activity: person, month_number (`pipeline.calendar.month_number`), unplanned (emergency
    admissions and A&E attendances), cost_pence. The rows are those of `cell_sums`; months without activity are absent."""
    rows = judged_activity(priced, people, first=first, last=last)
    rows = rows.filter(rows.reason == IN_CELLS)
    sums = rows.group_by(["person", "month"]).aggregate(
        unplanned=ibis.ifelse(rows.pod.isin(UNPLANNED), 1, 0).sum().cast("int64"),
        cost_pence=_pence(rows).sum().cast("int64"),
    )
    year, month = sums.month.substr(0, 4).try_cast("int64"), sums.month.substr(5, 2).try_cast("int64")
    return sums.select("person", "unplanned", "cost_pence", month_number=(year * 12 + month - 1).cast("int64"))


def kind_sums(priced: ir.Table, people: ir.Table, *, first: str, last: str) -> pd.DataFrame:
    """pod, kind, contacts, pence of every row in the cells of these months, by pod and kind, sorted; all arms together.

    priced : PRICED_ACTIVITY with `kind` (`pipeline.pricing.decomposition`).
    """
    rows = judged_activity(priced, people, first=first, last=last)
    rows = rows.filter(rows.reason == IN_CELLS)
    found = rows.group_by(["pod", "kind"]).aggregate(
        contacts=rows.count().cast("int64"), pence=_pence(rows).sum().cast("int64")
    )
    return found.execute().sort_values(["pod", "kind"], kind="stable").reset_index(drop=True)


def valued_sums(priced: ir.Table, people: ir.Table, *, first: str, last: str) -> ir.Table:
    """`pipeline.tables.VALUED_CELLS` for the months from `first` to `last`, of the same rows as `cell_sums`.

    priced : PRICED_ACTIVITY with `reference_value` and `known_kind` (`pipeline.pricing.decomposition`).
    """
    rows = judged_activity(priced, people, first=first, last=last)
    rows = rows.filter(rows.reason == IN_CELLS)
    sums = rows.group_by(["practice", "month", "age_band", "need", "pod"]).aggregate(
        contacts=rows.count(),
        cost_pence=_pence(rows).sum(),
        reference_value=rows.reference_value.sum(),
        unpriced=ibis.ifelse(_has_price(rows), 0, 1).sum(),
        unknown_contacts=ibis.ifelse(rows.known_kind, 0, 1).sum(),
        unknown_pence=ibis.ifelse(rows.known_kind, 0, _pence(rows)).sum(),
    )
    return tables.cast(sums, tables.VALUED_CELLS)


def _has_price(rows: ir.Table) -> ir.BooleanValue:
    return (rows.price_state.isin(["priced", "fallback"]) & rows.price_pence.notnull()).fill_null(False)


def _pence(rows: ir.Table) -> ir.IntegerValue:
    """What a row costs in what is paid on: nothing without a price."""
    return ibis.ifelse(_has_price(rows), rows.price_pence, 0)


def activity_fates(priced: ir.Table, people: ir.Table, *, first: str, last: str) -> pd.DataFrame:
    """Rows of `priced` by stream and reason: stream, reason, rows, in the order of REASONS. Every row is in exactly one."""
    rows = judged_activity(priced, people, first=first, last=last)
    found = rows.group_by(["stream", "reason"]).aggregate(rows=rows.count()).execute()
    place = found["reason"].map({reason: n for n, reason in enumerate(REASONS)})
    ordered = found.assign(place=place).sort_values(["stream", "place"], kind="stable")
    return ordered[["stream", "reason", "rows"]].reset_index(drop=True)
