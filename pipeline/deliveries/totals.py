"""Control totals: what was counted before sending against what arrived.

Belongs here: measuring rows, people and sums of a delivered table exactly, and comparing with the note.
Does not belong here: what a difference means: it is a blocking finding (`pipeline.assurance`), never a refusal.
"""

from decimal import Decimal
from typing import Any

import ibis.expr.types as ir

from pipeline.contracts import PERSON, Contract

#: plain decimal text; six decimals are more than any supplier's pence
NUMBER = r"^-?[0-9]{1,15}([.][0-9]{1,6})?$"


def decimal_text(value: Decimal | int) -> str:
    """Exact text that is the same for equal numbers: no trailing zeros, but two decimals where there are any."""
    plain = f"{Decimal(value).normalize():f}"
    whole, point, decimals = plain.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}" if point else whole


def measure(rows: ir.Table, contract: Contract) -> dict[str, Any]:
    """Totals over every delivered row, quarantined ones included: `rows`, `people` and `sums` as decimal text.

    A sum is over the values that are numbers; `people` is given for datasets about people only.
    """
    summed = [column.name for column in contract.columns if column.kind in ("integer", "number")]
    wanted: dict[str, ir.Value] = {"rows": rows.count()}
    if contract.person_level:
        wanted["people"] = rows[PERSON].nunique()
    for name in summed:
        number = rows[name].re_search(NUMBER).ifelse(rows[name], None).try_cast("decimal(38, 6)")
        wanted[f"sum_{name}"] = number.sum()
    found = rows.aggregate(**wanted).to_pyarrow().to_pylist()[0]
    sums = {name: decimal_text(found[f"sum_{name}"]) for name in sorted(summed) if found[f"sum_{name}"] is not None}
    counts = {name: int(found[name]) for name in ("rows", "people") if name in found}
    return counts | {"sums": sums}


def differences(declared: dict[str, Any], measured: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Declared totals that the delivery does not meet: name, declared, measured (`none` where nothing was to be summed)."""
    pairs = [(name, str(declared[name]), str(measured.get(name, "none"))) for name in ("rows", "people") if name in declared]
    sums = measured.get("sums", {})
    pairs += [(f"sum of {name}", total, sums.get(name, "none")) for name, total in declared.get("sums", {}).items()]
    return [pair for pair in pairs if pair[1] != pair[2]]
