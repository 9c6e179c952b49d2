"""Verdicts on disk: one JSON file a gate, year and set of bindings.

Belongs here: writing and reading a verdict, and noticing that a file was edited.
Does not belong here: what a verdict says (`pipeline.assurance.gate`).

A verdict is a function of what it is bound to, so judging again writes the same file; what was judged when a figure was
published stays in that figure's result.json.
"""

import json
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.assurance.finding import Finding
from pipeline.assurance.gate import Bindings, Verdict
from pipeline.documents import canonical_sha256
from pipeline.errors import VerificationFailed


def write(verdict: Verdict, folder: Path) -> Path:
    """Store `verdict`: written aside, synced, renamed. Returns the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    content = _plain(verdict)
    path = _path(folder, verdict.gate, verdict.contract_year, verdict.bindings)
    aside = path.with_suffix(".aside")
    with aside.open("w", encoding="utf-8") as stream:
        json.dump({"sha256": canonical_sha256(content), "verdict": content}, stream, indent=1, sort_keys=True)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(aside, path)
    return path


def read(folder: Path, gate: str, contract_year: str, bindings: Bindings) -> Verdict | None:
    """The verdict bound to exactly these hashes, or None. Raises VerificationFailed when its file was edited."""
    path = _path(folder, gate, contract_year, bindings)
    if not path.exists():
        return None
    edited = VerificationFailed(f"The stored verdict {path.name} is not what was recorded.", "Run the checks again.")
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        content = stored["verdict"]
        if stored["sha256"] != canonical_sha256(content):
            raise edited
        return Verdict(
            gate=content["gate"],
            contract_year=content["contract_year"],
            verdict=content["verdict"],
            findings=tuple(Finding(**finding) for finding in content["findings"]),
            bindings=Bindings(**content["bindings"]),
            on=date.fromisoformat(content["on"]),
            expires=None if content["expires"] is None else date.fromisoformat(content["expires"]),
        )
    except (ValueError, KeyError, TypeError):
        raise edited from None


def _plain(verdict: Verdict) -> dict[str, Any]:
    content = asdict(verdict)
    content["findings"] = [finding.as_dict() for finding in verdict.findings]
    content["on"] = verdict.on.isoformat()
    content["expires"] = None if verdict.expires is None else verdict.expires.isoformat()
    return content


def _path(folder: Path, gate: str, contract_year: str, bindings: Bindings) -> Path:
    return folder / f"{gate}-{contract_year}-{bindings.sha256[:16]}.json"
