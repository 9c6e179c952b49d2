"""The first page: statement, how sure, what changed, what could be wrong, three lights; and the questions of a closed gate.

Belongs here: the order of that page. Does not belong here: its sentences (`reports.sentences`, `reports.doubts`).
"""

from typing import Any

from reports import doubts, sentences, wording
from reports.blocks import Block, Column, Items, Picture, Section, Table, Text
from reports.figures import Drawing
from reports.questions import questions


def sections(result: dict[str, Any], figures: dict[str, Drawing]) -> list[Section]:
    """The first page's sections after the statement, which the template sets by itself."""
    sure: list[Block] = []
    if "how_sure" in figures:
        drawing = figures["how_sure"]
        sure.append(Picture(drawing.name, drawing.title, drawing.alt))
        sure.append(Text(" ".join(sentences.how_sure(result)[1:])))
    else:
        sure.append(Text(" ".join(sentences.how_sure(result))))
    changed = sentences.what_changed(result)
    return [
        Section("how-sure", "How sure", tuple(sure)),
        Section("what-changed", "What changed", (Text(changed[0]),) if len(changed) == 1 else (Items(tuple(changed)),)),
        Section("what-could-be-wrong", "What could be wrong", (Items(tuple(doubts.what_could_be_wrong(result))),)),
        Section("lights", "Three lights", tuple(doubts.lights(result))),
    ]


def questions_section(result: dict[str, Any]) -> Section | None:
    """The questions for suppliers as a numbered table, on page 2; None when a gate asks nothing."""
    asked = questions(result)
    if not asked:
        return None
    rows = tuple(
        (
            str(number),
            question.supplier,
            question.where,
            question.months,
            wording.about(question.saving_effect_gbp),
            wording.about(question.payment_effect_gbp),
        )
        for number, question in enumerate(asked, start=1)
    )
    table = Table(
        caption="Where each question arises and what hangs on it",
        columns=(
            Column("Question"),
            Column("For"),
            Column("Stream and arm"),
            Column("Months"),
            Column("Measured minus true, £", "right"),
            Column("Payment at target, £", "right"),
        ),
        rows=rows,
        note="Measured minus true: what the fault would do to the contract year's figure for the intervention arm; "
        "negative understates what was achieved. Before unblinding it is baseline cost times the share of rows lost.",
        widths=(1.1, 2.2, 2.0, 2.0, 1.6, 1.6),
    )
    texts = tuple(f"For {question.supplier} ({question.where}, {question.months}): {question.text}" for question in asked)
    return Section("questions", "Questions for suppliers", (Items(texts, numbered=True), table), new_page=True)
