"""The first page: statement, how sure, what changed, what could be wrong, three lights; and the questions of a closed gate.

Belongs here: the order of that page, and what follows from a closed gate. Does not belong here: the sentences of the page
(`reports.sentences`, `reports.doubts`, `reports.lights`).
"""

from typing import Any

from reports import doubts, lights, sentences, wording
from reports.blocks import Block, Column, Items, Picture, Section, Subheading, Table, Text
from reports.figures import Drawing
from reports.questions import Question, questions

#: so many questions are put on the page; the rest stand with their findings
IN_FULL = 10


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
        Section("lights", "Three lights", tuple(lights.lights(result))),
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
        for number, question in enumerate(asked[:IN_FULL], start=1)
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
    texts = tuple(
        f"For {question.supplier} ({question.where}, {question.months}): {question.text}" for question in asked[:IN_FULL]
    )
    more = len(asked) - IN_FULL
    rest = f"{more} more questions have less at stake; each stands with its finding under Data." if more > 0 else ""
    blocks = (
        Items(texts, numbered=True),
        *([Text(rest)] if rest else []),
        Text(_at_stake(asked[:IN_FULL])),
        table,
        Subheading("What happens next"),
        Items(_next(asked)),
        Subheading("Who bears the delay"),
        *_delay(result),
    )
    return Section("questions", "Questions for suppliers", blocks, new_page=True)


def _at_stake(asked: list[Question]) -> str:
    """The first question's pounds in a sentence, and that pounds of one gap are not added up."""
    first = asked[0]
    parts = [f"the year's figure {doubts.too(first.saving_effect_gbp)}"] if first.saving_effect_gbp is not None else []
    if first.payment_effect_gbp is not None:
        parts.append(f"the payment, had the target been met, {doubts.too(first.payment_effect_gbp)}")
    told = f"As the data stand, what question 1 asks about would leave {' and '.join(parts)}." if parts else doubts.NO_POUNDS
    same = [n for n, question in enumerate(asked, 1) if (question.where, question.months) == (first.where, first.months)]
    if len(same) > 1:
        told += (
            f" Questions {', '.join(map(str, same[:-1]))} and {same[-1]} see the same gap: their pounds are not to be added."
        )
    return told


def _next(asked: list[Question]) -> tuple[str, ...]:
    whom = " and ".join(dict.fromkeys(question.supplier for question in asked))
    return (
        f"{whom} answers, and delivers corrected files where rows are missing. A corrected delivery names the one it "
        "supersedes; nothing that was delivered before is changed.",
        "The run is repeated. If the gate opens, the next version of this report gives the figure; this version stays.",
        "Or both parties sign a waiver of each finding that closes the gate. It has an end date, and is printed in the report.",
    )


def _delay(result: dict[str, Any]) -> list[Block]:
    """The clauses on a shut gate, as the result holds them."""
    clauses = result["payment"]["clauses"]
    if not clauses:
        return [Text("The terms of this result say nothing about a delay.")]
    return [Items(tuple(f"Clause {step['clause']}: {step['says'].rstrip('.')}." for step in clauses))]
