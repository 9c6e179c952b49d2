"""The people who are simulated one by one: eligible people and near misses.

Belongs here: ages, deaths, frailty, and a person as a whole. Does not belong here: registers (`registers_held`), where and
when somebody is registered (`stays`), contacts, the programme.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.calendar import month_number
from pipeline.rehearsal.breaks.closures import Closure
from pipeline.rehearsal.city import City
from pipeline.rehearsal.parameters import Parameters
from pipeline.rehearsal.registers_held import draw_registers
from pipeline.rehearsal.stays import ELIGIBLE, NEVER, NO_PRACTICE, draw_stays

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class People:
    """One entry a person, shape (N,), months as indices into `Parameters.months` (negative: before the first).

    group : 'eligible' or the reason for being a near miss.
    home : index of the practice at baseline (for those never registered then, the nearest such thing); -1 without one.
    earlier, later : practice before / after a move inside the city; -1 without a move.
    first, last : first and last month registered in the city. moved_in, moved_out : first month at `home` / at `later`.
    died : month of death or NEVER. death_day : day of that month.
    birth : month of birth as a month number (year x 12 + month - 1). female : bool.
    registers : bool, shape (N, R), in the order of `register_names`; register_from, register_to : month indices.
    need : listed registers held at baseline. frailty : standard normal, persistent.
    closures : practices whose lists went on under another code, by month; home, earlier and later are the codes before.
    """

    token: NDArray[np.str_]
    group: NDArray[np.str_]
    home: Ints
    earlier: Ints
    later: Ints
    first: Ints
    last: Ints
    moved_in: Ints
    moved_out: Ints
    died: Ints
    death_day: Ints
    birth: Ints
    female: Bools
    lsoa: NDArray[np.str_]
    register_names: tuple[str, ...]
    registers: Bools
    register_from: Ints
    register_to: Ints
    need: Ints
    frailty: Floats
    closures: tuple[Closure, ...] = ()

    @property
    def eligible(self) -> Bools:
        return self.group == ELIGIBLE

    def age_at(self, month: Ints | int, first_number: int) -> Ints:
        """Age in whole years at the end of a month (index), shape of `month` broadcast against people."""
        return (first_number + np.asarray(month) - self.birth) // 12

    def practice_at(self, person: Ints, month: Ints) -> Ints:
        """Practice index a person is registered with in a month (only meaningful between first and last)."""
        moved = month >= self.moved_out[person]
        before = month < self.moved_in[person]
        found = np.where(before, self.earlier[person], np.where(moved, self.later[person], self.home[person]))
        for closure in self.closures:
            found = np.where((found == closure.practice) & (month >= closure.month), closure.successor, found)
        return found


#: more than one part of a city's people ever has, so that serial numbers of parts are apart
MOST_PEOPLE = 1_000_000


def _tokens(rng: np.random.Generator, n: int, before: int) -> NDArray[np.str_]:
    """Distinct 16-character pseudonyms: a random part and a shuffled serial number, so that order says nothing."""
    alphabet = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZ23456789"))
    serial = before + rng.permutation(n)
    letters = alphabet[rng.integers(0, len(alphabet), size=(n, 9))]
    return np.array(["".join(row) + f"{s:07d}" for row, s in zip(letters.tolist(), serial.tolist(), strict=True)])


def _groups(p: Parameters, city: City, parts: int, rng: np.random.Generator) -> tuple[NDArray[np.str_], Ints]:
    """Group and practice at baseline of everybody, near misses spread like the eligible. Shape (N,) each."""
    study = city.study
    weights = city.eligible[:study] / city.eligible[:study].sum()
    group = np.repeat(
        [ELIGIBLE, *p.near_misses], [int(city.eligible.sum()), *(p.scaled(v / parts) for v in p.near_misses.values())]
    ).astype(str)
    others = int(np.sum(group != ELIGIBLE))
    home = np.concatenate([np.repeat(np.arange(study), city.eligible[:study]), rng.choice(study, size=others, p=weights)])
    home[group == NO_PRACTICE] = -1
    return group, home


def _ages(p: Parameters, group: NDArray[np.str_], rng: np.random.Generator) -> Floats:
    """Age in years at baseline. Shape (N,)."""
    n = len(group)
    low, high = p.people["age_beta"]
    years = 40 + rng.beta(low, high, size=n) * 35
    years = np.where(group == "too_young", 35 + rng.random(n) * 5, years)
    return np.where(group == "too_old", 75 + rng.random(n) * 5, years)


def build_people(p: Parameters, city: City, rng: np.random.Generator, *, part: int = 0, parts: int = 1) -> People:
    """Draw eligible people and near misses of the two study arms, or one part of them."""
    launch, months = p.launch, len(p.months)
    at_baseline = month_number(p.city["launch_month"]) - 1
    group, home = _groups(p, city, parts, rng)
    n = len(group)
    years = _ages(p, group, rng)
    birth = at_baseline - np.floor(years * 12).astype(np.int64)
    held = draw_registers(p, group, years, rng)
    stay = draw_stays(p, group, home, city.study, rng)

    frailty = rng.normal(size=n)
    q = p.people
    log_hazard = q["death_age_slope"] * ((at_baseline - birth) / 12 - 57) + q["death_frailty"] * frailty
    died = launch + np.floor(rng.exponential(1.0, size=n) / (q["deaths_a_year"] / 12 * np.exp(log_hazard))).astype(np.int64)
    died = np.where((died < months) & (died <= stay.last) & (group != "left_before"), died, NEVER)
    died = np.where((group == "registered_too_late") & (died < stay.first), NEVER, died)
    moved_out = np.where(stay.moved_out > died, NEVER, stay.moved_out)
    later = np.where(moved_out < NEVER, stay.later, -1)

    block = rng.integers(0, 8, size=n)
    lsoa = np.array([f"E019{90000 + (h + 1) * 10 + b}" for h, b in zip(home.tolist(), block.tolist(), strict=True)])
    return People(
        token=_tokens(rng, n, part * MOST_PEOPLE),
        group=group,
        home=home,
        earlier=stay.earlier,
        later=later,
        first=stay.first,
        last=stay.last,
        moved_in=stay.moved_in,
        moved_out=moved_out,
        died=died,
        death_day=rng.integers(1, 29, size=n),
        birth=birth,
        female=rng.random(n) < q["female"],
        lsoa=lsoa,
        register_names=held.names,
        registers=held.held,
        register_from=held.started,
        register_to=held.ended,
        need=held.need,
        frailty=frailty,
    )
