"""Aggregates the supplier drew from the feed before cohort selection: contacts, and the person-months behind them.

Belongs here: reading `practice_activity` and `practice_population`. Does not belong here: what is concluded from them
(`pipeline.assurance`), and no person: these tables hold none.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning import Cleaned, codes
from pipeline.cleaning.duplicates import key, place, several
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.reading import pence, text, whole_number
from pipeline.vocabulary import STREAM_OF_POD

_MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
REPEATED = "a second row of the same cell: the latest received stays"

COUNTS_RULINGS = (
    Ruling("quarantined", "PRACTICE_CODE is empty", lambda c: c.practice.isnull()),
    Ruling("quarantined", "MONTH is empty or not a month", lambda c: ~c.month.re_search(_MONTH).fill_null(False)),
    Ruling("quarantined", "POD is not a point of delivery", lambda c: c.stream.isnull()),
    Ruling("quarantined", "PROVIDER is empty", lambda c: c.provider.isnull()),
    Ruling("quarantined", "POPULATION is empty", lambda c: c.population.isnull()),
    Ruling("quarantined", "AGE_BAND is empty", lambda c: c.age_band.isnull()),
    Ruling("quarantined", "ROWS is empty or not a whole number", lambda c: c.rows.isnull()),
    Ruling("quarantined", "COST_GBP is not a sum of money", lambda c: c.stated_cost.notnull() & c.cost_pence.isnull()),
)
POPULATION_RULINGS = (
    Ruling("quarantined", "PRACTICE_CODE is empty", lambda p: p.practice.isnull()),
    Ruling("quarantined", "MONTH is empty or not a month", lambda p: ~p.month.re_search(_MONTH).fill_null(False)),
    Ruling("quarantined", "POPULATION is empty", lambda p: p.population.isnull()),
    Ruling("quarantined", "AGE_BAND is empty", lambda p: p.age_band.isnull()),
    Ruling("quarantined", "PERSON_MONTHS is empty or not a whole number", lambda p: p.person_months.isnull()),
)
_COUNTS_CELL = ("practice", "month", "pod", "department_type", "provider", "population", "age_band")
_POPULATION_CELL = ("practice", "month", "population", "age_band")


def counts(rows: ir.Table) -> Cleaned:
    """`tables.FEED_COUNTS`, one row a cell; cost in integer pence, exactly, null where nothing could be priced."""
    pod, cost = text(rows, "POD").lower(), text(rows, "COST_GBP")
    typed = rows.select(
        **origin(rows),
        practice=text(rows, "PRACTICE_CODE"),
        month=text(rows, "MONTH"),
        stream=ibis.cases(*[(pod == name, stream) for name, stream in STREAM_OF_POD.items()]),
        pod=pod,
        department_type=codes.department_type(text(rows, "DEPT_TYPE")).fill_null(""),
        provider=text(rows, "PROVIDER"),
        population=text(rows, "POPULATION"),
        age_band=text(rows, "AGE_BAND"),
        rows=whole_number(text(rows, "ROWS")),
        rows_linked=whole_number(text(rows, "ROWS_LINKED")),
        people_with_activity=whole_number(text(rows, "PEOPLE_WITH_ACTIVITY")),
        stated_cost=cost,
        cost_pence=pence(cost),
        unpriced_rows=whole_number(text(rows, "UNPRICED_ROWS")),
    )
    judged = once_a_cell(judge(typed, COUNTS_RULINGS), _COUNTS_CELL)
    return Cleaned(judged, lambda clean: tables.cast(clean, tables.FEED_COUNTS))


def population(rows: ir.Table) -> Cleaned:
    """`tables.FEED_POPULATION`, one row a cell."""
    typed = rows.select(
        **origin(rows),
        practice=text(rows, "PRACTICE_CODE"),
        month=text(rows, "MONTH"),
        population=text(rows, "POPULATION"),
        age_band=text(rows, "AGE_BAND"),
        person_months=whole_number(text(rows, "PERSON_MONTHS")),
        deaths=whole_number(text(rows, "DEATHS")),
        joiners=whole_number(text(rows, "JOINERS")),
        leavers=whole_number(text(rows, "LEAVERS")),
    )
    judged = once_a_cell(judge(typed, POPULATION_RULINGS), _POPULATION_CELL)
    return Cleaned(judged, lambda clean: tables.cast(clean, tables.FEED_POPULATION))


def once_a_cell(judged: ir.Table, cell: Sequence[str]) -> ir.Table:
    """Judged rows in which no cell is counted twice: sums of a cell are not contacts, so they are never merged."""
    keyed = judged.mutate(CELL=key(*[judged[name] for name in cell]))
    again = several(keyed, "CELL")
    order = [again.RECEIVED.desc(nulls_first=False), *place(again)]
    numbered = again.mutate(PLACE=ibis.row_number().over(group_by="CELL", order_by=order))
    repeated = numbered.filter(numbered.PLACE > 0).select(AGAIN_DELIVERY="DELIVERY", AGAIN_ROW_NO="ROW_NO")
    met = judged.left_join(repeated, [judged.DELIVERY == repeated.AGAIN_DELIVERY, judged.ROW_NO == repeated.AGAIN_ROW_NO])
    again_too = met.AGAIN_ROW_NO.notnull()
    marked = met.mutate(FATE=again_too.ifelse("quarantined", met.FATE), REASON=again_too.ifelse(REPEATED, met.REASON))
    return marked.select(judged.columns)
