"""Who is referred to the link workers, who engages, and how much.

Belongs here: selection on need and on a recent bad spell, engagement, dose. Does not belong here: what it does to contacts
(`pipeline.rehearsal.effect`), the programme's own files (`layout_programme`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.city import City
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.parameters import Parameters
from pipeline.rehearsal.people import NEVER, People

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Programme:
    """One entry a person of the city, shape (N,), months as indices.

    referred, engaged : month, or NEVER. referred_day, engaged_day : days since 1970-01-01 (0 where never).
    high : high-engaged. months_served : how long the link worker stays with them.
    """

    referred: Ints
    engaged: Ints
    referred_day: Ints
    engaged_day: Ints
    high: Bools
    months_served: Ints

    def strength(self, p: Parameters) -> NDArray[np.float32]:
        """Relative strength of the effect by person and month, shape (N, T); 0 up to and in the month of engagement."""
        e = p.effect
        since = np.arange(len(p.months))[None, :] - self.engaged[:, None]
        grown = e["start"] + (1 - e["start"]) * np.minimum(1.0, since / e["months_to_full"])
        dose = np.where(self.high, e["high_engaged"], e["low_engaged"])[:, None]
        return np.where(since >= 1, dose * grown, 0.0).astype(np.float32)

    def by_year(self, p: Parameters) -> dict[str, list[Bools]]:
        """Population name to membership (N,) at the end of each contract year; a population only grows."""
        ends = [p.launch + 12 * (i + 1) for i in range(len(p.city["contract_years"]))]
        engaged = [self.engaged < end for end in ends]
        return {
            "referred": [self.referred < end for end in ends],
            "engaged": engaged,
            "high_engaged": [self.high & now for now in engaged],
        }


def recent_trouble(p: Parameters, people: People, unplanned: list[Contacts]) -> Ints:
    """Emergency admissions and A&E attendances of the six months before each month, at most three. Shape (N, T)."""
    counts = np.zeros((len(people.token), len(p.months) + 1), dtype=np.int16)
    for contacts in unplanned:
        np.add.at(counts, (contacts.person, contacts.month + 1), 1)
    running = np.cumsum(counts, axis=1)
    window = running[:, :-1].copy()
    window[:, 6:] -= running[:, :-7]
    return np.minimum(window, 3).astype(np.int64)


def run_programme(p: Parameters, city: City, people: People, unplanned: list[Contacts], rng: np.random.Generator) -> Programme:
    """Refer eligible people of the intervention practices month by month, while they are registered and alive."""
    q = p.programme
    n, months = len(people.token), len(p.months)
    in_arm = people.eligible & (city.arms[people.home] == "intervention")
    since = np.arange(months) - p.launch
    ramp = np.clip((since + 1) / q["referral_ramp_months"], 0, 1) * np.exp(
        -q["referral_decline_a_year"] * np.maximum(since, 0) / 12
    )
    log_hazard = q["referral_need"] * (people.need - 1)[:, None] + q["referral_bad_spell"] * recent_trouble(
        p, people, unplanned
    )
    hazard = q["referral_hazard"] * ramp * np.exp(log_hazard)
    here = (np.arange(months) <= np.minimum(people.last, people.died)[:, None]) & in_arm[:, None]
    chosen = rng.random((n, months)) < np.where(here, 1 - np.exp(-hazard), 0)
    referred = np.where(chosen.any(axis=1), chosen.argmax(axis=1), NEVER)

    starts = np.array(p.months, dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
    safe = np.where(referred < NEVER, referred, 0)
    referred_day = np.where(referred < NEVER, starts[safe] + rng.integers(0, 28, size=n), 0)
    wait = rng.integers(q["first_contact_days"][0], q["first_contact_days"][1] + 1, size=n)
    engaged_day = referred_day + wait
    engaged = (engaged_day.astype("datetime64[D]").astype("datetime64[M]") - np.datetime64(p.months[0], "M")).astype(np.int64)
    joins = (rng.random(n) < q["engaged"]) & (referred < NEVER) & (engaged < months)
    joins &= engaged <= np.minimum(people.last, people.died - 1)
    high = joins & (rng.random(n) < q["high_engaged"])
    served = np.maximum(
        3, rng.poisson(np.where(high, q["high_engaged_stay"], q["low_engaged_stay"]) * q["months_on_programme"])
    )
    return Programme(referred, np.where(joins, engaged, NEVER), referred_day, np.where(joins, engaged_day, 0), high, served)
