"""Receiving: find delivery notes, refuse what is not what it says, store the rest once.

Belongs here: the order of the steps, and that a delivery is either wholly in the store and the register or not at all.
Does not belong here: the single judgements (`note`, `header`, `source`, `row_checks`, `workbook`, `admission`).
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipeline import engine
from pipeline.contracts import Contract, read_contract
from pipeline.deliveries.admission import check_admission
from pipeline.deliveries.kept_rows import KEPT_NAME, QUARANTINED_NAME, write_rows
from pipeline.deliveries.note import NOTE_NAME, Note, read_note
from pipeline.deliveries.receipt import Receipt
from pipeline.deliveries.register import DeliveredFile, Delivery, deliveries, enter, folder_of
from pipeline.deliveries.row_checks import reason_sql, reasons
from pipeline.deliveries.source import load, open_source
from pipeline.deliveries.totals import measure
from pipeline.deliveries.workbook import check_workbook
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
        found |= {c.resolve() for c in candidates if c.name == NOTE_NAME and store.root.resolve() not in c.resolve().parents}
    if not found:
        raise UsageError(f"No {NOTE_NAME} was found.", "A delivery is a folder with its files and a delivery note.")
    return sorted(found)


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


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(note_path: Path, note: Note, hashes: Sequence[str], aside: Path) -> list[Path]:
    """Copy note and files aside; everything after reads the copies. Raises DeliveryRefused if a file changed meanwhile."""
    files = aside / "files"
    files.mkdir()
    shutil.copyfile(note_path, aside / NOTE_NAME)
    copies = [Path(shutil.copyfile(note_path.parent / name, files / name)) for name in note.files]
    for copy, sha256 in zip(copies, hashes, strict=True):
        if file_sha256(copy) != sha256:
            raise DeliveryRefused(f"{copy.name} changed while it was read.", "Receive it once its writer has finished.")
    return copies


def _rows(con: DuckDBPyConnection, copies: Sequence[Path], contract: Contract, receipt: Receipt, aside: Path) -> Receipt:
    """Read, judge and write the rows; the receipt with its counts. Raises DeliveryRefused where no row fits the contract."""
    sources = [open_source(con, copy, contract, receipt.first_month) for copy in copies]
    names = " and ".join(copy.name for copy in copies)
    keys = {source.layout.person_key for source in sources}
    if len(keys) > 1:
        raise DeliveryRefused(f"{names}: the files name people by different keys.", "Send one key throughout.")
    load(con, sources, contract, reason_sql(contract))
    measured, quarantined = measure(con, contract), reasons(con)
    set_aside = sum(q.rows for q in quarantined)
    if measured["rows"] == 0:
        raise DeliveryRefused(f"{names}: there are no rows.", "Send the file with its rows.")
    if set_aside == measured["rows"]:
        first = quarantined[0]
        raise DeliveryRefused(
            f"{names}: not one of {measured['rows']:,} rows is {contract.dataset} "
            f"({first.reason} in {first.rows:,} of them, first in row {first.first_row:,}).",
            "Send the dataset that the note names, in its published layout.",
        )
    present = [name for name in contract.column_names if any(name in source.layout.places for source in sources)]
    write_rows(con, present, receipt.fingerprint, receipt.received.isoformat(), aside)
    con.execute("DROP TABLE delivered")
    return replace(
        receipt,
        rows_in=measured["rows"],
        kept=measured["rows"] - set_aside,
        quarantined=quarantined,
        measured=measured,
        person_key=keys.pop(),
        unused_columns=max(source.layout.unused for source in sources),
    )


def _blank_receipt(note: Note, fingerprint: str, contract: Contract) -> Receipt:
    return Receipt(
        fingerprint=fingerprint,
        dataset=note.dataset,
        supplier=note.supplier,
        first_month=note.period.first,
        last_month=note.period.last,
        received=note.received,
        status=note.status,
        supersedes=note.supersedes,
        contract_version=contract.version,
        rows_in=0,
        kept=0,
        quarantined=(),
        declared=note.control_totals.as_dict(),
        measured={},
        person_key=None,
        unused_columns=0,
    )


def _store(
    store: Store, con: DuckDBPyConnection, note_path: Path, note: Note, hashes: Sequence[str], fingerprint: str
) -> Receipt:
    """Write the delivery aside, sync, rename, enter. Raises DeliveryRefused, leaving nothing behind."""
    contract = read_contract(note.dataset)
    receipt = _blank_receipt(note, fingerprint, contract)
    with tempfile.TemporaryDirectory(dir=store.root / "deliveries", prefix=".aside-") as temporary:
        aside = Path(temporary) / fingerprint
        aside.mkdir()
        copies = _copy(note_path, note, hashes, aside)
        if contract.form == "workbook":
            for copy in copies:
                check_workbook(copy, contract)
        else:
            receipt = _rows(con, copies, contract, receipt, aside)
        text = json.dumps(receipt.as_dict(), indent=1, sort_keys=True, ensure_ascii=False)
        (aside / "receipt.json").write_text(text + "\n", encoding="utf-8")
        for name in (KEPT_NAME, QUARANTINED_NAME, "receipt.json", NOTE_NAME):
            if (aside / name).exists():
                _sync(aside / name)
        for copy in copies:
            _sync(copy)
        files = tuple(DeliveredFile(c.name, h, c.stat().st_size) for c, h in zip(copies, hashes, strict=True))
        os.rename(aside, folder_of(store, fingerprint))
    _sync(store.root / "deliveries")
    enter(store, Delivery(fingerprint, files, receipt))
    return receipt


def _receive_one(store: Store, con: DuckDBPyConnection, note_path: Path, note: Note) -> Receipt:
    hashes = [file_sha256(note_path.parent / name) for name in note.files]
    fingerprint = note.fingerprint(hashes)
    received = deliveries(store)
    known = next((d for d in received if d.fingerprint == fingerprint), None)
    if known is not None:
        return replace(known.receipt, new=False)
    check_admission(note, received)
    return _store(store, con, note_path, note, hashes, fingerprint)


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
        raise DeliveryRefused(f"{len(refused)} of {len(found)} deliveries refused ({stored}):\n{listed}")
    return receipts
