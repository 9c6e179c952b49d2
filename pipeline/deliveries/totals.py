"""Control totals: what was counted before sending against what arrived.

Belongs here: measuring rows, people and sums of a delivered table exactly, rows dated outside the note's period and rows that
stand there more than once, and comparing with the note.
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


def measure(con: DuckDBPyConnection, columns: Sequence[Column], *, first_month: str, last_month: str) -> dict[str, Any]:
    """Totals over every row of the engine's view `delivered`, those set aside included: rows, people, sums.

    A sum is over the values that are numbers, 0 where there are none; `people` is given for datasets about people only.
    `outside_period` (where the contract says which column dates a row) counts rows dated outside first_month to last_month,
    YYYY-MM; `repeated` the rows beyond the first that hold the same in all columns but the key;
    `set_aside` the rows that are not kept; `padded` those from whose cells white space was stripped.
    """
    person = any(column.name == PERSON for column in columns)
    summed = sorted(column.name for column in columns if column.kind in ("integer", "number"))
    wanted = ["count(*)", f"count(DISTINCT {PERSON})" if person else "NULL"]
    for name in summed:
        wanted.append(f'sum(CASE WHEN regexp_matches("{name}", \'{NUMBER}\') THEN try_cast("{name}" AS {NUMBER_TYPE}) END)')
    extra = (
        {"set_aside": "count(REASON)", "padded": "count(*) FILTER (PADDED)"}
        | _outside(columns, first_month, last_month)
        | _repeated(columns)
    )
    found = con.execute(f"SELECT {', '.join([*extra.values(), *wanted])} FROM delivered").fetchone() or ()
    seen = dict(zip(extra, (int(number) for number in found[: len(extra)]), strict=True))
    rows, people, *totals = found[len(extra) :]
    counts = {"rows": int(rows)} | ({"people": int(people)} if person else {}) | seen
    sums = {name: decimal_text(total or 0) for name, total in zip(summed, totals, strict=True)}
    return counts | {"sums": sums}


def _outside(columns: Sequence[Column], first_month: str, last_month: str) -> dict[str, str]:
    """SQL that counts rows dated outside the period.

    The HES stand-ins for an unknown date (before 1900) are no dates, and neither is what does not begin with six digits.
    """
    dated = [column.name for column in columns if column.dates_row]
    if not dated:
        return {}
    month = f"left(replace(\"{dated[0]}\", '-', ''), 6)"
    first, last = first_month.replace("-", ""), last_month.replace("-", "")
    outside = f"({month} < '{first}' OR {month} > '{last}')"
    return {"outside_period": f"count(*) FILTER ({month} BETWEEN '190000' AND '999999' AND {outside})"}


def _repeated(columns: Sequence[Column]) -> dict[str, str]:
    """SQL that counts rows whose columns other than the key stand in another row too, the first of each not counted."""
    said = ", ".join(f'"{column.name}"' for column in columns if not column.key)
    return {"repeated": f"count(*) - count(DISTINCT hash({said}))"} if said else {}


def differences(declared: dict[str, Any], measured: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Declared totals that the delivery does not meet: name, declared, measured (`none` where nothing was to be summed)."""
    pairs: list[tuple[str, Any, Any]] = [(n, declared[n], measured.get(n)) for n in ("rows", "people") if n in declared]
    sums = measured.get("sums", {})
    pairs += [(f"sum of {name}", total, sums.get(name)) for name, total in declared.get("sums", {}).items()]
    said = [(name, str(declares), "none" if counted is None else str(counted)) for name, declares, counted in pairs]
    return [each for each in said if each[1] != each[2]]
