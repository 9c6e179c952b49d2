"""Rows of a small table as integer codes, so that a gate can be judged thousands of times in a bench.

Belongs here: coding practices, months, providers and kinds of contact once a table, and the rows of one stream and arm.
Does not belong here: what a share of them is worth (`shares`), where it lies (`place`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.assurance.window import Window
from pipeline.vocabulary import STREAMS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

COMPARED = ("intervention", "control")

#: points of delivery in the words of a question to a supplier
KIND_WORDS = {
    "non_elective": "emergency and other non-elective admissions",
    "elective": "elective admissions",
    "day_case": "day cases",
    "op_first": "first appointments",
    "op_follow_up": "follow-up appointments",
    "op_procedure": "outpatient procedures",
    "other": "other admitted care",
}


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of one stream and arm as columns, all of one length: integer codes, counts (whole numbers), masks of months."""

    month: Ints
    practice: Ints
    provider: Ints
    providers: tuple[str, ...]
    kind: Ints
    kinds: tuple[str, ...]
    whole: Floats
    kept: Floats
    before: Bools
    after: Bools

    def share(self, rows: Bools) -> float:
        return share_lost(self.whole[rows].sum(), self.kept[rows].sum())

    def noise(self, step: float) -> float:
        """Standard error of the step over practices, each weighted by its rows after launch (ratio estimator)."""
        count = int(self.practice.max()) + 1 if len(self.practice) else 0
        if count < 2:
            return 0.0
        sums = {
            (name, when): np.bincount(self.practice[rows], values[rows], count)
            for name, values in (("whole", self.whole), ("kept", self.kept))
            for when, rows in (("before", self.before), ("after", self.after))
        }
        both = (sums["whole", "before"] > 0) & (sums["whole", "after"] > 0)
        if both.sum() < 2:
            return 0.0
        share = {when: 1 - sums["kept", when][both] / sums["whole", when][both] for when in ("before", "after")}
        weight = sums["whole", "after"][both] / sums["whole", "after"].sum()
        apart = (share["after"] - share["before"] - step) * weight
        return float(((apart**2).sum() * both.sum() / (both.sum() - 1)) ** 0.5)


@dataclass(frozen=True, slots=True)
class CodedRows:
    """All rows of compared practices in watched months; stream and arm are places in STREAMS and COMPARED."""

    stream: Ints
    arm: Ints
    columns: Cells

    def of(self, stream: str, arm: str) -> Cells:
        """The rows of one stream and arm."""
        mine = np.flatnonzero((self.stream == STREAMS.index(stream)) & (self.arm == COMPARED.index(arm)))
        c = self.columns
        return Cells(
            month=c.month[mine],
            practice=c.practice[mine],
            provider=c.provider[mine],
            providers=c.providers,
            kind=c.kind[mine],
            kinds=c.kinds,
            whole=c.whole[mine],
            kept=c.kept[mine],
            before=c.before[mine],
            after=c.after[mine],
        )


#: rows added beyond which the count they are held against is the likelier fault
MOST_ADDED = 2.0


def coded(frame: pd.DataFrame, window: Window) -> CodedRows:
    """Code a table: columns arm, practice, stream, provider, month, whole, kept; pod and department_type give its kinds."""
    (rows,) = coded_alike(frame, window, (("whole", "kept"),))
    return rows


def coded_alike(frame: pd.DataFrame, window: Window, pairs: Sequence[tuple[str, str]]) -> list[CodedRows]:
    """The same rows once for each pair of columns that stand for whole and kept."""
    month = codes_of(frame["month"], window.watched)
    arm = codes_of(frame["arm"], COMPARED)
    stream = codes_of(frame["stream"], STREAMS)
    seen = np.flatnonzero((month >= 0) & (arm >= 0) & (stream >= 0))
    month, arm, stream = month[seen], arm[seen], stream[seen]
    practice = pd.factorize(frame["practice"], sort=True)[0][seen]
    provider, providers = pd.factorize(frame["provider"], sort=True)
    kind, kinds = _kinds(frame)
    before, after = np.isin(window.watched, window.before), np.isin(window.watched, window.after)
    # whole numbers below 2**53: sums are exact in any order
    figures = {name: frame[name].to_numpy(dtype=float)[seen] for pair in pairs for name in pair}
    return [
        CodedRows(
            stream,
            arm,
            Cells(
                month=month,
                practice=practice,
                provider=provider[seen],
                providers=tuple(str(name) for name in providers),
                kind=kind[seen],
                kinds=kinds,
                whole=figures[whole],
                kept=figures[kept],
                before=before[month],
                after=after[month],
            ),
        )
        for whole, kept in pairs
    ]


def codes_of(values: "pd.Series[str]", names: Sequence[str]) -> Ints:
    """Place of each value in `names`, -1 where it is none of them. Several times faster than looking every row up."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        found, distinct = values.cat.codes.to_numpy(dtype=np.int64), values.cat.categories
    else:
        found, distinct = pd.factorize(values)
    place = {name: position for position, name in enumerate(names)}
    known = np.array([*(place.get(value, -1) for value in distinct), -1], dtype=np.int64)  # code -1 (no value) reads the last
    return known[found]


def share_lost(whole: float, kept: float) -> float:
    """Part of the larger of the two that the other lacks: 1 when nothing was kept, -1 when there was nothing to keep."""
    larger = max(whole, kept)
    return float((whole - kept) / larger) if larger else 0.0


def share_missing(whole: float, kept: float) -> float:
    """Part of `whole` that is not in `kept`; negative for rows too many, which count as what they add to the whole.

    Nothing to compare with counts as a whole too many, and so do more than MOST_ADDED wholes: then `whole` is what is wrong.
    """
    if not whole:
        return -1.0 if kept else 0.0
    missing = (whole - kept) / whole
    return float(missing) if missing >= -MOST_ADDED else -1.0


def kind_in_words(pod: str, department_type: str) -> str:
    """`day cases`, `A&E of department type 03`."""
    if pod == "ae":
        return f"A&E of department type {department_type}" if department_type else "A&E without a department type"
    return KIND_WORDS.get(pod, pod)


def _kinds(frame: pd.DataFrame) -> tuple[Ints, tuple[str, ...]]:
    """Code of each row's kind of contact, and the kinds in words; one kind for all where the table does not tell them."""
    if "pod" not in frame or "department_type" not in frame:
        return np.zeros(len(frame), dtype=np.int64), ("",)
    pod, pods = pd.factorize(frame["pod"], sort=True)
    department, departments = pd.factorize(frame["department_type"], sort=True)
    pairs, kind = np.unique(pod * max(len(departments), 1) + department, return_inverse=True)
    words = [
        kind_in_words(str(pods[p]), str(departments[d]))
        for p, d in zip(*np.divmod(pairs, max(len(departments), 1)), strict=True)
    ]
    return kind, tuple(words)
