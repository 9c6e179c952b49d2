"""Admission method and patient class of a spell's first episode: which price column, which point of delivery.

Belongs here: those readings of codes. Does not belong here: prices.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

#: HES ADMIMETH: waiting list, booked, planned
ELECTIVE = ("11", "12", "13")


def admission_group(method: ir.StringValue, other_non_elective: Sequence[str]) -> ir.StringValue:
    """elective | emergency | other_non_elective, null when the method (98, 99, absent) says none of them.

    Emergency is every method that begins with 2, so 25, 28 and 2A-2D as well (HES output specification, FAE_EMERGENCY).
    other_non_elective : methods with the non-elective price and never the short-stay reduction, as the protocol lists them.
    """
    return ibis.cases(
        (method.isin(ELECTIVE), "elective"),
        (method.startswith("2"), "emergency"),
        (method.isin(other_non_elective), "other_non_elective"),
        else_=ibis.null("string"),
    )


def priced_class(patient_class: ir.StringValue, priced_as: Mapping[Any, str]) -> ir.StringValue:
    """CLASSPAT as the price rule reads it: the class itself, or the one that the protocol prices it like."""
    if not priced_as:
        return patient_class
    return ibis.cases(*((patient_class == told, like) for told, like in sorted(priced_as.items())), else_=patient_class)


def point_of_delivery(group: ir.StringValue, patient_class: ir.StringValue) -> ir.StringValue:
    """non_elective | elective | day_case | other. Regular attenders and delivery-only stays are `other` however admitted."""
    return ibis.cases(
        (patient_class.isin(["3", "4", "5"]), "other"),
        (group.isin(["emergency", "other_non_elective"]), "non_elective"),
        ((group == "elective") & (patient_class == "2"), "day_case"),
        ((group == "elective") & (patient_class == "1"), "elective"),
        else_="other",
    )
