"""Monthly A&E attendances as trusts returned them.

Belongs here: reading `trust_return`. Does not belong here: attendances of people (`emergency_care`), what is concluded from the
return (`pipeline.assurance`).
"""

import ibis
import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning import Cleaned, codes
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.feed import once_a_cell
from pipeline.cleaning.reading import text, whole_number

TRUST_RETURN = ibis.schema({"provider": "string", "month": "string", "department_type": "string", "attendances": "int64"})

_MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
_CELL = ("provider", "month", "department_type")

RULINGS = (
    Ruling("quarantined", "PROVIDER is empty", lambda r: r.provider.isnull()),
    Ruling("quarantined", "MONTH is empty or not a month", lambda r: ~r.month.re_search(_MONTH).fill_null(False)),
    Ruling("quarantined", "ATTENDANCES is empty or not a whole number", lambda r: r.attendances.isnull()),
)


def trust_return(rows: ir.Table) -> Cleaned:
    """`TRUST_RETURN`, one row a provider, month and department type ('' where it is not known)."""
    typed = rows.select(
        **origin(rows),
        provider=text(rows, "PROVIDER"),
        month=text(rows, "MONTH"),
        department_type=codes.department_type(text(rows, "DEPT_TYPE")).fill_null(""),
        attendances=whole_number(text(rows, "ATTENDANCES")),
    )
    judged = once_a_cell(judge(typed, RULINGS), _CELL)
    return Cleaned(judged, lambda clean: tables.cast(clean, TRUST_RETURN))
