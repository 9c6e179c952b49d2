"""Extract and feed side by side: the rows and pence of the eligible by both routes, as arrays over the same cells.

Belongs here: laying two tables on one grid of practice x month x kind x provider, once for every check that compares them.
Does not belong here: what a difference means (`routes`, `route_costs`, `route_moves`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import COMPARED, Bools, Cells, CodedRows, Floats, Ints, codes_of, kind_in_words
from pipeline.assurance.window import Window
from pipeline.vocabulary import STREAMS


@dataclass(frozen=True, slots=True)
class TwoCounts:
    """Arrays of shape (practices, watched months, kinds, providers); whole numbers below 2**53, so that sums are exact.

    arm : place in COMPARED of each practice. stream : place in STREAMS of each kind (point of delivery at a department type).
    before, after : which watched months are baseline and contract year.
    """

    practices: tuple[str, ...]
    kinds: tuple[str, ...]
    providers: tuple[str, ...]
    arm: Ints
    stream: Ints
    before: Bools
    after: Bools
    feed_rows: Floats
    extract_rows: Floats
    feed_pence: Floats
    extract_pence: Floats

    def part(self, grid: Floats, stream: str, arm: str) -> Floats:
        """The part of a grid that belongs to one stream and arm, same axes."""
        practices = np.flatnonzero(self.arm == COMPARED.index(arm))
        kinds = np.flatnonzero(self.stream == STREAMS.index(stream))
        return grid[np.ix_(practices, np.arange(grid.shape[1]), kinds, np.arange(grid.shape[3]))]

    def coded(self, whole: Floats, kept: Floats) -> CodedRows:
        """Two grids as coded rows; cells that are empty in both are left out."""
        practice, month, kind, provider = np.nonzero((whole != 0) | (kept != 0))
        found = (practice, month, kind, provider)
        columns = Cells(
            month=month,
            practice=practice,
            provider=provider,
            providers=self.providers,
            kind=kind,
            kinds=self.kinds,
            whole=whole[found],
            kept=kept[found],
            before=self.before[month],
            after=self.after[month],
        )
        return CodedRows(self.stream[kind], self.arm[practice], columns)


def two_counts(extract: pd.DataFrame, feed: pd.DataFrame, arm_of: Mapping[str, str], window: Window) -> TwoCounts:
    """Lay both routes on one grid.

    extract, feed : practice, month, stream, provider, rows, cost_pence of the eligible; pod and department_type where both have
    them, otherwise a stream is one kind. Where no row of a feed's cell has a price (unpriced_rows of it) its cost is not known,
    and the extract's pence there are left out too: the study may have a mean for what the supplier does not value. Practices
    outside the compared arms and months that are not watched are left out.
    """
    practices = sorted(practice for practice, arm in arm_of.items() if arm in COMPARED)
    finer = all("pod" in frame and "department_type" in frame for frame in (extract, feed))
    keys = ["practice", "month", "stream", "provider", *(["pod", "department_type"] if finer else [])]
    both = pd.concat([feed[keys], extract[keys]], ignore_index=True)
    practice = codes_of(both["practice"], practices)
    month = codes_of(both["month"], window.watched)
    stream = codes_of(both["stream"], STREAMS)
    provider, providers = pd.factorize(both["provider"], sort=True)
    kind, of_stream, kinds = _kinds(both, stream, finer)

    shape = (len(practices), len(window.watched), len(kinds), max(len(providers), 1))
    seen = (practice >= 0) & (month >= 0) & (stream >= 0) & (provider >= 0)
    safe = [np.where(seen, codes, 0) for codes in (practice, month, kind, provider)]
    key = np.ravel_multi_index(tuple(safe), shape) if len(both) else np.zeros(0, dtype=np.int64)
    cut = len(feed)
    of_feed, of_extract = np.flatnonzero(seen[:cut]), np.flatnonzero(seen[cut:])

    def grid(frame: pd.DataFrame, column: str, rows: Ints, places: Ints) -> Floats:
        weights = frame[column].to_numpy(dtype=float)[rows]
        return np.asarray(np.bincount(places[rows], weights, int(np.prod(shape))), dtype=float).reshape(shape)

    feed_rows, extract_pence = grid(feed, "rows", of_feed, key[:cut]), grid(extract, "cost_pence", of_extract, key[cut:])
    if "unpriced_rows" in feed.columns:
        not_valued = (feed_rows > 0) & (grid(feed, "unpriced_rows", of_feed, key[:cut]) == feed_rows)
        extract_pence = np.where(not_valued, 0.0, extract_pence)
    return TwoCounts(
        practices=tuple(practices),
        kinds=kinds,
        providers=tuple(str(name) for name in providers) or ("",),
        arm=np.array([COMPARED.index(arm_of[name]) for name in practices], dtype=np.int64),
        stream=of_stream,
        before=np.isin(window.watched, window.before),
        after=np.isin(window.watched, window.after),
        feed_rows=feed_rows,
        extract_rows=grid(extract, "rows", of_extract, key[cut:]),
        feed_pence=grid(feed, "cost_pence", of_feed, key[:cut]),
        extract_pence=extract_pence,
    )


def _kinds(both: pd.DataFrame, stream: Ints, finer: bool) -> tuple[Ints, Ints, tuple[str, ...]]:
    """Code of each row's kind; stream and words of each kind. Without points of delivery a stream is one kind, unnamed."""
    if not finer:
        return np.maximum(stream, 0), np.arange(len(STREAMS)), ("",) * len(STREAMS)
    pod, pods = pd.factorize(both["pod"], sort=True)
    department, departments = pd.factorize(both["department_type"], sort=True)
    wide = max(len(departments), 1)
    mixed = (np.maximum(stream, 0) * max(len(pods), 1) + np.maximum(pod, 0)) * wide + np.maximum(department, 0)
    found, kind = np.unique(mixed, return_inverse=True)
    rest, d = np.divmod(found, wide)
    of_stream, p = np.divmod(rest, max(len(pods), 1))
    words = tuple(kind_in_words(str(pods[i]), str(departments[j])) for i, j in zip(p, d, strict=True))
    return kind, of_stream.astype(np.int64), words or ("",)
