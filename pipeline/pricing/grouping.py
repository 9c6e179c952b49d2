"""Rows whose HRGs are of another grouper than the price list's: their codes are looked up nowhere.

Belongs here: which rows those are, and the branch that leaves them without a price. Does not belong here: what stands in for a
price (`fallback`), which list that is (`basis`).
HRG4 became HRG4+ in April 2017. Of the codes on the price lists 165 stand in both and 88 of those mean something else
(workbooks 2016/17 and 2017/18), and no delivered column tells the groupers apart (SUSHRGVERS says 4.0 for both). So the year
decides, by the protocol (`prices.grouper_by_year`), and no code of such a year is priced, whichever it is. Prices that rest on
no HRG stay: the flat price of type 3 departments, outpatient attendances by treatment function.
"""

import ibis.expr.types as ir

from pipeline.pricing.basis import Basis
from pipeline.pricing.branches import Branch


def of_another_grouper(table: ir.Table, basis: Basis) -> ir.BooleanValue:
    """True where financial_year is one whose rows carry codes of another grouper; false while it is not known."""
    return table.financial_year.isin(basis.refused).fill_null(False)


def branches(table: ir.Table, basis: Basis, *, where: ir.BooleanValue | None = None) -> list[Branch]:
    """The branch for such rows, to stand before any look-up by HRG; none where every year has the list's grouper.

    where : narrows it to the rows that would be looked up by HRG.
    """
    if not basis.refused:
        return []
    other = of_another_grouper(table, basis)
    return [Branch(other if where is None else other & where, "no_price", f"HRG is not of {basis.grouper}")]
