"""The feed's aggregates as dense arrays: practices by months by kinds of contact by providers.

Belongs here: laying the frames out once, so that every statistical check sums the same arrays. Does not belong here: any check.

Counts are whole numbers below 2**53 held as float64, so that their sums are exact whatever their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.assurance.arithmetic.shares import COMPARED

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]

POPULATIONS = ("eligible", "not_eligible")


class Kind(NamedTuple):
    """A kind of contact; department_type is '' where there is none."""

    stream: str
    pod: str
    department_type: str

    @property
    def words(self) -> str:
        """'departments of type 03' or 'day case'."""
        return f"departments of type {self.department_type}" if self.department_type else self.pod.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Counted:
    """Axes: POPULATIONS, practices, months, kinds, providers.

    rows, cost_pence, unpriced : all five axes. person_months : the first three.
    treated, control : masks of practices.
    """

    practices: tuple[str, ...]
    months: tuple[str, ...]
    kinds: tuple[Kind, ...]
    providers: tuple[str, ...]
    rows: Floats
    cost_pence: Floats
    unpriced: Floats
    person_months: Floats
    treated: Masks
    control: Masks

    def of_stream(self, stream: str) -> Masks:
        """Mask of the kinds of a stream."""
        return np.array([kind.stream == stream for kind in self.kinds], dtype=bool)

    def within(self, months: Sequence[str]) -> Masks:
        """Mask of the months named."""
        wanted = frozenset(months)
        return np.array([month in wanted for month in self.months], dtype=bool)


def counted(kinds: pd.DataFrame, time: pd.DataFrame, *, arm_of: Mapping[str, str], months: Sequence[str]) -> Counted:
    """Lay out rows of compared practices in `months`.

    kinds : practice, month, stream, population, rows, cost_pence, unpriced_rows and, where known, pod, department_type and
    provider. time : practice, month, population, person_months. Absent cells are 0.
    """
    practices = tuple(sorted(practice for practice, arm in arm_of.items() if arm in COMPARED))
    places = places_of(time["practice"], practices)
    who, when = places_of(time["population"], POPULATIONS), places_of(time["month"], months)
    shape = (len(POPULATIONS), len(practices), len(months))
    person_months = sums_of(shape, (who, places, when), time["person_months"])

    stream, streams = _codes(kinds, "stream")
    pod, pods = _codes(kinds, "pod")
    department, departments = _codes(kinds, "department_type")
    provider, providers = _codes(kinds, "provider")
    wide = (stream * len(pods) + pod) * len(departments) + department
    held, kind = np.unique(wide, return_inverse=True)
    named = tuple(
        Kind(
            streams[code // len(departments) // len(pods)],
            pods[code // len(departments) % len(pods)],
            departments[code % len(departments)],
        )
        for code in held.tolist()
    )
    at = (
        places_of(kinds["population"], POPULATIONS),
        places_of(kinds["practice"], practices),
        places_of(kinds["month"], months),
        kind,
        provider,
    )
    full = (*shape, len(named), len(providers))
    rows, pence, unpriced = (sums_of(full, at, kinds[name]) for name in ("rows", "cost_pence", "unpriced_rows"))
    treated, control = (np.array([arm_of[p] == arm for p in practices], dtype=bool) for arm in COMPARED)
    return Counted(practices, tuple(months), named, providers, rows, pence, unpriced, person_months, treated, control)


def _codes(frame: pd.DataFrame, column: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Codes into the sorted values of a column; one nameless value where the frame does not have it."""
    if column not in frame.columns:
        return np.zeros(len(frame), dtype=np.int64), ("",)
    held = frame[column].astype("category").cat
    return held.codes.to_numpy().astype(np.int64), tuple(str(name) for name in held.categories)


def places_of(column: "pd.Series[str]", wanted: Sequence[str]) -> NDArray[np.int64]:
    """Position in `wanted` of each value, -1 where it is none of them."""
    held = column.astype("category").cat
    of = {name: position for position, name in enumerate(wanted)}
    where = np.array([of.get(str(name), -1) for name in held.categories] + [-1], dtype=np.int64)
    return where[held.codes.to_numpy()]


def sums_of(shape: tuple[int, ...], at: tuple[NDArray[np.int64], ...], values: "pd.Series[int]") -> Floats:
    """Sums of `values` in a dense array, `at` the position on each axis; what has a position of -1 is left out."""
    inside = np.logical_and.reduce([axis >= 0 for axis in at])
    flat = np.ravel_multi_index(tuple(axis[inside] for axis in at), shape) if inside.any() else np.zeros(0, dtype=np.int64)
    added = np.bincount(flat, values.to_numpy(dtype=float)[inside], int(np.prod(shape)))
    return np.asarray(added, dtype=np.float64).reshape(shape)
