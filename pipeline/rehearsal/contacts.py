"""Contacts with hospitals as columns: drawn from rates, dated, sent to a hospital, and kept in one or both worlds.

Belongs here: what every contact has in common. Does not belong here: what makes an admission, an attendance or an
appointment (`admitted`, `emergency`, `outpatient`), the programme's effect (`effect`).
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.city import City
from pipeline.rehearsal.parameters import Parameters
from pipeline.rehearsal.people import People

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contacts:
    """One entry a contact, shape (n,), sorted by person and day.

    person, month : indices into `People` and `Parameters.months`; month is of discharge, arrival or appointment.
    day : days since 1970-01-01 of the same. provider : index into PROVIDER_CODES. pence : price, -1 unpriced.
    mark : uniform draw that decides whether the contact survives the programme. extra : only in the world with it.
    details : further columns of the stream.
    """

    person: Ints
    month: Ints
    day: Ints
    provider: Ints
    pence: Ints
    mark: Floats
    extra: Bools
    details: dict[str, NDArray[np.generic]]

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: NDArray[np.generic]) -> Self:
        """The chosen rows, by index or by truth value, in the order given."""
        columns = {n: getattr(self, n)[rows] for n in ("person", "month", "day", "provider", "pence", "mark", "extra")}
        return replace(self, **columns, details={n: v[rows] for n, v in self.details.items()})

    def joined(self, other: Self) -> Self:
        """Both together, sorted again."""
        columns = {
            n: np.concatenate([getattr(self, n), getattr(other, n)])
            for n in ("person", "month", "day", "provider", "pence", "mark", "extra")
        }
        details = {n: np.concatenate([v, other.details[n]]) for n, v in self.details.items()}
        both = replace(self, **columns, details=details)
        return both.take(np.lexsort((both.mark, both.day, both.person)))


def draw(
    p: Parameters, city: City, people: People, expected: NDArray[np.float32], rng: np.random.Generator, *, extra: bool = False
) -> Contacts:
    """Poisson contacts from `expected` (N, T), dated evenly over the month (not after a death), sorted, unpriced."""
    counts = rng.poisson(expected)
    flat = np.flatnonzero(counts)
    person, month = np.divmod(np.repeat(flat, counts.ravel()[flat]), expected.shape[1])
    starts = np.array(p.months, dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
    ends = (np.array(p.months, dtype="datetime64[M]") + 1).astype("datetime64[D]").astype(np.int64)
    length = (ends - starts)[month]
    length = np.where(people.died[person] == month, np.minimum(length, people.death_day[person]), length)
    day = starts[month] + np.floor(rng.random(len(person)) * length).astype(np.int64)
    chance = np.cumsum(city.provider_mix, axis=1)[people.home[person]]
    provider = (rng.random(len(person))[:, None] > chance[:, :2]).sum(axis=1)
    found = Contacts(
        person, month, day, provider, np.full(len(person), -1, dtype=np.int64), rng.random(len(person)),
        np.full(len(person), extra), {},
    )  # fmt: skip
    return found.take(np.lexsort((found.mark, found.day, found.person)))


def rank_in_day(contacts: Contacts) -> Ints:
    """0, 1, 2 ... within person and day, for contacts sorted by them."""
    same = np.zeros(len(contacts), dtype=bool)
    same[1:] = (contacts.person[1:] == contacts.person[:-1]) & (contacts.day[1:] == contacts.day[:-1])
    position = np.arange(len(contacts))
    return position - np.maximum.accumulate(np.where(same, 0, position))


def observed(people: People, contacts: Contacts) -> Bools:
    """Contacts in months in which the person is registered in the city (or has no practice at all)."""
    who = contacts.person
    return (contacts.month >= people.first[who]) & (contacts.month <= people.last[who])
