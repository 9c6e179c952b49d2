"""Aggregates of the simulated contacts, counted before any extract is drawn.

Belongs here: rows, people, pence by practice, month, point of delivery, provider, population and age band.
Does not belong here: people who exist only as aggregates (`background`), the file (`layout_aggregates`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.breaks.fallback_means import gaps, stand_in
from pipeline.rehearsal.cell_columns import CELLS as CELLS
from pipeline.rehearsal.cell_columns import cell_of as cell_of
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.sent import Sent
from pipeline.rehearsal.valuation import PROVIDER_CODES
from pipeline.rehearsal.where import BANDS, age_band, counting_practice
from pipeline.rehearsal.world import World
from pipeline.vocabulary import STREAMS

Ints = NDArray[np.int64]

POPULATIONS = ("eligible", "not_eligible")


@dataclass(frozen=True, slots=True)
class Counts:
    """Dense cells, each of shape (practices, months, cells, providers, populations, bands).

    linked : rows for which a person was found. pence : by the cost column of the feed.
    """

    rows: Ints
    linked: Ints
    people: Ints
    pence: Ints
    unpriced: Ints


def in_feed(sent: Sent, stream: str) -> tuple[Contacts, Ints]:
    """Contacts that the feed counts (attended, in a month, at a practice), and the practice each is counted for."""
    seen = sent.feed[stream]
    practice = counting_practice(sent.counted, seen.person, seen.month)
    elsewhere = seen.details["counted_at"].astype(np.int64)
    practice = np.where(elsewhere >= 0, elsewhere, practice)
    months = len(sent.world.parameters.months)
    keep = (practice >= 0) & (seen.month >= 0) & (seen.month < months)
    keep &= ~seen.details["again"].astype(bool) & ~seen.details["withheld"].astype(bool)
    if stream == "op":
        keep &= seen.details["attended"].astype(bool)
    return seen.take(keep), practice[keep]


def cost_column(world: World, stream: str, seen: Contacts) -> tuple[Ints, NDArray[np.bool_]]:
    """Pence that the cost column holds for each contact (0 without), and which have no price. Shape (n,) each.

    Where the protocol declares a fall-back, its mean stands where the tariff has no price; a fault of the column itself moves
    it by as much as it moves a price.
    """
    billed = np.maximum(seen.details["billed"].astype(np.int64), 0)
    if world.fallback is None:
        nothing = (seen.pence < 0) | seen.details["no_hrg"].astype(bool)
        return np.where(nothing, 0, billed), nothing
    missing, mean = gaps(world, stream, seen), stand_in(stream, seen, world.fallback)
    price = np.maximum(seen.pence, 1)
    mean_as_billed = np.where(seen.pence > 0, (2 * mean * billed + price) // (2 * price), mean)
    nothing = missing & (mean < 0)
    return np.where(nothing, 0, np.where(missing, mean_as_billed, billed)), nothing


def count_stream(sent: Sent, stream: str) -> Counts:
    """Cells of the study practices from the simulated contacts of one stream; those of other streams are 0."""
    world = sent.world
    shape = (world.city.study, len(world.parameters.months), len(CELLS), len(PROVIDER_CODES), len(POPULATIONS), len(BANDS))
    size = int(np.prod(shape))
    seen, practice = in_feed(sent, stream)
    found = ~seen.details["unlinked"].astype(bool)
    known = sent.counted.eligible[seen.person] & found  # a row without a person is nobody eligible
    key = np.ravel_multi_index(
        (
            practice, seen.month, cell_of(stream, seen), seen.provider, np.where(known, 0, 1),
            age_band(world, seen.person, seen.month),
        ),
        shape,
    )  # fmt: skip
    value, nothing = cost_column(world, stream, seen)
    pence = np.bincount(key, weights=value, minlength=size).astype(np.int64)  # sums stay far below 2^53: exact
    once = np.sort(key * len(world.people.token) + seen.person)
    first = np.concatenate([[True], once[1:] != once[:-1]]) if len(once) else np.zeros(0, dtype=bool)
    people = np.bincount(once[first] // len(world.people.token), minlength=size)
    counts = (np.bincount(key, minlength=size), np.bincount(key[found], minlength=size), people, pence,
              np.bincount(key[nothing], minlength=size))  # fmt: skip
    return Counts(*(values.reshape(shape) for values in counts))


def count_feed(sent: Sent, clean: Mapping[str, Counts] | None = None) -> Counts:
    """Cells of the study practices from the simulated contacts, all streams.

    clean : `count_stream` of the same world without faults, for who asks more than once; streams that no fault strikes on the
        aggregates' route are taken from there.
    """
    struck = [fault for fault in sent.faults if fault.on("aggregates")]
    if clean is None or any(fault.people is not None for fault in struck):
        streams = {stream: count_stream(sent, stream) for stream in STREAMS}
    else:
        hit = {stream for fault in struck if fault.contacts is not None
               for stream in (STREAMS if fault.place.stream == "all" else (fault.place.stream,))}  # fmt: skip
        streams = {stream: count_stream(sent, stream) if stream in hit else clean[stream] for stream in STREAMS}
    first, *rest = streams.values()
    arrays = {f.name: getattr(first, f.name) for f in fields(first)}
    for other in rest:
        arrays = {name: values + getattr(other, name) for name, values in arrays.items()}
    return Counts(**arrays)
