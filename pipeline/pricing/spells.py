"""The pricing rule for admitted care, one provider spell at a time.

Belongs here: branches 1-7 of the rule (files_and_pricing, section 2) for spells. Does not belong here: how spells are
derived (`pipeline.cleaning`), means that stand in for a price (`fallback`).
The HRG is the spell's (SUSCOREHRG): grouping looks at all episodes, so it may be one that no episode has. Length of stay is
unadjusted (our layout has no field for critical-care, rehabilitation or palliative days), which overstates excess days; the
reason of each price says whether excess days were paid, so that the spells concerned can be counted.
"""

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from pipeline.errors import ProtocolInvalid
from pipeline.pricing import basis, grouping, market_forces, scope
from pipeline.pricing.admission import admission_group, point_of_delivery, priced_class
from pipeline.pricing.basis import Basis
from pipeline.pricing.both_prices import both
from pipeline.pricing.branches import OTHERWISE, Branch, Remark, decide, remarked
from pipeline.pricing.proxy import SAID, with_proxy
from pipeline.pricing.tariff import Tariff
from pipeline.pricing.whole_pence import at_least_zero
from pipeline.study import Prices, PricingRules


def price_spells(
    spells: ir.Table,
    *,
    tariff: Tariff,
    prices: Prices,
    rules: PricingRules,
    con: Backend,
    episode_hrgs: ir.Table | None = None,
) -> ir.Table:
    """Spells (`tables.SPELLS`) as `tables.PRICED_ACTIVITY`, stream apc: every year at the prices of `prices.base`, and at
    those of its year of discharge.

    episode_hrgs : spell_key and hrg of the episodes of spells without a spell HRG, which the protocol's proxy needs.
    Raises ProtocolInvalid when no workbook holds the base year, its grouper is another, or the protocol asks for the proxy and
    the HRGs of the episodes were not handed over.
    """
    facts = _facts(spells, rules)
    if rules.multi_episode_without_spell_hrg == "highest_episode":
        if episode_hrgs is None:
            raise ProtocolInvalid(
                "study.yaml, pricing.multi_episode_without_spell_hrg: highest_episode cannot be applied, since the HRGs of the "
                "episodes were not handed over.",
                "Materialise the spells anew, or choose unpriced; those spells are counted by reason.",
            )
        at_base = basis.constant(con, tariff, prices)
        facts = with_proxy(facts, episode_hrgs, lambda rows: _valued(rows, at_base, rules))
    return both(facts, lambda rows, at: _valued(rows, at, rules), con=con, tariff=tariff, prices=prices)


def _facts(spells: ir.Table, rules: PricingRules) -> ir.Table:
    """The facts that branches ask about: hrg, admission_group, stay (days that count for the price), told_class."""
    days = spells.discharge_date.delta(spells.admission_date, unit="day").cast("int64")
    told_class = priced_class(spells.patient_class, rules.patient_class_priced_as)
    group = admission_group(spells.admission_method, rules.other_non_elective_methods)
    return spells.mutate(
        stream=ibis.literal("apc"),
        activity_key=spells.spell_key,
        department_type=ibis.literal(""),
        date=spells.discharge_date,
        bed_days=at_least_zero(days).fill_null(0),
        hrg=ibis.coalesce(spells.spell_hrg, ibis.ifelse(spells.episodes == 1, spells.episode_hrg, ibis.null("string"))),
        admission_group=group,
        told_class=told_class,
        delivered_as=point_of_delivery(group, told_class),
        by_proxy=ibis.literal(False),
        stay=ibis.ifelse((told_class == "2").fill_null(False), ibis.literal(0, "int64"), days),
    )


def _valued(facts: ir.Table, at: Basis, rules: PricingRules) -> ir.Table:
    listed = at.join(facts, at.lists.apc, hrg="list_hrg")
    decided = decide(listed, _branches(listed, at, rules))
    valued = market_forces.apply(remarked(decided, [*_remarks(decided), *scope.remarks(decided)]), at, rules)
    return valued.mutate(pod=valued.delivered_as, currency=valued.hrg)


def _remarks(t: ir.Table) -> list[Remark]:
    """Assumptions behind a price, to be counted."""
    day_class = (t.told_class == "2") & (t.admission_group != "elective")
    return [
        Remark(day_class, "day-case class with a non-elective admission, taken as length of stay 0"),
        Remark(t.told_class != t.patient_class, "patient class priced as the protocol says"),
        Remark(t.spell_hrg.isnull() & ~t.by_proxy, "no spell HRG, HRG of the only episode"),
        Remark(t.by_proxy, SAID),
        Remark(t.spell_hrgs > 1, "episodes carry more than one spell HRG"),
    ]


def _branches(t: ir.Table, at: Basis, rules: PricingRules) -> list[Branch]:
    """In order; from `not on the list` downwards every row has an HRG with a price row, a group and class 1 or 2."""
    return [
        *scope.excluded(t),
        Branch(t.discharge_date.isnull(), "missing", "not discharged yet"),
        scope.unbundled(t),
        *at.without_list(t),
        Branch(t.told_class.isin(["3", "4"]), "no_price", "regular attender: no national price"),
        Branch(t.told_class == "5", "no_price", "mother and baby using delivery facilities only: no national price"),
        Branch(t.told_class.isnull() | t.told_class.notin(["1", "2"]), "missing", "patient class not known"),
        Branch(t.hrg.isnull() & (t.episodes > 1), "missing", "no spell HRG and more than one episode"),
        Branch(t.hrg.isnull(), "missing", "no HRG"),
        Branch(t.hrg == scope.UNGROUPABLE, "ungroupable", "HRG UZ01Z: data invalid for grouping"),
        Branch(t.admission_group.isnull(), "missing", "admission method not known"),
        *grouping.branches(t, at),
        Branch(t.list_hrg.isnull(), "no_price", f"HRG is not on {at.price_list()}"),
        *_elective(t),
        *_non_elective(t, rules),
    ]


def _elective(t: ir.Table) -> list[Branch]:
    """Column E, or F for a day case and G for a stay; days beyond the elective trim point for a stay alone."""
    elective = t.admission_group == "elective"
    day_case = elective & (t.told_class == "2")
    day_case_price = ibis.coalesce(t.list_combined, t.list_day_case)
    price = ibis.coalesce(t.list_combined, t.list_ordinary_elective)
    days = at_least_zero(t.stay - t.list_elective_trim)
    excess = days * t.list_per_day
    return [
        Branch(day_case & day_case_price.isnull(), "no_price", "HRG has no day case price"),
        Branch(day_case, "priced", "day case", day_case_price),
        Branch(t.stay.isnull(), "missing", "admission date not known"),
        Branch(t.stay < 0, "missing", "discharged before admission"),
        Branch(elective & price.isnull(), "no_price", "HRG has no ordinary elective price"),
        Branch(elective & (days == 0), "priced", "ordinary elective", price),
        Branch(elective & excess.notnull(), "priced", "ordinary elective with excess days", price + excess, excess),
        Branch(elective, "no_price", "HRG has no trim point or no price a day beyond it"),
    ]


def _non_elective(t: ir.Table, rules: PricingRules) -> list[Branch]:
    """Column N for a short emergency stay of an adult, else I with days beyond the non-elective trim point."""
    days = at_least_zero(t.stay - t.list_ne_trim)
    excess = days * t.list_per_day
    price, short_price = t.list_non_elective, t.list_short_stay_price
    may_be_short = (t.admission_group == "emergency") & t.list_short_stay_applies & (t.stay <= rules.short_stay_maximum_days)
    short = may_be_short & (t.age >= rules.short_stay_minimum_age)
    with_excess = "non-elective with excess days"
    return [
        *(
            [
                Branch(
                    t.told_class == "2", "no_price", "day-case class with a non-elective admission: not priced by the protocol"
                )
            ]
            if rules.day_case_class_not_elective == "unpriced"
            else []
        ),
        Branch(may_be_short & t.age.isnull(), "missing", "age not known where the short-stay price depends on it"),
        Branch(short & short_price.isnull(), "no_price", "HRG has no reduced short-stay emergency price"),
        Branch(short, "priced", "reduced short-stay emergency", short_price, other_stay=price),
        Branch(price.isnull(), "no_price", "HRG has no non-elective price"),
        Branch(days == 0, "priced", "non-elective", price, other_stay=short_price),
        Branch(excess.notnull(), "priced", with_excess, price + excess, excess, other_stay=short_price),
        Branch(OTHERWISE, "no_price", "HRG has no trim point or no price a day beyond it"),
    ]
