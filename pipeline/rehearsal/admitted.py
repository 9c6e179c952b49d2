"""Provider spells: length of stay, HRG, price, and how one admission follows another.

Belongs here: making spells of drawn admissions. Does not belong here: their episodes and columns (`layout_admitted`).
A person is in one bed at a time: a stay is shortened so that it begins after the discharge before it, and of two discharges
on one day the later draw is left out, in both worlds alike.
"""

from dataclasses import replace

import numpy as np

from pipeline.rehearsal.contacts import Bools, Contacts, Ints
from pipeline.rehearsal.parameters import Parameters, shares
from pipeline.rehearsal.people import People
from pipeline.rehearsal.valuation import HRG_INDEX, UNGROUPABLE, price_spells

ADMITTED_KINDS = ("non_elective", "elective", "day_case")


def _pick(table: dict[str, float], u: np.ndarray) -> Ints:
    codes = np.array([HRG_INDEX[code] for code in table])
    return codes[np.searchsorted(np.cumsum(shares(table))[:-1], u)]


def _previous_discharge(spells: Contacts) -> Ints:
    """Day of the discharge before, of the same person; far in the past without one."""
    before = np.full(len(spells), -(10**6))
    same = spells.person[1:] == spells.person[:-1]
    before[1:] = np.where(same, spells.day[:-1], before[1:])
    return before


def make_spells(p: Parameters, people: People, drawn: dict[str, Contacts], rng: np.random.Generator) -> Contacts:
    """Priced spells from drawn admissions of the three kinds. Details: kind, stay, hrg, age, method, further episodes."""
    parts = [replace(drawn[kind], details={"kind": np.full(len(drawn[kind]), i)}) for i, kind in enumerate(ADMITTED_KINDS)]
    spells = parts[0].joined(parts[1]).joined(parts[2])
    spells = spells.take(_previous_discharge(spells) != spells.day)
    n = len(spells)
    kind = spells.details["kind"].astype(np.int64)
    m = p.mix
    brief = rng.random(n) < m["emergency_stay_zero_or_one"]
    long_stay = 2 + np.floor(rng.exponential(m["emergency_stay_mean"] - 2, size=n)).astype(np.int64)
    planned = 1 + rng.poisson(m["elective_stay_mean"] - 1, size=n)
    wanted = np.select([kind == 2, kind == 1, brief], [0, planned, rng.integers(0, 2, size=n)], np.minimum(long_stay, 120))
    stay = np.minimum(wanted, spells.day - _previous_discharge(spells) - 1)
    u = rng.random(n)
    hrg = np.select(
        [kind == 2, kind == 1, stay <= 1],
        [_pick(m["day_hrg"], u), _pick(m["elective_hrg"], u), _pick(m["short_hrg"], u)],
        _pick(m["long_hrg"], u),
    )
    hrg = np.where(rng.random(n) < m["unpriced_share"], HRG_INDEX[UNGROUPABLE], hrg)
    admitted_month = (spells.day - stay).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    age = (admitted_month - people.birth[spells.person]) // 12
    several = (stay >= 2) & (kind != 2) & (rng.random(n) < m["multi_episode"])
    pence = price_spells(hrg=hrg, emergency=kind == 0, day_case=kind == 2, stay=stay, age=age, provider=spells.provider)
    details = {
        "kind": kind,
        "stay": stay,
        "hrg": hrg,
        "other_hrg": _pick(m["long_hrg"], rng.random(n)),
        "age": age,
        "method": rng.random(n),
        "episodes": np.where(several, 2, 1) + (several & (stay >= 6) & (rng.random(n) < 0.3)),
        "split": rng.random(n),
        "dirt": rng.random(n),
    }
    return replace(spells, pence=pence, details=details)


def fitting(spells: Contacts, added: Contacts) -> Bools:
    """Which of `added` overlap no spell of the same person, in `spells` or earlier in `added` itself. Shape (len(added),)."""
    both = spells.joined(added)
    begin = both.day - both.details["stay"].astype(np.int64)
    clash = np.zeros(len(both), dtype=bool)
    touching = (both.person[1:] == both.person[:-1]) & (begin[1:] <= both.day[:-1])
    clash[1:] |= touching
    clash[:-1] |= touching
    ok = set(both.mark[both.extra & ~clash].tolist())
    return np.array([mark in ok for mark in added.mark.tolist()], dtype=bool)
