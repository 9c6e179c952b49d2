"""Cells as the files `practice_activity` and `practice_population`.

Belongs here: laying dense cells out as rows. Does not belong here: the counts (`feed_cells`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.rehearsal import columns as c
from pipeline.rehearsal.feed_cells import Elsewhere, FeedCells, arrays, draw_elsewhere, feed_cells, simulated
from pipeline.rehearsal.feed_counts import CELLS
from pipeline.rehearsal.sent import Sent
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
            "ROWS_LINKED": pa.array(values["linked"]),
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


def aggregates(sent: Sent, rest: Elsewhere | None = None) -> Aggregates:
    """Both files of a city whose people are simulated in one part. rest : `draw_elsewhere`, for who asks more than once."""
    rest = rest or draw_elsewhere(sent.world)
    return laid_out(sent.world, feed_cells(sent.world, sent.faults, simulated(sent), rest), rest)


def laid_out(world: World, cells: FeedCells, rest: Elsewhere) -> Aggregates:
    """Both files: the study's practices by population, the wider pool as all people and people of 40-74."""
    outside, heads = arrays(rest.wider_counts), arrays(rest.wider_population)
    middle = slice(1, 2)
    here, there = world.city.codes[: world.city.study], world.city.codes[world.city.study :]
    parts = [_activity_rows(world, here, counts, name, BANDS) for name, counts in cells.counts.items()]
    parts.append(_activity_rows(world, there, {k: v[..., middle] for k, v in outside.items()}, "age_40_74", BANDS[middle]))
    parts.append(_activity_rows(world, there, outside, "all", BANDS))
    people = [_population_rows(world, here, counts, name, BANDS) for name, counts in cells.population.items()]
    people.append(_population_rows(world, there, {k: v[..., middle] for k, v in heads.items()}, "age_40_74", BANDS[middle]))
    people.append(_population_rows(world, there, heads, "all", BANDS))
    return Aggregates(
        pa.concat_tables([table for table, _ in parts]), np.concatenate([year for _, year in parts]), pa.concat_tables(people)
    )
