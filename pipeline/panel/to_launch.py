"""The practice x month panel up to launch: heads, cells and what they cost a head.

Belongs here: the panel of the months before launch, which needs no verdict. Does not belong here: months from launch on
(`pipeline.panel.after_launch`, behind the gate).
"""

import ibis.expr.types as ir
import pandas as pd

from pipeline.calendar import month_number
from pipeline.errors import DataGateClosed, UsageError
from pipeline.panel import sums
from pipeline.study import Study


def heads(people: ir.Table, *, study: Study, first: str, last: str) -> ir.Table:
    """Heads behind the cells: `pipeline.tables.HEADS`, complete for practice x month x age_band x need with any head.

    people : `pipeline.tables.PEOPLE`.
    heads are baseline heads, the same in every month; `lost` of them were not observed in the month (not yet joined, left)
    and `dead` had died in an earlier month. heads - lost - dead is the number alive and observed.
    Raises DataGateClosed for a month from launch on, UsageError when `last` comes before `first`.
    """
    _refuse_after_launch(study, first, last)
    return sums.head_counts(people, first=first, last=last)


def cells(priced: ir.Table, people: ir.Table, *, study: Study, first: str, last: str) -> ir.Table:
    """Sums of eligible people's activity: `pipeline.tables.CELLS` by practice x month x age_band x need x point of delivery.

    priced, people : `pipeline.tables` PRICED_ACTIVITY and PEOPLE.
    Counted under the baseline practice, whatever practice the activity names; only in months in which the person was
    observed, up to the month of death; never rows out of scope of the price rule. cost_pence sums the states priced and
    fallback, `unpriced` counts the rest. Cells without contacts are absent here and explicit in `paid_cells`.
    Raises like `heads`.
    """
    _refuse_after_launch(study, first, last)
    return sums.cell_sums(priced, people, first=first, last=last)


def activity_account(priced: ir.Table, people: ir.Table, *, study: Study, first: str, last: str) -> pd.DataFrame:
    """What became of every priced row on the way into `cells`: stream, reason, rows (promise 7: nothing is lost)."""
    _refuse_after_launch(study, first, last)
    return sums.activity_fates(priced, people, first=first, last=last)


def person_months(priced: ir.Table, people: ir.Table, *, study: Study, first: str, last: str) -> ir.Table:
    """Months of eligible people with activity, `sums.person_months`, person by person: to be summed, never shown."""
    _refuse_after_launch(study, first, last)
    return sums.person_months(priced, people, first=first, last=last)


def kind_sums(priced: ir.Table, people: ir.Table, *, study: Study) -> pd.DataFrame:
    """Contacts and pence by point of delivery and kind over `study.baseline_months`, of all arms: pod, kind, contacts, pence.

    priced : PRICED_ACTIVITY with `kind`. Of the rows that are in `cells`. Raises like `heads`.
    """
    first, last = study.baseline_months[0], study.baseline_months[-1]
    _refuse_after_launch(study, first, last)
    return sums.kind_sums(priced, people, first=first, last=last)


def valued_cells(priced: ir.Table, people: ir.Table, *, study: Study, first: str, last: str) -> ir.Table:
    """`pipeline.tables.VALUED_CELLS`: the rows of `cells`, at their own prices and at those of before launch.

    priced : PRICED_ACTIVITY with `reference_value` and `known_kind`. Raises like `heads`.
    """
    _refuse_after_launch(study, first, last)
    return sums.valued_sums(priced, people, first=first, last=last)


def _refuse_after_launch(study: Study, first: str, last: str) -> None:
    if month_number(last) < month_number(first):
        raise UsageError(f"The panel was asked for {first} to {last}, which holds no month.", "Give the earlier month first.")
    if month_number(last) >= month_number(study.launch_month):
        raise DataGateClosed(
            f"The panel was asked for months up to {last}, and launch is {study.launch_month}: no verdict was given.",
            "Months from launch on come from pipeline.panel.after_launch, with the verdicts of both gates.",
        )
