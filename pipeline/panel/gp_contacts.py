"""Whether GP contacts are there to be compared, and in words why not.

Belongs here: the months they are delivered for against the months the study compares. Does not belong here: their rows
(`pipeline.cleaning.gp_contacts`).
A contact count that begins with a delivery would read as an effect: it is compared only where every month of the paid baseline
and of the contract years is delivered.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.calendar import months
from pipeline.study import Study
from pipeline.vocabulary import GP_DATASET


@dataclass(frozen=True, slots=True)
class GpContacts:
    """counted : whether they are an activity outcome of this run. says : what a report states of them."""

    counted: bool
    says: str


def gp_contacts(study: Study, delivered: Iterable[tuple[str, str]]) -> GpContacts:
    """delivered : first and last month of every delivery of `gp_contact` in force."""
    if GP_DATASET in study.requires.absent:
        return GpContacts(False, f"GP contacts are not compared. The protocol: {study.requires.absent[GP_DATASET]}.")
    covered = {month for first, last in delivered for month in months(first, last)}
    if not covered:
        return GpContacts(False, "GP contacts are not compared: nobody delivered them.")
    wanted = [*study.baseline_months, *(m for year in study.calendar.contract_years for m in study.contract_year_months(year))]
    lacking = sorted(set(wanted) - covered)
    if lacking:
        return GpContacts(
            False,
            f"GP contacts are not compared: {lacking[0]} is not delivered, nor are {len(lacking) - 1} more of the "
            f"{len(set(wanted))} months compared." if len(lacking) > 1
            else f"GP contacts are not compared: {lacking[0]} is not delivered.",
        )  # fmt: skip
    return GpContacts(True, "GP contacts are compared like hospital activity. They are shown and not paid on.")
