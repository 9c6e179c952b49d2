"""Who was referred to the programme, who engaged, and who engaged much, by the programme's own records.

Belongs here: the first day on which a person meets each definition, and their count by arm. Does not belong here: the words and
hash of a definition (`pipeline.cohorts.definitions`), what contamination does to an estimate (`pipeline.assurance`).
"""

import ibis
import ibis.expr.types as ir
import pandas as pd

from pipeline.study import Study
from pipeline.vocabulary import ARMS

#: exposure dates of `pipeline.tables.PEOPLE`, each population within the one before
DATES = {"referred": "referred_on", "engaged": "engaged_on", "high_engaged": "high_engaged_on"}


def exposure(referrals: ir.Table, contacts: ir.Table | None = None, *, study: Study) -> ir.Table:
    """One row a person referred on or after launch, whatever the arm: person and the dates of DATES.

    referrals, contacts : `pipeline.tables` REFERRALS and LINK_WORKER_CONTACTS; without contacts nobody is high-engaged.
    Referrals before launch are not the programme's. referred_on is the first referral; engaged_on is the first contact of any
    of these referrals, null while there was none; a contact dated before launch is no contact. high_engaged_on is the day of
    the contact that meets `study.cohorts.high_engaged`, and never before engaged_on: nobody is high-engaged who is not engaged.
    """
    launch = study.calendar.launch
    after = referrals.filter(referrals.person.notnull(), referrals.referral_date.notnull(), referrals.referral_date >= launch)
    contact = after.first_contact_date
    dates = after.group_by("person").aggregate(
        referred_on=after.referral_date.min(), engaged_on=contact.min(where=contact >= launch)
    )
    if contacts is None:
        return dates.mutate(high_engaged_on=ibis.null("date"))
    reached = _days_of_high_engagement(contacts, dates, study=study)
    found = dates.left_join(reached, "person").drop("person_right")
    high = ibis.ifelse(found.engaged_on.notnull(), ibis.greatest(found.reached_on, found.engaged_on), ibis.null("date"))
    return found.select(
        "person", "referred_on", "engaged_on", high_engaged_on=ibis.ifelse(found.reached_on.notnull(), high, ibis.null("date"))
    )


def _days_of_high_engagement(contacts: ir.Table, dates: ir.Table, *, study: Study) -> ir.Table:
    """person, reached_on: the n-th day with a contact since the referral, where it lies within the months of the first.

    Days are counted and not rows, since a contact may be recorded by two people. Within eighteen months of 15 June 2015 means
    up to 15 December 2016.
    """
    rule = study.cohorts.high_engaged
    known = contacts.filter(contacts.person.notnull(), contacts.contact_date.notnull())
    known = known.filter(known.contact_type.isin(rule.types)) if rule.types else known
    days = known.inner_join(dates.select("person", "referred_on"), "person")
    days = days.filter(days.contact_date >= days.referred_on)
    days = days.group_by(["person", "contact_date"]).aggregate(rows=days.count())
    ordered = days.mutate(
        place=ibis.row_number().over(group_by=days.person, order_by=days.contact_date),
        first=days.contact_date.min().over(group_by=days.person),
    )
    nth = ordered.filter(ordered.place == rule.contacts - 1)
    passed = (nth.contact_date.year() - nth["first"].year()) * 12 + nth.contact_date.month() - nth["first"].month()
    early = (passed < rule.within_months) | ((passed == rule.within_months) & (nth.contact_date.day() <= nth["first"].day()))
    return nth.filter(early).select("person", reached_on="contact_date")


def referred_by_arm(people: ir.Table, referrals: ir.Table, *, study: Study) -> pd.DataFrame:
    """Eligible people in the programme's records: arm, year, referred, engaged; every arm but wider, every contract year.

    `year` is the contract year of the first referral, or of the first contact for `engaged`. Control people found here are
    contamination: they are assigned by baseline practice, and were served all the same. Counts are exact, for the gate;
    suppression is the reports' work.
    """
    found = people.select("person", "arm").inner_join(exposure(referrals, study=study), "person")
    dates = found.select("arm", "referred_on", "engaged_on").execute()
    rows = []
    for arm in ARMS[:2]:
        of_arm = dates[dates["arm"] == arm]
        for year in study.calendar.contract_years:
            months = set(study.contract_year_months(year))
            referred, engaged = (_in_months(of_arm[column], months) for column in ("referred_on", "engaged_on"))
            rows.append((arm, year, referred, engaged))
    return pd.DataFrame(rows, columns=["arm", "year", "referred", "engaged"])


def _in_months(days: pd.Series, months: set[str]) -> int:
    return int(pd.to_datetime(days).dt.strftime("%Y-%m").isin(months).sum())
