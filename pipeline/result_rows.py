"""The sections of a result that account for rows: fates, repairs, and what cleaning counts beside them.

Belongs here: these sections, disclosed. Does not belong here: counting (`pipeline.cleaning`), the rest of a result (`result`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from pipeline.deliveries.receipt import Receipt
from pipeline.result import Disclose, records


def accounting_section(accounts: Mapping[str, pd.DataFrame], disclose: Disclose) -> list[dict[str, Any]]:
    """What became of every delivered row, by dataset. accounts : dataset to fate, reason, clause, rows."""
    return [
        {"dataset": dataset} | line | {"rows": disclose(line["rows"])}
        for dataset, frame in sorted(accounts.items())
        for line in records(
            frame.fillna("").sort_values(["fate", "reason", "clause"], kind="stable"), ["fate", "reason", "clause", "rows"]
        )
    ]


def repairs_section(
    accounts: Mapping[str, pd.DataFrame],
    read_otherwise: Mapping[str, pd.DataFrame],
    receipts: Iterable[Receipt],
    disclose: Disclose,
) -> list[dict[str, Any]]:
    """Every repair, counted: what was refused on receipt, read otherwise than delivered, or not simply kept, by dataset.

    accounts, read_otherwise : dataset to fate, reason, clause, rows, and to reason, rows. receipts : of deliveries in force.
    Fates beside those of the accounts: `refused` (on receipt), `rewritten` (a cell read otherwise; these rows are counted
    under what became of them too).
    """
    counted: dict[tuple[str, str, str, str], int] = {}

    def add(dataset: str, fate: str, reason: str, clause: str, rows: int) -> None:
        counted[dataset, fate, reason, clause] = counted.get((dataset, fate, reason, clause), 0) + rows

    for receipt in receipts:
        for refused in receipt.quarantined:
            add(receipt.dataset, "refused", refused.reason, "", refused.rows)
        add(receipt.dataset, "rewritten", "white space around codes is stripped", "", receipt.measured.get("padded", 0))
    for dataset, frame in accounts.items():
        for line in records(frame.fillna(""), ["fate", "reason", "clause", "rows"]):
            add(dataset, line["fate"], line["reason"], line["clause"], line["rows"])
    for dataset, frame in read_otherwise.items():
        for line in records(frame, ["reason", "rows"]):
            add(dataset, "rewritten", line["reason"], "", line["rows"])
    return [
        {"dataset": dataset, "fate": fate, "reason": reason, "clause": clause, "rows": disclose(rows)}
        for (dataset, fate, reason, clause), rows in sorted(counted.items())
        if rows
    ]


def continuous_section(stays: pd.DataFrame, days: int, disclose: Disclose) -> dict[str, Any]:
    """Provider spells and the stays across providers that they are, by financial year of discharge, disclosed.

    stays : `pipeline.cleaning.summary.by_year`. days : the protocol's `cleaning.continuous_spell_days`.
    """
    columns = ["financial_year", "provider_spells", "continuous_spells"]
    return {
        "days": days,
        "years": [
            row | {name: disclose(row[name]) for name in columns[1:]}
            for row in records(stays.sort_values("financial_year"), columns)
        ],
    }


def kinds_section(kinds: pd.DataFrame, disclose: Disclose) -> list[dict[str, Any]]:
    """Outpatient attendances by financial year and kind, disclosed. kinds : `pipeline.cleaning.summary.by_kind`."""
    return [
        row | {"attendances": disclose(row["attendances"])} for row in records(kinds, ["financial_year", "kind", "attendances"])
    ]
