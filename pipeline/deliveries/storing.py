"""Storing one delivery: copied, read, judged, counted, written aside, renamed, entered.

Belongs here: that a delivery is either wholly in the store and the register or not at all.
Does not belong here: which deliveries are taken in, and in what order (`receive`).
"""

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from pipeline.contracts import Contract, read_contract
from pipeline.deliveries.kept_rows import KEPT_NAME, QUARANTINED_NAME, write_rows
from pipeline.deliveries.note import NOTE_NAME, Note
from pipeline.deliveries.receipt import Receipt
from pipeline.deliveries.register import DeliveredFile, Delivery, enter, folder_of
from pipeline.deliveries.row_checks import judge, reasons
from pipeline.deliveries.source import load, open_source, unreadable
from pipeline.deliveries.totals import measure
from pipeline.deliveries.workbook import check_workbook
from pipeline.documents import file_sha256
from pipeline.errors import DeliveryRefused, InternalError
from pipeline.store import Store


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
    present = [column for column in contract.columns if any(column.name in source.layout.places for source in sources)]
    said, full = None, False
    try:
        load(con, sources, [column.name for column in present])
        judge(con, present)
        measured = measure(con, present, first_month=receipt.first_month, last_month=receipt.last_month)
        quarantined = reasons(con)
        write_rows(con, [column.name for column in present], receipt.fingerprint, receipt.received.isoformat(), aside)
    except duckdb.OutOfMemoryException:
        full = True
    except duckdb.Error as problem:
        said = str(problem)
    if full:
        raise InternalError(f"{names} needs more memory than the engine was given.", "Split the delivery by months.")
    if said is not None:  # raised outside the handler: the engine's message must not hang on as context
        raise unreadable(copies, said)
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


def store_delivery(
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
            with closing(con.cursor()) as own:  # tables and views of this delivery go with it
                receipt = _rows(own, copies, contract, receipt, aside)
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
