"""What was seen on receipt though the delivery was taken in: rows set aside, dated outside the period, or repeated; not final.

Belongs here: findings from receipts alone. Does not belong here: declared totals (`control_totals`), which rows are set aside
(`pipeline.deliveries`), which of two equal contacts stays (`pipeline.cleaning`).
"""

from collections.abc import Sequence

from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.arithmetic.shares import WORTH_A_WORD
from pipeline.assurance.delivered.control_totals import CHECK, STREAM_OF_DATASET, ControlTotals
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.prose import about, span
from pipeline.vocabulary import FindingVerdict

#: datasets whose rows are counted, so that one delivered twice is worth a word; two contacts of a day are lawful elsewhere
COUNTED = (*STREAM_OF_DATASET, "practice_activity", "practice_population", "gp_registration", "qof_register")

#: what was counted: in words, and the remedy as a question
SEEN = {
    "set_aside": ("were set aside because they are not what the contract says", "Can you deliver them in the contract's form?"),
    "outside_period": (
        "are dated outside the period of their own delivery note",
        "Were days and months exchanged, dates moved, or another period extracted?",
    ),
}


def check(receipts: Sequence[ControlTotals], *, window: Window, value: Valuation) -> list[Finding]:
    """Findings only where there is something: rows lost to their form or month, rows repeated, deliveries not final.

    Rows set aside or misdated are known to be lost, though not whose: they fail where they would be material if all of them
    were one arm's. Repeated rows are counted once by cleaning and a provisional delivery may be complete: both inform.
    """
    found: list[Finding] = []
    for receipt in receipts:
        if receipt.first_month > window.after[-1]:
            continue
        found += [_lost(receipt, name, value) for name in SEEN if receipt.measured.get(name)]
        repeated = receipt.measured.get("repeated", 0) if receipt.dataset in COUNTED else 0
        if repeated > WORTH_A_WORD * receipt.measured.get("rows", 0):
            found.append(_repeated(receipt))
        if receipt.status != "final":
            found.append(_provisional(receipt))
    return found


def _where(receipt: ControlTotals) -> str:
    return f"{receipt.dataset} for {span(receipt.first_month, receipt.last_month)} (delivery {receipt.fingerprint[:12]})"


def _lost(receipt: ControlTotals, name: str, value: Valuation) -> Finding:
    stream = STREAM_OF_DATASET.get(receipt.dataset)
    rows, whole = int(receipt.measured[name]), int(receipt.measured["rows"])
    state, question = SEEN[name]
    pounds = None if stream is None else _worth(rows * value.row_cost.get(stream, 0.0), value)
    verdict: FindingVerdict = "fail" if pounds is not None and pounds.worst > value.materiality_gbp else "inform"
    valued = "" if pounds is None else f", worth up to {about(pounds.worst)} of the saving if all of them are one arm's"
    return Finding(
        check=CHECK,
        verdict=verdict,
        stream=stream,
        first_month=receipt.first_month,
        last_month=receipt.last_month,
        message=f"{_where(receipt)}: {rows:,} of {whole:,} rows {state}{valued}.",
        question_for_supplier=f"{rows:,} rows of {receipt.dataset} {span(receipt.first_month, receipt.last_month)} {state}. "
        f"{question}",
        **({} if pounds is None else value.columns(pounds)),
    )


def _worth(gbp: float, value: Valuation) -> Range:
    """Lost by the control the saving is understated, lost by the intervention overstated: whose rows they are is not known."""
    in_control = -gbp * value.heads["intervention"] / value.heads["control"] if value.heads["control"] else 0.0
    return Range(0.0, in_control, gbp)


def _repeated(receipt: ControlTotals) -> Finding:
    rows, whole = int(receipt.measured["repeated"]), int(receipt.measured["rows"])
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=STREAM_OF_DATASET.get(receipt.dataset),
        first_month=receipt.first_month,
        last_month=receipt.last_month,
        message=f"{_where(receipt)}: {rows:,} of {whole:,} rows repeat another row in all but the record's key; the same "
        "contact is counted once.",
        question_for_supplier=f"{rows:,} rows of {receipt.dataset} {span(receipt.first_month, receipt.last_month)} stand there "
        "again under another key. Was a submission loaded twice?",
    )


def _provisional(receipt: ControlTotals) -> Finding:
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=STREAM_OF_DATASET.get(receipt.dataset),
        first_month=receipt.first_month,
        last_month=receipt.last_month,
        message=f"{_where(receipt)} is {receipt.status}, not final: what comes later may change the figures.",
        question_for_supplier=f"When will {receipt.dataset} {span(receipt.first_month, receipt.last_month)} be final?",
    )
