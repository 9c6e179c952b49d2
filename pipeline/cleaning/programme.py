"""The programme's own records: referrals (`programme_referral`) and link-worker contacts (`link_worker_contact`).

Belongs here: the rulings on their rows. Does not belong here: who counts as referred, engaged or high-engaged
(`pipeline.cohorts.exposure`).
"""

import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning import Cleaned, codes
from pipeline.cleaning.duplicates import key, preference_columns, same
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.reading import cell, date, stripped, unreadable_date
from pipeline.study import CleaningRules

SAME_REFERRAL = "the same referral delivered again"
SAME_CONTACT = "the same contact delivered again"

RULINGS = (
    Ruling("quarantined", "PSEUDO_HESID is empty", lambda r: r.person.isnull()),
    Ruling("quarantined", "REFERRAL_DATE is empty or not a date", lambda r: r.referral_date.isnull()),
    Ruling("quarantined", "FIRST_CONTACT_DATE is not a date", lambda r: unreadable_date(r.stated_contact)),
    Ruling("quarantined", "FIRST_CONTACT_DATE before REFERRAL_DATE", lambda r: r.first_contact_date < r.referral_date),
    Ruling("quarantined", "END_DATE is not a date", lambda r: unreadable_date(r.stated_end)),
    Ruling("quarantined", "END_DATE before REFERRAL_DATE", lambda r: r.end_date < r.referral_date),
)

CONTACT_RULINGS = (
    Ruling("quarantined", "PSEUDO_HESID is empty", lambda r: r.person.isnull()),
    Ruling("quarantined", "CONTACT_DATE is empty or not a date", lambda r: r.contact_date.isnull()),
    Ruling("kept", "CONTACT_TYPE is empty", lambda r: r.contact_type.isnull()),
)


def referrals(rows: ir.Table, *, rules: CleaningRules) -> Cleaned:
    """`tables.REFERRALS`, one row a person, referral date and link-work provider; dates are null where not yet reached."""
    searches = [same("referral", rules=rules, reason=SAME_REFERRAL)]
    return Cleaned(judge(_referrals(rows), RULINGS), lambda clean: tables.cast(clean, tables.REFERRALS), searches)


def _referrals(rows: ir.Table) -> ir.Table:
    rows = stripped(rows)
    person, provider = cell(rows, "PSEUDO_HESID"), cell(rows, "PROVIDER")
    referral_date = date(cell(rows, "REFERRAL_DATE"))
    referral = key(person, referral_date, provider)
    return rows.select(
        **origin(rows),
        **preference_columns(rows, record=referral),
        referral=referral,
        person=person,
        practice=codes.known(cell(rows, "PRACTICE_CODE"), *codes.NO_PRACTICE),
        referral_date=referral_date,
        stated_contact=cell(rows, "FIRST_CONTACT_DATE"),
        first_contact_date=date(cell(rows, "FIRST_CONTACT_DATE")),
        status=cell(rows, "STATUS"),
        provider=provider,
        stated_end=cell(rows, "END_DATE"),
        end_date=date(cell(rows, "END_DATE")),
    )


def contacts(rows: ir.Table, *, rules: CleaningRules) -> Cleaned:
    """`tables.LINK_WORKER_CONTACTS`, one row a person, day, kind of contact and link-work provider.

    Two contacts of one kind on one day by one provider cannot be told from one contact delivered twice, so they are one.
    """
    searches = [same("contact", rules=rules, reason=SAME_CONTACT)]
    judged = judge(_contacts(rows), CONTACT_RULINGS)
    return Cleaned(judged, lambda clean: tables.cast(clean, tables.LINK_WORKER_CONTACTS), searches)


def _contacts(rows: ir.Table) -> ir.Table:
    rows = stripped(rows)
    person, provider = cell(rows, "PSEUDO_HESID"), cell(rows, "PROVIDER")
    contact_date, contact_type = date(cell(rows, "CONTACT_DATE")), cell(rows, "CONTACT_TYPE")
    contact = key(person, contact_date, contact_type, provider)
    return rows.select(
        **origin(rows),
        **preference_columns(rows, record=contact),
        contact=contact,
        person=person,
        contact_date=contact_date,
        contact_type=contact_type,
        provider=provider,
    )
