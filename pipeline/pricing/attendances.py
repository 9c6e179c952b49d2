"""The pricing rule for A&E attendances: HRG by department type.

Belongs here: branch 8 of the rule (files_and_pricing, section 2). Does not belong here: which attendances are unplanned.
Planned attendances (category 2) and people who left before treatment (disposal 12, 13) keep their HRG and are priced, unless
the protocol says otherwise: whether they count as unplanned is a choice about outcomes, not about price.
"""

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from pipeline.pricing import grouping, market_forces, scope
from pipeline.pricing.basis import Basis, flat_prices
from pipeline.pricing.both_prices import both
from pipeline.pricing.branches import OTHERWISE, Branch, Remark, decide, remarked
from pipeline.pricing.tariff import Tariff
from pipeline.study import Prices, PricingRules

PLANNED = "2"
#: AEATTENDDISP: left before treatment, left having refused it
LEFT = ("12", "13")


def price_attendances(attendances: ir.Table, *, tariff: Tariff, prices: Prices, rules: PricingRules, con: Backend) -> ir.Table:
    """A&E attendances (`tables.ATTENDANCES`) as `tables.PRICED_ACTIVITY`, stream ae: at the prices of `prices.base`, and at
    those of the year of arrival.

    Raises ProtocolInvalid when no workbook holds the base year or its grouper is another.
    """
    facts = attendances.mutate(
        stream=ibis.literal("ae"),
        activity_key=attendances.attendance_key,
        department_type=attendances.department_type.fill_null(""),
        date=attendances.arrival_date,
        bed_days=ibis.literal(0, "int64"),
    )
    return both(facts, lambda rows, basis: _valued(rows, basis, rules), con=con, tariff=tariff, prices=prices)


def _valued(facts: ir.Table, basis: Basis, rules: PricingRules) -> ir.Table:
    listed = basis.join(facts, basis.lists.ae, hrg="list_hrg")
    listed = basis.join(listed, flat_prices(basis.lists.ae))
    decided = decide(listed, _branches(listed, basis, rules))
    type_3_without = Remark((decided.department_type == "03") & decided.hrg.isnull(), "no HRG")
    valued = market_forces.apply(remarked(decided, [type_3_without, *scope.remarks(decided)]), basis, rules)
    return valued.mutate(pod=ibis.literal("ae"), currency=valued.hrg)


def _branches(t: ir.Table, basis: Basis, rules: PricingRules) -> list[Branch]:
    department = t.department_type
    flat_rate = department == "03"
    with_hrg = t.hrg.startswith("VB")
    type_3 = flat_rate & (with_hrg | t.hrg.isnull() if rules.type_3_without_hrg == "flat" else with_hrg)
    return [
        Branch(department == "04", "out_of_scope", "walk-in centre (type 4): outside the national tariff"),
        *_chosen(t, rules),
        *basis.without_list(t),
        Branch(t.hrg == scope.UNGROUPABLE, "ungroupable", "HRG UZ01Z: data invalid for grouping"),
        Branch(department.notin(["01", "02", "03"]), "missing", "department type not known"),
        Branch(type_3 & t.flat.notnull(), "priced", "type 3 department, flat price", t.flat),
        Branch(t.hrg.isnull(), "missing", "no HRG"),
        *grouping.branches(t, basis),
        Branch(t.list_hrg.isnull(), "no_price", f"HRG is not on {basis.price_list('A&E')}"),
        Branch(department.isin(["01", "02"]) & t.list_type12.notnull(), "priced", "type 1 or 2 department", t.list_type12),
        Branch(OTHERWISE, "no_price", "HRG has no price for this department type"),
    ]


def _chosen(t: ir.Table, rules: PricingRules) -> list[Branch]:
    """Branches that exist only where the protocol chooses them."""
    found = []
    if rules.planned_attendances == "out_of_scope":
        found.append(Branch(t.attendance_category == PLANNED, "out_of_scope", "planned attendance: the protocol leaves it out"))
    if rules.left_before_treatment == "no_price":
        found.append(Branch(t.disposal.isin(LEFT), "no_price", "left before treatment: the protocol gives it no price"))
    return found
