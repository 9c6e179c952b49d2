"""Posting: what was published becomes what is owed, once both sides have signed.

Belongs here: the conditions under which a settlement may enter the ledger. Does not belong here: computing it.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from pipeline import publication
from pipeline.errors import ApprovalMissing, UsageError, VerificationFailed
from pipeline.settlement.ledger import Entry, Ledger


class Published(Protocol):
    """What posting needs of a study folder."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def waivers(self) -> Sequence[Any]: ...
    @property
    def on(self) -> Any: ...
    def require_signed(self) -> None: ...
    def latest_version(self, contract_year: str) -> Path | None: ...


def post(folder: Published, contract_year: str) -> Entry:
    """Append a posted entry naming the manifest of the latest published version. Posting the same again is one entry.

    Raises UsageError when nothing is published or the payment is withheld, ApprovalMissing when protocol or terms are not
    signed as they stand or the published terms are others, VerificationFailed when a published file was changed or its
    manifest is not in the ledger.
    """
    version = folder.latest_version(contract_year)
    if version is None:
        raise UsageError(f"Nothing is published for {contract_year}.", f"Run it first: outcomeb run --year {contract_year}.")
    folder.require_signed()
    manifest = publication.verify(version)
    entries = folder.ledger.entries()
    if not any(e.kind == "published" and e.body["manifest_sha256"] == manifest for e in entries):
        raise VerificationFailed(f"{contract_year}/{version.name} is not entered in the ledger.", "Run it again to enter it.")
    result = json.loads((version / "result.json").read_text(encoding="utf-8"))
    if result["payment"]["amount_gbp"] is None:
        raise UsageError(
            f"The payment for {contract_year} is withheld: {result['payment']['statement']}", "There is nothing to post."
        )
    if not any(a["sha256"] == result["run"]["terms_sha256"] for a in result["signatures"]["approvals"]):
        raise ApprovalMissing(
            f"{contract_year}/{version.name} rests on terms that nobody signed.", "Sign the terms, run again."
        )
    return folder.ledger.append(
        kind="posted",
        contract_year=contract_year,
        body={
            "amount_gbp": result["payment"]["amount_gbp"],
            "clause": result["payment"]["clause"],
            "interim": result["payment"]["interim"],
            "run_id": result["run"]["run_id"],
            "code_version": result["run"]["code_version"],
            "protocol_sha256": result["run"]["protocol_sha256"],
            "terms_sha256": result["run"]["terms_sha256"],
            "manifest_sha256": manifest,
            "version": version.name,
            "approved_by": [a["name"] for a in result["signatures"]["approvals"]],
            "on": result["run"]["on"],
        },
    )
