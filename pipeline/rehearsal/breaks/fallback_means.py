"""The declared fall-back, written a second time and on arrays: means of the baseline where the tariff has no price.

Belongs here: those means, and contacts at constant prices with them. Does not belong here: the tariff (`valuation`), the
study's own fall-back (`pipeline.pricing.fallback`), which this room does not import.

A mean is over the contacts of the extract in the baseline that have a price, by cell (point of delivery, A&E by department) and
band of days: of prices before the market forces factor, half a penny rounded up, and each contact gets its own provider's. It
stands in for prices of rows whose HRG is of another grouper, and for those that no price list has.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.breaks import hrg4plus
from pipeline.rehearsal.cell_columns import CELLS, cell_of
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.sent import seen_in_city
from pipeline.rehearsal.valuation import MFF_MILLIONTHS
from pipeline.vocabulary import STREAMS

if TYPE_CHECKING:
    from pipeline.rehearsal.world import World

Ints = NDArray[np.int64]

#: first day of each band: 0, 1, 2-3, 4-7, 8-14, 15 days and more
BANDS = (0, 1, 2, 4, 8, 15)
MILLION = 1_000_000
#: cells of A&E, whose means are added up where one of them has no contact
AE_CELLS = [i for i, (pod, _) in enumerate(CELLS) if pod == "ae"]


def sums(world: "World") -> Ints:
    """Priced contacts of the baseline and their base pence, shape (2, cells, bands); of one part of the city's people."""
    found = np.zeros((2, len(CELLS), len(BANDS)), dtype=np.int64)
    for stream in STREAMS:
        seen = seen_in_city(world, stream)
        seen = seen.take((seen.month >= 0) & (seen.month < world.parameters.launch) & (seen.pence >= 0))
        factor = MFF_MILLIONTHS[seen.provider]
        base = (2 * seen.pence * MILLION + factor) // (2 * factor)
        key = cell_of(stream, seen) * len(BANDS) + band_of(stream, seen)
        size = len(CELLS) * len(BANDS)
        found[0] += np.bincount(key, minlength=size).reshape(found.shape[1:])
        found[1] += np.bincount(key, weights=base, minlength=size).astype(np.int64).reshape(found.shape[1:])
    return found


def means(added: Ints) -> Ints:
    """Base pence by cell and band from `sums` of all parts, shape (cells, bands); -1 where the baseline has no contact."""
    contacts, pence = added
    pooled = added[:, AE_CELLS].sum(axis=1)
    for cell in AE_CELLS:
        empty = contacts[cell] == 0
        contacts, pence = contacts.copy(), pence.copy()
        contacts[cell], pence[cell] = np.where(empty, pooled[0], contacts[cell]), np.where(empty, pooled[1], pence[cell])
    there = contacts > 0
    return np.asarray(np.where(there, (2 * pence + contacts) // np.maximum(2 * contacts, 1), -1))


def band_of(stream: str, contacts: Contacts) -> Ints:
    """Index into BANDS; contacts without a stay are in the first."""
    if stream != "apc":
        return np.zeros(len(contacts), dtype=np.int64)
    return np.searchsorted(BANDS, np.maximum(contacts.details["stay"].astype(np.int64), 0), side="right") - 1


def stand_in(stream: str, contacts: Contacts, mean: Ints) -> Ints:
    """Pence of the mean of each contact's cell and band with its provider's factor, half a penny rounded up; -1 without one."""
    base = mean[cell_of(stream, contacts), band_of(stream, contacts)]
    with_factor = (2 * base * MFF_MILLIONTHS[contacts.provider] + MILLION) // (2 * MILLION)
    return np.where(base < 0, -1, with_factor)


def gaps(world: "World", stream: str, contacts: Contacts) -> NDArray[np.bool_]:
    """Contacts that the price list has no price for, shape (n,): by their code, or by the grouper of their year."""
    d = contacts.details
    late = hrg4plus.regrouped(world.parameters, world.breaks, contacts.month)
    if stream == "ae":
        late = late & (d["department"] != 3)  # a flat price rests on no HRG
    if stream == "op":
        late = late & (d["procedure"].astype(np.int64) >= 0)  # nor does that of a treatment function
    without = contacts.pence < 0
    if "no_hrg" in d:
        without = without | d["no_hrg"].astype(bool)
    return np.asarray(late | without)


def valued(world: "World", stream: str, contacts: Contacts) -> Ints:
    """Pence at the study's constant prices, -1 unpriced, shape (n,): by the price list, else by a mean if there are any."""
    missing = gaps(world, stream, contacts)
    if world.fallback is None:
        return np.where(missing, -1, contacts.pence)
    filled = np.where(missing, stand_in(stream, contacts, world.fallback), contacts.pence)
    return np.where(contacts.details["attended"].astype(bool), filled, -1) if stream == "op" else filled
