"""Delivery folders for tests: a note and its files, as a supplier would send them.

Belongs here: writing folders. Does not belong here: expected values.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

#: the least that an A&E delivery must have
AE_COLUMNS = (
    "AEKEY,PSEUDO_HESID,FYEAR,ARRIVALDATE,ARRIVALTIME,AEATTENDCAT,AEATTENDDISP,AEDEPTTYPE,AEARRIVALMODE,GPPRAC,PROCODE3,SUSHRG"
)
AE_ROWS = (
    "101,P1,1617,2016-04-03,1012,1,03,01,2,A80001,ZT1,VB08Z",
    "102,P2,1617,2016-05-04,2359,1,01,01,1,A80101,ZT1,VB05Z",
    "103,P1,1617,20160605,0000,2,02,03,2,A80001,ZT2,VB11Z",
)


def csv_text(rows: Sequence[str], columns: str = AE_COLUMNS) -> str:
    """A CSV file as text."""
    return "\n".join([columns, *rows]) + "\n"


def write_note(folder: Path, **note: Any) -> Path:
    """delivery.yaml of an A&E delivery for 2016-17, any clause replaced; a clause of None is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    clauses: dict[str, Any] = {
        "dataset": "hes_ae",
        "supplier": "North Example Commissioning Support Unit",
        "period": {"first": "2016-04", "last": "2017-03"},
        "received": "2017-07-15",
        "status": "final",
        "files": ["hes_ae.csv"],
    } | note
    said = {clause: value for clause, value in clauses.items() if value is not None}
    (folder / "delivery.yaml").write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    return folder


def write_delivery(folder: Path, content: str | bytes | None = None, **note: Any) -> Path:
    """An A&E delivery of three good rows, its file's content or any clause of its note replaced."""
    write_note(folder, **note)
    text = csv_text(AE_ROWS) if content is None else content
    name = note.get("files", ["hes_ae.csv"])[0]
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return folder
