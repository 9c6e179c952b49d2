"""The delivery note: what a supplier says it has sent.

Belongs here: delivery.yaml as a validated model, the files it names, the fingerprint of note and files.
Does not belong here: whether the note may be admitted beside others (`admission`), what the files hold (`source`).
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pipeline.calendar import month_number
from pipeline.contracts import datasets
from pipeline.deliveries.totals import decimal_text
from pipeline.documents import canonical_sha256, read_model
from pipeline.errors import DeliveryRefused, ProtocolInvalid

NOTE_NAME = "delivery.yaml"
DATA_SUFFIXES = (".csv", ".parquet", ".xlsx")

_MonthText = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
_Total = Annotated[Decimal, Field(max_digits=24, decimal_places=6)]
_Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Period(_Part):
    """First and last month the delivery covers, both included."""

    first: _MonthText
    last: _MonthText

    @model_validator(mode="after")
    def _in_order(self) -> "Period":
        if month_number(self.first) > month_number(self.last):
            raise ValueError("the period ends before it begins")
        return self


class ControlTotals(_Part):
    """What the supplier counted before sending: rows, distinct people, sums of columns (exact decimals)."""

    rows: int | None = Field(default=None, ge=0)
    people: int | None = Field(default=None, ge=0)
    sums: dict[str, _Total] = {}

    def as_dict(self) -> dict[str, Any]:
        """The declared totals as plain data, only those that were declared; sums as decimal text."""
        counts = {name: count for name, count in (("rows", self.rows), ("people", self.people)) if count is not None}
        return counts | {"sums": {column: decimal_text(total) for column, total in sorted(self.sums.items())}}


class Note(_Part):
    """delivery.yaml (DESIGN, Deliveries). Dates may be quoted or not."""

    dataset: str
    supplier: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")
    period: Period
    received: date
    status: Literal["final", "provisional"]
    files: list[str] = Field(min_length=1)
    control_totals: ControlTotals = ControlTotals()
    supersedes: _Fingerprint | None = None

    @field_validator("dataset")
    @classmethod
    def _known(cls, dataset: str) -> str:
        if dataset not in datasets():
            raise ValueError(f"there is no such dataset; known are {', '.join(datasets())}")
        return dataset

    @field_validator("files")
    @classmethod
    def _plain_names(cls, files: list[str]) -> list[str]:
        for name in files:
            if not re.fullmatch(r"[^/\\\x00-\x1f*?\[\]{}]+", name) or name in (".", "..", NOTE_NAME):
                raise ValueError("a file is named without folders, stars or brackets and lies beside the note")
        if len(set(files)) < len(files):
            raise ValueError("the same file is named twice")
        return files

    @property
    def meaning(self) -> dict[str, Any]:
        """What the note says, apart from the names of its files."""
        return {
            "dataset": self.dataset,
            "supplier": self.supplier,
            "period": {"first": self.period.first, "last": self.period.last},
            "received": self.received.isoformat(),
            "status": self.status,
            "supersedes": self.supersedes,
            "control_totals": self.control_totals.as_dict(),
        }

    def fingerprint(self, file_hashes: Sequence[str]) -> str:
        """sha256 over the note's meaning and the bytes of its files (their sha256, in the note's order)."""
        return canonical_sha256({"note": self.meaning, "files": list(file_hashes)})


def is_data(path: Path) -> bool:
    """Whether a file looks like one that was sent to be read."""
    return path.suffix.lower() in DATA_SUFFIXES and path.is_file()


def read_note(path: Path) -> Note:
    """The validated note. Raises DeliveryRefused naming line and clause, or the file that is not there."""
    refused = None
    try:
        note = read_model(path, Note)
    except ProtocolInvalid as problem:
        refused = DeliveryRefused(problem.message, "Correct the delivery note and send it again.")
    except UnicodeDecodeError:
        refused = DeliveryRefused(f"{path.name} is not UTF-8 text.", "Save the delivery note as UTF-8.")
    if refused is not None:  # raised here, so that no context with the reader's own message hangs on it
        raise refused
    for name in note.files:
        if not (path.parent / name).is_file():
            raise DeliveryRefused(
                f"{name}, named in {path.name}, is not in the folder.", "Send the file, or correct the name in the note."
            )
    others = sorted(p.name for p in path.parent.iterdir() if is_data(p) and p.name not in note.files)
    if others:
        raise DeliveryRefused(
            f"{others[0]} lies beside {path.name}, which does not name it.",
            "Name it in the note, or take it out of the folder.",
        )
    return note
