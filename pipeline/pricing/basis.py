"""Which price list a contact is looked up in: the base year's (constant prices), or that of its own financial year (current).

Belongs here: choosing the lists of either, and joining contacts to them. Does not belong here: what the prices mean
(`spells`, `attendances`, `appointments`).
A contact is always valued both ways, by one rule read twice. A list is asked only about HRGs of its own grouper: rows of a year
that carries another grouper's are refused the look-up (`grouping`), in either basis.
"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from pipeline.pricing import price_tables
from pipeline.pricing.branches import Branch
from pipeline.pricing.tariff import Tariff
from pipeline.study import Prices

NO_LIST = "no price list of its financial year is held"


@dataclass(frozen=True, slots=True)
class Basis:
    """Price lists, and who may be looked up in them.

    own_year : rows are looked up in the list of their own financial year; else all in the one list there is.
    years : financial years that have a list. refused : years whose rows carry HRGs of another grouper than the list they
    would be looked up in. year_words : the year of the list, and grouper : its grouper, in words of a reason.
    """

    lists: price_tables.PriceTables
    own_year: bool
    years: tuple[str, ...]
    refused: tuple[str, ...]
    year_words: str
    grouper: str

    def join(self, table: ir.Table, listed: ir.Table, **keys: str) -> ir.Table:
        """`table` with the columns of its row of `listed`, null where there is none. keys : column of table = of listed."""
        conditions = [table[ours] == listed[theirs] for ours, theirs in keys.items()]
        if self.own_year:
            conditions.append(table.financial_year == listed.list_year)
        joined = table.left_join(listed, conditions) if conditions else table.cross_join(listed)
        return joined.drop("list_year")

    def price_list(self, kind: str = "") -> str:
        """The list in words: `the 2016-17 A&E price list`, `its own year's price list`."""
        whose = f"{self.year_words}'s" if self.own_year else f"the {self.year_words}"
        return " ".join(word for word in (whose, kind, "price list") if word)

    def without_list(self, table: ir.Table) -> list[Branch]:
        """The branch of rows whose year has no list; none at constant prices."""
        if not self.own_year:
            return []
        return [Branch(table.financial_year.notin(self.years).fill_null(True), "no_price", NO_LIST)]


def constant(con: Backend, tariff: Tariff, prices: Prices) -> Basis:
    """Everything at the list of `prices.base`. Raises ProtocolInvalid when it is not held or its grouper is another."""
    base = tariff.base(prices)
    return Basis(
        lists=price_tables.load(con, [base]),
        own_year=False,
        years=(base.year,),
        refused=tuple(prices.years_of_another_grouper),
        year_words=base.year,
        grouper=f"{prices.grouper}, the grouper of the {base.year} price list",
    )


def current(con: Backend, tariff: Tariff, prices: Prices) -> Basis:
    """Every contact at the list of its own financial year, where one is held."""
    held = [tariff.years[year] for year in sorted(tariff.years)]
    return Basis(
        lists=price_tables.load(con, held),
        own_year=True,
        years=tuple(year.year for year in held),
        refused=tuple(year.year for year in held if year.grouper != prices.grouper_of(year.year)),
        year_words="its own year",
        grouper="the grouper of its financial year's price list",
    )


def flat_prices(ae: ir.Table) -> ir.Table:
    """list_year, flat: the one price of type 3 departments whatever the HRG; null should an edition print several."""
    one = ae.list_type3.min() == ae.list_type3.max()
    return ae.group_by("list_year").aggregate(flat=ibis.ifelse(one, ae.list_type3.min(), ibis.null("int64")))
