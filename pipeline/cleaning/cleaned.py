"""A dataset on its way to a clean table: its rows ruled on, how duplicates are found, what the kept rows become.

Belongs here: how the three lead to one clean table and one fate a row, and computing each of them once. Does not belong here:
the rulings and searches (each stream's file), where a table is held (`pipeline.store`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from pipeline.cleaning.duplicates import Search, lost_in, send
from pipeline.cleaning.fates import fates, kept


@dataclass(frozen=True, slots=True)
class Cleaned:
    """judged : every delivered row, typed and ruled on (`fates.judge`), before duplicates are merged.
    finish : kept rows to a clean table of one of the schemas of `pipeline.tables`.
    searches : how rows delivered twice are found, in order.
    lost : what the searches found, where that is known already; see `held`.
    """

    judged: ir.Table
    finish: Callable[[ir.Table], ir.Table]
    searches: Sequence[Search] = ()
    lost: ir.Table | None = None

    @property
    def settled(self) -> ir.Table:
        """`judged` after duplicates have gone where they go."""
        lost = lost_in(self.judged, self.searches) if self.lost is None else self.lost
        return self.judged if lost is None else send(self.judged, lost)

    @property
    def table(self) -> ir.Table:
        """The clean table."""
        return self.finish(kept(self.settled))

    @property
    def fates(self) -> ir.Table:
        """`pipeline.tables.FATES`, exactly one row a delivered row."""
        return fates(self.settled)

    def held(self, hold: Callable[[ir.Table], ir.Table]) -> "Cleaned":
        """The same rows, with every cell read once and every search made once, whatever is then asked of them.

        hold : computes a table and keeps it for as long as it is needed (`pipeline.store.Store.holding`).
        """
        judged = hold(self.judged)
        lost = lost_in(judged, self.searches)
        return replace(self, judged=judged, lost=None if lost is None else hold(lost), searches=())
