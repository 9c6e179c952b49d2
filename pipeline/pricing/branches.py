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
    excess : the part of `base` for days beyond the trim point. other_stay : what `base` had been, had the question of the
    short stay been answered the other way.
    """

    when: ir.BooleanValue
    state: PriceState
    reason: str
    base: ir.IntegerValue | None = None
    excess: ir.IntegerValue | None = None
    other_stay: ir.IntegerValue | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Words for the reason of rows of one state where `condition` holds."""

    condition: ir.BooleanValue
    words: str
    state: PriceState = "priced"


#: the condition of the last branch of a list, which must leave no row undecided
OTHERWISE = ibis.literal(True)


def decide(table: ir.Table, branches: Sequence[Branch]) -> ir.Table:
    """`table` with the price_state and price_reason of the first branch that holds, and its pence.

    base_pence, excess_pence (0 where the branch names none), other_stay_pence: int64, null unless priced.
    """
    number = ibis.cases(*((branch.when, ibis.literal(at, "int64")) for at, branch in enumerate(branches)))
    chosen = table.mutate(branch_number=number)
    chose = chosen.branch_number

    def of_branch(part: str, otherwise: ir.IntegerValue) -> ir.IntegerValue:
        values = [(at, getattr(branch, part)) for at, branch in enumerate(branches)]
        cases = [(chose == at, value.cast("int64")) for at, value in values if value is not None]
        return ibis.cases(*cases, else_=otherwise) if cases else otherwise

    none = ibis.null("int64")
    priced = chose.isin([at for at, branch in enumerate(branches) if branch.base is not None])
    return chosen.mutate(
        base_pence=of_branch("base", none),
        excess_pence=ibis.ifelse(priced, of_branch("excess", ibis.literal(0, "int64")), none),
        other_stay_pence=of_branch("other_stay", none),
        price_state=ibis.cases(*((chose == at, branch.state) for at, branch in enumerate(branches))),
        price_reason=ibis.cases(*((chose == at, branch.reason) for at, branch in enumerate(branches))),
    ).drop("branch_number")


def remarked(table: ir.Table, remarks: Sequence[Remark]) -> ir.Table:
    """`table` with the words of the remarks that apply added to price_reason, so that an assumption is counted, not hidden.

    All in one expression that names each reason once: a chain of them doubles what the engine has to read at every link.
    """
    reason = table.price_reason
    for remark in remarks:
        applies = ((table.price_state == remark.state) & remark.condition).fill_null(False)
        reason = reason + ibis.ifelse(applies, f"; {remark.words}", "")
    return table.mutate(price_reason=reason)
