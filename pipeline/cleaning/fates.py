"""What becomes of each delivered row: rulings in order, the first that holds decides.

Belongs here: applying rulings, and the table of fates. Does not belong here: the rulings themselves (each stream's file),
which of two duplicates stays (`duplicates`).
A judged table carries, beside the typed columns of its stream, the origin columns and FATE, REASON, CLAUSE, INTO_DELIVERY,
INTO_ROW_NO.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from pipeline import tables
from pipeline.vocabulary import Fate


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule: rows for which `when` holds meet `fate`, for `reason`.

    reason : names the column, never its content.
    clause : for out_of_scope, the rule that puts the row outside.
    A ruling of fate "kept" is a remark: the row stays, the reason is counted.
    """

    fate: Fate
    reason: str
    when: Callable[[ir.Table], ir.BooleanValue]
    clause: str | None = None


def judge(rows: ir.Table, rulings: Sequence[Ruling]) -> ir.Table:
    """`rows` with FATE, REASON, CLAUSE of the first ruling that holds, and "kept" where none does."""

    def said(values: Sequence[str | None], otherwise: str | None) -> ir.StringValue:
        default = ibis.literal(otherwise, "string") if otherwise else ibis.null("string")
        null = ibis.null("string")
        spoken = [(ruling.when(rows), value or null) for ruling, value in zip(rulings, values, strict=True)]
        return ibis.cases(*spoken, else_=default) if spoken else default

    return rows.mutate(
        FATE=said([ruling.fate for ruling in rulings], "kept"),
        REASON=said([ruling.reason for ruling in rulings], None),
        CLAUSE=said([ruling.clause for ruling in rulings], None),
        INTO_DELIVERY=ibis.null("string"),
        INTO_ROW_NO=ibis.null("int64"),
    )


def origin(rows: ir.Table) -> dict[str, ir.Value]:
    """The columns that say where a row came from, to be selected beside the typed ones."""
    return {name: rows[name] for name in tables.ORIGIN}


def kept(judged: ir.Table) -> ir.Table:
    """The rows that go on."""
    return judged.filter(judged.FATE == "kept")


def fates(judged: ir.Table) -> ir.Table:
    """`pipeline.tables.FATES`: one row a delivered row."""
    into = judged.INTO_DELIVERY + ":" + judged.INTO_ROW_NO.cast("string")
    named = judged.select(delivery="DELIVERY", row_no="ROW_NO", fate="FATE", reason="REASON", clause="CLAUSE", merged_into=into)
    return tables.cast(named, tables.FATES)
