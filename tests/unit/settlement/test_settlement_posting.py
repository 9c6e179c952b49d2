"""Posting: only the version in force, only while what it rests on holds. Each refusal has a case."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline import publication
from pipeline.approvals import Waiver
from pipeline.errors import ApprovalMissing, UsageError, VerificationFailed
from pipeline.settlement.ledger import Ledger
from pipeline.settlement.posting import post

YEAR, TERMS = "2016-17", "t" * 64


@dataclass
class Folder:
    """What posting sees of a study folder; `standing` is the version in force."""

    root: Path
    standing: Path | None = None
    waivers: list[Waiver] = field(default_factory=list)
    on: date = date(2019, 7, 15)

    @property
    def ledger(self) -> Ledger:
        return Ledger(f"sqlite:///{self.root / 'ledger.sqlite'}")

    def require_signed(self) -> None:
        """Signed."""

    def latest_version(self, contract_year: str) -> Path | None:
        found = publication.versions(self.root, contract_year)
        return found[-1] if found else None

    def version_in_force(self, _: str) -> Path | None:
        return self.standing


def published(folder: Folder, amount: str | None, waived: str | None = None, terms: str = TERMS) -> Path:
    """Publish and enter one more version."""
    run = {"run_id": "r", "code_version": "c", "protocol_sha256": "p", "terms_sha256": terms, "on": "2019-07-15", "inputs": []}
    result: dict[str, Any] = {
        "run": run,
        "payment": {"amount_gbp": amount, "clause": "7.1", "interim": False, "statement": "the data gate is shut"},
        "signatures": {
            "approvals": [{"sha256": TERMS, "name": "Ada"}],
            "waivers": [{"finding": waived}] if waived else [],
        },
    }
    version = publication.publish(
        folder.root, YEAR, result=result, render=lambda _, into: (into / "report.html").write_text("x"), snapshots={}
    )
    folder.ledger.append(kind="published", contract_year=YEAR, body={"manifest_sha256": version.manifest_sha256})
    return version.folder


def test_the_version_in_force_is_posted_and_not_the_last_one(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.standing = published(folder, "10.00")
    published(folder, "99.00")
    entry = post(folder, YEAR)
    assert (entry.body["version"], entry.body["amount_gbp"]) == ("v1", "10.00")
    assert post(folder, YEAR) == entry


def test_nothing_published_nothing_in_force_nothing_due(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with pytest.raises(UsageError, match="Nothing is published"):
        post(folder, YEAR)
    withheld = published(folder, None)
    with pytest.raises(UsageError, match="rests on the deliveries"):
        post(folder, YEAR)
    folder.standing = withheld
    with pytest.raises(UsageError, match="withheld"):
        post(folder, YEAR)
    assert folder.ledger.posted(YEAR) is None


@pytest.mark.parametrize("withheld_stands", [True, False])
def test_a_waiver_that_ended_carries_no_payment(tmp_path: Path, withheld_stands: bool) -> None:
    folder = Folder(tmp_path)
    withheld, waived = published(folder, None), published(folder, "10.00", waived="f" * 64)
    folder.standing = withheld if withheld_stands else None
    with pytest.raises(ApprovalMissing, match="v2 rests on a waiver that is not in force on 2019-07-15"):
        post(folder, YEAR)
    folder.standing, folder.waivers = waived, [Waiver("f" * 64, date(2019, 12, 31), "reason", ("Ada", "Ben"))]
    assert post(folder, YEAR).body["version"] == "v2"


def test_unsigned_terms_spoiled_files_and_unknown_versions_are_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.standing = published(folder, "10.00", terms="u" * 64)
    with pytest.raises(ApprovalMissing, match="terms that nobody signed"):
        post(folder, YEAR)
    folder.standing = published(folder, "10.00")
    (folder.standing / "report.html").write_text("y")
    with pytest.raises(VerificationFailed, match=r"report\.html"):
        post(folder, YEAR)
    (folder.standing / "report.html").write_text("x")
    (tmp_path / "ledger.sqlite").unlink()
    with pytest.raises(VerificationFailed, match="not entered in the ledger"):
        post(folder, YEAR)
