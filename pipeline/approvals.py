"""Who signed what: approvals of protocol, terms and contracts, and waivers of findings.

Belongs here: `approvals.yaml` (append-only), and whether what it holds is enough for a hash on a day.
Does not belong here: the documents signed, and what a missing signature stops (the asset graph and the ledger).
"""

import datetime
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.documents import canonical_sha256, read_model
from pipeline.errors import ApprovalMissing, ProtocolInvalid, UsageError
from pipeline.settlement.terms import Parties

What = Literal["protocol", "terms", "contracts", "waiver"]


class Approval(BaseModel):
    """One signature. It counts for exactly the hash it names, for the side whose organisation is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    what: What
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1)
    role: str = Field(min_length=1)
    organisation: str = Field(min_length=1)
    date: datetime.date
    reason: str = Field(min_length=1)
    expires: datetime.date | None = None
    rehearsal: bool = False

    @model_validator(mode="after")
    def _waivers_expire(self) -> "Approval":
        if self.what == "waiver" and self.expires is None:
            raise ValueError("a waiver must name the day it expires")
        if self.expires is not None and self.expires < self.date:
            raise ValueError("expires before it is signed")
        return self


class Approvals(BaseModel):
    """approvals.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    approvals: list[Approval] = []


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding waived by both sides: valid for that exact finding, until it expires.

    signed_by, organisations, signed_on : commissioner's first, then investor's.
    """

    finding_sha256: str
    expires: datetime.date
    reason: str
    signed_by: tuple[str, str]
    organisations: tuple[str, ...] = ()
    signed_on: tuple[datetime.date, ...] = ()


def read_approvals(folder: Path) -> list[Approval]:
    """What has been signed in a study folder; nothing when the file is not there yet. Raises ProtocolInvalid with line."""
    path = folder / "approvals.yaml"
    return read_model(path, Approvals).approvals if path.exists() else []


def _sides(approvals: Sequence[Approval], parties: Parties) -> dict[str, list[Approval]]:
    sides: dict[str, list[Approval]] = {"commissioner": [], "investor": []}
    for approval in approvals:
        for side in sides:
            if approval.organisation == getattr(parties, side).organisation:
                sides[side].append(approval)
    return sides


def _pair(approvals: Sequence[Approval], parties: Parties) -> tuple[Approval, Approval] | None:
    """Two different people, one of each side; the earliest pair by date and name."""
    sides = _sides(sorted(approvals, key=lambda a: (a.date, a.name)), parties)
    for ours in sides["commissioner"]:
        for theirs in sides["investor"]:
            if ours.name.casefold().strip() != theirs.name.casefold().strip():
                return ours, theirs
    return None


def require(
    approvals: Sequence[Approval], *, what: What, sha256: str, parties: Parties, on: datetime.date
) -> tuple[Approval, Approval]:
    """The two signatures on `sha256` in force on `on`. Raises ApprovalMissing saying which side is missing or void."""
    named = [a for a in approvals if a.what == what and a.date <= on]
    valid = [a for a in named if a.sha256 == sha256 and (a.expires is None or a.expires >= on)]
    pair = _pair(valid, parties)
    if pair:
        return pair
    sides = _sides(valid, parties)
    if sides["commissioner"] and sides["investor"]:
        problem = "both sides' signatures are by one person"
    else:
        absent = " and ".join(side for side in sides if not sides[side])
        changed = any(a.sha256 != sha256 for a in named)
        problem = f"no valid signature of the {absent}" + (
            " (an earlier version was signed, and has changed since)" if changed else ""
        )
    raise ApprovalMissing(
        f"The {what} with hash {sha256[:12]} is not approved as at {on}: {problem}.",
        f"Each side signs with: outcomeb approve --what {what} --name … --role … --organisation … --reason ….",
    )


def waivers(approvals: Sequence[Approval], *, parties: Parties, on: datetime.date) -> list[Waiver]:
    """Waivers signed by both sides and in force on `on`, in the order of their findings' hashes."""
    found = []
    for sha256 in sorted({a.sha256 for a in approvals if a.what == "waiver"}):
        valid = [a for a in approvals if a.what == "waiver" and a.sha256 == sha256 and a.date <= on <= (a.expires or on)]
        pair = _pair(valid, parties)
        if pair:
            expires = min(a.expires for a in pair if a.expires is not None)
            found.append(
                Waiver(
                    finding_sha256=sha256,
                    expires=expires,
                    reason="; ".join(dict.fromkeys(a.reason for a in pair)),
                    signed_by=(pair[0].name, pair[1].name),
                    organisations=tuple(a.organisation for a in pair),
                    signed_on=tuple(a.date for a in pair),
                )
            )
    return found


def waivers_sha256(waived: Sequence[Waiver]) -> str:
    """Hash of the waivers in force, for the bindings of a verdict."""
    return canonical_sha256([[w.finding_sha256, w.expires.isoformat(), w.reason, list(w.signed_by)] for w in waived])


def append(folder: Path, approval: Approval) -> None:
    """Add a signature to approvals.yaml; what stands there is never changed. Raises UsageError when it is there already."""
    before = read_approvals(folder)
    if approval in before:
        raise UsageError("That signature is in approvals.yaml already.", "Nothing to do.")
    path = folder / "approvals.yaml"
    text = path.read_text(encoding="utf-8").rstrip() + "\n" if path.exists() else "approvals:\n"
    entry = yaml.safe_dump([approval.model_dump(mode="json", exclude_none=True)], sort_keys=False, allow_unicode=True)
    aside = path.with_suffix(".yaml.aside")
    for indent in ("", "  ", "    "):  # as the list that stands there may be indented
        added = "".join(f"{indent}{line}\n" for line in entry.splitlines())
        aside.write_text(text.replace("approvals: []", "approvals:") + added, encoding="utf-8")
        if _reads_as(aside, [*before, approval]):
            break
    else:
        aside.unlink()
        raise UsageError("A signature could not be added to approvals.yaml.", "Let it end with its list of approvals.")
    os.replace(aside, path)


def _reads_as(path: Path, approvals: Sequence[Approval]) -> bool:
    try:
        return read_model(path, Approvals).approvals == list(approvals)
    except ProtocolInvalid:
        return False


def rehearsal_approvals(study_sha256: str, terms_sha256: str, on: datetime.date) -> list[dict[str, Any]]:
    """Signatures of two fictional people on a rehearsal's protocol and terms, marked as such."""
    people = [
        ("Ada Example (fictional)", "Director of Finance", "Example Commissioning Group"),
        ("Ben Example (fictional)", "Fund Manager", "Example Outcomes Investor"),
    ]
    return [
        {
            "what": what,
            "sha256": sha256,
            "name": name,
            "role": role,
            "organisation": organisation,
            "date": on.isoformat(),
            "reason": "REHEARSAL: nobody signed this",
            "rehearsal": True,
        }
        for what, sha256 in (("protocol", study_sha256), ("terms", terms_sha256))
        for name, role, organisation in people
    ]
