"""One table of attendances from HES A&E and ECDS, which overlap from October 2017 to March 2020 without a shared key.

Belongs here: which feed a provider's attendances are taken from, and the same attendance in both. Does not belong here: how
either layout is read (`emergency_care`, `ecds`), prices.

The protocol declares by provider the month from which its attendances come from ECDS (`cleaning.ecds_from`): then either feed
is taken for its own months, and what the other holds of them is out of scope by that clause. Where it declares nothing, an
ECDS row is merged into the HES A&E row of the same person and provider whose arrival is nearest within the minutes of the
protocol; what HES A&E does not hold is taken from ECDS. The row of HES A&E stays, since the years before are of that layout.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from pipeline.cleaning import Cleaned, ecds, emergency_care
from pipeline.cleaning.duplicates import Search, key
from pipeline.cleaning.fates import Ruling, fates, judge
from pipeline.cleaning.reading import month
from pipeline.study import CleaningRules

HES, ECDS = "hes_ae", "ecds"
IN_BOTH = "the same attendance in HES A&E and in ECDS: the row of HES A&E stays"
DECLARED = "Protocol: the provider's attendances are taken from ECDS from its month of cleaning.ecds_from on"

_COLUMNS = (
    "attendance_key", "person", "provider", "practice", "arrival_date", "arrival_minute", "department_type",
    "attendance_category", "disposal", "hrg", "diagnosis", "supplier_cost_pence", "same_record", "same_attendance",
    "DELIVERY", "RECEIVED", "ROW_NO", "SUBMITTED", "FILLED", "RECORD", "FATE", "REASON", "CLAUSE", "INTO_DELIVERY",
    "INTO_ROW_NO",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Together:
    """Both feeds cleaned as one. fates : dataset to `tables.FATES`, exactly one row a delivered row."""

    cleaned: Cleaned

    @property
    def table(self) -> ir.Table:
        """`tables.ATTENDANCES` of both feeds."""
        return self.cleaned.table

    @property
    def fates(self) -> Mapping[str, ir.Table]:
        settled = self.cleaned.settled
        return {feed: fates(settled.filter(settled.feed == feed)) for feed in (HES, ECDS)}


def attendances(hes_rows: ir.Table, ecds_rows: ir.Table, *, rules: CleaningRules) -> Together:
    """Both feeds as one table in which no attendance stands twice."""
    hes = judge(emergency_care.rows_of_hes(hes_rows), [*_declared(HES, rules), *emergency_care.RULINGS])
    others = judge(ecds.rows_of_ecds(ecds_rows), [*_declared(ECDS, rules), *ecds.RULINGS])
    both = hes.select(*_COLUMNS, feed=ibis.literal(HES)).union(others.select(*_COLUMNS, feed=ibis.literal(ECDS)))
    arrived = both.arrival_date.delta(ibis.date("2000-01-01"), unit="day").cast("int64") * 1440 + both.arrival_minute
    both = both.mutate(arrived=arrived, visitor=key(both.person, both.provider))
    return Together(Cleaned(both, emergency_care.dated, [*emergency_care.searches(rules), across(rules)]))


def _declared(feed: str, rules: CleaningRules) -> list[Ruling]:
    """The rulings that leave a provider's months to the other feed."""
    if not rules.ecds_from:
        return []
    reason = "month that the protocol takes from ECDS" if feed == HES else "month that the protocol takes from HES A&E"

    def left_to_the_other(a: ir.Table) -> ir.BooleanValue:
        begins = ibis.cases(*[(a.provider == provider, first) for provider, first in sorted(rules.ecds_from.items())])
        from_ecds = month(a.arrival_date) >= begins
        return from_ecds if feed == HES else ~from_ecds

    return [Ruling("out_of_scope", reason, left_to_the_other, DECLARED)]


def across(rules: CleaningRules) -> Search:
    """ECDS rows that go to a HES A&E row of the same person and provider.

    By the minutes between arrivals, real ones, so that midnight does not part them. An attendance without a time in one of the
    feeds is sought among those of its day that have no counterpart yet, one to one.
    """

    def find(rows: ir.Table) -> ir.Table:
        here = rows.filter(rows.FATE == "kept").select("DELIVERY", "ROW_NO", "feed", "visitor", "arrival_date", "arrived")
        theirs = here.filter(here.feed == ECDS)
        ours = here.filter(here.feed == HES).select(
            "visitor", "arrival_date", TO_DELIVERY="DELIVERY", TO_ROW_NO="ROW_NO", TO_ARRIVED="arrived"
        )
        timed = _nearest(theirs, ours, rules.ae_duplicate_minutes)
        left = theirs.anti_join(timed, ["DELIVERY", "ROW_NO"])
        free = ours.anti_join(timed, ["TO_DELIVERY", "TO_ROW_NO"])
        return timed.union(_of_the_day(left, free))

    return Search(("feed", "visitor", "arrival_date", "arrived"), IN_BOTH, find)


_PAIR = ("DELIVERY", "ROW_NO", "TO_DELIVERY", "TO_ROW_NO")


def _nearest(theirs: ir.Table, ours: ir.Table, within: int) -> ir.Table:
    met = theirs.join(ours.drop("arrival_date"), "visitor")
    met = met.mutate(apart=(met.arrived - met.TO_ARRIVED).abs())
    close = met.filter(met.apart <= within)
    order = [close.apart, close.TO_DELIVERY, close.TO_ROW_NO]
    ranked = close.mutate(PLACE=ibis.row_number().over(group_by=["DELIVERY", "ROW_NO"], order_by=order))
    return ranked.filter(ranked.PLACE == 0).select(*_PAIR)


def _of_the_day(theirs: ir.Table, ours: ir.Table) -> ir.Table:
    met = theirs.join(ours, ["visitor", "arrival_date"])
    met = met.filter(met.arrived.isnull() | met.TO_ARRIVED.isnull())
    met = met.mutate(
        PLACE=ibis.row_number().over(group_by=["DELIVERY", "ROW_NO"], order_by=[met.TO_DELIVERY, met.TO_ROW_NO]),
        TO_PLACE=ibis.row_number().over(group_by=["TO_DELIVERY", "TO_ROW_NO"], order_by=[met.DELIVERY, met.ROW_NO]),
    )
    return met.filter((met.PLACE == 0) & (met.TO_PLACE == 0)).select(*_PAIR)
