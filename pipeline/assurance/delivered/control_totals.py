"""Delivery note against delivery: is what was measured on receipt what the supplier declared?

Belongs here: comparing declared and measured control totals. Does not belong here: measuring them (`pipeline.deliveries`).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.prose import about, span
from pipeline.vocabulary import STREAM_NAMES

CHECK = "control_totals"
STREAM_OF_DATASET = {"hes_apc": "apc", "hes_ae": "ae", "ecds": "ae", "hes_op": "op"}


class ControlTotals(Protocol):
    """Totals of one delivery in force; `pipeline.deliveries.Receipt` is one.

    declared, measured : rows, people, and sums by column, as in delivery.yaml; numbers, or decimals as text.
    """

    @property
    def dataset(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def first_month(self) -> str: ...
    @property
    def last_month(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def declared(self) -> Mapping[str, Any]: ...
    @property
    def measured(self) -> Mapping[str, Any]: ...


def check(receipts: Sequence[ControlTotals], *, window: Window, value: Valuation) -> list[Finding]:
    """A failing finding for each total that differs, otherwise one finding that says how many agree.

    Deliveries that begin after the contract year has ended are not this year's.
    """
    relevant = [receipt for receipt in receipts if receipt.first_month <= window.after[-1]]
    if not relevant:
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                message=f"No delivery in force covers {window.contract_year}, so there are no control totals to compare. "
                "Remedy: receive the deliveries.",
            )
        ]
    found: list[Finding] = []
    compared = 0
    silent = 0
    for receipt in relevant:
        declared, measured = _flat(receipt.declared), _flat(receipt.measured)
        silent += not declared and bool(measured)  # a workbook has nothing to total
        for total, said in sorted(declared.items()):
            compared += 1
            if said is None or said != measured.get(total):
                found.append(_mismatch(receipt, total, said, measured.get(total), value))
    if not found:
        without = f"; {silent} of them declare none" if silent else ""
        found.append(
            Finding(
                check=CHECK,
                verdict="inform" if silent else "pass",
                message=f"All {compared} control totals of {len(relevant)} deliveries equal what was measured on "
                f"receipt{without}.",
            )
        )
    return found


def _flat(totals: Mapping[str, Any]) -> dict[str, Decimal | None]:
    """`rows`, `people`, `sum of COLUMN` as exact decimals; None where a total is not a number."""
    flat: dict[str, Any] = {name: number for name, number in totals.items() if name != "sums"}
    flat |= {f"sum of {column}": number for column, number in (totals.get("sums") or {}).items()}
    return {name: _decimal(number) for name, number in flat.items()}


def _decimal(number: Any) -> Decimal | None:
    try:
        return Decimal(str(number))
    except InvalidOperation:
        return None


def _mismatch(receipt: ControlTotals, total: str, said: Decimal | None, measured: Decimal | None, value: Valuation) -> Finding:
    stream = STREAM_OF_DATASET.get(receipt.dataset)
    said_text = "no number" if said is None else f"{said:,}"
    measured_text = "not measured" if measured is None else f"{measured:,}"
    pounds = _pounds(stream, total, said, measured, value)
    valued = "" if pounds is None else f", worth up to {about(pounds.worst)} of the saving if the difference lies in one arm"
    return Finding(
        check=CHECK,
        verdict="fail",
        stream=stream,
        first_month=receipt.first_month,
        last_month=receipt.last_month,
        message=f"{receipt.dataset} for {span(receipt.first_month, receipt.last_month)} (delivery {receipt.fingerprint[:12]}): "
        f"{total} declared {said_text}, measured {measured_text}{valued}.",
        question_for_supplier=f"Your delivery note for {receipt.dataset} {span(receipt.first_month, receipt.last_month)} "
        f"declares {total} {said_text}; the files hold {measured_text}. Which is right"
        + (f" for {STREAM_NAMES[stream]}" if stream else "")
        + ", and can you deliver the file that belongs to the note?",
        **({} if pounds is None else value.columns(pounds)),
    )


def _pounds(stream: str | None, total: str, said: Decimal | None, measured: Decimal | None, value: Valuation) -> Range | None:
    """Range over the arms: whose rows are missing is not known, so either all of the control's or all of the intervention's."""
    if stream is None or said is None or measured is None:
        return None
    gap = float(said - measured)
    if total == "rows":
        gap *= value.row_cost.get(stream, 0.0)
    elif total != "sum of COST_GBP":
        return None
    in_control = -gap * value.heads["intervention"] / value.heads["control"] if value.heads["control"] else 0.0
    return Range(0.0, min(in_control, gap), max(in_control, gap))
