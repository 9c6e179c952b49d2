"""Control totals: what was counted before sending against what arrived.

Belongs here: measuring rows, people and sums of a delivered table exactly, and comparing with the note.
Does not belong here: what a difference means: it is a blocking finding (`pipeline.assurance`), never a refusal.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyConnection

from pipeline.contracts import PERSON, Column

#: plain decimal text that fits NUMBER_TYPE; six decimals are more than any supplier's pence
NUMBER = r"^-?[0-9]{1,12}([.][0-9]{1,6})?$"
#: 18 digits are read as one machine word; wider decimals cost a hundred times as much. Sums are exact in 38 digits
NUMBER_TYPE = "decimal(18, 6)"


def decimal_text(value: Decimal | int) -> str:
    """Exact text that is the same for equal numbers: no trailing zeros, but two decimals where there are any."""
    plain = f"{Decimal(value).normalize():f}"
    whole, point, decimals = plain.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}" if point else whole


def measure(con: DuckDBPyConnection, columns: Sequence[Column]) -> dict[str, Any]:
    """Totals over every row of the engine's view `delivered`, those set aside included: rows, people, sums.

    A sum is over the values that are numbers, 0 where there are none; `people` is given for datasets about people only.
    """
    person = any(column.name == PERSON for column in columns)
    summed = sorted(column.name for column in columns if column.kind in ("integer", "number"))
    wanted = ["count(*)", f"count(DISTINCT {PERSON})" if person else "NULL"]
    for name in summed:
        wanted.append(f'sum(CASE WHEN regexp_matches("{name}", \'{NUMBER}\') THEN try_cast("{name}" AS {NUMBER_TYPE}) END)')
    found = con.execute(f"SELECT {', '.join(wanted)} FROM delivered").fetchone() or ()
    rows, people, *totals = found
    counts = {"rows": int(rows)} | ({"people": int(people)} if person else {})
    sums = {name: decimal_text(total or 0) for name, total in zip(summed, totals, strict=True)}
    return counts | {"sums": sums}


def differences(declared: dict[str, Any], measured: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Declared totals that the delivery does not meet: name, declared, measured (`none` where nothing was to be summed)."""
    pairs: list[tuple[str, Any, Any]] = [(n, declared[n], measured.get(n)) for n in ("rows", "people") if n in declared]
    sums = measured.get("sums", {})
    pairs += [(f"sum of {name}", total, sums.get(name)) for name, total in declared.get("sums", {}).items()]
    said = [(name, str(declares), "none" if counted is None else str(counted)) for name, declares, counted in pairs]
    return [each for each in said if each[1] != each[2]]
