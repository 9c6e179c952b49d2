"""What the completeness figure says: how much of each month is there, the stretches that are not, its title and alternative.

Belongs here: reading `data.completeness` and the findings' months into words. Does not belong here: drawing (`completeness`).
"""

from dataclasses import dataclass
from typing import Any, Literal

from pipeline.calendar import month_number
from reports import wording
from reports.figures.drawing import ARM_STYLES

#: a month this far from whole is a gap: less is no bite that an eye sees, and the checks tell it
NOTICED = 0.005
#: the reference population's year is worth a word when it is so far from its usual, and from the other arm's
ODD = 0.1
#: verdicts whose months are outlined
OUTLINED = ("fail", "not_evaluated", "waived", "adjust")

Lacks = Literal["nothing", "extract", "feed", "both"]
Key = tuple[str, str]
Cells = dict[Key, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """An unbroken run of months of one stream and arm, and what is written on it."""

    first: str
    last: str
    label: str


def cells_of(result: dict[str, Any]) -> Cells:
    """(stream, arm) to its months in order, in the order in which they are drawn."""
    found: Cells = {}
    for row in sorted(result["data"]["completeness"], key=lambda row: row["month"]):
        found.setdefault((row["stream"], row["arm"]), []).append(row)
    order = [(stream, arm) for stream in wording.STREAM_WORDS for arm in ARM_STYLES]
    return {key: found[key] for key in order if key in found}


def there(row: dict[str, Any]) -> tuple[float, Lacks]:
    """The share of what is expected that both routes have, 0 to 1, and which route lacks the rest.

    Expected is what the fuller of the two routes has; where neither has a row, nothing of it is there.
    """
    ratio = row["route_ratio"]
    if ratio is None:
        return 0.0, "feed" if row.get("state") == "extract_only" else "both"
    share = min(ratio, 1 / ratio) if ratio > 0 else 0.0
    return share, "nothing" if share >= 1 - NOTICED else "extract" if ratio < 1 else "feed"


def gaps(rows: list[dict[str, Any]]) -> list[Stretch]:
    """Runs of months in which rows are lacking in the same place."""
    runs: list[list[dict[str, Any]]] = []
    for row in rows:
        lacks = there(row)[1]
        if lacks == "nothing":
            continue
        if runs and month_number(row["month"]) == month_number(runs[-1][-1]["month"]) + 1 and there(runs[-1][-1])[1] == lacks:
            runs[-1].append(row)
        else:
            runs.append([row])
    return [Stretch(run[0]["month"], run[-1]["month"], _lacking(run)) for run in runs]


def _lacking(run: list[dict[str, Any]]) -> str:
    lacks = there(run[0])[1]
    if lacks == "both":
        return "no rows"
    most = 1 - min(there(row)[0] for row in run)
    if most == 1:
        return "nothing delivered" if lacks == "extract" else "nothing in the feed"
    share = wording.percent(most, 0 if most >= 0.1 else 1)
    return f"{share} not delivered" if lacks == "extract" else f"{share} not in the feed"


def outlined(result: dict[str, Any], key: Key, rows: list[dict[str, Any]]) -> list[Stretch]:
    """The findings' months of one stream and arm, runs that meet joined; labelled by the gap there, else by the checks."""
    stream, arm = key
    months = [row["month"] for row in rows]
    ours = [
        finding
        for finding in result["gates"]["data"]["findings"]
        if finding["verdict"] in OUTLINED
        and finding["stream"] == stream
        and finding["arm"] in (arm, None)
        and finding["first_month"]
    ]
    spans: list[tuple[str, str, list[str]]] = []
    for finding in sorted(ours, key=lambda f: (f["first_month"], f["last_month"] or f["first_month"])):
        first, last = max(finding["first_month"], months[0]), min(finding["last_month"] or finding["first_month"], months[-1])
        if first > last:
            continue
        check = wording.check(finding["check"])
        if spans and month_number(first) <= month_number(spans[-1][1]) + 1:
            before = spans.pop()
            spans.append((before[0], max(before[1], last), list(dict.fromkeys([*before[2], check]))))
        else:
            spans.append((first, last, [check]))
    missing = gaps(rows)
    return [
        Stretch(first, last, next((gap.label for gap in missing if gap.first <= last and gap.last >= first), checks[0]))
        for first, last, checks in spans
    ]


def _name(key: Key) -> str:
    return f"{wording.capital(wording.STREAM_WORDS[key[0]])} of the {wording.ARM_WORDS[key[1]]}"


def _when(first: str, last: str) -> str:
    return f"in {wording.month(first)}" if first == last else f"between {wording.month(first)} and {wording.month(last)}"


def title(result: dict[str, Any], cells: Cells) -> str:
    """The figure's message: the gap with most lost; else the findings outlined; else that all is there."""
    off = [(key, [row for row in rows if there(row)[1] != "nothing"]) for key, rows in cells.items()]
    off = [(key, rows) for key, rows in off if rows]
    if not off:
        return _whole(result, cells)
    key, rows = max(off, key=lambda entry: sum(1 - there(row)[0] for row in entry[1]))
    worst = min(rows, key=lambda row: there(row)[0])
    share, lacks = there(worst)
    when = _when(rows[0]["month"], rows[-1]["month"])
    more = f", and {len(off) - 1} more {'row has' if len(off) == 2 else 'rows have'} gaps" if len(off) > 1 else ""
    if lacks == "both":
        return f"{_name(key)} is empty in extract and feed {when}: not delivered, not a change in care{more}."
    if lacks == "feed":
        lost = wording.percent(1 - share, 1)
        return f"The feed lacks up to {lost} of the extract's rows in {_inside(key)} {when}{more}."
    held = f"only {wording.percent(share, 1)}" if share else "none"
    return f"{_name(key)} holds {held} of the feed's rows {when}: not delivered, not a change in care{more}."


def _inside(key: Key) -> str:
    return f"{wording.STREAM_WORDS[key[0]]} of the {wording.ARM_WORDS[key[1]]}"


def _whole(result: dict[str, Any], cells: Cells) -> str:
    shares = [there(row)[0] for rows in cells.values() for row in rows]
    marked = [(key, stretch) for key, rows in cells.items() for stretch in outlined(result, key, rows)]
    odd = [key for key in cells if unusual(result, cells, key)]
    if marked:
        key, stretch = marked[0]
        more = f" and {len(marked) - 1} more" if len(marked) > 1 else ""
        return (
            f"Extract and feed agree in every month, yet the checks object to {_inside(key)} "
            f"{_when(stretch.first, stretch.last)}{more}: {stretch.label}."
        )
    if odd:
        key = max(odd, key=lambda key: abs((usual(result, cells[key]) or 1.0) - 1))
        share = wording.percent(usual(result, cells[key]))
        return (
            f"Extract and feed agree in every month, yet people not eligible have {share} of their usual rows in "
            f"{_inside(key)} in {result['contract_year']}."
        )
    return f"The extract holds the feed's rows in every stream and arm: {_range(shares)} in every month."


def _range(shares: list[float]) -> str:
    low, high = wording.percent(min(shares), 1), wording.percent(max(shares), 1)
    return low if low == high else f"{low} to {high}"


def alternative(result: dict[str, Any], cells: Cells) -> str:
    """What a sighted reader takes away, row by row."""
    said = []
    for key, rows in cells.items():
        lacking = [f"{gap.label} {_when(gap.first, gap.last)}" for gap in gaps(rows)]
        few = [*lacking[:3], *([f"{len(lacking) - 3} more gaps"] if len(lacking) > 3 else [])]
        body = "; ".join(few) if few else f"whole in all {len(rows)} months"
        marks = [_when(stretch.first, stretch.last) for stretch in outlined(result, key, rows)]
        mark = f"; findings outlined {' and '.join(marks)}" if marks else ""
        said.append(f"{_name(key)}: {body}{mark}{_reference(result, rows)}.")
    known = [f"{row['what']} in {wording.month(row['month'])}" for row in result["study"].get("known_breaks", [])]
    return " ".join([*said, *([f"Known breaks: {'; '.join(known)}."] if known else [])])


def _reference(result: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    share = usual(result, rows)
    if share is None:
        return ""
    return f"; people not eligible have {wording.percent(share)} of their usual rows in {result['contract_year']}"


def usual(result: dict[str, Any], rows: list[dict[str, Any]]) -> float | None:
    """The contract year's mean of the reference population's index: 1 is their usual; None where it has none."""
    first = f"{result['contract_year'][:4]}-04"
    year = [row["reference_ratio"] for row in rows if row["month"] >= first and row.get("reference_ratio") is not None]
    return sum(year) / len(year) if year else None


def unusual(result: dict[str, Any], cells: Cells, key: Key) -> str:
    """What is written on a strip of people not eligible that left its usual while the other arm's did not; '' else."""
    share = usual(result, cells[key])
    others = [usual(result, rows) for (stream, arm), rows in cells.items() if stream == key[0] and arm != key[1]]
    if share is None or not share or any(other is None or abs(share - other) < ODD for other in others) or abs(share - 1) < ODD:
        return ""
    return f"{wording.percent(share)} of usual"
