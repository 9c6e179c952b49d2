"""Which code computed a result: the hash of the installed package's files.

Belongs here: that hash. Does not belong here: versions of dependencies (the lock file, which is hashed with it).
"""

import hashlib
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("data_contracts", "pipeline", "reports", "assets")
KINDS = {".py", ".yaml", ".yml", ".json", ".typ", ".toml"}


@lru_cache(maxsize=1)
def code_version() -> str:
    """sha256 over names and bytes of every source file of the package, and of the lock file where it stands beside it."""
    files = [p for part in PARTS for p in (ROOT / part).rglob("*") if p.suffix in KINDS and "__pycache__" not in p.parts]
    lock = ROOT / "requirements.txt"
    if lock.exists():
        files.append(lock)
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda p: p.relative_to(ROOT).as_posix()):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
