"""Why the supplier's cost of a contact is not our price: one difference, split exactly into named causes.

Belongs here: the causes, and the split of one contact's difference. Does not belong here: sums and arms (`reconciliation`),
verdicts (`pipeline.assurance`), restating the supplier's prices.

The supplier's cost is the delivered COST_GBP; by convention the market forces factor is in it. A cause is found, not guessed:
the price is worked out again as the supplier may have worked it out (without excess days, with the other answer to the short
stay, at the list of the contact's own year; with the factor left out or applied twice; in pence), singly and together. What
meets the delivered cost to the penny, or to the pound where it is whole pounds, with the fewest departures from our rule,
explains it. Each departure gets what the price moves by at its step, so that the parts add up to the difference.

What no recalculation meets: a cost that keeps one ratio to our price throughout a stream and year, or throughout one currency
in it, is another price level (a list that is not held); where ours is a mean of the fall-back no list can be met; the rest is
not explained.
"""

from dataclasses import dataclass
from itertools import product
from typing import Literal

import ibis
import ibis.expr.types as ir

from pipeline.pricing.market_forces import MILLION
from pipeline.pricing.whole_pence import divided_half_up

#: cause -> what it says of the supplier's cost, in the order in which they are told
CAUSES = {
    "blank_cost": "no cost where we have a price",
    "zero_cost": "a cost of £0 where we have a price",
    "unpriced_here": "a cost where we have no price",
    "pence_for_pounds": "pence delivered as pounds",
    "market_forces_missing": "without the market forces factor",
    "market_forces_twice": "the market forces factor applied twice",
    "own_year": "at the list of the contact's own year",
    "excess_days": "without the days beyond the trim point",
    "short_stay": "the short-stay reduction decided otherwise",
    "price_level": "one ratio to our price throughout: a list that is not held",
    "fallback_mean": "ours is a mean of the fall-back",
    "rounding": "rounding",
    "unexplained": "not explained",
}

#: a ratio, in thousandths, that so many otherwise unexplained rows of a stream and year share, and so large a part of them
LEVEL_ROWS, LEVEL_SHARE = 20, 5
#: the same of one currency in it; here it must be at least every second row
CURRENCY_ROWS, CURRENCY_SHARE = 5, 2
_STREAM_YEAR = ("stream", "financial_year")
_CURRENCY_YEAR = (*_STREAM_YEAR, "pod", "department_type", "currency")

Variant = Literal["ours", "excess_days", "short_stay", "own_year"]
Factor = Literal["once", "market_forces_missing", "market_forces_twice"]
VARIANTS: tuple[Variant, ...] = ("ours", "excess_days", "short_stay", "own_year")
FACTORS: tuple[Factor, ...] = ("once", "market_forces_missing", "market_forces_twice")


@dataclass(frozen=True, slots=True)
class Recalculation:
    """One way in which the supplier may have come to its cost. unit : pence of ours to one of the supplier's, 1 or 100."""

    variant: Variant
    factor: Factor
    unit: int

    @property
    def departures(self) -> int:
        return (self.variant != "ours") + (self.factor != "once") + (self.unit != 1)

    @property
    def priced(self) -> str:
        return f"{self.variant}_{self.factor}"


#: fewest departures first; the first is our own price, met but for rounding
RECALCULATIONS = sorted(
    (Recalculation(*parts) for parts in product(VARIANTS, FACTORS, (1, 100))), key=lambda found: found.departures
)


def split(priced: ir.Table) -> ir.Table:
    """`priced` (`tables.PRICED_ACTIVITY`) with difference_pence and one int64 column a cause, which add up to it.

    difference_pence : the supplier's cost less our price, what either lacks counted as 0; so are contacts that both lack.
    """
    return _named(_levelled(_met(_recalculated(priced))))


def _recalculated(priced: ir.Table) -> ir.Table:
    """With the price of every variant and factor, null where it is no other than ours or cannot be worked out."""
    factor = priced.factor_millionths
    bases = {
        "ours": priced.base_pence,
        "excess_days": ibis.ifelse(priced.excess_pence > 0, priced.base_pence - priced.excess_pence, ibis.null("int64")),
        "short_stay": priced.other_stay_pence,
        "own_year": divided_half_up(priced.current_price_pence * MILLION, factor),
    }
    with_bases = priced.mutate(**{f"{variant}_base": base.cast("int64") for variant, base in bases.items()})
    once = {v: divided_half_up(with_bases[f"{v}_base"] * with_bases.factor_millionths, MILLION) for v in VARIANTS}
    with_once = with_bases.mutate(
        **{
            f"{v}_once": ibis.coalesce(with_bases.current_price_pence if v == "own_year" else once[v], once[v])
            for v in VARIANTS
        }
    )
    return with_once.mutate(
        **{f"{v}_market_forces_missing": with_once[f"{v}_base"] for v in VARIANTS},
        **{
            f"{v}_market_forces_twice": divided_half_up(with_once[f"{v}_once"] * with_once.factor_millionths, MILLION)
            for v in VARIANTS
        },
    ).drop(*(f"{v}_base" for v in VARIANTS))


def _met(t: ir.Table) -> ir.Table:
    """With `met`, the number of the first recalculation that meets the supplier's cost; null where none does."""
    cost, ours = t.supplier_cost_pence, t.price_pence
    comparable = (cost.notnull() & ours.notnull() & (cost != ours) & (cost != 0)).fill_null(False)

    def meets(found: Recalculation) -> ir.BooleanValue:
        off = (cost - t[found.priced] * found.unit).abs()
        pound = ibis.literal(100 * found.unit, "int64").nullif(0)
        whole_pounds = (cost % pound == 0) & (off <= 50 * found.unit)
        return comparable & ((off <= found.unit) | whole_pounds).fill_null(False)

    return t.mutate(
        open=comparable,
        met=ibis.cases(
            *((meets(found), ibis.literal(number, "int64")) for number, found in enumerate(RECALCULATIONS)),
            else_=ibis.null("int64"),
        ),
    )


def _levelled(t: ir.Table) -> ir.Table:
    """With `level`: the cost keeps the ratio to our price that other unexplained rows like it keep."""
    unexplained = t.open & t.met.isnull() & (t.price_state == "priced") & (t.price_pence > 0) & (t.supplier_cost_pence > 0)
    t = t.mutate(
        ratio=ibis.ifelse(unexplained, divided_half_up(t.supplier_cost_pence * 1000, t.price_pence), ibis.null("int64"))
    )
    found = []
    for keys, rows, share in ((_STREAM_YEAR, LEVEL_ROWS, LEVEL_SHARE), (_CURRENCY_YEAR, CURRENCY_ROWS, CURRENCY_SHARE)):
        name = f"level_{len(keys)}"
        usual = _usual_ratio(t, keys, rows, share).rename({f"{name}_{key}": key for key in keys} | {name: "ratio"})
        t = t.left_join(usual, [t[key] == usual[f"{name}_{key}"] for key in keys]).drop(*(f"{name}_{key}" for key in keys))
        found.append(name)
    near = [((t.ratio - t[name]).abs() <= 1).fill_null(False) for name in found]
    return t.mutate(level=near[0] | near[1]).drop(*found)


def _usual_ratio(t: ir.Table, keys: tuple[str, ...], least_rows: int, share: int) -> ir.Table:
    """keys, ratio: the commonest ratio, where at least `least_rows` rows and one in `share` of the unexplained have it."""
    counted = t.filter(t.ratio.notnull()).group_by([*keys, "ratio"]).aggregate(rows=lambda c: c.count().cast("int64"))
    window = ibis.window(group_by=list(keys))
    order = ibis.window(group_by=list(keys), order_by=[ibis.desc("rows"), ibis.asc("ratio")])
    placed = counted.mutate(whole=counted.rows.sum().over(window).cast("int64"), place=ibis.row_number().over(order))
    usual = placed.filter((placed.place == 0) & (placed.rows >= least_rows) & (placed.rows * share >= placed.whole))
    return usual.select(*keys, "ratio")


def _named(t: ir.Table) -> ir.Table:
    """The difference of each row laid into the columns of its causes."""
    cost, ours, zero = t.supplier_cost_pence, t.price_pence, ibis.literal(0, "int64")
    difference = (cost.fill_null(0) - ours.fill_null(0)).cast("int64")

    def chosen(value_of: dict[int, ir.IntegerValue]) -> ir.IntegerValue:
        return ibis.cases(*((t.met == number, value) for number, value in value_of.items()), else_=zero) if value_of else zero

    numbered = list(enumerate(RECALCULATIONS))
    steps: dict[str, ir.IntegerValue] = {}
    for variant in VARIANTS[1:]:
        steps[variant] = chosen({n: t[f"{variant}_once"] - ours for n, r in numbered if r.variant == variant})
    for factor in FACTORS[1:]:
        steps[factor] = chosen({n: t[r.priced] - t[f"{r.variant}_once"] for n, r in numbered if r.factor == factor})
    steps["pence_for_pounds"] = chosen({n: t[r.priced] * (r.unit - 1) for n, r in numbered if r.unit != 1})
    steps["rounding"] = chosen({n: cost - t[r.priced] * r.unit for n, r in numbered})
    mean = t.open & t.met.isnull() & (t.price_state == "fallback")
    whole = {
        "blank_cost": cost.isnull() & ours.notnull(),
        "zero_cost": (cost == 0) & ours.notnull() & (ours != 0),
        "unpriced_here": cost.notnull() & ours.isnull(),
        "price_level": t.level,
        "fallback_mean": mean,
        "unexplained": t.open & t.met.isnull() & ~t.level & ~mean,
    }
    steps |= {cause: ibis.ifelse(holds.fill_null(False), difference, zero) for cause, holds in whole.items()}
    recalculated = [f"{variant}_{factor}" for variant in VARIANTS for factor in FACTORS]
    return t.mutate(difference_pence=difference, **{cause: steps[cause].fill_null(0).cast("int64") for cause in CAUSES}).drop(
        "open", "met", "ratio", "level", *recalculated
    )
