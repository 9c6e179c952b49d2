"""How often each person needs each kind of care in each month, before any programme.

Belongs here: frailty, bad spells, age, need, season, practice and area shocks, put together as rates.
Does not belong here: drawing contacts from them (`pipeline.rehearsal.contacts`).
Parallel trends hold in expectation: nothing here knows the arm, and shocks have the same law everywhere.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.calendar import month_number
from pipeline.rehearsal.city import City
from pipeline.rehearsal.parameters import KINDS, Parameters
from pipeline.rehearsal.people import People

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shocks:
    """Log-rate shocks. eligible, reference : shape (P, Y), practices by financial years, constant part included."""

    eligible: Floats
    reference: Floats


def _ar1(rng: np.random.Generator, shape: tuple[int, int], sd: float, persistence: float) -> Floats:
    """Stationary first-order autoregressions, one a row."""
    draws = rng.normal(size=shape)
    path = np.empty(shape)
    path[:, 0] = draws[:, 0]
    for step in range(1, shape[1]):
        path[:, step] = persistence * path[:, step - 1] + np.sqrt(1 - persistence**2) * draws[:, step]
    return sd * path


def draw_shocks(p: Parameters, city: City, rng: np.random.Generator) -> Shocks:
    """Practice intercepts, practice-year and area-year shocks of eligible and of not-eligible people of a practice."""
    q = p.intensity
    years, practices = len(p.months) // 12, len(city.codes)
    fixed = rng.normal(0, q["practice_sd"], size=(practices, 1))
    own = _ar1(rng, (practices, years), q["practice_year_sd"], q["practice_year_persistence"])
    rest = _ar1(rng, (practices, years), q["practice_year_sd"], q["practice_year_persistence"])
    names, which = np.unique(city.areas, return_inverse=True)
    area = _ar1(rng, (len(names), years), q["area_year_sd"], q["practice_year_persistence"])[which]
    shared = q["practice_year_shared"]
    centre = -(q["practice_sd"] ** 2 + q["practice_year_sd"] ** 2 + q["area_year_sd"] ** 2) / 2
    eligible = fixed + own + area + centre
    reference = fixed + shared * own + np.sqrt(1 - shared**2) * rest + area + centre
    return Shocks(eligible, reference)


def bad_spells(p: Parameters, n: int, rng: np.random.Generator) -> Floats:
    """Each person's passing state by quarter, log scale with unit loading, shape (n, quarters)."""
    q = p.intensity
    return _ar1(rng, (n, len(p.months) // 3), q["spell_sd"], q["spell_persistence"])


def season(p: Parameters, kind: str) -> Floats:
    """Log-rate by month: unplanned care peaks in January, planned care dips then. Shape (T,)."""
    number = np.array([int(m[5:]) for m in p.months])
    wave = np.cos(2 * np.pi * (number - 1) / 12)
    planned = kind in ("elective", "day_case", "op")
    return (-1 if planned else 1) * p.intensity["season_amplitude"][kind] * wave


def rates(p: Parameters, people: People, shocks: Shocks, spells: Floats, kind: str) -> NDArray[np.float32]:
    """Expected contacts of one kind by person and month, shape (N, T); 0 after the month of death."""
    q = p.intensity
    loading = q["loading"][kind]
    variance = q["frailty_sd"] ** 2 + q["spell_sd"] ** 2
    ages = (month_number(p.months[0]) + np.arange(0, len(p.months), 12)[None, :] + 6 - people.birth[:, None]) / 12
    per_year = (
        q["age_slope"][kind] * (ages - 57) / 10
        + (q["need_slope"][kind] * (people.need - 1) + loading * q["frailty_sd"] * people.frailty)[:, None]
        + np.where(people.eligible[:, None], shocks.eligible[people.home], shocks.reference[people.home])
    )
    log_rate = np.repeat(per_year, 12, axis=1).astype(np.float32)
    log_rate += np.repeat(loading * spells, 3, axis=1).astype(np.float32)
    log_rate += (season(p, kind) + np.log(q["rate"][kind] / 12) - loading**2 * variance / 2).astype(np.float32)
    found = np.exp(log_rate)
    found[np.arange(len(p.months))[None, :] > people.died[:, None]] = 0
    return found


def all_rates(p: Parameters, people: People, shocks: Shocks, spells: Floats) -> dict[str, NDArray[np.float32]]:
    """`rates` of every kind."""
    return {kind: rates(p, people, shocks, spells, kind) for kind in KINDS}
