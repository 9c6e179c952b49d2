"""Whether a delivery may stand beside those received before.

Belongs here: superseding, overlapping periods, order of receipt. Does not belong here: files and rows.
"""

from collections.abc import Sequence
from datetime import date

from pipeline.contracts import read_contract
from pipeline.deliveries.note import Note
from pipeline.deliveries.register import Delivery, in_force
from pipeline.errors import DeliveryRefused


def is_dated(dataset: str) -> bool:
    """Whether the rows of a dataset have dates that lie in the note's period: a list or a price list can be sent in advance."""
    return any(column.dates_row for column in read_contract(dataset).columns)


def check_admission(note: Note, received: Sequence[Delivery]) -> None:
    """Raises DeliveryRefused when the note supersedes what it may not, or covers months already covered without superseding."""
    if note.status == "final" and is_dated(note.dataset) and f"{note.received:%Y-%m}" < note.period.last:
        raise DeliveryRefused(
            f"It is final and was received on {note.received}, before {note.period.last}, the last month it covers, had begun.",
            "Correct the date, the period, or the status in the note.",
        )
    standing = {delivery.fingerprint: delivery for delivery in in_force(received, date.max)}
    if note.supersedes is not None:
        replaced = next((d for d in received if d.fingerprint == note.supersedes), None)
        if replaced is None:
            raise DeliveryRefused(
                f"It supersedes {note.supersedes[:12]}, which was never received.",
                "Write the fingerprint from the receipt of the delivery it replaces, or receive that one first.",
            )
        if replaced.fingerprint not in standing:
            later = next(d for d in received if d.supersedes == replaced.fingerprint)
            raise DeliveryRefused(
                f"It supersedes {note.supersedes[:12]}, which {later.fingerprint[:12]} has superseded already.",
                f"Supersede {later.fingerprint} if it is to be replaced.",
            )
        if replaced.dataset != note.dataset:
            raise DeliveryRefused(
                f"It is {note.dataset} and supersedes a delivery of {replaced.dataset}.",
                "A delivery replaces one of its own dataset.",
            )
        if note.received < replaced.received:
            raise DeliveryRefused(
                f"It was received on {note.received}, before what it supersedes ({replaced.received}).",
                "Correct the date in the note, or do not supersede.",
            )
    for other in standing.values():
        covers = other.dataset == note.dataset and other.overlaps(note.period.first, note.period.last)
        if covers and other.fingerprint != note.supersedes:
            raise DeliveryRefused(
                f"{note.dataset} {other.receipt.period} is in force already ({other.fingerprint[:12]}).",
                f"If this delivery replaces it, write 'supersedes: {other.fingerprint}' into the note.",
            )
