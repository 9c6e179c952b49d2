"""Data: what came from whom and when, how complete it is, what the checks found, and where every row went.

Belongs here: the inputs, completeness, findings and row accounting of a result. Does not belong here: the questions that a
closed gate asks (`first_page`).
"""

from collections.abc import Iterable
from typing import Any

from reports import wording
from reports.blocks import Block, Column, Items, Picture, Section, Subheading, Table, Text
from reports.disclosure import SUPPRESSED, disclosed_count
from reports.figures import Drawing
from reports.pages.findings_tables import findings_of
from reports.questions import questions

COUNTS_NOTE = "Counts of 1 to 7 are printed as *, others to the nearest 5, so that parts need not add up."

#: of a fingerprint so much is printed; result.json holds it whole
PRINTED = 12


def section(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    blocks: list[Block] = [Subheading("What came from whom"), _inputs(result)]
    absent = result["study"]["absent"]
    if absent:
        told = tuple(f"{wording.dataset(name)}: {absent[name].removeprefix('not delivered: ')}." for name in sorted(absent))
        blocks += [Text("Not part of this study, with the protocol's reason:"), Items(told)]
    blocks += [*_control_totals(result), Subheading("How complete it is")]
    if "completeness" in figures:
        drawing = figures["completeness"]
        blocks.append(Picture(drawing.name, drawing.title, drawing.alt))
        blocks.append(_completeness(result))
    else:
        blocks.append(Text("Not evaluated: this result holds no comparison of extract and feed. It needs practice_activity."))
    blocks.append(Subheading("What the checks found"))
    for gate, words in (("data", "Data gate"), ("design", "Design gate")):
        findings = result["gates"][gate]["findings"]
        if not findings:
            blocks.append(Text(f"{words}: no finding."))
        blocks += findings_of(findings, words)
    blocks += [Subheading("Where every row went"), *_rows(result)]
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


def _rows(result: dict[str, Any]) -> list[Block]:
    blocks: list[Block] = []
    accounting, states = result["data"]["accounting"], result["data"]["price_states"]
    if accounting:
        blocks.append(
            Table(
                caption="Rows delivered, by what became of them",
                columns=(Column("Dataset"), Column("Fate"), Column("Reason"), Column("Clause"), Column("Rows", "right")),
                rows=tuple(
                    (
                        wording.dataset(row["dataset"]),
                        row["fate"].replace("_", " "),
                        row["reason"] or wording.NO_VALUE,
                        row["clause"] or wording.NO_VALUE,
                        wording.count(row["rows"]),
                    )
                    for row in accounting
                ),
                note=COUNTS_NOTE,
                widths=(2.6, 1.2, 2.8, 2.2, 1.1),
            )
        )
    if states:
        blocks.append(
            Table(
                caption="Rows by state of their price",
                columns=(Column("Stream"), Column("State"), Column("Reason"), Column("Rows", "right")),
                rows=tuple(
                    (
                        wording.capital(wording.STREAM_WORDS.get(row["stream"], row["stream"])),
                        row["price_state"].replace("_", " "),
                        row["reason"] or wording.NO_VALUE,
                        wording.count(row["rows"]),
                    )
                    for row in states
                ),
                note="A row that could not be priced has no price: it is counted here, never as £0. " + COUNTS_NOTE,
                widths=(1.7, 1.5, 4.4, 1.1),
            )
        )
    share = result["data"].get("fallback_share")
    if share is not None:
        blocks.append(Text(f"Share of priced rows that rest on the declared fall-back price: {wording.percent(share, 1)}."))
    by_arm = result["data"].get("fallback_by_arm")
    if by_arm:
        blocks.append(_fallback(by_arm))
    return blocks or [Text("This result holds no account of rows.")]


def _fallback(by_arm: list[dict[str, Any]]) -> Table:
    """Share of rows on the fall-back: one row a stream and year, the arms beside each other."""
    shares = {(row["stream"], row["financial_year"], row["arm"]): row["share"] for row in by_arm}
    places = list(dict.fromkeys((row["stream"], row["financial_year"]) for row in by_arm))

    def said(place: tuple[str, str], arm: str) -> str:
        share = shares.get((*place, arm))
        return SUPPRESSED if share is None and (*place, arm) in shares else wording.percent(share, 1)

    return Table(
        caption="Rows of eligible people that rest on the declared fall-back price, by arm and year",
        columns=(Column("Stream"), Column("Year"), Column("Intervention", "right"), Column("Control", "right")),
        rows=tuple(
            (
                wording.capital(wording.STREAM_WORDS.get(stream, stream)),
                year,
                said((stream, year), "intervention"),
                said((stream, year), "control"),
            )
            for stream, year in places
        ),
        note="A fall-back price is the mean of the baseline's prices for the same point of delivery and length of stay: it "
        f"does not tell dear from cheap care. {SUPPRESSED}: of 1 to 7 rows.",
        widths=(1.7, 1.2, 1.2, 1.2),
    )
