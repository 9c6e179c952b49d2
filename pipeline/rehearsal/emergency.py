"""A&E attendances: department, HRG, time of arrival, price.

Belongs here: making attendances of drawn contacts. Does not belong here: their columns (`layout_emergency`).
Two attendances of a person on one day are hours apart, so that none looks like a resubmission of the other.
"""

from dataclasses import replace

import numpy as np

from pipeline.rehearsal.contacts import Contacts, rank_in_day
from pipeline.rehearsal.parameters import Parameters
from pipeline.rehearsal.valuation import AE_HRGS, price_attendances


def make_attendances(p: Parameters, drawn: Contacts, rng: np.random.Generator) -> Contacts:
    """Priced attendances. Details: department (1 or 3), hrg (index into AE_HRGS), minute of the day, disposal draw."""
    n = len(drawn)
    rank = rank_in_day(drawn)
    drawn, rank = drawn.take(rank < 4), rank[rank < 4]
    n = len(drawn)
    department = np.where(rng.random(n) < p.mix["ae_minor_department"], 3, 1)
    weights = np.array(p.mix["ae_hrg"])
    hrg = np.searchsorted(np.cumsum(weights / weights.sum())[:-1], rng.random(n))
    hrg = np.where(rng.random(n) < p.mix["unpriced_share"], len(AE_HRGS) - 1, hrg)
    crowd = np.zeros(n, dtype=bool)
    crowd[:-1] = rank[1:] > 0
    crowd |= rank > 0
    minute = np.where(crowd, rank * 360 + rng.integers(0, 240, size=n), rng.integers(0, 1440, size=n))
    pence = price_attendances(hrg=hrg, department=department, provider=drawn.provider)
    details = {"department": department, "hrg": hrg, "minute": minute, "disposal": rng.random(n), "dirt": rng.random(n)}
    return replace(drawn, pence=pence, details=details)
