"""Deliveries: receive, fingerprint, supersede; which delivery is in force as at a date.

Belongs here: everything between a folder that a supplier sends and the kept rows that cleaning reads.
Does not belong here: what a contract says (`pipeline.contracts`), what rows mean (`pipeline.cleaning`), whether wrong control
totals close a gate (`pipeline.assurance`).

Layout: store/deliveries/<fingerprint>/ holds delivery.yaml, files/, kept.parquet, quarantined.parquet, receipt.json;
store/deliveries.jsonl is the append-only register. A folder without an entry is an unfinished receipt and is swept.
"""

from pipeline.deliveries.kept_rows import file_paths, kept
from pipeline.deliveries.receipt import Quarantined, Receipt
from pipeline.deliveries.receive import receive
from pipeline.deliveries.register import (
    DeliveredFile,
    Delivery,
    deliveries,
    in_force,
    inputs_sha256,
    latest_received,
)

__all__ = [
    "DeliveredFile",
    "Delivery",
    "Quarantined",
    "Receipt",
    "deliveries",
    "file_paths",
    "in_force",
    "inputs_sha256",
    "kept",
    "latest_received",
    "receive",
]
