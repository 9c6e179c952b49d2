"""The same contact delivered twice: one row stays, the others are merged into it.

Belongs here: which of several rows stays, by the protocol's rule. Does not belong here: which rows are the same contact (each
stream names its key as text).
Only rows whose key occurs more than once are ever sorted: duplicates are few, deliveries have millions of rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from pipeline.cleaning.reading import cell, date
from pipeline.study import CleaningRules
from pipeline.tables import ORIGIN


@dataclass(frozen=True, slots=True)
class Search:
    """One way of finding duplicates.

    columns : what `find` reads beside the origin, FATE and the columns of `preference_columns`.
    reason : the words for a row that is merged.
    find : kept rows to those that go (DELIVERY, ROW_NO) and where to (TO_DELIVERY, TO_ROW_NO).
    """

    columns: tuple[str, ...]
    reason: str
    find: Callable[[ir.Table], ir.Table]


def key(*parts: ir.Value) -> ir.StringValue:
    """One text of several values, an empty part for a null: nulls are the same as nulls."""
    texts = [part.cast("string").fill_null("") for part in parts]
    joined = texts[0]
    for text in texts[1:]:
        joined = joined + "|" + text
    return joined


def preference_columns(rows: ir.Table, *, record: ir.StringValue) -> dict[str, ir.Value]:
    """What the choice between duplicates needs: SUBDATE, how many columns are filled, the record's own key."""
    filled = ibis.literal(0, "int64")
    for name in rows.columns:
        if name not in ORIGIN:
            filled = filled + rows[name].notnull().ifelse(1, 0)
    return {"SUBMITTED": date(cell(rows, "SUBDATE")), "FILLED": filled, "RECORD": record}


def preferred_first(rows: ir.Table, rules: CleaningRules) -> list[ir.Value]:
    """Sort keys that put the row to keep first.

    Latest submission (SUBDATE, then the date received) before most complete, or the other way round, as the protocol says;
    then the highest record key (numbers as text: longer is higher), which is what the NHS keeps; then the row's place.
    """
    latest = [rows.SUBMITTED.desc(nulls_first=False), rows.RECEIVED.desc(nulls_first=False)]
    complete = [rows.FILLED.desc()]
    rule = latest + complete if rules.duplicates == "latest_then_most_complete" else complete + latest
    return [*rule, rows.RECORD.length().desc(nulls_first=False), rows.RECORD.desc(nulls_first=False), *place(rows)]


def place(rows: ir.Table) -> list[ir.Value]:
    """Where a row stands, the last resort of a total order."""
    return [rows.DELIVERY.desc(), rows.ROW_NO.desc()]


def several(rows: ir.Table, by: str) -> ir.Table:
    """The kept rows whose `by` is shared with another kept row; rows without it are nobody's duplicate."""
    kept = rows.filter((rows.FATE == "kept") & rows[by].notnull())
    shared = kept.group_by(by).agg(SHARING=kept.count()).filter(lambda sizes: sizes.SHARING > 1).select(by)
    return kept.semi_join(shared, by)


def same(by: str, *, rules: CleaningRules, reason: str) -> Search:
    """Rows that share `by`: the preferred one stays, all others go to it."""

    def find(rows: ir.Table) -> ir.Table:
        candidates = several(rows, by)
        ranked = candidates.mutate(PLACE=ibis.row_number().over(group_by=by, order_by=preferred_first(candidates, rules)))
        best = ranked.filter(ranked.PLACE == 0).select(by, TO_DELIVERY="DELIVERY", TO_ROW_NO="ROW_NO")
        losers = ranked.filter(ranked.PLACE > 0).select(by, "DELIVERY", "ROW_NO")
        return losers.join(best, by)

    return Search((by,), reason, find)


def alike(record: str, same_contact: str, *, rules: CleaningRules) -> tuple[str, ...]:
    """By what duplicates are sought: the record's own key, and the contact itself unless the protocol keeps both."""
    return (record, same_contact) if rules.same_contact_under_another_key == "merged" else (record,)


def lost_in(judged: ir.Table, searches: Sequence[Search]) -> ir.Table | None:
    """What each search finds among what the searches before it have left; None without a search.

    DELIVERY and ROW_NO of each row that goes, TO_DELIVERY and TO_ROW_NO of the kept row it goes to, SAID the reason. Searches
    see only the few columns they need.
    """
    if not searches:
        return None
    needed = dict.fromkeys([*ORIGIN, "FATE", "SUBMITTED", "FILLED", "RECORD", *(name for s in searches for name in s.columns)])
    rows = judged.select(*needed)
    lost: ir.Table | None = None
    for search in searches:
        pairs = search.find(rows).select("DELIVERY", "ROW_NO", "TO_DELIVERY", "TO_ROW_NO")
        found = pairs.mutate(SAID=ibis.literal(search.reason))
        rows = rows.anti_join(found, ["DELIVERY", "ROW_NO"])
        lost = found if lost is None else _following(lost, found).union(found)
    return lost


def _following(lost: ir.Table, found: ir.Table) -> ir.Table:
    """`lost` rows that went to a row which is now `found` follow it, so that every merged row points to a kept one."""
    further = found.select(VIA_DELIVERY="DELIVERY", VIA_ROW_NO="ROW_NO", ON_DELIVERY="TO_DELIVERY", ON_ROW_NO="TO_ROW_NO")
    met = lost.left_join(further, [lost.TO_DELIVERY == further.VIA_DELIVERY, lost.TO_ROW_NO == further.VIA_ROW_NO])
    return met.select(
        "DELIVERY", "ROW_NO",
        TO_DELIVERY=met.ON_DELIVERY.coalesce(met.TO_DELIVERY), TO_ROW_NO=met.ON_ROW_NO.coalesce(met.TO_ROW_NO), SAID="SAID",
    )  # fmt: skip


def send(judged: ir.Table, lost: ir.Table) -> ir.Table:
    """Judged rows after those of `lost` (`lost_in`) have gone where they went."""
    sent = lost.rename(LOST_DELIVERY="DELIVERY", LOST_ROW_NO="ROW_NO")
    met = judged.left_join(sent, [judged.DELIVERY == sent.LOST_DELIVERY, judged.ROW_NO == sent.LOST_ROW_NO])
    gone = met.TO_ROW_NO.notnull()
    return met.mutate(
        FATE=gone.ifelse("merged", met.FATE),
        REASON=gone.ifelse(met.SAID, met.REASON),
        CLAUSE=gone.ifelse(ibis.null("string"), met.CLAUSE),
        INTO_DELIVERY=met.TO_DELIVERY,
        INTO_ROW_NO=met.TO_ROW_NO,
    ).select(judged.columns)
