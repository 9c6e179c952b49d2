"""Frames of what the aggregates hold, from a rehearsal's arrays: the feed by stream and by kind, populations, the wider pool.

Belongs here: dense cells of the feed laid out as the frames that checks read. Does not belong here: the extract
(`array_evidence`), frames both share (`array_frames`).
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.array_frames import (
    DEPARTMENT_OF_CELL,
    POD_OF_CELL,
    SPANS,
    STREAM_OF_CELL,
    label,
    label_of,
    one_of,
    texts,
)
from pipeline.assurance.evidence import CELL, KIND
from pipeline.rehearsal.feed_cells import Cells, Elsewhere
from pipeline.rehearsal.valuation import PROVIDER_CODES
from pipeline.rehearsal.world import World
from pipeline.study import Study
from pipeline.vocabulary import STREAMS

Ints = NDArray[np.int64]
POPULATIONS = ("eligible", "not_eligible", "all")


def by_stream(values: Ints) -> Ints:
    """Cells (axis 2) added up to streams in the order of STREAMS."""
    return np.stack([values[:, :, SPANS[stream]].sum(axis=2) for stream in STREAMS], axis=2)


def feed_frame(counts: dict[str, Cells], codes: NDArray[Any], months: NDArray[Any]) -> pd.DataFrame:
    parts = []
    for population, cells in counts.items():
        figures = {
            name: by_stream(cells[source].sum(axis=4))
            for name, source in (
                ("rows", "rows"), ("rows_linked", "linked"), ("cost_pence", "pence"), ("unpriced_rows", "unpriced"),
            )
        }  # fmt: skip
        at = np.nonzero(figures["rows"])
        labels = (
            label(codes, at[0]),
            label(months, at[1]),
            label(texts(STREAMS), at[2]),
            label(texts(PROVIDER_CODES.tolist()), at[3]),
        )
        frame = pd.DataFrame(dict(zip(CELL, labels, strict=True)) | {name: values[at] for name, values in figures.items()})
        parts.append(frame.assign(population=one_of(POPULATIONS, population, len(frame))))
    return pd.concat(parts, ignore_index=True)


def feed_kind_frame(counts: dict[str, Cells], codes: NDArray[Any], months: NDArray[Any]) -> pd.DataFrame:
    parts = []
    for population in ("eligible", "not_eligible"):
        figures = {
            name: counts[population][source].sum(axis=4)
            for name, source in (("rows", "rows"), ("cost_pence", "pence"), ("unpriced_rows", "unpriced"))
        }
        at = np.nonzero(figures["rows"])
        labels = (
            label(codes, at[0]), label(months, at[1]), label_of(STREAM_OF_CELL, at[2]), label_of(POD_OF_CELL, at[2]),
            label_of(DEPARTMENT_OF_CELL, at[2]), label(texts(PROVIDER_CODES.tolist()), at[3]),
            one_of(POPULATIONS, population, len(at[0])),
        )  # fmt: skip
        parts.append(
            pd.DataFrame(dict(zip(KIND, labels, strict=True)) | {name: values[at] for name, values in figures.items()})
        )
    return pd.concat(parts, ignore_index=True)


def population_frame(population: dict[str, Cells], codes: NDArray[Any], months: NDArray[Any]) -> pd.DataFrame:
    parts = []
    for name, cells in population.items():
        figures = {field: values.sum(axis=2) for field, values in cells.items()}
        at = np.nonzero(figures["person_months"])
        frame = {
            "practice": label(codes, at[0]),
            "month": label(months, at[1]),
            "population": one_of(POPULATIONS, name, len(at[0])),
        }
        parts.append(pd.DataFrame(frame | {field: values[at] for field, values in figures.items()}))
    return pd.concat(parts, ignore_index=True)


def wider_frame(world: World, study: Study, rest: Elsewhere) -> pd.DataFrame:
    """The wider pool before launch: all people, and people of 40 to 74."""
    before = world.parameters.launch
    codes, months = texts(world.city.codes[world.city.study :].tolist()), texts(world.parameters.months)
    parts = []
    for population, bands in (("age_40_74", slice(1, 2)), ("all", slice(0, 3))):
        rows = by_stream(rest.wider_counts.rows[..., bands].sum(axis=4)).sum(axis=3)[:, :before]
        time = rest.wider_population.person_months[:, :before, bands].sum(axis=2)
        at = np.nonzero(rows)
        parts.append(
            pd.DataFrame(
                {
                    "practice": codes[at[0]],
                    "month": months[at[1]],
                    "population": np.full(len(at[0]), population, dtype=object),
                    "stream": texts(STREAMS)[at[2]],
                    "rows": rows[at],
                    "person_months": time[at[0], at[1]],
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(area=frame["practice"].map(study.area_of))
