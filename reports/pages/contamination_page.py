"""Contamination: who in the control got the same kind of service, and what that leaves open.

Belongs here: the result's contamination rows as they stand. Does not belong here: correcting for them.
"""

from typing import Any

from reports import wording
from reports.blocks import Block, Column, Section, Table, Text
from reports.disclosure import disclosed_count
from reports.figures import Drawing

_STATUS = {
    "evaluated": "Evaluated.",
    "partly_evaluated": "Partly evaluated.",
    "not_evaluated": "Not evaluated.",
}


def section(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    contamination = result["contamination"]
    blocks: list[Block] = [Text(f"{_STATUS[contamination['status']]} {contamination['sentence']}")]
    rows = [row for row in contamination["rows"] if isinstance(row, dict)]
    if rows:
        keys = list(rows[0])
        blocks.append(
            Table(
                caption="What was looked at",
                columns=tuple(Column(wording.capital(key.replace("_", " "))) for key in keys),
                rows=tuple(tuple(_cell(row.get(key)) for key in keys) for row in rows),
            )
        )
    if contamination["status"] != "evaluated":
        blocks.append(
            Text(
                "What would let it be evaluated: an exposure register that names each practice, programme, start, end and "
                "share of the list exposed. Until then a service opening in the control area would make the difference look "
                "smaller."
            )
        )
    return Section("contamination", "Contamination", tuple(blocks))


def _cell(value: Any) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return wording.NO_VALUE if value is None else str(value)
    return wording.count(disclosed_count(value)) if isinstance(value, int) and value >= 0 else wording.number(value, 2)
