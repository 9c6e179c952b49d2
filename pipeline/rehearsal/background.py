"""Everybody else: people who exist only as aggregate draws, in the study's practices and in the wider pool.

Belongs here: their person-months and contacts. Does not belong here: simulated people (`feed_counts`, `feed_population`).
The programme does not touch them. They share a part of their practice's shocks with its eligible people.
"""

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.breaks import hrg4plus
from pipeline.rehearsal.breaks.fallback_means import valued
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.faults.strikes import cells
from pipeline.rehearsal.feed_counts import CELLS, Counts, cell_of
from pipeline.rehearsal.feed_population import Population
from pipeline.rehearsal.intensity import season
from pipeline.rehearsal.seeds import generator
from pipeline.rehearsal.where import BANDS
from pipeline.rehearsal.world import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def draw_population(world: World, practices: slice, simulated: Ints | None, rng: np.random.Generator) -> Population:
    """Person-months and movements, shape (practices, months, bands), of a list less those simulated one by one."""
    b = world.parameters.background
    months = len(world.parameters.months)
    share = np.array([b["band_share"][band] for band in BANDS])
    lists = np.round(world.city.list_size[practices][:, None] * share).astype(np.int64)[:, None, :]
    heads = np.repeat(lists, months, axis=1)
    if simulated is not None:
        heads = np.maximum(heads - simulated, 5)
    turnover = np.array([b["turnover_a_year"][band] for band in BANDS]) / 12
    deaths = rng.poisson(heads * np.array([b["deaths_a_year"][band] for band in BANDS]) / 12)
    return Population(heads, deaths, rng.poisson(heads * turnover), rng.poisson(heads * turnover))


def _cell_shares(world: World) -> Floats:
    """Share of each kind's contacts in each cell, shape (5 kinds, cells)."""
    m = world.parameters.mix
    out = np.zeros((5, len(CELLS)))
    out[0, 0] = out[1, 1] = out[2, 2] = 1
    out[3, 3:5] = [1 - m["ae_minor_department"], m["ae_minor_department"]]
    procedure = m["op_procedure"]
    out[4, 5:8] = [m["op_first"] * (1 - procedure), (1 - m["op_first"]) * (1 - procedure), procedure]
    return out


def _rates(world: World, practices: slice, *, diluted: bool) -> Floats:
    """Expected contacts a head and month, shape (practices, months, cells, bands)."""
    p = world.parameters
    kinds = ("non_elective", "elective", "day_case", "ae", "op")
    shares = _cell_shares(world)
    shock = np.repeat(np.exp(world.shocks.reference[practices]), 12, axis=1)
    eligible_shock = np.repeat(np.exp(world.shocks.eligible[practices]), 12, axis=1)
    found = np.zeros((*shock.shape, len(CELLS), len(BANDS)))
    for i, kind in enumerate(kinds):
        base = np.array([p.background[kind][band] for band in BANDS]) / 12
        rate = shock[:, :, None] * base
        if diluted:  # the wider pool's people of 40-74 include those who would be eligible here
            part = p.background["wider_eligible_share"]
            rate[:, :, 1] = (1 - part) * rate[:, :, 1] + part * eligible_shock * _eligible_rate(world, kind) / 12
        rate *= np.exp(season(p, kind))[None, :, None]
        found += rate[:, :, None, :] * shares[i][None, None, :, None]
    return found


def _eligible_rate(world: World, kind: str) -> float:
    """Contacts a head and year of the simulated eligible people without the programme (attended ones, outpatients)."""
    stream = kind if kind in ("ae", "op") else "apc"
    c = world.contacts[stream]
    counted = world.untreated[stream] & world.people.eligible[c.person]
    if stream == "op":
        counted &= c.details["attended"].astype(bool)
    if stream == "apc":
        counted &= c.details["kind"] == ("non_elective", "elective", "day_case").index(kind)
    return float(counted.sum()) / float(world.people.eligible.sum()) / (len(world.parameters.months) / 12)


def _price_moments(world: World, *, at_means: bool = False) -> tuple[Floats, Floats, Floats]:
    """Mean, standard deviation and least price in pence of a priced contact by cell, from the simulated ones.

    at_means : of those whose price is a mean of the fall-back in the years of the other grouper, as if every month were theirs.
    """
    moments = np.zeros((3, len(CELLS)))
    for stream in ("apc", "ae", "op"):
        c = world.contacts[stream]
        keep = world.untreated[stream] & (c.pence >= 0)
        kept = c.take(keep)
        values = valued(world, stream, replace(kept, month=np.full(len(kept), 10**6))) if at_means else kept.pence
        cell, pence = cell_of(stream, kept), values.astype(np.float64)
        for i in np.unique(cell):
            of_cell = pence[cell == i]
            moments[:, i] = of_cell.mean(), of_cell.std(), of_cell.min()
    return moments[0], moments[1], moments[2]


def draw_activity(world: World, practices: slice, heads: Ints, rng: np.random.Generator, *, diluted: bool) -> Counts:
    """Contacts of `heads` (practices, months, bands). Arrays of shape (practices, months, cells, providers, bands)."""
    p = world.parameters
    expected = _rates(world, practices, diluted=diluted) * heads[:, :, None, :]
    mix = world.city.provider_mix[practices]
    rows = rng.poisson(expected[:, :, :, None, :] * mix[:, None, None, :, None]).astype(np.int64)
    unpriced, pence, people = (np.zeros_like(rows) for _ in range(3))
    found = np.nonzero(rows)
    n = rows[found]
    mean, sd, least = (moment[found[2]] for moment in _price_moments(world))
    if world.fallback is not None:
        late = hrg4plus.regrouped(p, world.breaks, found[1])
        filled = _price_moments(world, at_means=True)
        mean, sd, least = (np.where(late, other[found[2]], own) for other, own in zip(filled, (mean, sd, least), strict=True))
    without = rng.binomial(n, p.mix["unpriced_share"])
    priced = n - without
    cost = np.maximum(priced * least, priced * mean + np.sqrt(priced) * sd * rng.standard_normal(len(n)))
    unpriced[found], pence[found] = without, np.round(cost).astype(np.int64)
    if world.fallback is not None:  # means stand in for them too
        pence[found] += np.round(without * filled[0][found[2]]).astype(np.int64)
        unpriced[found] = 0
    people[found] = np.maximum(n - rng.binomial(n, p.background["repeat_share"]), 1)
    return Counts(rows, rows.copy(), people, pence, unpriced)


def struck(world: World, practices: slice, counts: Counts, faults: Sequence[Fault]) -> Counts:
    """The cells after every fault that the aggregates suffer. The cells given are left as they were."""
    values = {f.name: getattr(counts, f.name).copy() for f in fields(counts)}
    for fault in faults:
        if fault.counts is not None and fault.on("aggregates"):
            hit = cells(world, fault, values["rows"].shape, practices)
            fault.counts(world, values, hit, fault, generator(world.seed, f"aggregates {fault.name}"))
    values["pence"][values["unpriced"] == values["rows"]] = 0  # where nothing has a price, rounding leaves no pence
    return Counts(**values)
