"""Admission method and patient class of a spell's first episode: which price column, which point of delivery.

Belongs here: those two readings of codes. Does not belong here: prices.
"""

import ibis
import ibis.expr.types as ir

#: HES ADMIMETH: waiting list, booked, planned
ELECTIVE = ("11", "12", "13")
#: maternity (31, 32), transfer (81), births (82, 83): non-elective price, never the short-stay reduction
OTHER_NON_ELECTIVE = ("31", "32", "81", "82", "83")


def admission_group(method: ir.StringValue) -> ir.StringValue:
    """elective | emergency | other_non_elective, null when the method (98, 99, absent) says none of them.

    Emergency is every method that begins with 2, so 25, 28 and 2A-2D as well (HES output specification, FAE_EMERGENCY).
    """
    return ibis.cases(
        (method.isin(ELECTIVE), "elective"),
        (method.startswith("2"), "emergency"),
        (method.isin(OTHER_NON_ELECTIVE), "other_non_elective"),
        else_=ibis.null("string"),
    )


def point_of_delivery(group: ir.StringValue, patient_class: ir.StringValue) -> ir.StringValue:
    """non_elective | elective | day_case | other. Regular attenders and delivery-only stays are `other` however admitted."""
    return ibis.cases(
        (patient_class.isin(["3", "4", "5"]), "other"),
        (group.isin(["emergency", "other_non_elective"]), "non_elective"),
        ((group == "elective") & (patient_class == "2"), "day_case"),
        ((group == "elective") & (patient_class == "1"), "elective"),
        else_="other",
    )
