"""Numbers, dates and code words as people read them.

Belongs here: pounds, months, percentages and the plain names of arms, streams and points of delivery.
Does not belong here: sentences that judge (`reports.sentences`), layout (`reports.templates`).
"""

from decimal import Decimal
from typing import Any

from pipeline import prose
from pipeline.vocabulary import STREAM_NAMES

#: the plain forms that findings use too
about, money, month, number, pounds, span = prose.about, prose.money, prose.month, prose.number, prose.pounds, prose.span
NO_VALUE = prose.NO_VALUE

STREAM_WORDS = STREAM_NAMES
ARM_WORDS = {"intervention": "intervention", "control": "control", "wider": "wider pool"}
POD_WORDS = {
    "all": "All care", "non_elective": "Emergency and other non-elective", "elective": "Elective inpatient",
    "day_case": "Day case", "ae": "A&E", "op_first": "Outpatient, first", "op_follow_up": "Outpatient, follow-up",
    "op_procedure": "Outpatient procedure", "other": "Other",
}  # fmt: skip
POPULATION_WORDS = {
    "eligible": "Eligible", "referred": "Referred", "engaged": "Engaged", "high_engaged": "High-engaged",
    "control": "Eligible, control", "not_referred": "Not referred",
}  # fmt: skip
VERDICT_WORDS = {
    "pass": "pass", "inform": "informs", "undetermined": "undetermined", "adjust": "adjusts", "fail": "fails",
    "waived": "waived", "not_evaluated": "not evaluated",
}  # fmt: skip
#: the protocol's and the estimators' code words
CHOICE_WORDS = {
    "practice_month_cells": "practice and month fixed effects on practice x month cells",
    "matched_changes": "changes of practices' people served against weighted comparators",
    "person_year_served": "person-year of the people served",
    "baseline_head": "baseline head", "person_year": "person-year alive and observed",
    "cv3": "cluster jackknife (CV3), t with practices less one degrees of freedom",
    "wild-rademacher": "restricted wild cluster bootstrap, two-point weights",
    "wild-webb": "restricted wild cluster bootstrap, six-point weights",
    "permutation": "studentised permutation of practices", "crv1": "clustered sandwich (CRV1)",
}  # fmt: skip

DATASET_WORDS = {
    "gp_registration": "GP registrations", "hes_ae": "A&E attendances", "hes_apc": "Admitted care", "hes_op": "Outpatients",
    "ecds": "A&E attendances (ECDS)", "link_worker_contact": "Link worker contacts", "practice": "Practices",
    "practice_activity": "Activity by practice (the feed)", "practice_population": "People by practice",
    "programme_referral": "Programme referrals", "qof_prevalence": "Published registers", "qof_register": "Disease registers",
    "tariff": "National prices", "wellbeing_star": "Well-being Star", "gp_contact": "GP contacts",
    "exposure_register": "Other programmes", "trust_return": "Trusts' A&E return",
}  # fmt: skip
#: checks in words, where their own name is not one
CHECK_WORDS = {
    "pre_trend": "trend before launch", "reference": "people not eligible", "routes": "extract against feed",
    "pricing": "rows without a price", "linkage": "rows linked to a person", "reconciliation": "supplier's prices",
    "conservation": "all = eligible + not eligible", "registers": "published registers", "trust_return": "trusts' A&E return",
    "places": "provider and kind of contact", "mix": "mix of kinds of contact", "shape": "sharp steps",
    "profile": "profile of the rows", "plausible": "size beyond the plausible",
}  # fmt: skip

#: which dataset a stream's extract arrives as
DATASET_OF_STREAM = {"apc": "hes_apc", "ae": "hes_ae", "op": "hes_op"}


def exact(amount: str | Decimal) -> str:
    """Pounds and pence of an exact decimal: '£412,306.18'."""
    return money(Decimal(amount), "0.01")


def percent(share: float | None, digits: int = 0) -> str:
    """A share (0 to 1) in per cent."""
    return NO_VALUE if share is None else number(share * 100, digits) + "%"


def count(cell: Any) -> str:
    """A count that has already been through disclosure control: '*' stays '*'."""
    return NO_VALUE if cell is None else cell if isinstance(cell, str) else f"{cell:,}"


def day(text: str | None) -> str:
    """'2019-07-15' as '15 July 2019'."""
    return NO_VALUE if not text else f"{int(text.split('-')[2])} {month(text)}"


def where(finding: dict[str, Any]) -> str:
    """Stream, arm and provider of a finding in words: 'A&E, control, provider ZT1'."""
    stream, arm, provider = finding["stream"], finding["arm"], finding["provider"]
    parts = [STREAM_WORDS.get(stream, stream) if stream else "", ARM_WORDS.get(arm, arm) if arm else ""]
    parts.append(f"provider {provider}" if provider else "")
    return ", ".join(part for part in parts if part) or "the whole study"


def check(name: str) -> str:
    """A check's name in words."""
    return CHECK_WORDS.get(name, name.replace("_", " "))


def dataset(name: str) -> str:
    """A dataset in words, with the name of its files."""
    return f"{DATASET_WORDS[name]} ({name})" if name in DATASET_WORDS else name


def choice(word: str | None) -> str:
    """A code word in words; one that is not known stays as it is."""
    return NO_VALUE if not word else CHOICE_WORDS.get(word, word)


def capital(text: str) -> str:
    """First letter upper case, the rest as it stands."""
    return text[:1].upper() + text[1:]
