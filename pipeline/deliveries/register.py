"""The register of deliveries, append-only, and what is in force as at a date.

Belongs here: entries of store/deliveries.jsonl and pure questions about a list of deliveries.
Does not belong here: taking a delivery in (`receive`), its rows (`kept_rows`).
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.deliveries.receipt import Receipt, receipt_from
from pipeline.documents import canonical_sha256
from pipeline.errors import UsageError, VerificationFailed
from pipeline.store import Store


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """One file of a delivery. size : bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery as it stands in the register."""

    fingerprint: str
    files: tuple[DeliveredFile, ...]
    receipt: Receipt

    @property
    def dataset(self) -> str:
        return self.receipt.dataset

    @property
    def supplier(self) -> str:
        return self.receipt.supplier

    @property
    def first_month(self) -> str:
        return self.receipt.first_month

    @property
    def last_month(self) -> str:
        return self.receipt.last_month

    @property
    def received(self) -> date:
        return self.receipt.received

    @property
    def status(self) -> str:
        return self.receipt.status

    @property
    def supersedes(self) -> str | None:
        return self.receipt.supersedes

    def overlaps(self, first_month: str, last_month: str) -> bool:
        """Whether the months covered share one with `first_month` to `last_month`."""
        return self.first_month <= last_month and first_month <= self.last_month


def register_path(store: Store) -> Path:
    """The append-only list of entries, one JSON document a line."""
    return store.root / "deliveries.jsonl"


def folder_of(store: Store, fingerprint: str) -> Path:
    """Where the bytes and the rows of one delivery lie."""
    return store.root / "deliveries" / fingerprint


def _complete_lines(path: Path) -> list[bytes]:
    """Lines that end in a newline; a last line without one is an entry that was never finished."""
    written = path.read_bytes() if path.exists() else b""
    return written.split(b"\n")[:-1]


def _delivery_from(plain: dict[str, Any]) -> Delivery:
    files = tuple(DeliveredFile(**file) for file in plain["files"])
    return Delivery(plain["fingerprint"], files, receipt_from(plain["receipt"]))


def deliveries(store: Store) -> list[Delivery]:
    """Every delivery ever received, in the order of receiving. Raises VerificationFailed where an entry is not readable."""
    found = []
    for number, line in enumerate(_complete_lines(register_path(store)), start=1):
        try:
            found.append(_delivery_from(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            raise VerificationFailed(
                f"Entry {number} of {register_path(store).name} is not an entry.", "Restore the store from its backup."
            ) from None
    return found


def enter(store: Store, delivery: Delivery) -> None:
    """Append one entry, synced. The unfinished tail of a crash is cut first. The caller holds the lock."""
    path = register_path(store)
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = {
        "fingerprint": delivery.fingerprint,
        "files": [asdict(file) for file in delivery.files],
        "receipt": delivery.receipt.as_dict(),
    }
    finished = sum(len(line) + 1 for line in _complete_lines(path))
    with path.open("ab") as stream:
        stream.truncate(finished)
        stream.write(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def in_force(received: Iterable[Delivery], on: date) -> list[Delivery]:
    """Deliveries that count on a day: received by then and superseded by none received by then.

    What was superseded stays so when its successor is itself superseded. Ordered by dataset, period, receipt, fingerprint.
    """
    by_then = [delivery for delivery in received if delivery.received <= on]
    replaced = {delivery.supersedes for delivery in by_then}
    standing = [delivery for delivery in by_then if delivery.fingerprint not in replaced]
    return sorted(standing, key=lambda d: (d.dataset, d.first_month, d.last_month, d.received, d.fingerprint))


def latest_received(received: Sequence[Delivery]) -> date:
    """The last day on which anything was received. Raises UsageError when nothing was."""
    if not received:
        raise UsageError("Nothing has been received.", "Receive deliveries first: outcomeb receive PATH.")
    return max(delivery.received for delivery in received)


def inputs_sha256(received: Iterable[Delivery]) -> str:
    """Hash of a set of deliveries, whatever their order."""
    return canonical_sha256(sorted(delivery.fingerprint for delivery in received))
