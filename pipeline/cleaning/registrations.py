"""GP registrations (`gp_registration`): who was on which practice's list, from when to when.

Belongs here: the rulings on its rows. Does not belong here: which registration counts at a date (`pipeline.cohorts`).
"""

import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning import Cleaned, codes
from pipeline.cleaning.duplicates import key, preference_columns, same
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.reading import birth_date, cell, date, stripped, unreadable_date
from pipeline.study import CleaningRules

SAME_REGISTRATION = "the same registration delivered again"

RULINGS = (
    Ruling("quarantined", "PSEUDO_HESID is empty", lambda r: r.person.isnull()),
    Ruling("quarantined", "REGISTRATION_START is empty or not a date", lambda r: r.start.isnull()),
    Ruling("quarantined", "REGISTRATION_END is not a date", lambda r: unreadable_date(r.stated_end)),
    Ruling("quarantined", "REGISTRATION_END before REGISTRATION_START", lambda r: r.end < r.start),
    Ruling("quarantined", "DEATH_DATE is not a date", lambda r: unreadable_date(r.stated_death)),
    Ruling("kept", "MYDOB is empty or not a date", lambda r: r.birth_date.isnull()),
    Ruling("kept", "PRACTICE_CODE is empty or stands for no practice", lambda r: r.practice.isnull()),
)


def registrations(rows: ir.Table, *, rules: CleaningRules) -> Cleaned:
    """`tables.REGISTRATIONS`, one row a person, practice and start; end is null while open.

    MYDOB may be a date or a month (`MMYYYY`): a month gives its first day. Practice is null for codes that stand for none.
    """
    searches = [same("registration", rules=rules, reason=SAME_REGISTRATION)]
    return Cleaned(judge(_registrations(rows), RULINGS), lambda clean: tables.cast(clean, tables.REGISTRATIONS), searches)


def _registrations(rows: ir.Table) -> ir.Table:
    rows = stripped(rows)
    person, practice = cell(rows, "PSEUDO_HESID"), cell(rows, "PRACTICE_CODE")
    start = date(cell(rows, "REGISTRATION_START"))
    registration = key(person, practice, start)
    return rows.select(
        **origin(rows),
        **preference_columns(rows, record=registration),
        registration=registration,
        person=person,
        practice=codes.known(practice, *codes.NO_PRACTICE),
        start=start,
        stated_end=cell(rows, "REGISTRATION_END"),
        end=date(cell(rows, "REGISTRATION_END")),
        birth_date=birth_date(cell(rows, "MYDOB")),
        sex=codes.known(cell(rows, "SEX"), "0", "9"),
        lsoa=codes.known(cell(rows, "LSOA11"), *codes.NO_AREA),
        stated_death=cell(rows, "DEATH_DATE"),
        death_date=date(cell(rows, "DEATH_DATE")),
    )
