"""Data: how complete it is, what the checks found and cannot see, what came from whom and when, and where every row went.

Belongs here: the inputs and completeness of a result, and the order of this page. Does not belong here: its findings
(`findings_tables`, `blind_spots`) and account of rows (`row_tables`), the questions that a closed gate asks (`first_page`).
"""

from collections.abc import Iterable
from typing import Any

from reports import wording
from reports.blocks import Block, Column, Items, Picture, Section, Subheading, Table, Text
from reports.disclosure import SUPPRESSED, disclosed_count
from reports.figures import Drawing
from reports.pages.blind_spots import blind_spots
from reports.pages.findings_tables import findings_of
from reports.pages.price_tables import prices_of
from reports.pages.row_tables import COUNTS_NOTE, rows_of
from reports.questions import questions

HOW_TO_READ = (
    "Each tile is a month; the ink in it is the share of the expected rows of the eligible that is there. Expected is what the "
    "fuller of two counts of the same rows has, the extract or the feed: white is missing from the extract, hatched from the "
    "feed, crosswise from both. The grey strip beneath is people of the same practices who are not eligible, against their own "
    "usual for the season (the white line): where it drops too, the rows were lost before both counts. A frame marks what a "
    "check objects to."
)

#: of a fingerprint so much is printed; result.json holds it whole
PRINTED = 12


def section(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    blocks: list[Block] = [Subheading("How complete it is")]
    if "completeness" in figures:
        drawing = figures["completeness"]
        blocks += [Picture(drawing.name, drawing.title, drawing.alt), Text(HOW_TO_READ), _completeness(result)]
    else:
        blocks.append(Text("Not evaluated: this result holds no comparison of extract and feed. It needs practice_activity."))
    blocks += [*findings_of(result, "data"), blind_spots(result), *findings_of(result, "design")]
    blocks += [Subheading("What came from whom"), _inputs(result)]
    absent = result["study"]["absent"]
    if absent:
        told = tuple(f"{wording.dataset(name)}: {absent[name].removeprefix('not delivered: ')}." for name in sorted(absent))
        blocks += [Text("Not part of this study, with the protocol's reason:"), Items(told)]
    blocks += [*_control_totals(result), Subheading("Where every row went"), *rows_of(result)]
    blocks += prices_of(result)
    return Section("data", "Data", tuple(blocks), new_page=not questions(result))


def _inputs(result: dict[str, Any]) -> Table:
    suppliers = sorted({item["supplier"] for item in result["run"]["inputs"]})
    one = len(suppliers) == 1
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for item in result["run"]["inputs"]:
        groups.setdefault((item["dataset"], item["supplier"], item["status"]), []).append(item)
    columns = [Column("Dataset"), Column("Supplier"), Column("Period"), Column("Received"), Column("Status")]
    columns += [Column("Rows", "right"), Column("Refused", "right"), Column(f"Fingerprints ({PRINTED} of 64 characters)")]
    rows: list[tuple[str, ...]] = [
        (
            wording.dataset(dataset),
            supplier,
            wording.span(min(item["first_month"] for item in items), max(item["last_month"] for item in items)),
            _received(item["received"] for item in items),
            status,
            _sum(item.get("rows") for item in items),
            _sum(item.get("quarantined") for item in items),
            " ".join(item["sha256"][:PRINTED] for item in sorted(items, key=lambda i: (i["first_month"], i["sha256"]))),
        )
        for (dataset, supplier, status), items in sorted(groups.items())
    ]
    widths = [2.2, 2.2, 1.7, 1.7, 0.8, 1.2, 1.1, 3.1]
    if one:
        del columns[1], widths[1]
        rows = [(row[0], *row[2:]) for row in rows]
    return Table(
        caption="Deliveries this result rests on" + (f", all from {suppliers[0]}" if one else ""),
        columns=tuple(columns),
        rows=tuple(rows),
        note="One fingerprint a delivery, in the order of their months; result.json has them whole, with the day each was "
        "received. Refused: rows set aside with a reason. " + COUNTS_NOTE,
        widths=tuple(widths),
    )


def _received(days: Iterable[str]) -> str:
    """The one day, or the first and the last."""
    every = sorted(days)
    return wording.day(every[0]) if every[0] == every[-1] else f"{wording.day(every[0])} to {wording.day(every[-1])}"


def _control_totals(result: dict[str, Any]) -> list[Block]:
    """Whether what was counted is what the delivery notes say, in one sentence."""
    totals = result["data"]["control_totals"]
    if not totals:
        return []
    declared = [row for row in totals if row.get("declared", True)]
    wrong = [
        f"{wording.dataset(row['dataset'])} {wording.span(row['first_month'], row['last_month'])}"
        for row in declared
        if not row["agree"]
    ]
    told = f"{len(declared)} of {len(totals)} deliveries came with control totals; "
    return [Text(told + (f"they do not agree for {', '.join(wrong)}." if wrong else "all agree with what was counted."))]


def _sum(cells: Iterable[Any]) -> str:
    """Counts added up before they are rounded; a part that is itself suppressed stays visible as one."""
    known, hidden, absent = 0, False, True
    for cell in cells:
        absent = absent and cell is None
        hidden = hidden or cell == SUPPRESSED
        known += cell if isinstance(cell, int) else 0
    if absent:
        return wording.NO_VALUE
    said = wording.count(disclosed_count(known))
    return said if not hidden else SUPPRESSED if known == 0 else f"{said} + {SUPPRESSED}"


def _completeness(result: dict[str, Any]) -> Table:
    year = {f"{int(result['contract_year'][:4]) + (m < 4)}-{m:02d}" for m in range(1, 13)}
    cells: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in result["data"]["completeness"]:
        cells.setdefault((row["stream"], row["arm"]), []).append(row)
    rows = []
    for stream, words in wording.STREAM_WORDS.items():
        for arm in wording.ARM_WORDS:
            found = cells.get((stream, arm))
            if not found:
                continue
            ratios = [row["route_ratio"] for row in found if row["route_ratio"] is not None]
            now = [row["route_ratio"] for row in found if row["month"] in year and row["route_ratio"] is not None]
            rows.append((
                f"{wording.capital(words)}, {wording.ARM_WORDS[arm]}",
                str(len(found)),
                str(len(found) - len(ratios)),
                wording.percent(min(ratios), 1) if ratios else wording.NO_VALUE,
                wording.percent(max(ratios), 1) if ratios else wording.NO_VALUE,
                wording.percent(min(now), 1) if now else "nothing",
            ))  # fmt: skip
    return Table(
        caption="Extract rows for every 100 feed rows of the same eligible people, by month",
        columns=(
            Column("Stream and arm"),
            Column("Months", "right"),
            Column("Months with nothing", "right"),
            Column("Lowest", "right"),
            Column("Highest", "right"),
            Column(f"Lowest in {result['contract_year']}", "right"),
        ),
        rows=tuple(rows),
        note="A ratio of two routes of the same rows: it does not depend on what the programme did.",
        widths=(2.6, 1.1, 1.5, 1.1, 1.1, 1.5),
    )
