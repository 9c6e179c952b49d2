"""Cells as the files `practice_activity` and `practice_population`.

Belongs here: laying dense cells out as rows, and conservation: all = eligible + not eligible. Does not belong here: the counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.rehearsal import columns as c
from pipeline.rehearsal.background import draw_activity, draw_population
from pipeline.rehearsal.faults import Fault
from pipeline.rehearsal.feed_counts import CELLS, Counts, count_feed
from pipeline.rehearsal.feed_population import Population, count_population
from pipeline.rehearsal.seeds import generator
from pipeline.rehearsal.valuation import PROVIDER_CODES
from pipeline.rehearsal.where import BANDS
from pipeline.rehearsal.world import World

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Aggregates:
    """The two files, every year together. year : first calendar year of the financial year of each activity row."""

    activity: pa.Table
    year: Ints
    population: pa.Table


def _added(first: Counts | Population, second: Counts | Population) -> dict[str, Ints]:
    return {f.name: getattr(first, f.name) + getattr(second, f.name) for f in fields(first)}


def _activity_rows(
    world: World, codes: NDArray[np.str_], counts: dict[str, Ints], population: str, bands: Sequence[str]
) -> tuple[pa.Table, Ints]:
    """Rows where there are any. Arrays have shape (practices, months, cells, providers, bands)."""
    p = world.parameters
    found = np.nonzero(counts["rows"])
    practice, month, cell, provider, band = found
    values = {name: array[found] for name, array in counts.items()}
    rows, unpriced = values["rows"], values["unpriced"]
    pods, departments = [pod for pod, _ in CELLS], [d or "" for _, d in CELLS]
    table = pa.table(
        {
            "PRACTICE_CODE": c.chosen(codes, practice),
            "MONTH": c.chosen(p.months, month),
            "POD": c.chosen(pods, cell),
            "DEPT_TYPE": c.chosen(departments, np.where((cell == 3) | (cell == 4), cell, -1)),
            "PROVIDER": c.chosen(PROVIDER_CODES, provider),
            "POPULATION": c.constant(population, len(rows)),
            "AGE_BAND": c.chosen(bands, band),
            "ROWS": pa.array(rows),
            "ROWS_LINKED": pa.array(rows),
            "PEOPLE_WITH_ACTIVITY": pa.array(values["people"]),
            "COST_GBP": c.pounds(values["pence"], unpriced == rows),
            "UNPRICED_ROWS": pa.array(unpriced),
        }
    )
    return table, c.financial_year_of(month, p.months[0])


def _population_rows(
    world: World, codes: NDArray[np.str_], counts: dict[str, Ints], population: str, bands: Sequence[str]
) -> pa.Table:
    """Rows where anybody was counted. Arrays have shape (practices, months, bands)."""
    found = np.nonzero(counts["person_months"])
    practice, month, band = found
    return pa.table(
        {
            "PRACTICE_CODE": c.chosen(codes, practice),
            "MONTH": c.chosen(world.parameters.months, month),
            "POPULATION": c.constant(population, len(practice)),
            "AGE_BAND": c.chosen(bands, band),
            **{name.upper(): c.numbers(array[found]) for name, array in counts.items()},
        }
    )


def aggregates(world: World, faults: Sequence[Fault]) -> Aggregates:
    """Both files: the study's practices by population, the wider pool as all people and people of 40-74."""
    study, wider = slice(0, world.city.study), slice(world.city.study, None)
    rng = generator(world.seed, "background")
    simulated = count_feed(world, faults)
    counted = count_population(world)
    rest = draw_population(world, study, counted.person_months.sum(axis=2), rng)
    other = draw_activity(world, study, rest.person_months, faults, rng, diluted=False)
    eligible = {f.name: getattr(simulated, f.name)[:, :, :, :, 0] for f in fields(simulated)}
    near = Counts(**{f.name: getattr(simulated, f.name)[:, :, :, :, 1] for f in fields(simulated)})
    not_eligible = _added(near, other)
    everyone = {name: eligible[name] + not_eligible[name] for name in eligible}
    heads_eligible = {f.name: getattr(counted, f.name)[:, :, 0] for f in fields(counted)}
    heads_other = _added(Population(**{f.name: getattr(counted, f.name)[:, :, 1] for f in fields(counted)}), rest)
    heads_all = {name: heads_eligible[name] + heads_other[name] for name in heads_eligible}

    outside = draw_population(world, wider, None, rng)
    outside_heads = {f.name: getattr(outside, f.name) for f in fields(outside)}
    activity = draw_activity(world, wider, outside.person_months, [], rng, diluted=True)
    outside_rows = {f.name: getattr(activity, f.name) for f in fields(activity)}

    middle = slice(1, 2)
    here, there = world.city.codes[study], world.city.codes[wider]
    parts = [
        _activity_rows(world, here, eligible, "eligible", BANDS),
        _activity_rows(world, here, not_eligible, "not_eligible", BANDS),
        _activity_rows(world, here, everyone, "all", BANDS),
        _activity_rows(world, there, {k: v[..., middle] for k, v in outside_rows.items()}, "age_40_74", BANDS[middle]),
        _activity_rows(world, there, outside_rows, "all", BANDS),
    ]
    people = [
        _population_rows(world, here, heads_eligible, "eligible", BANDS),
        _population_rows(world, here, heads_other, "not_eligible", BANDS),
        _population_rows(world, here, heads_all, "all", BANDS),
        _population_rows(world, there, {k: v[..., middle] for k, v in outside_heads.items()}, "age_40_74", BANDS[middle]),
        _population_rows(world, there, outside_heads, "all", BANDS),
    ]
    return Aggregates(
        pa.concat_tables([table for table, _ in parts]), np.concatenate([year for _, year in parts]), pa.concat_tables(people)
    )
