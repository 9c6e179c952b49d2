"""The pricing rule for A&E attendances: HRG by department type.

Belongs here: branch 8 of the rule (files_and_pricing, section 2). Does not belong here: which attendances are unplanned.
Planned attendances (category 2) and people who left before treatment (disposal 12, 13) keep their HRG and are priced:
whether they count as unplanned is a choice about outcomes, not about price.
"""

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from pipeline import tables
from pipeline.pricing import grouping, market_forces, price_tables, scope
from pipeline.pricing.branches import OTHERWISE, Branch, decide, remark
from pipeline.pricing.tariff import Tariff
from pipeline.study import Prices, PricingRules


def price_attendances(attendances: ir.Table, *, tariff: Tariff, prices: Prices, rules: PricingRules, con: Backend) -> ir.Table:
    """A&E attendances (`tables.ATTENDANCES`) as `tables.PRICED_ACTIVITY`, stream ae, at the prices of `prices.base`.

    Raises ProtocolInvalid when no workbook holds the base year or its grouper is another.
    """
    base = tariff.base(prices)
    lists = price_tables.load(con, base)
    listed = attendances.left_join(lists.ae, attendances.hrg == lists.ae.list_hrg)
    decided = decide(listed, _branches(listed, prices=prices, flat=_flat_price(lists.ae)))
    decided = remark(decided, (decided.department_type == "03") & decided.hrg.isnull(), "no HRG")
    priced = market_forces.apply(decided, lists.mff, year=base.year, rules=rules)
    return tables.cast(
        priced.mutate(
            stream=ibis.literal("ae"),
            activity_key=priced.attendance_key,
            department_type=priced.department_type.fill_null(""),
            date=priced.arrival_date,
            pod=ibis.literal("ae"),
            currency=priced.hrg,
            bed_days=ibis.literal(0, "int64"),
        ),
        tables.PRICED_ACTIVITY,
    )


def _flat_price(ae: ir.Table) -> ir.IntegerScalar:
    """Type 3 departments have one price whatever the HRG; should an edition ever print several, there is none."""
    one = ae.list_type3.min() == ae.list_type3.max()
    return ae.aggregate(flat=ibis.ifelse(one, ae.list_type3.min(), ibis.null("int64"))).as_scalar()


def _branches(t: ir.Table, *, prices: Prices, flat: ir.IntegerScalar) -> list[Branch]:
    department = t.department_type
    type_3 = (department == "03") & (t.hrg.isnull() | t.hrg.startswith("VB"))
    return [
        Branch(department == "04", "out_of_scope", "walk-in centre (type 4): outside the national tariff"),
        Branch(t.hrg == scope.UNGROUPABLE, "ungroupable", "HRG UZ01Z: data invalid for grouping"),
        Branch(department.isnull() | department.notin(["01", "02", "03"]), "missing", "department type not known"),
        Branch(type_3 & flat.notnull(), "priced", "type 3 department, flat price", flat),
        Branch(t.hrg.isnull(), "missing", "no HRG"),
        *grouping.branches(t, prices),
        Branch(t.list_hrg.isnull(), "no_price", f"HRG is not on the {prices.base} A&E price list"),
        Branch(department.isin(["01", "02"]) & t.list_type12.notnull(), "priced", "type 1 or 2 department", t.list_type12),
        Branch(OTHERWISE, "no_price", "HRG has no price for this department type"),
    ]
