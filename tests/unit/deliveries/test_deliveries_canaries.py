"""No patient leaves: planted people, dates and codes are in no message, receipt, register or output.

Belongs here: the canary test of receiving (DESIGN, promise 6). kept.parquet, quarantined.parquet and the copied file may hold
them: they are the store.
"""

import traceback
from pathlib import Path

import pytest
from delivery_folder import AE_COLUMNS, AE_ROWS, csv_text, write_delivery

from pipeline.deliveries import deliveries, receive
from pipeline.errors import DeliveryRefused
from pipeline.store import Store

PERSON, DAY, CODE = "CANARYPERSON77", "1947-13-31", "QQ13CANARY"
CANARIES = (PERSON, DAY, CODE)
BAD_ROW = f"104,{PERSON},1617,{DAY},1012,1,03,01,2,A80001,ZT1,{CODE}"
PLACES_FOR_PEOPLE = {"kept.parquet", "quarantined.parquet", "hes_ae.csv"}


def everything_said(store: Store, capture: pytest.CaptureFixture[str], problem: BaseException | None = None) -> str:
    """All text that could reach a log: output, the exception with causes and contexts, and every file that is not rows."""
    out = capture.readouterr()
    said = [out.out, out.err]
    while problem is not None:
        said += [str(problem), repr(problem), *(str(part) for part in problem.args)]
        said += traceback.format_exception(problem, chain=False)
        problem = problem.__cause__ or problem.__context__
    for path in store.root.rglob("*"):
        if path.is_file() and path.name not in PLACES_FOR_PEOPLE:
            said.append(path.read_bytes().decode(errors="replace"))
    return "\n".join(said)


def test_a_quarantined_row_is_counted_and_not_shown(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_delivery(tmp_path / "in", csv_text([*AE_ROWS, BAD_ROW]))
    (receipt,) = receive(store, [tmp_path / "in"], progress=print)
    assert [(q.reason, q.rows, q.first_row) for q in receipt.quarantined] == [("ARRIVALDATE is not a date", 1, 4)]
    said = everything_said(store, capsys) + receipt.sentence() + repr(deliveries(store))
    assert "ARRIVALDATE is not a date (first in row 4)" in said
    assert not [canary for canary in CANARIES if canary in said]
    stored = store.root / "deliveries" / receipt.fingerprint
    assert PERSON.encode() in (stored / "files" / "hes_ae.csv").read_bytes()  # the canary did arrive


@pytest.mark.parametrize(
    "content",
    [
        csv_text([*AE_ROWS, BAD_ROW + f",{PERSON}"]),
        csv_text([*AE_ROWS, f"104,{PERSON}"]),
        csv_text([*AE_ROWS, f'104,"{PERSON},{DAY},{CODE}']),
        csv_text([*AE_ROWS, f"104,{PERSON}\N{EURO SIGN},{DAY},{CODE}"]).encode("cp1252"),
        csv_text([*AE_ROWS * 300, f"104,{PERSON}\N{EURO SIGN},{DAY},{CODE}"]).encode("cp1252"),
        csv_text([BAD_ROW]),
        csv_text([BAD_ROW], columns=BAD_ROW),
        csv_text([BAD_ROW], columns=AE_COLUMNS.replace("FYEAR", PERSON)).replace("ARRIVALDATE", DAY),
        f"{PERSON};{DAY};{CODE}\n",
        f'"{PERSON}"{DAY}"{CODE}\n',
        f"{PERSON}\n",
    ],
    ids=[
        "too many fields",
        "too few fields",
        "open quote",
        "not UTF-8",
        "not UTF-8 far down",
        "no row fits",
        "no header",
        "data among the column names",
        "other delimiter",
        "bad first line",
        "one column",
    ],
)
def test_a_refusal_does_not_quote_the_file(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes
) -> None:
    write_delivery(tmp_path / "in", content)
    with pytest.raises(DeliveryRefused) as refused:
        receive(store, [tmp_path / "in"], progress=print)
    said = everything_said(store, capsys, refused.value)
    assert "hes_ae.csv" in said
    assert not [canary for canary in CANARIES if canary in said]
