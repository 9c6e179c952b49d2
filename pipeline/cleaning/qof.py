"""Published QOF prevalence: how many patients of a practice stand on a disease register.

Belongs here: reading `qof_prevalence` under every year's headers. Does not belong here: person-level registers (`registers`).
A blank REGISTER means that the practice did not submit: it is null, never 0 (there are true zeros as well).
PATIENT_LIST_SIZE belongs to the list type of the register (17 and over for diabetes, say): never add it up over registers.
"""

import ibis
import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning import Cleaned
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.reading import text, whole_number

PREVALENCE = ibis.schema(
    {
        "publication": "string",  # fingerprint of the delivery, one a year: the file itself does not name its year
        "practice": "string",
        "register": "string",
        "patients": "int64",  # null where not submitted
        "list_type": "string",
        "list_size": "int64",
    }
)
#: the names of 2016/17 to 2018/19 first, then those of later years
_GROUP = ("INDICATOR_GROUP_CODE", "GROUP_CODE")
_LIST_SIZE = ("PATIENT_LIST_SIZE", "PRACTICE_LIST_SIZE")

RULINGS = (
    Ruling("quarantined", "PRACTICE_CODE is empty", lambda p: p.practice.isnull()),
    Ruling("quarantined", "the register's code is empty", lambda p: p.register.isnull()),
    Ruling("quarantined", "REGISTER is not a whole number", lambda p: p.stated.notnull() & p.patients.isnull()),
    Ruling("kept", "REGISTER is blank: not submitted", lambda p: p.stated.isnull()),
    Ruling("kept", "REGISTER is larger than the list", lambda p: p.patients > p.list_size),
)


def prevalence(rows: ir.Table) -> Cleaned:
    """`PREVALENCE`, one row a practice and register of each delivered year."""
    typed = rows.select(
        **origin(rows),
        publication=rows.DELIVERY,
        practice=text(rows, "PRACTICE_CODE"),
        register=text(rows, _present(rows, _GROUP)),
        stated=text(rows, "REGISTER"),
        patients=whole_number(text(rows, "REGISTER")),
        list_type=text(rows, "PATIENT_LIST_TYPE"),
        list_size=whole_number(text(rows, _present(rows, _LIST_SIZE))),
    )
    judged = judge(typed, RULINGS)
    return Cleaned(judged, lambda clean: tables.cast(clean, PREVALENCE))


def _present(rows: ir.Table, names: tuple[str, ...]) -> str:
    """The first of `names` the table has, else the first of all, so that the engine's complaint names it."""
    return next((name for name in names if name in rows.columns), names[0])
