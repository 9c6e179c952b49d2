"""Who was referred to the programme and who engaged, by the programme's own records.

Belongs here: first referral and first contact of a person, and their count by arm. Does not belong here: what contamination
does to an estimate (`pipeline.assurance`).
"""

import ibis.expr.types as ir
import pandas as pd

from pipeline.study import Study
from pipeline.vocabulary import ARMS


def exposure(referrals: ir.Table, *, study: Study) -> ir.Table:
    """One row a person referred on or after launch, whatever the arm: person, referred_on, engaged_on (dates).

    referrals : `pipeline.tables.REFERRALS`. Referrals before launch are not the programme's. referred_on is the first
    referral; engaged_on is the first contact of any of these referrals, null while there was none; a contact dated before
    launch is no contact.
    """
    launch = study.calendar.launch
    after = referrals.filter(referrals.person.notnull(), referrals.referral_date.notnull(), referrals.referral_date >= launch)
    contact = after.first_contact_date
    return after.group_by("person").aggregate(
        referred_on=after.referral_date.min(), engaged_on=contact.min(where=contact >= launch)
    )


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
