"""Where the difference comes from, by point of delivery: how many contacts, which kinds, and what a kind costs.

Belongs here: the saving's parts as a figure and a table that adds up in pence. Does not belong here: their formula
(`pipeline.pricing.decomposition`).
"""

from typing import Any

from reports import wording
from reports.blocks import Block, Column, Picture, Table, Text
from reports.figures import Drawing

HOW_TO_READ = (
    "Contacts: as many as there were, each at its point of delivery's price before launch; a contact that moves from one to "
    "another counts in both. Kinds: other HRGs or treatment functions among them, at prices before launch; more severe coding "
    "of the same people shows here. Price: what contacts of one kind cost beyond their price before launch. Prices are "
    "constant, so that is only days beyond the trim point, reduced prices of short emergency stays, the way of admission and "
    "the provider's market forces factor, never the tariff."
)
#: a part is named where it is at least so much of £ a head
WORTH_NAMING = 0.5

_COLUMNS = ("Kind of care", "Contacts", "Kinds", "Price", "Together")
_PARTS = ("volume", "mix", "price")


def parts_of(result: dict[str, Any], figures: dict[str, Drawing]) -> list[Block]:
    """Nothing where the saving was not told apart."""
    split = result["decomposition"]
    if split is None:
        return []
    blocks: list[Block] = []
    if "parts" in figures:
        drawing = figures["parts"]
        blocks.append(Picture(drawing.name, drawing.title, drawing.alt))
    first, last = split["reference_months"]
    reference = f"Before launch: the mean of {wording.span(first, last)}, all arms together. "
    blocks += [Text(reference + HOW_TO_READ), _table(result, split), Text(_how_sure(split))]
    unknown = _told(split, "mix_unknown", "of contacts whose kind had no price before launch, or on the fall-back mean")
    blocks += [Text(said) for said in (unknown, _told(split, "mix_unpriced", "of contacts without a price")) if said]
    return blocks


def _how_sure(split: dict[str, Any]) -> str:
    """Which of the parts of all care the data tell from nothing."""
    parts = {row["part"]: row for row in split["rows"] if row["pod"] == "all" and row["part"] in _PARTS}
    if any(row["gbp_per_head_low"] is None for row in parts.values()):
        return "No interval is given for the parts, for the reason that none is given for the figure."
    sure = [part for part, row in parts.items() if row["gbp_per_head_low"] > 0 or row["gbp_per_head_high"] < 0]
    named = [label for label, part in zip(_COLUMNS[1:4], _PARTS, strict=True) if part in sure]
    if not named:
        return "The 95% interval of every part holds zero: the data do not tell where the difference comes from."
    rest = "" if len(named) == len(_PARTS) else " that of the others holds it."
    return f"The 95% interval of {' and '.join(named)} leaves zero{';' if rest else '.'}{rest}"


def _table(result: dict[str, Any], split: dict[str, Any]) -> Table:
    pence = {(row["pod"], row["part"]): row["gbp"] for row in split["rows"]}
    pods = [pod for pod in wording.POD_WORDS if pod in split["saving_gbp"] and pod != "all"]
    return Table(
        caption=f"The measured difference in parts, {result['contract_year']}, £ of the intervention arm",
        columns=(Column(_COLUMNS[0]), *(Column(label, "right") for label in _COLUMNS[1:])),
        rows=tuple(
            (
                wording.POD_WORDS[pod],
                *(wording.exact(pence[pod, part]) for part in _PARTS),
                wording.exact(split["saving_gbp"][pod]),
            )
            for pod in (*pods, "all")
        ),
        note="Positive is less cost than the control's path would have it. Rows and columns add to the penny.",
        widths=(3.0, 1.6, 1.5, 1.4, 1.6),
    )


def _told(split: dict[str, Any], part: str, whose: str) -> str:
    """What of Kinds rests on contacts that were not comparable; '' where it is little."""
    found = next(row["gbp_per_head"] for row in split["rows"] if row["pod"] == "all" and row["part"] == part)
    return f"Of Kinds, {wording.pounds(found)} a head is {whose}." if abs(found) >= WORTH_NAMING else ""
