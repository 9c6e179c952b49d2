"""Everything the aggregates hold, as dense cells: simulated people, everybody else of their practices, the wider pool.

Belongs here: putting the two kinds of people together, and conservation: all = eligible + not eligible. Does not belong here:
counting the simulated (`feed_counts`, `feed_population`), drawing the others (`background`), the file (`layout_aggregates`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.background import draw_activity, draw_population, struck
from pipeline.rehearsal.breaks import opt_outs
from pipeline.rehearsal.breaks.closures import handed_over, list_handed_over
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.feed_counts import Counts, count_feed, count_stream
from pipeline.rehearsal.feed_population import Population, count_population
from pipeline.rehearsal.seeds import generator
from pipeline.rehearsal.sent import Sent, send
from pipeline.rehearsal.world import World
from pipeline.vocabulary import STREAMS

Cells = dict[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """People who exist only as aggregates, as they are: of the study's practices and of the wider pool.

    simulated, by_stream : the others' person-months, and contacts by stream, without any fault; kept for who asks often.
    """

    population: Population
    counts: Counts
    wider_population: Population
    wider_counts: Counts
    simulated: Population | None = None
    by_stream: Mapping[str, Counts] | None = None


@dataclass(frozen=True, slots=True)
class FeedCells:
    """The study's practices by population (eligible, not_eligible, all): Counts (practices, months, cells, providers, bands)
    and Population (practices, months, bands), each as a dictionary of its arrays."""

    counts: dict[str, Cells]
    population: dict[str, Cells]


def arrays(cells: Counts | Population) -> Cells:
    """The arrays by name."""
    return {field.name: getattr(cells, field.name) for field in fields(cells)}


def remembered(rest: Elsewhere, world: World) -> Elsewhere:
    """The same with the simulated people counted once, for who asks about many faults of one world."""
    whole = send(world, [])
    by_stream = {stream: count_stream(whole, stream) for stream in STREAMS}
    return replace(rest, simulated=count_population(world, world.people), by_stream=by_stream)


def draw_elsewhere(world: World, simulated: Cells | None = None) -> Elsewhere:
    """Draw everybody who is not simulated one by one. No fault changes what they did.

    simulated : population of all parts of the city's people, where `world` holds one part; its prices stand for all.
    """
    study, wider = slice(0, world.city.study), slice(world.city.study, None)
    rng = generator(world.seed, "background")
    known = simulated or arrays(count_population(world, world.before_breaks.people))
    population = draw_population(world, study, known["person_months"].sum(axis=2), rng)
    counts = draw_activity(world, study, population.person_months, rng, diluted=False)
    outside = draw_population(world, wider, None, rng)
    found = Elsewhere(population, counts, outside, draw_activity(world, wider, outside.person_months, rng, diluted=True))
    moves = world.people.closures
    return (
        found
        if not moves
        else replace(
            found,
            population=Population(**list_handed_over(arrays(found.population), moves)),
            counts=Counts(**handed_over(arrays(found.counts), moves)),
        )
    )


def without_opt_outs(world: World, rest: Elsewhere) -> Elsewhere:
    """The others less those who opted out, where that break happened."""
    if opt_outs.NAME not in world.breaks:
        return rest
    p = world.parameters
    rng = generator(world.seed, "opt outs elsewhere")
    return replace(
        rest,
        population=Population(**opt_outs.list_thinned(p, arrays(rest.population))),
        counts=Counts(**opt_outs.thinned(p, arrays(rest.counts), rng)),
        wider_population=Population(**opt_outs.list_thinned(p, arrays(rest.wider_population))),
        wider_counts=Counts(**opt_outs.thinned(p, arrays(rest.wider_counts), rng)),
    )


@dataclass(frozen=True, slots=True)
class Simulated:
    """What the aggregates count of the people who are simulated one by one."""

    counts: Cells
    population: Cells

    def __add__(self, other: "Simulated") -> "Simulated":
        return Simulated(_sum(self.counts, other.counts), _sum(self.population, other.population))


def simulated(sent: Sent, rest: Elsewhere | None = None) -> Simulated:
    """Count them, faults included. rest : `remembered`, for who asks often."""
    counts = count_feed(sent, rest.by_stream if rest else None)
    right = rest.simulated if rest and sent.counted is sent.world.people else None
    return Simulated(arrays(counts), arrays(right or count_population(sent.world, sent.counted)))


def feed_cells(world: World, faults: Sequence[Fault], people: Simulated, rest: Elsewhere) -> FeedCells:
    """What the aggregates say of the study's practices, faults included."""
    others, other_heads = arrays(struck(world, slice(0, world.city.study), rest.counts, faults)), arrays(rest.population)
    simulated, heads = people.counts, people.population
    eligible = {name: values[:, :, :, :, 0] for name, values in simulated.items()}
    not_eligible = {name: values[:, :, :, :, 1] + others[name] for name, values in simulated.items()}
    known = {name: values[:, :, 0] for name, values in heads.items()}
    unknown = {name: values[:, :, 1] + other_heads[name] for name, values in heads.items()}
    return FeedCells(
        {"eligible": eligible, "not_eligible": not_eligible, "all": _sum(eligible, not_eligible)},
        {"eligible": known, "not_eligible": unknown, "all": _sum(known, unknown)},
    )


def _sum(one: Cells, other: Cells) -> Cells:
    return {name: one[name] + other[name] for name in one}
