"""Cells of a stream by two routes: which hold the same rows, how those are priced, and what the others lack in pence.

Belongs here: practice x month x stream x provider cells of extract and feed, with kinds of contact added up. Does not belong
here: what a difference means (`routes` for rows, `route_costs` for prices).

Cells in which both routes hold as many rows are taken to hold the same rows, so a difference of pence there is one of prices.
In the others rows are lacking or too many, and their pence are what was lost or added: together they make up all that differs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from pipeline.assurance.arithmetic.coded import COMPARED, Bools, CodedRows, Floats
from pipeline.assurance.two_routes.two_counts import TwoCounts
from pipeline.vocabulary import STREAMS

#: where cells with the same rows make up this part of a stream in both periods, they alone tell of prices
ENOUGH = 0.1


@dataclass(frozen=True, slots=True)
class RouteCells:
    """Arrays of shape (practices, watched months, streams, providers).

    there : both routes hold rows. same : as many. exact : (stream, arm) -> whether the same rows are enough to tell of prices.
    by_stream : the two counts with streams for kinds, for coding such arrays.
    """

    by_stream: TwoCounts
    feed_rows: Floats
    extract_rows: Floats
    feed_pence: Floats
    extract_pence: Floats
    there: Bools
    same: Bools
    exact: Mapping[tuple[str, str], bool]

    def asked(self) -> Bools:
        """Cells that tell of prices: the same rows where there are enough of them, else all in which both hold rows."""
        found = self.there.copy()
        for (s, a), exact in self._places():
            if exact:
                mine = self.by_stream.arm == a
                found[mine, :, s] = self.same[mine, :, s]
        return found

    def lacking(self) -> CodedRows:
        """Pence of the feed against those of them that the extract holds, prices set aside where they can be told."""
        price = np.ones_like(self.feed_pence)
        for (s, a), exact in self._places():
            mine = np.flatnonzero(self.by_stream.arm == a)
            for months in (self.by_stream.before, self.by_stream.after):
                place = np.ix_(mine, np.flatnonzero(months))
                same = self.same[:, :, s][place]
                feed, extract = (float(grid[:, :, s][place][same].sum()) for grid in (self.feed_pence, self.extract_pence))
                if exact and feed and extract:
                    price[:, :, s][place] = extract / feed
        kept = np.where(self.same, self.feed_pence, np.round(self.extract_pence / price))
        return self.by_stream.coded(self.feed_pence, kept)

    def _places(self) -> list[tuple[tuple[int, int], bool]]:
        return [((s, a), self.exact[stream, arm]) for s, stream in enumerate(STREAMS) for a, arm in enumerate(COMPARED)]


def route_cells(both: TwoCounts) -> RouteCells:
    """Add kinds up to streams and tell cells with the same rows from the others."""
    grids = (both.feed_rows, both.extract_rows, both.feed_pence, both.extract_pence)
    rows_feed, rows_extract, pence_feed, pence_extract = (_added(grid, both) for grid in grids)
    there = (rows_feed > 0) & (rows_extract > 0)
    same = there & (rows_feed == rows_extract)
    exact = {}
    for s, stream in enumerate(STREAMS):
        for a, arm in enumerate(COMPARED):
            mine = both.arm == a
            parts = [_part(rows_feed[mine][:, months, s], same[mine][:, months, s]) for months in (both.before, both.after)]
            exact[stream, arm] = min(parts) >= ENOUGH
    by_stream = replace(both, kinds=("",) * len(STREAMS), stream=np.arange(len(STREAMS)))
    return RouteCells(by_stream, rows_feed, rows_extract, pence_feed, pence_extract, there, same, exact)


def _added(grid: Floats, both: TwoCounts) -> Floats:
    return np.stack([grid[:, :, both.stream == s].sum(axis=2) for s in range(len(STREAMS))], axis=2)


def _part(rows: Floats, same: Bools) -> float:
    """The part of the rows that lie in cells with as many rows by both routes; all where there are none."""
    whole = float(rows.sum())
    return float(rows[same].sum()) / whole if whole else 1.0
