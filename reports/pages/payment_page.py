"""From effect to pounds: the waterfall and the clauses, in the order in which they were applied; and what is said of outcome A.

Belongs here: the payment rule as applied. Does not belong here: applying it.
"""

from typing import Any

from reports import sentences, wording
from reports.blocks import Block, Column, Picture, Section, Table, Text
from reports.figures import Drawing


def section(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    payment, saving = result["payment"], result["saving"]
    blocks: list[Block] = [Text(sentences.statement(result, questions_at="see Questions for suppliers"))]
    if payment.get("illustrative"):
        blocks.append(Text("The terms are illustrative: the real contract is not public.", emphasis=True))
    if saving is not None:
        blocks.append(
            Text(
                f"Measured: {wording.pounds(saving['gbp_per_head'])} a head less cost, times {saving['heads']:,} baseline "
                f"heads of the intervention arm, is {wording.exact(saving['gbp'])}; the multiplication is done before rounding."
            )
        )
    if "waterfall" in figures:
        drawing = figures["waterfall"]
        blocks.append(Picture(drawing.name, drawing.title, drawing.alt))
    if payment["clauses"]:
        blocks.append(_clauses(payment["clauses"], applied=saving is not None))
    odds = payment["characteristics"]
    if odds:
        blocks.append(_odds(result, odds))
        if odds.get("note"):
            blocks.append(Text(odds["note"]))
    return Section("payment", "From effect to pounds", tuple(blocks))


def outcome_a(result: dict[str, Any], figures: dict[str, Drawing]) -> Section:
    """Said honestly: nothing of outcome A is calculated yet."""
    text = (
        "Not part of this version. Outcome A (the Well-being Star) and the key performance indicators are not calculated, "
        "so nothing here says whether they were met. It takes a version of the software that reads wellbeing_star (received "
        "and kept until then), and clauses for both in the terms."
    )
    return Section("outcome-a", "Outcome A and key performance indicators", (Text(text),))


def _clauses(clauses: list[dict[str, Any]], *, applied: bool) -> Table:
    """The rule step by step; or, where nothing was calculated, only what the terms say."""
    if not applied:
        rows = tuple((step["clause"], step["says"]) for step in clauses)
        return Table("What the terms say while a gate is shut", (Column("Clause"), Column("What it says")), rows, widths=(1, 8))
    return Table(
        caption="The clauses in the order in which they were applied",
        columns=(Column("Clause"), Column("What it says"), Column("Before, £", "right"), Column("After, £", "right")),
        rows=tuple((s["clause"], s["says"], _amount(s["before_gbp"]), _amount(s["after_gbp"])) for s in clauses),
        widths=(0.9, 4.6, 2.0, 2.0),
    )


def _amount(text: str | None) -> str:
    return wording.NO_VALUE if text is None else wording.exact(text).replace("£", "")


def _odds(result: dict[str, Any], odds: dict[str, Any]) -> Table:
    target = wording.pounds(result["study"]["target_gbp_per_head"])
    paid, unpaid = odds.get("p_paid_no_effect"), odds.get("p_unpaid_target")
    met = None if unpaid is None else 1 - unpaid
    return Table(
        caption="What this rule does when the truth is known",
        columns=(Column("Truth"), Column("Chance that it pays", "right"), Column("Mean payment, £", "right")),
        rows=(
            ("Nothing happened", wording.percent(paid), _mean(odds.get("expected_payment_no_effect_gbp"))),
            (f"{target} a head, the target", wording.percent(met), _mean(odds.get("expected_payment_target_gbp"))),
        ),
        widths=(4, 2, 2),
    )


def _mean(value: float | None) -> str:
    return wording.about(value).replace("£", "")
