"""Posting: what was published becomes what is owed, once both sides have signed.

Belongs here: the conditions under which a settlement may enter the ledger. Does not belong here: computing it.
"""

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
    def version_in_force(self, contract_year: str) -> Path | None: ...


def post(folder: Published, contract_year: str) -> Entry:
    """Append a posted entry naming the manifest of the published version in force. Posting the same again is one entry.

    Raises UsageError when nothing is published, nothing published rests on what is in force, or the payment is withheld;
    ApprovalMissing when protocol or terms are not signed as they stand, or a waiver that was relied on is in force no more;
    VerificationFailed when a published file was changed or its manifest is not in the ledger.
    """
    run = f"outcomeb run --year {contract_year}"
    latest = folder.latest_version(contract_year)
    if latest is None:
        raise UsageError(f"Nothing is published for {contract_year}.", f"Run it first: {run}.")
    folder.require_signed()
    version = folder.version_in_force(contract_year)
    result = publication.result(version) if version is not None else None
    if result is None or result["payment"]["amount_gbp"] is None:
        relied_on = {w["finding"] for w in publication.result(latest)["signatures"]["waivers"]}
        if relied_on - {w.finding_sha256 for w in folder.waivers}:
            raise ApprovalMissing(
                f"{contract_year}/{latest.name} rests on a waiver that is not in force on {folder.on}.",
                f"Have it signed anew by both sides, or run again without it: {run}.",
            )
    if version is None or result is None:
        raise UsageError(
            f"No published version of {contract_year} rests on the deliveries, protocol, terms and waivers in force on "
            f"{folder.on} and on what earlier years were paid.",
            f"Run it again: {run}.",
        )
    manifest = publication.verify(version)
    entries = folder.ledger.entries()
    if not any(e.kind == "published" and e.body["manifest_sha256"] == manifest for e in entries):
        raise VerificationFailed(f"{contract_year}/{version.name} is not entered in the ledger.", "Run it again to enter it.")
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
