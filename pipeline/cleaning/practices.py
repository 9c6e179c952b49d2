"""GP practices as ODS lists them (epraccur, 27 columns without a header).

Belongs here: the few columns of it that are used. Does not belong here: arms: from April 2015 the commissioner of all the
study's practices is one (13T), and ODS rewrites history, so the protocol lists practices by name.
"""

import ibis
import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning import Cleaned
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.reading import date, text

#: status A active, C closed, D dormant, P proposed; setting 4 is a GP practice. A dormant practice may still be open
PRACTICES = ibis.schema(
    {
        "code": "string",
        "name": "string",
        "commissioner": "string",
        "status": "string",
        "open": "date",
        "close": "date",  # null while open
        "setting": "string",
    }
)

RULINGS = (Ruling("quarantined", "ORGANISATION_CODE is empty", lambda p: p.code.isnull()),)


def practices(rows: ir.Table) -> Cleaned:
    """`PRACTICES`, one row a delivered organisation of any setting: closed, dormant and non-GP ones stay, with their codes."""
    typed = rows.select(
        **origin(rows),
        code=text(rows, "ORGANISATION_CODE"),
        name=text(rows, "NAME"),
        commissioner=text(rows, "COMMISSIONER"),
        status=text(rows, "STATUS_CODE"),
        open=date(text(rows, "OPEN_DATE")),
        close=date(text(rows, "CLOSE_DATE")),
        setting=text(rows, "PRESCRIBING_SETTING"),
    )
    judged = judge(typed, RULINGS)
    return Cleaned(judged, lambda clean: tables.cast(clean, PRACTICES))
