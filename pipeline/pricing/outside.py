"""What the prices leave out, as shares of cost by arm: rules that reach some contacts more than others.

Belongs here: how much of each arm's cost lies where a rule outside ours would move it. Does not belong here: those rules.
Branch 11 of the rule (files_and_pricing, section 2). The shares say where the arms might part if the rules were applied; they
are no estimate of what the rules would pay. Of months before launch alone, so that they show no outcome.
"""

import ibis
import ibis.expr.types as ir
import pandas as pd

#: what -> in words
OUTSIDE = {
    "emergency": "non-elective admissions (marginal rate for emergencies)",
    "readmission": "non-elective admissions within 30 days of a discharge (readmissions)",
    "best_practice": "HRGs in scope of a best-practice price (its conditions)",
    "excess_days": "days beyond the trim point (length of stay is unadjusted)",
}
READMITTED_WITHIN = 30


def outside_shares(priced: ir.Table, people: ir.Table, apc: ir.Table, *, launch_month: str) -> pd.DataFrame:
    """arm, cost_pence (all care of the eligible before launch, priced) and of it the pence of each of OUTSIDE.

    priced : `tables.PRICED_ACTIVITY`. people : person and arm. apc : the base year's list, with list_best_practice; null where
    the workbook does not say.
    """
    mine = priced.filter(priced.month < launch_month, priced.price_pence.notnull()).inner_join(
        people.select("person", "arm"), "person"
    )
    listed = apc.filter(apc.list_best_practice).select(best_practice_hrg="list_hrg")
    spells = _readmitted(mine.filter(mine.stream == "apc"))
    spells = spells.left_join(listed, spells.currency == listed.best_practice_hrg)
    excess = ibis.ifelse(spells.base_pence > 0, spells.excess_pence, 0).fill_null(0)
    of_spells = spells.group_by("arm").aggregate(
        emergency=_pence(spells, spells.pod == "non_elective"),
        readmission=_pence(spells, spells.readmitted),
        best_practice=_pence(spells, spells.best_practice_hrg.notnull()),
        excess_days=excess.sum().cast("int64"),
    )
    whole = mine.group_by("arm").aggregate(cost_pence=mine.price_pence.sum().cast("int64"))
    joined = whole.left_join(of_spells, "arm").select("arm", "cost_pence", *OUTSIDE)
    return joined.order_by("arm").execute().fillna(dict.fromkeys(OUTSIDE, 0)).astype(dict.fromkeys(OUTSIDE, "int64"))


def _pence(t: ir.Table, holds: ir.BooleanValue) -> ir.IntegerScalar:
    return ibis.ifelse(holds.fill_null(False), t.price_pence, 0).sum().fill_null(0).cast("int64")


def _readmitted(spells: ir.Table) -> ir.Table:
    """With `readmitted`: a non-elective admission within 30 days of the person's last discharge before it, by any provider."""
    t = spells.mutate(admitted=spells.date - spells.bed_days.as_interval("D"))
    order = ["admitted", "date", "activity_key"]
    so_far = ibis.window(group_by="person", order_by=order, preceding=None, following=0)
    t = t.mutate(discharged_so_far=t.date.max().over(so_far))
    t = t.mutate(last_discharge=t.discharged_so_far.lag().over(ibis.window(group_by="person", order_by=order)))
    days = t.admitted.cast("date").delta(t.last_discharge, unit="day")
    return t.mutate(readmitted=((t.pod == "non_elective") & days.between(0, READMITTED_WITHIN)).fill_null(False))
