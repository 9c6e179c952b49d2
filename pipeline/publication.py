"""Published versions: `published/<contract year>/v<k>/`, never overwritten, entered in the ledger by their manifest's hash.

Belongs here: writing a version's files aside, comparing, renaming, the manifest, and checking files against it.
Does not belong here: what the files say (`pipeline.result`, `reports`).
"""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import aside
from pipeline.documents import file_sha256
from pipeline.errors import VerificationFailed

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Version:
    """One published version. `new` is False when its bytes were published before."""

    contract_year: str
    number: int
    folder: Path
    manifest_sha256: str
    new: bool


def json_bytes(document: Any) -> bytes:
    """The one way a document becomes bytes: sorted keys, two spaces, UTF-8, newline at the end."""
    return (json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def versions(published: Path, contract_year: str) -> list[Path]:
    """Folders v1, v2, … of a contract year, in order."""
    found = [p for p in (published / contract_year).glob("v*") if p.name[1:].isdigit() and (p / MANIFEST).exists()]
    return sorted(found, key=lambda p: int(p.name[1:]))


def publish(
    published: Path,
    contract_year: str,
    *,
    result: Mapping[str, Any],
    render: Callable[[dict[str, Any], Path], Any],
    snapshots: Mapping[str, str],
) -> Version:
    """Write result.json and what `render` makes of it as the next version, unless its bytes equal an earlier version's.

    snapshots : name to sha256 of every stored table the result rests on, for the manifest.
    """
    year = published / contract_year
    year.mkdir(parents=True, exist_ok=True)
    aside.sweep(year)
    with tempfile.TemporaryDirectory(prefix=aside.prefix(), dir=year) as temporary:
        written = Path(temporary) / "version"
        written.mkdir()
        return _enter(published, contract_year, written, result, render, snapshots)


def _enter(
    published: Path,
    contract_year: str,
    written: Path,
    result: Mapping[str, Any],
    render: Callable[[dict[str, Any], Path], Any],
    snapshots: Mapping[str, str],
) -> Version:
    """Fill the folder `written`, and rename it into place unless its bytes stand there already."""
    (written / "result.json").write_bytes(json_bytes(result))
    render(json.loads((written / "result.json").read_text(encoding="utf-8")), written)
    files = {p.relative_to(written).as_posix(): file_sha256(p) for p in sorted(written.rglob("*")) if p.is_file()}
    manifest = {
        "schema": "outcomeb/manifest/1",
        "contract_year": contract_year,
        "run_id": result["run"]["run_id"],
        "code_version": result["run"]["code_version"],
        "files": files,
        "inputs": {f"{i['dataset']} {i['first_month']}": i["sha256"] for i in result["run"]["inputs"]},
        "snapshots": dict(sorted(snapshots.items())),
    }
    (written / MANIFEST).write_bytes(json_bytes(manifest))
    sha256 = file_sha256(written / MANIFEST)
    earlier = versions(published, contract_year)
    for same in (folder for folder in earlier if file_sha256(folder / MANIFEST) == sha256):
        return Version(contract_year, int(same.name[1:]), same, sha256, new=False)
    number = max((int(folder.name[1:]) for folder in earlier), default=0) + 1
    for path in written.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
    folder = published / contract_year / f"v{number}"
    os.replace(written, folder)
    return Version(contract_year, number, folder, sha256, new=True)


def result(folder: Path) -> dict[str, Any]:
    """The result.json of a version. Raises VerificationFailed when it cannot be read."""
    try:
        found: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        where = f"{folder.parent.name}/{folder.name}"
        raise VerificationFailed(f"{where}/result.json is missing or unreadable.", "Restore it from a copy.") from None
    return found


def verify(folder: Path) -> str:
    """Check every file of a version against its manifest; returns the manifest's hash.

    Raises VerificationFailed naming the file that is missing, changed or was never published.
    """
    where = f"{folder.parent.name}/{folder.name}"
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (FileNotFoundError, ValueError, KeyError):
        raise VerificationFailed(f"{where}/{MANIFEST} is missing or unreadable.", "Restore it from a copy.") from None
    for name, sha256 in files.items():
        path = folder / name
        if not path.is_file() or file_sha256(path) != sha256:
            raise VerificationFailed(f"{where}/{name} is not what was published.", "Restore it from a copy, or run again.")
    extra = sorted({p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - set(files) - {MANIFEST})
    if extra:
        raise VerificationFailed(f"{where}/{extra[0]} was not published.", "Move it elsewhere.")
    return file_sha256(folder / MANIFEST)
