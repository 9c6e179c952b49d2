"""Contacts with the practice (`gp_contact`): counted beside hospital activity, never priced.

Belongs here: the rulings on its rows, and the shape in which the panel counts them. Does not belong here: whether enough of
the study's months are delivered to compare (`pipeline.panel`).
The layout has no key of a contact, and practice systems file one consultation under several entries. So contacts of one person,
practice, day and kind are one, unless the protocol says that every row is (`cleaning.gp_contacts_of_one_day`).
"""

import ibis
import ibis.expr.types as ir

from pipeline import tables
from pipeline.cleaning import Cleaned, codes
from pipeline.cleaning.duplicates import key, preference_columns, same
from pipeline.cleaning.fates import Ruling, judge, origin
from pipeline.cleaning.reading import cell, date, financial_year, month, stripped
from pipeline.study import CleaningRules
from pipeline.vocabulary import GP_CONTACT

SAME_CONTACT = "the same person, practice, day and kind of contact"
KINDS = "Protocol, cleaning.gp_contact_kinds: the kinds of contact that count"
NOT_PRICED = "GP contact: counted, not priced"

RULINGS = (
    Ruling("quarantined", "PSEUDO_HESID is empty", lambda c: c.person.isnull()),
    Ruling("quarantined", "CONTACT_DATE is empty or not a date", lambda c: c.contact_date.isnull()),
    Ruling("kept", "PRACTICE_CODE stands for no practice", lambda c: c.practice.isnull()),
)


def contacts(rows: ir.Table, *, rules: CleaningRules) -> Cleaned:
    """`tables.GP_CONTACTS`, one row a contact, in the month of the contact."""
    wanted = rules.gp_contact_kinds
    chosen = [] if not wanted else [
        Ruling("out_of_scope", "kind of contact that does not count", lambda c: ~c.kind.isin(wanted).fill_null(False), KINDS)
    ]  # fmt: skip
    searches = [same("same_contact", rules=rules, reason=SAME_CONTACT)] if rules.gp_contacts_of_one_day == "one_a_kind" else []
    return Cleaned(judge(_contacts(rows), [*RULINGS[:2], *chosen, RULINGS[2]]), _dated, searches)


def as_activity(clean: ir.Table) -> ir.Table:
    """`tables.GP_CONTACTS` as `tables.PRICED_ACTIVITY` without a price: the panel counts them like other contacts."""
    said = {
        "stream": ibis.literal("gp"),
        "activity_key": clean.contact_key,
        "provider": clean.practice,
        "department_type": ibis.literal(""),
        "date": clean.contact_date,
        "pod": ibis.literal(GP_CONTACT),
        "currency": clean.kind,
        "price_state": ibis.literal("no_price"),
        "price_reason": ibis.literal(NOT_PRICED),
        "bed_days": ibis.literal(0, "int64"),
    }
    prices = {name: ibis.null(kind) for name, kind in tables.PRICED_ACTIVITY.items() if name not in (*said, *clean.columns)}
    return tables.cast(clean.mutate(**said, **prices), tables.PRICED_ACTIVITY)


def _dated(clean: ir.Table) -> ir.Table:
    dated = clean.mutate(month=month(clean.contact_date), financial_year=financial_year(clean.contact_date))
    return tables.cast(dated, tables.GP_CONTACTS)


def _contacts(rows: ir.Table) -> ir.Table:
    rows = stripped(rows)
    made_key = ibis.literal("gp:") + rows.DELIVERY + ":" + rows.ROW_NO.cast("string")
    typed = rows.select(
        **origin(rows),
        **preference_columns(rows, record=made_key),
        contact_key=made_key,
        person=cell(rows, "PSEUDO_HESID"),
        practice=codes.known(cell(rows, "PRACTICE_CODE"), *codes.NO_PRACTICE),
        contact_date=date(cell(rows, "CONTACT_DATE")),
        kind=cell(rows, "CONTACT_TYPE").lower(),
    )
    return typed.mutate(same_contact=key(typed.person, typed.practice, typed.contact_date, typed.kind))
