"""The people who are simulated one by one: eligible people and near misses, where and when they are registered.

Belongs here: ages, registers, registrations, deaths, frailty. Does not belong here: contacts, the programme.
Registrations begin on the first and end on the last day of a month, so that a person-month is never split.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.calendar import month_number
from pipeline.rehearsal.city import City
from pipeline.rehearsal.parameters import Parameters, shares

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: index past every simulated month: "never"
NEVER = 9_999
ELIGIBLE = "eligible"
NO_PRACTICE = "no_practice"


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
        return np.where(before, self.earlier[person], np.where(moved, self.later[person], self.home[person]))


def _tokens(rng: np.random.Generator, n: int) -> NDArray[np.str_]:
    """Distinct 16-character pseudonyms: a random part and a shuffled serial number, so that order says nothing."""
    alphabet = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZ23456789"))
    serial = rng.permutation(n)
    letters = alphabet[rng.integers(0, len(alphabet), size=(n, 9))]
    return np.array(["".join(row) + f"{s:07d}" for row, s in zip(letters.tolist(), serial.tolist(), strict=True)])


def build_people(p: Parameters, city: City, rng: np.random.Generator) -> People:
    """Draw eligible people and near misses of the two study arms."""
    launch, months = p.launch, len(p.months)
    at_baseline = month_number(p.city["launch_month"]) - 1
    study = city.study
    weights = city.eligible[:study] / city.eligible[:study].sum()
    group = np.repeat(
        [ELIGIBLE, *p.near_misses], [int(city.eligible.sum()), *(p.scaled(v) for v in p.near_misses.values())]
    ).astype(str)
    n = len(group)
    is_eligible = group == ELIGIBLE
    home = np.concatenate(
        [np.repeat(np.arange(study), city.eligible[:study]), rng.choice(study, size=int(np.sum(~is_eligible)), p=weights)]
    )
    home[group == NO_PRACTICE] = -1

    # ages lean to the older part of 40-74, as registers do: mean about 60
    share = rng.beta(2.2, 1.5, size=n)
    years = 40 + share * 35
    years = np.where(group == "too_young", 35 + rng.random(n) * 5, years)
    years = np.where(group == "too_old", 75 + rng.random(n) * 5, years)
    birth = at_baseline - np.floor(years * 12).astype(np.int64)

    listed = list(p.people["registers"])
    other = list(p.people["other_registers"])
    names = tuple(listed + other)
    held = np.zeros((n, len(names)), dtype=bool)
    main = rng.choice(len(listed), size=n, p=shares(p.people["registers"]))
    held[np.arange(n), main] = True
    extra = (
        rng.random((n, len(listed))) < np.array(list(p.people["registers"].values())) * np.where(years > 60, 0.55, 0.3)[:, None]
    )
    held[:, : len(listed)] |= extra
    held[:, len(listed) :] = rng.random((n, len(other))) < np.array(list(p.people["other_registers"].values())) * 0.6
    only_other = group == "other_registers_only"
    held[only_other, : len(listed)] = False
    held[only_other, len(listed)] = True
    started = launch - rng.integers(1, 240, size=(n, len(names)))
    started = np.where((group == "register_too_late")[:, None], launch + rng.integers(0, 40, size=(n, len(names))), started)
    ended = np.full((n, len(names)), NEVER)
    was = (group == "register_ended")[:, None]
    ended = np.where(was, launch - rng.integers(1, 12, size=(n, len(names))), ended)
    started = np.where(was, ended - rng.integers(12, 200, size=(n, len(names))), started)
    need = np.minimum(held[:, : len(listed)].sum(axis=1), 4)

    long_ago = -rng.integers(1, 300, size=n)
    joined = rng.random(n) < p.people["joined_during_baseline"]
    first = np.where(joined, rng.integers(0, launch, size=n), long_ago)
    gone = launch + np.floor(rng.exponential(12 / p.people["leavers_a_year"], size=n)).astype(np.int64)
    last = np.where(gone < months, gone, NEVER)
    first = np.where(group == "registered_too_late", launch + rng.integers(0, 36, size=n), first)
    last = np.where(group == "registered_too_late", NEVER, last)
    first = np.where(group == "left_before", long_ago, first)
    last = np.where(group == "left_before", rng.integers(6, launch - 1, size=n), last)

    steady = ~np.isin(group, ["registered_too_late", "left_before", NO_PRACTICE])
    moves = rng.random((n, 2)) < [p.people["moved_practice_before"], p.people["moved_practice_after"]]
    moved_in = rng.integers(1, launch, size=n)
    moved_in = np.where(steady & moves[:, 0] & (moved_in > first), moved_in, -NEVER)
    moved_out = rng.integers(launch, months, size=n)
    moved_out = np.where(steady & moves[:, 1] & (moved_out <= last), moved_out, NEVER)
    step = rng.integers(1, study, size=(n, 2))
    earlier = np.where(moved_in > -NEVER, (home + step[:, 0]) % study, -1)
    later = np.where(moved_out < NEVER, (home + step[:, 1]) % study, -1)

    frailty = rng.normal(size=n)
    age = (at_baseline - birth) / 12
    hazard = (
        p.people["deaths_a_year"] / 12 * np.exp(p.people["death_age_slope"] * (age - 57) + p.people["death_frailty"] * frailty)
    )
    died = launch + np.floor(rng.exponential(1.0, size=n) / hazard).astype(np.int64)
    died = np.where((died < months) & (died <= last) & (group != "left_before"), died, NEVER)
    died = np.where((group == "registered_too_late") & (died < first), NEVER, died)
    moved_out = np.where(moved_out > died, NEVER, moved_out)
    later = np.where(moved_out < NEVER, later, -1)

    lsoa = np.array(
        [f"E019{90000 + (h + 1) * 10 + d}" for h, d in zip(home.tolist(), rng.integers(0, 8, size=n).tolist(), strict=True)]
    )
    return People(
        _tokens(rng, n), group, home, earlier, later, first, last, moved_in, moved_out, died, rng.integers(1, 29, size=n),
        birth, rng.random(n) < 0.47, lsoa, names, held, started, ended, need, frailty,
    )  # fmt: skip
