"""Frames of the gate's evidence from a rehearsal's arrays: kinds, people, person-time, registers, the trusts' return.

Belongs here: arrays laid out as the frames that checks read. Does not belong here: which rows count (`array_evidence`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.assurance.feed import trust_return
from pipeline.assurance.two_routes import routes
from pipeline.rehearsal.cohort import Cohort
from pipeline.rehearsal.feed_cells import Cells, FeedCells
from pipeline.rehearsal.feed_counts import CELLS
from pipeline.rehearsal.people import NO_PRACTICE, People
from pipeline.rehearsal.valuation import PROVIDER_CODES
from pipeline.rehearsal.world import World
from pipeline.vocabulary import STREAM_OF_POD


def texts(values: Sequence[str]) -> NDArray[Any]:
    """Text as an object array, which takes by index."""
    return np.array(list(values), dtype=object)


def label(names: NDArray[Any], index: NDArray[np.int64]) -> pd.Categorical:
    """Names by index as a categorical, which a check reads like text and which costs no conversion."""
    return pd.Categorical.from_codes(index, categories=pd.Index(names))


def label_of(names: NDArray[Any], index: NDArray[np.int64]) -> pd.Categorical:
    """The same where a name may stand at several places."""
    distinct, place = np.unique(names.astype(str), return_inverse=True)
    return pd.Categorical.from_codes(place[index], categories=pd.Index(distinct.astype(object)))


def one_of(names: Sequence[str], name: str, n: int) -> pd.Categorical:
    """One of the names on every row."""
    return pd.Categorical.from_codes(np.full(n, list(names).index(name)), categories=pd.Index(texts(names)))


STREAM_OF_CELL = texts([STREAM_OF_POD[pod] for pod, _ in CELLS])
POD_OF_CELL = texts([pod for pod, _ in CELLS])
DEPARTMENT_OF_CELL = texts([department or "" for _, department in CELLS])
SPANS = {"apc": slice(0, 3), "ae": slice(3, 5), "op": slice(5, 8)}
EMERGENCY = [i for i, (pod, _) in enumerate(CELLS) if pod == "ae"]


def _grain(at: tuple[NDArray[np.int64], ...], codes: NDArray[Any], months: NDArray[Any]) -> dict[str, pd.Categorical]:
    """Labels of routes.GRAIN for cells (practice, month, cell, provider)."""
    labels = (
        label(codes, at[0]), label(months, at[1]), label_of(STREAM_OF_CELL, at[2]), label_of(POD_OF_CELL, at[2]),
        label_of(DEPARTMENT_OF_CELL, at[2]), label(texts(PROVIDER_CODES.tolist()), at[3]),
    )  # fmt: skip
    return dict(zip(routes.GRAIN, labels, strict=True))


def kind_frame(dense: Cells, codes: NDArray[Any], months: NDArray[Any]) -> pd.DataFrame:
    """`routes.extract_counts` of arrays (practices, months, cells, providers)."""
    at = np.nonzero(dense["rows"])
    return pd.DataFrame(_grain(at, codes, months) | {name: values[at] for name, values in dense.items()})


def people_frame(eligible: Cells, codes: NDArray[Any], months: NDArray[Any]) -> pd.DataFrame:
    """People with activity of the eligible by the aggregates; arrays (practices, months, cells, providers, bands)."""
    at = np.nonzero(eligible["rows"].sum(axis=4))
    return pd.DataFrame(_grain(at, codes, months) | {"people": eligible["people"].sum(axis=4)[at]})


def time_frame(cohort: Cohort, codes: NDArray[Any], months: NDArray[Any]) -> pd.DataFrame:
    """`person_time.cohort_time` of the cohort."""
    who = np.flatnonzero(cohort.member)
    span, size = len(months), len(codes) * len(months)
    time, deaths = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    for month in range(span):
        there = who[(cohort.first[who] <= month) & (month <= np.minimum(cohort.last, cohort.died)[who])]
        time += np.bincount(cohort.practice[there] * span + month, minlength=size)
        gone = who[(cohort.died[who] == month) & (cohort.last[who] >= month)]
        deaths += np.bincount(cohort.practice[gone] * span + month, minlength=size)
    heads = np.bincount(cohort.practice[who], minlength=len(codes)) > 0
    at = np.repeat(heads, span)
    return pd.DataFrame(
        {
            "practice": np.repeat(codes, span)[at],
            "month": np.tile(months, len(codes))[at],
            "person_months": time[at],
            "deaths": deaths[at],
        }
    )


def register_frame(world: World, people: People, published: pa.Table, codes: NDArray[Any]) -> pd.DataFrame:
    """`registers.register_counts`: people on each listed register before launch, entered and registered at one practice."""
    at = world.parameters.launch - 1
    practice = people.practice_at(np.arange(len(people.token)), np.full(len(people.token), at))
    here = (people.first <= at) & (people.last >= at) & (people.died > at) & (people.group != NO_PRACTICE)
    here &= practice == people.home
    stated = published.to_pandas()
    rows = []
    for name in sorted(world.parameters.people["registers"]):
        column = people.register_names.index(name)
        on = here & people.registers[:, column] & (people.register_from[:, column] <= at) & (people.register_to[:, column] > at)
        rows.append(
            pd.DataFrame({"practice": codes, "register": name, "delivered": np.bincount(practice[on], minlength=len(codes))})
        )
    said = stated[["PRACTICE_CODE", "INDICATOR_GROUP_CODE", "REGISTER"]].set_axis(["practice", "register", "published"], axis=1)
    both = said.merge(pd.concat(rows), on=["practice", "register"], how="left")
    both = both.assign(published=both["published"].astype("int64"), delivered=both["delivered"].fillna(0).astype("int64"))
    order = ["practice", "register"]
    return both[[*order, "delivered", "published"]].sort_values(order, ignore_index=True)


def return_frame(cells: FeedCells, place: Any, months: NDArray[Any]) -> pd.DataFrame:
    """`trust_return.returned`: the return beside the A&E rows of all practices of the feed, faults included."""
    rows = cells.counts["all"]["rows"].sum(axis=(0, 4)) + place.rest.wider_counts.rows.sum(axis=(0, 4))
    stated = place.returned.to_pandas().set_axis(["provider", "month", "department_type", "attendances"], axis=1)
    month = pd.Index(months).get_indexer(pd.Index(stated["month"]))
    cell = np.where(stated["department_type"] == DEPARTMENT_OF_CELL[EMERGENCY[0]], EMERGENCY[0], EMERGENCY[1])
    provider = pd.Index(PROVIDER_CODES.tolist()).get_indexer(pd.Index(stated["provider"]))
    grain = list(trust_return.GRAIN)
    both = stated.assign(rows=rows[month, cell, provider])
    return both[[*grain, "attendances", "rows"]].sort_values(grain, ignore_index=True)
