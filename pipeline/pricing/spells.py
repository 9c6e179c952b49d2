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

from pipeline import tables
from pipeline.errors import ProtocolInvalid
from pipeline.pricing import grouping, market_forces, price_tables, scope
from pipeline.pricing.admission import admission_group, point_of_delivery
from pipeline.pricing.branches import OTHERWISE, Branch, decide, remark
from pipeline.pricing.tariff import Tariff
from pipeline.pricing.whole_pence import at_least_zero
from pipeline.study import Prices, PricingRules


def price_spells(spells: ir.Table, *, tariff: Tariff, prices: Prices, rules: PricingRules, con: Backend) -> ir.Table:
    """Spells (`tables.SPELLS`) as `tables.PRICED_ACTIVITY`, stream apc, every year at the prices of `prices.base`.

    Raises ProtocolInvalid when no workbook holds the base year, its grouper is another, or the protocol asks for the
    highest-priced episode as a proxy, which needs episode HRGs that a spell table does not carry.
    """
    if rules.multi_episode_without_spell_hrg == "highest_episode":
        raise ProtocolInvalid(
            "study.yaml, pricing.multi_episode_without_spell_hrg: highest_episode cannot be applied, since spells do not carry "
            "the HRGs of their episodes.",
            "Choose unpriced; those spells are counted by reason.",
        )
    base = tariff.base(prices)
    lists = price_tables.load(con, base)
    facts = _facts(spells)
    listed = facts.left_join(lists.apc, facts.hrg == lists.apc.list_hrg)
    decided = decide(listed, _branches(listed, prices=prices, minimum_age=rules.short_stay_minimum_age))
    decided = remark(
        decided,
        (decided.patient_class == "2") & (decided.admission_group != "elective"),
        "day-case class with a non-elective admission, taken as length of stay 0",
    )
    decided = remark(decided, decided.spell_hrg.isnull(), "no spell HRG, HRG of the only episode")
    decided = remark(decided, decided.spell_hrgs > 1, "episodes carry more than one spell HRG")
    priced = market_forces.apply(decided, lists.mff, year=base.year, rules=rules)
    return tables.cast(
        priced.mutate(
            stream=ibis.literal("apc"),
            activity_key=priced.spell_key,
            department_type=ibis.literal(""),
            date=priced.discharge_date,
            pod=point_of_delivery(priced.admission_group, priced.patient_class),
            currency=priced.hrg,
            bed_days=at_least_zero(priced.days).fill_null(0),
        ),
        tables.PRICED_ACTIVITY,
    )


def _facts(spells: ir.Table) -> ir.Table:
    """The facts that branches ask about: hrg, admission_group, days (as delivered), stay (days that count for the price)."""
    days = spells.discharge_date.delta(spells.admission_date, unit="day").cast("int64")
    return spells.mutate(
        hrg=ibis.coalesce(spells.spell_hrg, ibis.ifelse(spells.episodes == 1, spells.episode_hrg, ibis.null("string"))),
        admission_group=admission_group(spells.admission_method),
        days=days,
        stay=ibis.ifelse((spells.patient_class == "2").fill_null(False), ibis.literal(0, "int64"), days),
    )


def _branches(t: ir.Table, *, prices: Prices, minimum_age: int) -> list[Branch]:
    """In order; from `not on the list` downwards every row has an HRG with a price row, a group and class 1 or 2."""
    elective = t.admission_group == "elective"
    day_case = elective & (t.patient_class == "2")
    day_case_price = ibis.coalesce(t.list_combined, t.list_day_case)
    overnight_price = ibis.coalesce(t.list_combined, t.list_ordinary_elective)
    elective_excess = at_least_zero(t.stay - t.list_elective_trim)
    excess = at_least_zero(t.stay - t.list_ne_trim)
    may_be_short = (t.admission_group == "emergency") & t.list_short_stay_applies & (t.stay <= 1)
    short = may_be_short & (t.age >= minimum_age)
    return [
        *scope.excluded(t),
        Branch(t.discharge_date.isnull(), "missing", "not discharged yet"),
        Branch(t.patient_class.isin(["3", "4"]), "no_price", "regular attender: no national price"),
        Branch(t.patient_class == "5", "no_price", "mother and baby using delivery facilities only: no national price"),
        Branch(t.patient_class.isnull() | t.patient_class.notin(["1", "2"]), "missing", "patient class not known"),
        Branch(t.hrg.isnull() & (t.episodes > 1), "missing", "no spell HRG and more than one episode"),
        Branch(t.hrg.isnull(), "missing", "no HRG"),
        Branch(t.hrg == scope.UNGROUPABLE, "ungroupable", "HRG UZ01Z: data invalid for grouping"),
        Branch(t.admission_group.isnull(), "missing", "admission method not known"),
        *grouping.branches(t, prices),
        Branch(t.list_hrg.isnull(), "no_price", f"HRG is not on the {prices.base} price list"),
        Branch(day_case & day_case_price.isnull(), "no_price", "HRG has no day case price"),
        Branch(day_case, "priced", "day case", day_case_price),
        Branch(t.stay.isnull(), "missing", "admission date not known"),
        Branch(t.stay < 0, "missing", "discharged before admission"),
        Branch(elective & overnight_price.isnull(), "no_price", "HRG has no ordinary elective price"),
        Branch(elective & (elective_excess == 0), "priced", "ordinary elective", overnight_price),
        Branch(
            elective & (elective_excess * t.list_per_day).notnull(),
            "priced",
            "ordinary elective with excess days",
            overnight_price + elective_excess * t.list_per_day,
        ),
        Branch(elective, "no_price", "HRG has no trim point or no price a day beyond it"),
        Branch(may_be_short & t.age.isnull(), "missing", "age not known where the short-stay price depends on it"),
        Branch(short & t.list_short_stay_price.isnull(), "no_price", "HRG has no reduced short-stay emergency price"),
        Branch(short, "priced", "reduced short-stay emergency", t.list_short_stay_price),
        Branch(t.list_non_elective.isnull(), "no_price", "HRG has no non-elective price"),
        Branch(excess == 0, "priced", "non-elective", t.list_non_elective),
        Branch(
            (excess * t.list_per_day).notnull(),
            "priced",
            "non-elective with excess days",
            t.list_non_elective + excess * t.list_per_day,
        ),
        Branch(OTHERWISE, "no_price", "HRG has no trim point or no price a day beyond it"),
    ]
