"""The pricing rule for attended outpatient appointments: a procedure price, or the attendance price of the treatment function.

Belongs here: branch 9 of the rule (files_and_pricing, section 2). Does not belong here: which appointments were attended.
Letters of the attendance HRG run B = first and A = follow-up, face to face; D and C the same, not face to face. When HRG and
FIRSTATT disagree the HRG wins, and the reason says so. Multi-professional attendances are known by their HRG (WF02) alone.
Attendance HRGs mean the same in either grouper, and their price is the treatment function's. Any other HRG of a year of another
grouper is taken for a procedure: whether it would have a procedure price in the base year cannot be known.
"""

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from pipeline import tables
from pipeline.pricing import grouping, market_forces, price_tables, scope
from pipeline.pricing.branches import OTHERWISE, Branch, decide, remark
from pipeline.pricing.tariff import Tariff
from pipeline.study import Prices, PricingRules

FACE_TO_FACE = ("WF01B", "WF02B", "WF01A", "WF02A")


def price_appointments(
    appointments: ir.Table, *, tariff: Tariff, prices: Prices, rules: PricingRules, con: Backend
) -> ir.Table:
    """Attended appointments (`tables.APPOINTMENTS`) as `tables.PRICED_ACTIVITY`, stream op, at the prices of `prices.base`.

    currency is the HRG of a procedure, else the treatment function. An unpriced appointment of which neither HRG nor FIRSTATT
    tells the kind is counted as a follow-up, the commoner kind.
    Raises ProtocolInvalid when no workbook holds the base year or its grouper is another.
    """
    base = tariff.base(prices)
    lists = price_tables.load(con, base)
    facts = _facts(appointments, lists, prices)
    decided = decide(facts, _branches(facts, prices))
    attendance = decided.procedure_price.isnull()
    assumed = attendance & decided.hrg.notin(FACE_TO_FACE).fill_null(True)
    decided = remark(decided, assumed & decided.hrg.isnull(), "no HRG, single professional assumed")
    decided = remark(
        decided, assumed & decided.hrg.notnull(), "HRG without outpatient procedure price, single professional assumed"
    )
    disagrees = (decided.kind == "first") & (decided.first_attendance != "1")
    disagrees = disagrees | ((decided.kind == "follow_up") & (decided.first_attendance != "2"))
    decided = remark(decided, attendance & disagrees, "FIRSTATT says otherwise than the HRG")
    priced = market_forces.apply(decided, lists.mff, year=base.year, rules=rules)
    pod = ibis.cases(
        (priced.procedure_price.notnull() | priced.other_procedure, "op_procedure"),
        (priced.kind.isin(["first", "first_not_face_to_face"]), "op_first"),
        else_="op_follow_up",
    )
    return tables.cast(
        priced.mutate(
            stream=ibis.literal("op"),
            activity_key=priced.appointment_key,
            department_type=ibis.literal(""),
            date=priced.appointment_date,
            pod=pod,
            currency=ibis.ifelse(
                priced.procedure_price.notnull() | priced.other_procedure, priced.hrg, priced.treatment_function
            ),
            bed_days=ibis.literal(0, "int64"),
        ),
        tables.PRICED_ACTIVITY,
    )


def _facts(appointments: ir.Table, lists: price_tables.PriceTables, prices: Prices) -> ir.Table:
    """With the price row of the treatment function, procedure_price (column D; null for attendance HRGs) and kind.

    other_procedure : an HRG of another grouper that is no attendance HRG; such have no procedure_price.
    """
    procedures = lists.apc.select(procedure_hrg="list_hrg", column_d="list_op_procedure")
    joined = appointments.left_join(procedures, appointments.hrg == procedures.procedure_hrg)
    joined = joined.left_join(lists.outpatient, joined.treatment_function == lists.outpatient.list_tfc)
    by_hrg = ibis.cases(
        (joined.hrg.isin(["WF01B", "WF02B"]), "first"),
        (joined.hrg.isin(["WF01A", "WF02A"]), "follow_up"),
        (joined.hrg.isin(["WF01D", "WF02D"]), "first_not_face_to_face"),
        (joined.hrg.isin(["WF01C", "WF02C"]), "follow_up_not_face_to_face"),
        else_=ibis.null("string"),
    )
    by_first_attendance = ibis.cases(
        (joined.first_attendance == "1", "first"),
        (joined.first_attendance == "2", "follow_up"),
        (joined.first_attendance == "3", "first_not_face_to_face"),
        (joined.first_attendance == "4", "follow_up_not_face_to_face"),
        else_=ibis.null("string"),
    )
    # attendance HRGs (WF) are not on this sheet; UZ01Z is, at £0 in column D too, and is no procedure
    is_procedure = (joined.hrg != scope.UNGROUPABLE).fill_null(False)
    other = is_procedure & ~joined.hrg.startswith("WF").fill_null(False) & grouping.of_another_grouper(joined, prices)
    return joined.mutate(
        kind=ibis.coalesce(by_hrg, by_first_attendance),
        other_procedure=other,
        procedure_price=ibis.ifelse(is_procedure & ~other, joined.column_d, ibis.null("int64")),
    )


def _branches(t: ir.Table, protocol: Prices) -> list[Branch]:
    prices = {hrg: t[f"list_{hrg}"] for hrg in FACE_TO_FACE}
    first, follow_up = t.kind == "first", t.kind == "follow_up"
    named = [Branch((t.hrg == hrg) & price.notnull(), "priced", _words(hrg), price) for hrg, price in prices.items()]
    return [
        *scope.excluded(t),
        Branch(t.first_attendance == "5", "out_of_scope", "referral-to-treatment administrative event, not an attendance"),
        Branch(t.hrg == scope.UNGROUPABLE, "ungroupable", "HRG UZ01Z: data invalid for grouping"),
        *grouping.branches(t, protocol, where=t.other_procedure),
        Branch(t.procedure_price.notnull(), "priced", "outpatient procedure", t.procedure_price),
        Branch(
            t.main_specialty.isin(scope.EXCLUDED_MAIN_SPECIALTIES),
            "out_of_scope",
            "attendance that is not consultant-led: outside the national tariff",
        ),
        Branch(
            t.treatment_function.isin(scope.MATERNITY_PATHWAY_TREATMENT_FUNCTIONS),
            "out_of_scope",
            "maternity pathway: paid outside the attendance prices",
        ),
        Branch(t.kind.endswith("not_face_to_face"), "no_price", "not face to face: no national price"),
        Branch(t.kind.isnull(), "missing", "first or follow-up not known"),
        Branch(t.treatment_function.isnull(), "missing", "treatment function not known"),
        Branch(t.list_tfc.isnull(), "no_price", f"treatment function is not on the {protocol.base} price list"),
        *named,
        Branch(t.hrg.isin(FACE_TO_FACE), "no_price", "treatment function has no price for this kind of attendance"),
        Branch(first & prices["WF01B"].notnull(), "priced", _words("WF01B"), prices["WF01B"]),
        Branch(follow_up & prices["WF01A"].notnull(), "priced", _words("WF01A"), prices["WF01A"]),
        Branch(OTHERWISE, "no_price", "treatment function has no price for this kind of attendance"),
    ]


def _words(hrg: str) -> str:
    """WF02B: first attendance, multi-professional."""
    kind = "first attendance" if hrg.endswith("B") else "follow-up attendance"
    return f"{kind}, {'multi' if hrg.startswith('WF02') else 'single'}-professional"
