"""A pricing rule as an ordered list of branches: the first that holds decides price, state and reason.

Belongs here: the shape of a branch and how the engine evaluates a list of them. Does not belong here: any branch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from pipeline.vocabulary import PriceState


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch. `base` is pence before the market forces factor, given exactly when `state` is `priced`.

    A condition that is null (a fact is unknown) does not hold. `reason` is words for a reader: it names the branch, never
    what stands in the row.
    """

    when: ir.BooleanValue
    state: PriceState
    reason: str
    base: ir.IntegerValue | None = None


#: the condition of the last branch of a list, which must leave no row undecided
OTHERWISE = ibis.literal(True)


def decide(table: ir.Table, branches: Sequence[Branch]) -> ir.Table:
    """`table` with base_pence (int64, null unless priced), price_state and price_reason of the first branch that holds."""
    number = ibis.cases(*((branch.when, ibis.literal(at, "int64")) for at, branch in enumerate(branches)))
    chosen = table.mutate(branch_number=number)
    chose = chosen.branch_number
    priced = [(chose == at, branch.base.cast("int64")) for at, branch in enumerate(branches) if branch.base is not None]
    return chosen.mutate(
        base_pence=ibis.cases(*priced, else_=ibis.null("int64")),
        price_state=ibis.cases(*((chose == at, branch.state) for at, branch in enumerate(branches))),
        price_reason=ibis.cases(*((chose == at, branch.reason) for at, branch in enumerate(branches))),
    ).drop("branch_number")


def remark(table: ir.Table, condition: ir.BooleanValue, words: str) -> ir.Table:
    """Add `words` to the reason of priced rows where `condition` holds, so that an assumption is counted, not hidden."""
    applies = (table.price_state == "priced") & condition
    return table.mutate(
        price_reason=ibis.ifelse(applies.fill_null(False), table.price_reason + "; " + words, table.price_reason)
    )
