"""Practice to arm and area, as engine expressions.

Belongs here: reading the protocol's lists of practices on the engine. Does not belong here: which practice a person has.
"""

import ibis
import ibis.expr.types as ir

from pipeline.study import Study
from pipeline.vocabulary import ARMS


def arm(practice: ir.StringColumn, *, study: Study) -> ir.StringColumn:
    """Arm of a practice code; null when the code is null or no practice of the study."""
    listed = [(name, getattr(study.arms, name)) for name in ARMS]
    return ibis.cases(*((practice.isin(codes), name) for name, codes in listed if codes), else_=ibis.null("string"))


def area(practice: ir.StringColumn, *, study: Study) -> ir.StringColumn:
    """Area of a practice code; null when the code is null or lies in no area."""
    listed = [(name, codes) for name, codes in study.areas.items() if codes]
    return ibis.cases(*((practice.isin(codes), name) for name, codes in listed), else_=ibis.null("string"))
