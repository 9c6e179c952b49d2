"""The ledger: idempotent, chained, and any edited entry is found."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import VerificationFailed
from pipeline.settlement.ledger import Ledger


def ledger(folder: Path) -> Ledger:
    return Ledger(f"sqlite:///{folder / 'ledger.sqlite'}")


def test_the_same_content_is_one_entry(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    first = book.append(kind="posted", contract_year="2018-19", body={"amount_gbp": "1.00"})
    again = book.append(kind="posted", contract_year="2018-19", body={"amount_gbp": "1.00"})
    assert first == again
    assert book.verify() == 1


def test_entries_chain_and_the_latest_posted_is_found(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    one = book.append(kind="posted", contract_year="2018-19", body={"amount_gbp": "1.00"})
    book.append(kind="published", contract_year="2018-19", body={"manifest": "x"})
    three = book.append(kind="posted", contract_year="2018-19", body={"amount_gbp": "2.00"})
    assert one.previous_sha256 == "0" * 64
    assert book.posted("2018-19") == three
    assert book.posted("2017-18") is None
    assert ledger(tmp_path).verify() == 3


@pytest.mark.parametrize("column", ["body", "kind", "contract_year", "key", "previous_sha256", "sha256"])
def test_any_edited_column_is_found(tmp_path: Path, column: str) -> None:
    book = ledger(tmp_path)
    for amount in ("1.00", "2.00", "3.00"):
        book.append(kind="posted", contract_year="2018-19", body={"amount_gbp": amount})
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        connection.execute(f"UPDATE entries SET {column} = {column} || 'x' WHERE number = 2")
    with pytest.raises(VerificationFailed, match="entry 2"):
        book.verify()


def test_a_deleted_entry_is_found(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    for amount in ("1.00", "2.00", "3.00"):
        book.append(kind="posted", contract_year="2018-19", body={"amount_gbp": amount})
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        connection.execute("DELETE FROM entries WHERE number = 2")
    with pytest.raises(VerificationFailed, match="entry 2"):
        book.verify()


def test_writers_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    ledger(tmp_path)

    def write(worker: int) -> None:
        book = ledger(tmp_path)
        for n in range(10):
            book.append(kind="posted", contract_year="2018-19", body={"worker": worker, "n": n})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert ledger(tmp_path).verify() == 40
