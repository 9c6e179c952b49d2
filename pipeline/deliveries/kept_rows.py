"""The kept rows of the deliveries in force, as one table of the engine.

Belongs here: writing kept and quarantined rows once, reading kept rows back. Does not belong here: judging them.
"""

from collections.abc import Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
from duckdb import DuckDBPyConnection

from pipeline import tables
from pipeline.contracts import read_contract
from pipeline.deliveries.register import Delivery, folder_of
from pipeline.errors import DeliveryRefused, UsageError, VerificationFailed
from pipeline.store import Store

KEPT_NAME = "kept.parquet"
QUARANTINED_NAME = "quarantined.parquet"


def write_rows(con: DuckDBPyConnection, columns: Sequence[str], fingerprint: str, received: str, folder: Path) -> None:
    """Write kept.parquet and quarantined.parquet from the engine's view `delivered`, the latter with REASON.

    columns : those that the delivery has; the others are null in every row and need no room.
    """
    shape = ", ".join(
        [*(f'"{name}"' for name in columns), f"'{fingerprint}' AS DELIVERY", f"'{received}' AS RECEIVED", "ROW_NO"]
    )
    for extra, where, name in (("", "NULL", KEPT_NAME), (", REASON", "NOT NULL", QUARANTINED_NAME)):
        path = str(folder / name).replace("'", "''")
        con.execute(
            f"COPY (SELECT {shape}{extra} FROM delivered WHERE REASON IS {where} ORDER BY ROW_NO) "
            f"TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
        )


def kept(store: Store, received: Sequence[Delivery], dataset: str) -> ir.Table:
    """Kept rows of the deliveries of `dataset` among `received` (pass those in force): contract columns as text, and ORIGIN.

    Raises UsageError when there is none; DeliveryRefused when the deliveries name people by different keys, which only a
    crosswalk may join; VerificationFailed when rows that the register knows are gone from the store.
    """
    contract = read_contract(dataset)
    here = [delivery for delivery in received if delivery.dataset == dataset]
    if contract.form == "workbook":
        raise UsageError(f"{dataset} is a workbook and has no rows.", "Read its files: pipeline.deliveries.file_paths.")
    if not here:
        raise UsageError(f"No delivery of {dataset} is in force.", "Receive one, or declare the dataset absent in study.yaml.")
    keys = sorted({d.receipt.person_key for d in received if d.receipt.person_key is not None})
    if contract.person_level and len(keys) > 1:
        fewest = min(keys, key=lambda key: sum(d.receipt.person_key == key for d in received))
        odd = [f"{d.dataset} {d.receipt.period}" for d in received if d.receipt.person_key == fewest]
        raise DeliveryRefused(
            f"People are named by {' and '.join(keys)} in different deliveries: joined, they would match nobody. {fewest} is "
            f"the key of {', '.join(odd[:3])}{f' and {len(odd) - 3} more' if len(odd) > 3 else ''}.",
            "Ask the suppliers for one key throughout, and supersede the deliveries that have another.",
        )
    paths = [folder_of(store, delivery.fingerprint) / KEPT_NAME for delivery in here]
    for delivery, path in zip(here, paths, strict=True):
        if not path.exists():
            raise VerificationFailed(f"The kept rows of {dataset} {delivery.fingerprint[:12]} are gone.", "Restore the store.")
    rows = store.con.read_parquet([str(path) for path in paths], union_by_name=True)
    absent = {name: ibis.null("string") for name in contract.column_names if name not in rows.columns}
    return rows.mutate(**absent).select(*contract.column_names, *tables.ORIGIN)


def file_paths(store: Store, delivery: Delivery) -> list[Path]:
    """The delivered files as stored, in the note's order. Raises VerificationFailed when one is gone."""
    paths = [folder_of(store, delivery.fingerprint) / "files" / file.name for file in delivery.files]
    for path in paths:
        if not path.exists():
            raise VerificationFailed(
                f"{path.name} of {delivery.dataset} {delivery.fingerprint[:12]} is gone.", "Restore the store."
            )
    return paths
