"""The ledger: append-only, hash-chained entries of what was published and what was posted.

Belongs here: appending an entry once, reading the chain, verifying it. Does not belong here: how an amount came to be
(`payment`) and what was approved (`pipeline.approvals`). SQLite by default, any SQLAlchemy URL by configuration.

Every entry carries a key derived from its content, so that a retry after a crash finds the entry it had made.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from pipeline.documents import canonical_sha256
from pipeline.errors import VerificationFailed

GENESIS = "0" * 64

_METADATA = sa.MetaData()
_ENTRIES = sa.Table(
    "entries",
    _METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("contract_year", sa.String(7), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("previous_sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `body` is plain JSON data; `sha256` chains number, key, kind, year, body and the previous entry's hash."""

    number: int
    key: str
    kind: str
    contract_year: str
    body: dict[str, Any]
    previous_sha256: str
    sha256: str


def _hash(number: int, key: str, kind: str, contract_year: str, body: str, previous: str) -> str:
    return canonical_sha256([number, key, kind, contract_year, body, previous])


class Ledger:
    """The ledger at a SQLAlchemy URL, for example `sqlite:///store/ledger.sqlite`."""

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url)
        if self._engine.dialect.name == "sqlite":
            # SQLite's own driver delays BEGIN until the first write: two writers could then read the same last entry
            sa.event.listen(self._engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
            sa.event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        _METADATA.create_all(self._engine)

    def append(self, *, kind: str, contract_year: str, body: Mapping[str, Any]) -> Entry:
        """Append `body`, or return the entry that already holds it: appending the same content twice is one entry.

        kind : 'published' (a manifest) or 'posted' (a settlement naming a manifest).
        """
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        key = canonical_sha256([kind, contract_year, text])
        with self._engine.begin() as connection:
            known = connection.execute(sa.select(_ENTRIES).where(_ENTRIES.c.key == key)).one_or_none()
            if known is not None:
                return _entry(known)
            last = connection.execute(sa.select(_ENTRIES).order_by(_ENTRIES.c.number.desc()).limit(1)).one_or_none()
            number, previous = (last.number + 1, last.sha256) if last is not None else (1, GENESIS)
            sha256 = _hash(number, key, kind, contract_year, text, previous)
            row = {
                "number": number,
                "key": key,
                "kind": kind,
                "contract_year": contract_year,
                "body": text,
                "previous_sha256": previous,
                "sha256": sha256,
            }
            connection.execute(_ENTRIES.insert().values(**row))
        return Entry(number, key, kind, contract_year, json.loads(text), previous, sha256)

    def entries(self) -> list[Entry]:
        """Every entry, in order."""
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(sa.select(_ENTRIES).order_by(_ENTRIES.c.number))]

    def posted(self, contract_year: str) -> Entry | None:
        """The latest posted settlement of a contract year."""
        return next((e for e in reversed(self.entries()) if e.kind == "posted" and e.contract_year == contract_year), None)

    def paid_before(self, contract_year: str) -> tuple[Decimal, tuple[str, ...]]:
        """Sum of what earlier contract years were last posted at, and the hashes of those entries (inputs of a run)."""
        latest = {e.contract_year: e for e in self.entries() if e.kind == "posted" and e.contract_year < contract_year}
        counted = [latest[year] for year in sorted(latest)]
        return sum((Decimal(e.body["amount_gbp"]) for e in counted), Decimal(0)), tuple(e.sha256 for e in counted)

    def verify(self) -> int:
        """Walk the chain from genesis; returns the number of entries. Raises VerificationFailed at the first misfit."""
        previous = GENESIS
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_ENTRIES).order_by(_ENTRIES.c.number)).all()
        for position, row in enumerate(rows, start=1):
            expected = _hash(row.number, row.key, row.kind, row.contract_year, row.body, row.previous_sha256)
            key = canonical_sha256([row.kind, row.contract_year, row.body])
            if row.number != position or row.previous_sha256 != previous or row.sha256 != expected or row.key != key:
                raise VerificationFailed(
                    f"Ledger entry {position} does not fit the chain.", "Restore the ledger from a copy; do not edit it."
                )
            previous = row.sha256
        return len(rows)


def _entry(row: Any) -> Entry:
    return Entry(row.number, row.key, row.kind, row.contract_year, json.loads(row.body), row.previous_sha256, row.sha256)
