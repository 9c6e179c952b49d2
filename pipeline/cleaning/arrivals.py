"""A&E rows that arrive within minutes of each other and are otherwise alike.

Belongs here: the pairwise rule in real minutes. Does not belong here: which rows are alike (`emergency_care`).
HFAnalyticsLab/HES_pipeline subtracts hhmm as whole numbers over the whole group, so that three rows spread over two hours all
escape, and 0955 and 1005 count as 50 apart. Here each row is compared with the row that stays, in minutes.
"""

import ibis
import ibis.expr.types as ir

from pipeline.cleaning.duplicates import Search, preferred_first, several
from pipeline.study import CleaningRules

#: how many separate attendances of one group (same person, day, provider, diagnosis, treatment) can each gather their
#: duplicates; rows beyond stay as they are, and none is lost
ROUNDS = 6
REASON = "the same attendance within the minutes of the protocol"


def near(by: str, *, rules: CleaningRules) -> Search:
    """Rows that share `by` and arrive (arrival_minute) within the minutes of the protocol of the one that stays.

    The best row of a group (`duplicates.preferred_first`) stays and takes those near it; then the best of what is left, and
    so on: greedy, so that no row is merged into one that is itself merged.
    """

    def find(rows: ir.Table) -> ir.Table:
        candidates = several(rows, by)
        near = candidates.select(
            by, "DELIVERY", "ROW_NO", "arrival_minute",
            PLACE=ibis.row_number().over(group_by=by, order_by=preferred_first(candidates, rules)),
            STAYS_AT=ibis.null("int64"),  # PLACE of the row that this one goes to; its own where it stays
        )  # fmt: skip
        for _ in range(ROUNDS):
            near = _round(near, by=by, within=rules.ae_duplicate_minutes)
        losers = near.filter(near.STAYS_AT != near.PLACE).select(by, "DELIVERY", "ROW_NO", "STAYS_AT")
        stay = near.select(by, TO_DELIVERY="DELIVERY", TO_ROW_NO="ROW_NO", STAYS_AT="PLACE")
        return losers.join(stay, [by, "STAYS_AT"])

    return Search((by, "arrival_minute"), REASON, find)


def _round(rows: ir.Table, *, by: str, within: int) -> ir.Table:
    """One more row a group stays, and takes the undecided ones near it."""
    rows = rows.mutate(BEST=rows.PLACE.min(where=rows.STAYS_AT.isnull()).over(group_by=by))
    rows = rows.mutate(BEST_MINUTE=rows.arrival_minute.max(where=rows.PLACE == rows.BEST).over(group_by=by))
    near = (rows.arrival_minute - rows.BEST_MINUTE).abs() <= within
    rows = rows.mutate(STAYS_AT=(rows.STAYS_AT.isnull() & near).ifelse(rows.BEST, rows.STAYS_AT))
    return rows.drop("BEST", "BEST_MINUTE")
