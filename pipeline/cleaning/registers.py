"""Person-level QOF register entries (`qof_register`).

Belongs here: the rulings on its rows. Does not belong here: which registers make somebody eligible (the protocol), published
register counts of practices (`qof`).
"""

import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning import Cleaned
from pipeline.cleaning.duplicates import key, preference_columns, same
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.reading import cell, date, stripped, unreadable_date
from pipeline.study import CleaningRules

SAME_ENTRY = "the same register entry delivered again"

RULINGS = (
    Ruling("quarantined", "PSEUDO_HESID is empty", lambda r: r.person.isnull()),
    Ruling("quarantined", "GROUP_CODE is empty", lambda r: r.register.isnull()),
    Ruling("quarantined", "REGISTER_START is empty or not a date", lambda r: r.start.isnull()),
    Ruling("quarantined", "REGISTER_END is not a date", lambda r: unreadable_date(r.stated_end)),
    Ruling("quarantined", "REGISTER_END before REGISTER_START", lambda r: r.end < r.start),
)


def registers(rows: ir.Table, *, rules: CleaningRules) -> Cleaned:
    """`tables.REGISTERS`, one row a person, practice, register and start; end is null while the entry is open."""
    searches = [same("entry", rules=rules, reason=SAME_ENTRY)]
    return Cleaned(judge(_entries(rows), RULINGS), lambda clean: tables.cast(clean, tables.REGISTERS), searches)


def _entries(rows: ir.Table) -> ir.Table:
    rows = stripped(rows)
    person, practice, register = (cell(rows, name) for name in ("PSEUDO_HESID", "PRACTICE_CODE", "GROUP_CODE"))
    start = date(cell(rows, "REGISTER_START"))
    entry = key(person, practice, register, start)
    return rows.select(
        **origin(rows),
        **preference_columns(rows, record=entry),
        entry=entry,
        person=person,
        practice=practice,
        register=register.upper(),
        start=start,
        stated_end=cell(rows, "REGISTER_END"),
        end=date(cell(rows, "REGISTER_END")),
    )
