"""Aggregates of the simulated contacts, counted before any extract is drawn.

Belongs here: rows, people, pence by practice, month, point of delivery, provider, population and age band.
Does not belong here: people who exist only as aggregates (`background`), the file (`layout_aggregates`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.contacts import Contacts, observed
from pipeline.rehearsal.faults import Fault, losing
from pipeline.rehearsal.valuation import PROVIDER_CODES
from pipeline.rehearsal.where import BANDS, age_band, counting_practice
from pipeline.rehearsal.world import World

Ints = NDArray[np.int64]

#: point of delivery and A&E department type of each cell column
CELLS = (
    ("non_elective", None), ("elective", None), ("day_case", None), ("ae", "01"), ("ae", "03"), ("op_first", None),
    ("op_follow_up", None), ("op_procedure", None),
)  # fmt: skip
POPULATIONS = ("eligible", "not_eligible")


@dataclass(frozen=True, slots=True)
class Counts:
    """Dense cells, each of shape (practices, months, cells, providers, populations, bands)."""

    rows: Ints
    people: Ints
    pence: Ints
    unpriced: Ints


def cell_of(stream: str, contacts: Contacts) -> Ints:
    """Index into CELLS of each contact."""
    d = contacts.details
    if stream == "apc":
        return d["kind"].astype(np.int64)
    if stream == "ae":
        return np.where(d["department"] == 3, 4, 3)
    return np.where(d["procedure"].astype(np.int64) >= 0, 7, np.where(d["first"].astype(bool), 5, 6))


def in_feed(world: World, stream: str, faults: Sequence[Fault]) -> Contacts:
    """Contacts that the feed holds: observed, attended, counted for a practice, and not lost before."""
    seen = world.delivered(stream)
    keep = observed(world.people, seen) & (counting_practice(world.people, seen.person, seen.month) >= 0)
    keep &= ~losing(faults, "rows", world, stream, seen, feed=True)
    if stream == "op":
        keep &= seen.details["attended"].astype(bool)
    return seen.take(keep)


def count_feed(world: World, faults: Sequence[Fault]) -> Counts:
    """Cells of the study practices from the simulated contacts."""
    shape = (world.city.study, len(world.parameters.months), len(CELLS), len(PROVIDER_CODES), len(POPULATIONS), len(BANDS))
    size = int(np.prod(shape))
    rows, people, pence, unpriced = (np.zeros(size, dtype=np.int64) for _ in range(4))
    for stream in ("apc", "ae", "op"):
        seen = in_feed(world, stream, faults)
        key = np.ravel_multi_index(
            (
                counting_practice(world.people, seen.person, seen.month), seen.month, cell_of(stream, seen), seen.provider,
                np.where(world.people.eligible[seen.person], 0, 1), age_band(world, seen.person, seen.month),
            ),
            shape,
        )  # fmt: skip
        nothing = (seen.pence < 0) | losing(faults, "hrg", world, stream, seen, feed=True)
        value = np.where(nothing | losing(faults, "cost", world, stream, seen, feed=True), 0, seen.pence)
        rows += np.bincount(key, minlength=size)
        unpriced += np.bincount(key[nothing], minlength=size)
        pence += np.bincount(key, weights=value, minlength=size).astype(np.int64)  # sums stay far below 2^53: exact
        once = np.unique(key * len(world.people.token) + seen.person) // len(world.people.token)
        people += np.bincount(once, minlength=size)
    return Counts(*(a.reshape(shape) for a in (rows, people, pence, unpriced)))
