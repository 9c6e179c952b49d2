"""Canaries: values that stand for a patient, planted in good and bad rows of a rehearsal's deliveries, and the search for them.

Belongs here: planting, honest control totals for what was planted, searching files in bytes and in UTF-16.
Does not belong here: what is run in between.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

#: a person of bad rows, one whose key no cast survives, their days, codes and free text
PERSON = "CANARY0PERSON0071"
BREAKER = "9999999999999999999999e999CANARY"
DAYS = ("1947-13-31", "31/02/1938", "2016-06-31T99:61")
CODES = ("QQ13CANARY", "CANARYNHS9434765919", "Mrs Canary, of 7 Bird Lane\nnext line")
LONG = "CANARYLONG" + "Z" * 5000
#: an ordinary person, born and referred on days that nothing else of the city mentions
ORDINARY, BORN, REFERRED = "CANARY0ORDINARY77", "091951", "2017-02-29"

CANARIES = (PERSON, BREAKER, *DAYS, *CODES[:2], "Bird Lane", LONG[:64], ORDINARY)

#: dataset folder, file: bad rows as column to value (None for a column of the template row), then good rows
BAD: dict[str, list[dict[str, str]]] = {
    "hes_apc-2016-17": [
        {"EPIKEY": "900001", "PSEUDO_HESID": PERSON, "ADMIDATE": DAYS[0]},
        {"EPIKEY": "900002", "PSEUDO_HESID": BREAKER, "EPISTART": DAYS[1]},
        {"EPIKEY": "900003", "PSEUDO_HESID": LONG},
        {"EPIKEY": "900004", "PSEUDO_HESID": PERSON, "COST_GBP": CODES[1]},
    ],
    "hes_ae-2016-17": [
        {"AEKEY": "900001", "PSEUDO_HESID": PERSON, "ARRIVALDATE": DAYS[0]},
        {"AEKEY": "900002", "PSEUDO_HESID": BREAKER, "ARRIVALDATE": DAYS[2]},
        {"AEKEY": "900003", "PSEUDO_HESID": PERSON, "SUSHRG": CODES[2]},
        {"AEKEY": CODES[0] * 9, "PSEUDO_HESID": PERSON},
    ],
    "hes_op-2016-17": [
        {"ATTENDKEY": "900001", "PSEUDO_HESID": PERSON, "APPTDATE": DAYS[0]},
        {"ATTENDKEY": "900002", "PSEUDO_HESID": BREAKER, "SUSHRG": CODES[0]},
    ],
    "gp_registration": [
        {"PSEUDO_HESID": PERSON, "REGISTRATION_START": DAYS[1]},
        {"PSEUDO_HESID": BREAKER, "MYDOB": DAYS[0]},
        {"PSEUDO_HESID": CODES[2]},
    ],
    "qof_register": [{"PSEUDO_HESID": PERSON, "REGISTER_START": DAYS[0]}, {"PSEUDO_HESID": LONG}],
    "programme_referral": [{"PSEUDO_HESID": PERSON, "REFERRAL_DATE": DAYS[1]}, {"PSEUDO_HESID": BREAKER, "STATUS": CODES[2]}],
}
GOOD: dict[str, list[dict[str, str]]] = {
    "hes_ae-2016-17": [{"AEKEY": "900009", "PSEUDO_HESID": ORDINARY, "SUSHRG": "VB09Z"}],
    "hes_op-2016-17": [{"ATTENDKEY": "900009", "PSEUDO_HESID": ORDINARY}],
    "gp_registration": [{"PSEUDO_HESID": ORDINARY, "MYDOB": BORN, "SEX": "2"}],
    "qof_register": [{"PSEUDO_HESID": ORDINARY}],
    "programme_referral": [{"PSEUDO_HESID": ORDINARY, "REFERRAL_DATE": "2017-02-28"}],
}


def plant(deliveries: Path) -> None:
    """Add the rows, each a copy of the file's first row with the values above, and re-count the control totals."""
    for name, bad in BAD.items():
        folder = deliveries / name
        (path,) = (p for p in folder.iterdir() if p.name != "delivery.yaml")
        columns, rows = _read(path)
        for changes in [*bad, *GOOD.get(name, [])]:
            assert set(changes) <= set(columns), name
            rows.append(rows[0] | changes)
        _write(path, columns, rows)
        note = yaml.safe_load((folder / "delivery.yaml").read_text())
        note["control_totals"] = _totals(columns, rows)
        (folder / "delivery.yaml").write_text(yaml.safe_dump(note))


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        plain = [{k: "" if v is None else str(v) for k, v in row.items()} for row in table.to_pylist()]
        return table.column_names, plain
    with path.open(newline="") as stream:
        reader = csv.DictReader(stream)
        return list(reader.fieldnames or ()), list(reader)


def _write(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    if path.suffix == ".parquet":
        text = pa.schema([(column, pa.string()) for column in columns])
        pq.write_table(pa.Table.from_pylist([{k: v or None for k, v in row.items()} for row in rows], schema=text), path)
        return
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)


def _totals(columns: list[str], rows: list[dict[str, str]]) -> dict[str, object]:
    totals: dict[str, object] = {"rows": len(rows), "people": len({row["PSEUDO_HESID"].strip() for row in rows})}
    if "COST_GBP" in columns:
        numbers = [row["COST_GBP"] for row in rows if re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", row["COST_GBP"])]
        totals["sums"] = {"COST_GBP": f"{sum(map(Decimal, numbers)):.2f}"}
    return totals


def forms(canary: str) -> Iterator[bytes]:
    """The bytes that a canary can stand in a file as."""
    yield from (canary.encode(), canary.encode("utf-16-le"), canary.encode("utf-16-be"))


def found_in(content: bytes, canaries: Iterable[str] = CANARIES) -> list[str]:
    """Canaries that stand in `content`."""
    return [canary for canary in canaries if any(form in content for form in forms(canary))]


def leaks(study: Path, canaries: Iterable[str] = CANARIES) -> list[tuple[str, str]]:
    """File and canary, over every file of a study folder that is not where rows of people live.

    Rows of people live in deliveries/, store/deliveries/<fingerprint>/ (files and Parquet) and store/snapshots/.
    """
    hits = []
    for path in sorted(p for p in study.rglob("*") if p.is_file()):
        inside = path.relative_to(study)
        rows = inside.parts[0] == "deliveries" or inside.parts[:2] == ("store", "snapshots")
        rows = rows or (inside.parts[:2] == ("store", "deliveries") and path.name not in ("receipt.json", "delivery.yaml"))
        if not rows:
            hits += [(inside.as_posix(), canary) for canary in found_in(path.read_bytes(), canaries)]
    return hits
