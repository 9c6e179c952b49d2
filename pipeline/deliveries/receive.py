"""Receiving: find delivery notes, refuse what is not what it says, store the rest once.

Belongs here: which deliveries are taken in, in what order, and what is said of those refused.
Does not belong here: storing one (`storing`), the single judgements (`note`, `header`, `source`, `workbook`, `admission`).
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipeline import engine
from pipeline.deliveries.admission import check_admission
from pipeline.deliveries.note import NOTE_NAME, Note, is_data, read_note
from pipeline.deliveries.receipt import Receipt
from pipeline.deliveries.register import deliveries
from pipeline.deliveries.storing import store_delivery
from pipeline.documents import file_sha256
from pipeline.errors import DeliveryRefused, UsageError
from pipeline.store import Store


def find_notes(paths: Sequence[Path], store: Store) -> list[Path]:
    """Every delivery.yaml at or below `paths`, the store itself left out. Raises UsageError when there is none."""
    found: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} is not there.", "Name a delivery folder, or a folder that holds some.")
        candidates = [path] if path.is_file() else sorted(path.rglob(NOTE_NAME))
        found |= {c.absolute() for c in candidates if c.name == NOTE_NAME and store.root.resolve() not in c.resolve().parents}
    if not found:
        raise UsageError(f"No {NOTE_NAME} was found.", "A delivery is a folder with its files and a delivery note.")
    return sorted(found)


def _without_note(notes: Sequence[Path]) -> list[Path]:
    """Folders that lie beside deliveries, hold data and have no note: one that was forgotten would never be missed."""
    homes = {note.parent.parent for note in notes}
    beside = {folder for home in homes for folder in home.iterdir() if folder.is_dir() and not folder.name.startswith(".")}
    return sorted(f for f in beside if not (f / NOTE_NAME).exists() and any(is_data(path) for path in f.iterdir()))


@contextmanager
def _one_at_a_time(store: Store) -> Iterator[None]:
    store.root.mkdir(parents=True, exist_ok=True)
    with (store.root / "deliveries.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(store: Store) -> None:
    """Remove folders without an entry: receipts that a crash left unfinished. The caller holds the lock."""
    home = store.root / "deliveries"
    home.mkdir(parents=True, exist_ok=True)
    entered = {delivery.fingerprint for delivery in deliveries(store)}
    for folder in home.iterdir():
        if folder.name not in entered:
            shutil.rmtree(folder)


def _hash(path: Path) -> str:
    with suppress(OSError):
        return file_sha256(path)
    raise DeliveryRefused(f"{path.name} cannot be read.", "It must be a file that this user may read.")


def _receive_one(store: Store, con: DuckDBPyConnection, note_path: Path, note: Note) -> Receipt:
    hashes = [_hash(note_path.parent / name) for name in note.files]
    fingerprint = note.fingerprint(hashes)
    received = deliveries(store)
    known = next((d for d in received if d.fingerprint == fingerprint), None)
    if known is not None:
        return replace(known.receipt, new=False)
    check_admission(note, received)
    return store_delivery(store, con, note_path, note, hashes, fingerprint)


def receive(store: Store, paths: Sequence[Path], progress: Callable[[str], None] | None = None) -> list[Receipt]:
    """Store every delivery at or below `paths`; one receipt a delivery, in order of receipt date.

    Good deliveries are stored even if others are not; then DeliveryRefused is raised, naming every refused one with its reason
    and remedy. A delivery that was received before is nothing to do, and its receipt says so.
    progress : called with one sentence a delivery.
    """
    notes: list[tuple[Path, Note]] = []
    refused: list[str] = []
    receipts: list[Receipt] = []
    found = find_notes(paths, store)
    for folder in _without_note(found):
        refused.append(
            str(DeliveryRefused(f"{folder.name}: no {NOTE_NAME} lies beside its files.", "Write one, or take the folder away."))
        )
    strays = len(refused)
    for path in found:
        try:
            notes.append((path, read_note(path)))
        except DeliveryRefused as refusal:
            refused.append(f"{path.parent.name}: {refusal}")
    notes.sort(key=lambda pair: (pair[1].received, pair[1].dataset, pair[1].period.first, str(pair[0])))
    with _one_at_a_time(store):
        _sweep(store)
        backend = engine.connect(memory_limit="800MB", spill=store.root / "spill")
        for path, note in notes:
            try:
                receipts.append(_receive_one(store, backend.con, path, note))
            except DeliveryRefused as refusal:
                refused.append(f"{path.parent.name}: {refusal}")
            else:
                if progress is not None:
                    progress(receipts[-1].sentence())
        backend.disconnect()
    if refused:
        listed = "\n".join(f"- {reason}" for reason in refused)
        stored = f"{sum(r.new for r in receipts)} stored, {sum(not r.new for r in receipts)} known before"
        raise DeliveryRefused(f"{len(refused)} of {len(found) + strays} deliveries refused ({stored}):\n{listed}")
    return receipts
