"""Prices: how far the price lists reach, what the fall-back stands in for, and the supplier's cost beside ours.

Belongs here: the tables of `data.prices_by_arm`, `data.current_prices`, `data.price_reasons` and `data.reconciliation`.
Does not belong here: computing them (`pipeline.pricing`), rows by state of their price (`row_tables`).
"""

from decimal import Decimal
from typing import Any

from pipeline.pricing.basis import NO_LIST
from reports import wording
from reports.blocks import Block, Column, Subheading, Table, Text
from reports.disclosure import SUPPRESSED

ARMS = ("intervention", "control")
OUTSIDE = (
    "Outside these prices, alike for both arms: the marginal rate for emergencies, readmissions within 30 days, top-ups, "
    "CQUIN, conditions of best-practice prices (the column as printed is used) and unbundled HRGs, which no core field of HES "
    "carries. Length of stay is unadjusted, so that excess days are rather too many."
)


def prices_of(result: dict[str, Any]) -> list[Block]:
    """Every table on prices that the result has rows for; none for a result made before they were kept."""
    data = result["data"]
    blocks: list[Block] = [
        *_sources(data.get("prices_by_arm", []), result["study"]["price_base"]),
        *_current(data.get("current_prices", [])),
        *_assumptions(data.get("price_reasons", [])),
        *_reconciliation(data.get("reconciliation", []), result["contract_year"]),
    ]
    return [Subheading("Prices"), *blocks, Text(OUTSIDE), *_outside(data.get("outside_prices", []))] if blocks else []


def _said(share: float | None) -> str:
    return SUPPRESSED if share is None else wording.percent(share, 1)


def _sources(rows: list[dict[str, Any]], base: str) -> list[Block]:
    """Shares by list, fall-back and own year's list: one row a stream and year, the arms beside each other."""
    found = {(row["stream"], row["financial_year"], row["arm"]): row for row in rows}
    places = list(dict.fromkeys((row["stream"], row["financial_year"]) for row in rows))
    if not places:
        return []

    def cells(place: tuple[str, str]) -> list[str]:
        shown = []
        for name in ("list_share", "fallback_share", "current_share"):
            for arm in ARMS:
                row = found.get((*place, arm))
                shown.append(wording.NO_VALUE if row is None else _said(row[name]))
        return shown

    names = ("List", "Fall-back", "Own year")
    return [
        Table(
            caption="Where the prices of eligible people's rows come from, by arm (intervention, control) and year",
            columns=(
                Column("Stream"),
                Column("Year"),
                *(Column(f"{name}, {arm[:3]}.", "right") for name in names for arm in ARMS),
            ),
            rows=tuple(
                (wording.capital(wording.STREAM_WORDS.get(stream, stream)), year, *cells((stream, year)))
                for stream, year in places
            ),
            note=f"Of rows in scope of the price rule. List: priced by the {base} list, at whose prices every year is valued. "
            "Fall-back: the declared mean of the baseline for the same point of delivery and length of stay, which does not "
            "tell dear from cheap care; where it is not declared, the rest has no price. Own year: has a price at the list of "
            f"its own financial year too, which is never what is paid on. {SUPPRESSED}: of 1 to 7 rows.",
            widths=(1.7, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1),
        )
    ]


def _current(rows: list[dict[str, Any]]) -> list[Block]:
    """Why rows have no current price: years without a list in one sentence, other reasons in a table."""
    without = sorted({row["financial_year"] for row in rows if not row["has_price"] and _is_no_list(row)})
    if not rows:
        return []
    held = sorted({row["financial_year"] for row in rows} - set(without))
    told = f"Price lists are held of {', '.join(held) or 'no year of these rows'}"
    told += f"; rows of {', '.join(without)} have no current price." if without else "."
    return [Text(told)]


def _is_no_list(row: dict[str, Any]) -> bool:
    return bool(row["reason"] == NO_LIST)


def _assumptions(rows: list[dict[str, Any]]) -> list[Block]:
    """Reasons that hold an assumption, an exclusion or an empty core: arm beside arm."""
    told = [row for row in rows if ";" in row["reason"] or row["price_state"] == "out_of_scope"]
    if not told:
        return []
    return [
        Table(
            caption="Prices that rest on an assumption, and rows outside the price rule, by arm",
            columns=(Column("Stream"), Column("Reason"), Column("Intervention", "right"), Column("Control", "right")),
            rows=tuple(
                (
                    wording.capital(wording.STREAM_WORDS.get(row["stream"], row["stream"])),
                    row["reason"],
                    *(_said(row[f"{arm}_share"]) for arm in ARMS),
                )
                for row in told
            ),
            note=f"Share of the arm's rows of the stream before launch. {SUPPRESSED}: of 1 to 7 rows.",
            widths=(1.7, 4.6, 1.3, 1.2),
        )
    ]


def _outside(rows: list[dict[str, Any]]) -> list[Block]:
    """How much of each arm's cost the rules left out would reach."""
    if not rows:
        return []
    arms = [f"{arm}_share" for arm in ARMS]
    return [
        Table(
            caption="Cost before launch that rules left out of these prices would reach, by arm",
            columns=(Column("Care"), Column("Intervention", "right"), Column("Control", "right")),
            rows=tuple(
                (
                    wording.capital(row["says"]),
                    *(wording.NO_VALUE if row[arm] is None else wording.percent(row[arm], 1) for arm in arms),
                )
                for row in rows
            ),
            note="Share of the eligible people's cost at constant prices; lines overlap. Where the shares are alike, a "
            "rule moves both arms alike.",
            widths=(5.0, 1.3, 1.2),
        )
    ]


def _reconciliation(rows: list[dict[str, Any]], contract_year: str) -> list[Block]:
    """The supplier's cost less our price by cause, the years before launch together; a sentence where nothing differs."""
    periods = ((False, "Before launch"), (True, contract_year))
    lines: list[tuple[str, ...]] = []
    alike: list[str] = []
    for stream, words in wording.STREAM_WORDS.items():
        for after, period in periods:
            mine = [row for row in rows if row["stream"] == stream and row["after_launch"] == after]
            if not mine:
                continue
            place = (wording.capital(words), period)
            if all(
                row["difference_gbp"] is not None and not Decimal(row["difference_gbp"]) and not row["causes"] for row in mine
            ):
                alike.append(f"{words} {period.lower() if not after else f'in {period}'}")
                continue
            for name, key in (("Our prices", "our_gbp"), ("Supplier's cost", "supplier_gbp")):
                lines.append((*place, name, *(_pounds(row[key] for row in mine if row["arm"] == arm) for arm in ARMS)))
            causes = list(dict.fromkeys((c["cause"], c["says"]) for row in mine for c in row["causes"]))
            for cause, says in causes:
                lines.append((*place, f"of the difference: {says}", *(_pounds(
                    c["gbp"] for row in mine if row["arm"] == arm for c in row["causes"] if c["cause"] == cause
                ) for arm in ARMS)))  # fmt: skip
            lines.append((
                *place, "Difference", *(_pounds(row["difference_gbp"] for row in mine if row["arm"] == arm) for arm in ARMS)
            ))  # fmt: skip
    same: list[Block] = [
        Text(f"The supplier's cost column and our prices agree to the penny, in both arms: {', '.join(alike)}.")
    ]
    if not lines:
        return same if alike else []
    return [
        *(same if alike else []),
        Table(
            caption="The supplier's cost column beside our price, £, and what makes the difference",
            columns=(
                Column("Stream"),
                Column("Period"),
                Column("What"),
                Column("Intervention", "right"),
                Column("Control", "right"),
            ),
            rows=tuple(lines),
            note="Supplier less ours, to the penny: the causes add up to the difference. Payment rests on our prices, whatever "
            f"the supplier's column says. {SUPPRESSED}: years of too few rows left out; result.json has every year by itself.",
            widths=(1.6, 1.3, 3.6, 1.6, 1.6),
        ),
    ]


def _pounds(amounts: Any) -> str:
    """The sum of exact amounts; `*` beside it where one of them may not be told."""
    every = list(amounts)
    if not every:
        return wording.exact("0.00")
    known = [Decimal(amount) for amount in every if amount is not None]
    said = wording.exact(sum(known, Decimal(0)))
    return said if len(known) == len(every) else f"{said} + {SUPPRESSED}"
