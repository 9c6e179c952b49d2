"""The pricing rule for attended outpatient appointments: a procedure price, or the attendance price of the treatment function.

Belongs here: branch 9 of the rule (files_and_pricing, section 2). Does not belong here: which appointments were attended.
Letters of the attendance HRG run B = first and A = follow-up, face to face; D and C the same, not face to face. When HRG and
FIRSTATT disagree the HRG wins, and the reason says so. Multi-professional attendances are known by their HRG (WF02) alone.
Attendance HRGs mean the same in either grouper, and their price is the treatment function's. Any other HRG of a year of another
grouper is taken for a procedure: whether it would have a procedure price in the list cannot be known.
"""

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from pipeline.pricing import grouping, market_forces, scope
from pipeline.pricing.basis import Basis
from pipeline.pricing.both_prices import both
from pipeline.pricing.branches import OTHERWISE, Branch, Remark, decide, remarked
from pipeline.pricing.tariff import Tariff
from pipeline.study import Prices, PricingRules

FACE_TO_FACE = ("WF01B", "WF02B", "WF01A", "WF02A")


def price_appointments(
    appointments: ir.Table, *, tariff: Tariff, prices: Prices, rules: PricingRules, con: Backend
) -> ir.Table:
    """Attended appointments (`tables.APPOINTMENTS`) as `tables.PRICED_ACTIVITY`, stream op: at the prices of `prices.base`,
    and at those of the appointment's year.

    currency is the HRG of a procedure, else the treatment function. An unpriced appointment of which neither HRG nor FIRSTATT
    tells the kind is counted as a follow-up, the commoner kind.
    Raises ProtocolInvalid when no workbook holds the base year or its grouper is another.
    """
    facts = appointments.mutate(
        stream=ibis.literal("op"),
        activity_key=appointments.appointment_key,
        department_type=ibis.literal(""),
        date=appointments.appointment_date,
        bed_days=ibis.literal(0, "int64"),
        kind=_kind(appointments),
    )
    return both(facts, lambda rows, basis: _valued(rows, basis, rules), con=con, tariff=tariff, prices=prices)


def _valued(facts: ir.Table, basis: Basis, rules: PricingRules) -> ir.Table:
    listed = _listed(facts, basis)
    decided = decide(listed, _branches(listed, basis, rules))
    valued = market_forces.apply(remarked(decided, [*_remarks(decided), *scope.remarks(decided)]), basis, rules)
    procedure = valued.procedure_price.notnull() | valued.other_procedure
    pod = ibis.cases(
        (procedure, "op_procedure"),
        (valued.kind.isin(["first", "first_not_face_to_face"]), "op_first"),
        else_="op_follow_up",
    )
    return valued.mutate(pod=pod, currency=ibis.ifelse(procedure, valued.hrg, valued.treatment_function))


def _remarks(t: ir.Table) -> list[Remark]:
    """Assumptions and contradictions behind an attendance price, to be counted."""
    attendance = t.procedure_price.isnull() & ~t.kind.endswith("not_face_to_face").fill_null(False)
    assumed = attendance & t.hrg.notin(FACE_TO_FACE).fill_null(True)
    disagrees = ((t.kind == "first") & (t.first_attendance != "1")) | ((t.kind == "follow_up") & (t.first_attendance != "2"))
    return [
        Remark(assumed & t.hrg.isnull(), "no HRG, single professional assumed"),
        Remark(assumed & t.hrg.notnull(), "HRG without outpatient procedure price, single professional assumed"),
        Remark(attendance & disagrees, "FIRSTATT says otherwise than the HRG"),
    ]


def _kind(t: ir.Table) -> ir.StringValue:
    """first | follow_up, or either with `_not_face_to_face`; by the HRG, else by FIRSTATT; null when neither says."""
    by_hrg = ibis.cases(
        (t.hrg.isin(["WF01B", "WF02B"]), "first"),
        (t.hrg.isin(["WF01A", "WF02A"]), "follow_up"),
        (t.hrg.isin(["WF01D", "WF02D"]), "first_not_face_to_face"),
        (t.hrg.isin(["WF01C", "WF02C"]), "follow_up_not_face_to_face"),
        else_=ibis.null("string"),
    )
    by_first_attendance = ibis.cases(
        (t.first_attendance == "1", "first"),
        (t.first_attendance == "2", "follow_up"),
        (t.first_attendance == "3", "first_not_face_to_face"),
        (t.first_attendance == "4", "follow_up_not_face_to_face"),
        else_=ibis.null("string"),
    )
    return ibis.coalesce(by_hrg, by_first_attendance)


def _listed(facts: ir.Table, basis: Basis) -> ir.Table:
    """With the price row of the treatment function and procedure_price (column D; null for attendance HRGs).

    other_procedure : an HRG of another grouper that is no attendance HRG; such have no procedure_price.
    """
    apc = basis.lists.apc
    procedures = apc.select("list_year", procedure_hrg=apc.list_hrg, column_d=apc.list_op_procedure)
    joined = basis.join(facts, procedures, hrg="procedure_hrg")
    joined = basis.join(joined, basis.lists.outpatient, treatment_function="list_tfc")
    # attendance HRGs (WF) are not on this sheet; UZ01Z is, at £0 in column D too, and is no procedure
    is_procedure = (joined.hrg != scope.UNGROUPABLE).fill_null(False)
    other = is_procedure & ~joined.hrg.startswith("WF").fill_null(False) & grouping.of_another_grouper(joined, basis)
    return joined.mutate(
        other_procedure=other,
        procedure_price=ibis.ifelse(is_procedure & ~other, joined.column_d, ibis.null("int64")),
    )


def _branches(t: ir.Table, basis: Basis, rules: PricingRules) -> list[Branch]:
    prices = {hrg: t[f"list_{hrg}"] for hrg in FACE_TO_FACE}
    first, follow_up = t.kind == "first", t.kind == "follow_up"
    named = [Branch((t.hrg == hrg) & price.notnull(), "priced", _words(hrg), price) for hrg, price in prices.items()]
    no_procedure = t.hrg.notnull() & ~t.hrg.startswith("WF")
    return [
        *scope.excluded(t),
        Branch(t.first_attendance == "5", "out_of_scope", "referral-to-treatment administrative event, not an attendance"),
        scope.unbundled(t),
        *basis.without_list(t),
        Branch(t.hrg == scope.UNGROUPABLE, "ungroupable", "HRG UZ01Z: data invalid for grouping"),
        *grouping.branches(t, basis, where=t.other_procedure),
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
        *(
            [Branch(no_procedure, "no_price", "HRG has no outpatient procedure price: the protocol takes no other")]
            if rules.procedure_hrg_without_price == "no_price"
            else []
        ),
        _not_face_to_face(t, rules),
        Branch(t.kind.isnull(), "missing", "first or follow-up not known"),
        Branch(t.treatment_function.isnull(), "missing", "treatment function not known"),
        Branch(t.list_tfc.isnull(), "no_price", f"treatment function is not on {basis.price_list()}"),
        *named,
        Branch(t.hrg.isin(FACE_TO_FACE), "no_price", "treatment function has no price for this kind of attendance"),
        Branch(first & prices["WF01B"].notnull(), "priced", _words("WF01B"), prices["WF01B"]),
        Branch(follow_up & prices["WF01A"].notnull(), "priced", _words("WF01A"), prices["WF01A"]),
        Branch(OTHERWISE, "no_price", "treatment function has no price for this kind of attendance"),
    ]


def _not_face_to_face(t: ir.Table, rules: PricingRules) -> Branch:
    remote = t.kind.endswith("not_face_to_face")
    if rules.not_face_to_face_pence is None:
        return Branch(remote, "no_price", "not face to face: no national price")
    price = ibis.literal(rules.not_face_to_face_pence, "int64")
    return Branch(remote, "priced", "not face to face, the protocol's price", price)


def _words(hrg: str) -> str:
    """WF02B: first attendance, multi-professional."""
    kind = "first attendance" if hrg.endswith("B") else "follow-up attendance"
    return f"{kind}, {'multi' if hrg.startswith('WF02') else 'single'}-professional"
