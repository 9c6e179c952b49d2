"""Where every row went: nothing is silently repaired, and nothing without a price is £0.

Belongs here: the account of repairs, fates and prices. Does not belong here: making them (`pipeline.cleaning`,
`pipeline.pricing`).
"""

from typing import Any

from reports import wording
from reports.blocks import Block, Column, Table, Text
from reports.disclosure import SUPPRESSED

COUNTS_NOTE = "Counts of 1 to 7 are printed as *, others to the nearest 5, so that parts need not add up."
FATE_WORDS = {
    "kept": "kept", "rewritten": "a cell read otherwise", "merged": "merged with another row",
    "out_of_scope": "out of scope", "quarantined": "set aside", "refused": "set aside on receipt",
}  # fmt: skip
SILENT = "Nothing is silently repaired: rows by what was done to them, and why"


def rows_of(result: dict[str, Any]) -> list[Block]:
    """The account of repairs, and of prices."""
    blocks = [*_repairs(result), *_counted(result), *_prices(result)]
    share = result["data"].get("fallback_share")
    if share is not None:
        blocks.append(Text(f"Share of priced rows that rest on the declared fall-back price: {wording.percent(share, 1)}."))
    by_arm = result["data"].get("fallback_by_arm")
    if by_arm and not result["data"].get("prices_by_arm"):  # which say it beside the other sources of a price
        blocks.append(_fallback(by_arm))
    return blocks or [Text("This result holds no account of rows.")]


def _counted(result: dict[str, Any]) -> list[Block]:
    """What cleaning counts beside its rows: stays across hospitals, kinds of outpatient attendance."""
    blocks: list[Block] = []
    year, stays = result["contract_year"], result["data"].get("continuous_spells")
    for row in (row for row in stays["years"] if row["financial_year"] == year) if stays else ():
        blocks.append(
            Text(
                f"Of discharges in {year}, {wording.count(row['provider_spells'])} spells at one hospital are "
                f"{wording.count(row['continuous_spells'])} stays across hospitals, where a transfer within {stays['days']} "
                "days is one stay. Stays are for counting; every spell at one hospital is priced by itself."
            )
        )
    kinds = [row for row in result["data"].get("outpatient_kinds", ()) if row["financial_year"] == year]
    if kinds:
        named = (f"{row['kind'].replace('_', ' ')} {wording.count(row['attendances'])}" for row in kinds)
        blocks.append(Text(f"Outpatient attendances of {year} by kind: {', '.join(named)}."))
    return blocks


def _repairs(result: dict[str, Any]) -> list[Block]:
    """Dataset by dataset; a result that was made before repairs were counted shows the fates of cleaning."""
    lines = result["data"].get("repairs") or result["data"]["accounting"]
    if not lines:
        return []
    order = list(FATE_WORDS)
    ranked = sorted(lines, key=lambda line: (line["dataset"], order.index(line["fate"]), line["reason"] or ""))
    rows = tuple(
        (
            wording.dataset(line["dataset"]),
            FATE_WORDS[line["fate"]],
            (line["reason"] or ("as delivered" if line["fate"] == "kept" else wording.NO_VALUE))
            + (f" ({line['clause']})" if line.get("clause") else ""),
            wording.count(line["rows"]),
        )
        for line in ranked
    )
    note = (
        "In brackets the clause of the protocol that says so. A row with a cell read otherwise stands also under what "
        "became of it. "
    )
    return [
        Table(
            caption=SILENT,
            columns=(Column("Dataset"), Column("What was done"), Column("Why"), Column("Rows", "right")),
            rows=rows,
            note=note + COUNTS_NOTE,
            widths=(2.6, 2.2, 4.2, 1.1),
        )
    ]


def _prices(result: dict[str, Any]) -> list[Block]:
    states = result["data"]["price_states"]
    if not states:
        return []
    return [
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
    ]


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
