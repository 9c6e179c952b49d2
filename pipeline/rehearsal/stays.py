"""Where and when people are registered in the city.

Belongs here: joining, leaving, moving between practices. Does not belong here: deaths (`people`), the file (`layout_register`).
Registrations begin on the first and end on the last day of a month, so that a person-month is never split.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.parameters import Parameters

Ints = NDArray[np.int64]

#: index past every simulated month: "never"
NEVER = 9_999
ELIGIBLE = "eligible"
NO_PRACTICE = "no_practice"


@dataclass(frozen=True, slots=True)
class Stays:
    """One entry a person, shape (N,): months as indices, practices as indices; see `people.People`."""

    first: Ints
    last: Ints
    moved_in: Ints
    moved_out: Ints
    earlier: Ints
    later: Ints


def draw_stays(p: Parameters, group: NDArray[np.str_], home: Ints, practices: int, rng: np.random.Generator) -> Stays:
    """Everybody but two kinds of near miss is registered at `home` at baseline; nobody moves out of the city before launch."""
    n, launch, months = len(group), p.launch, len(p.months)
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
    step = rng.integers(1, practices, size=(n, 2))
    earlier = np.where(moved_in > -NEVER, (home + step[:, 0]) % practices, -1)
    later = np.where(moved_out < NEVER, (home + step[:, 1]) % practices, -1)
    return Stays(first, last, moved_in, moved_out, earlier, later)
