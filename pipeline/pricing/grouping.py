"""Rows whose HRGs are of another grouper than the price base's: their codes are looked up nowhere.

Belongs here: which rows those are, and the branch that leaves them without a price. Does not belong here: what stands in for a
price (`fallback`).
HRG4 became HRG4+ in April 2017. Of the codes on the price lists 165 stand in both and 88 of those mean something else
(workbooks 2016/17 and 2017/18), and no delivered column tells the groupers apart (SUSHRGVERS says 4.0 for both). So the year
decides, by the protocol (`prices.grouper_by_year`), and no code of such a year is priced, whichever it is. Prices that rest on
no HRG stay: the flat price of type 3 departments, outpatient attendances by treatment function.
"""

import ibis.expr.types as ir

from pipeline.pricing.branches import Branch
from pipeline.study import Prices


def of_another_grouper(table: ir.Table, prices: Prices) -> ir.BooleanValue:
    """True where financial_year is one whose rows carry codes of another grouper; false while it is not known."""
    return table.financial_year.isin(prices.years_of_another_grouper).fill_null(False)


def branches(table: ir.Table, prices: Prices, *, where: ir.BooleanValue | None = None) -> list[Branch]:
    """The branch for such rows, to stand before any look-up by HRG; none where every year has the base's grouper.

    where : narrows it to the rows that would be looked up by HRG.
    """
    if not prices.years_of_another_grouper:
        return []
    other = of_another_grouper(table, prices)
    reason = f"HRG is not of {prices.grouper}, the grouper of the {prices.base} price list"
    return [Branch(other if where is None else other & where, "no_price", reason)]
