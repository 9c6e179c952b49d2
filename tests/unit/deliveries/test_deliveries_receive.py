"""Receiving: what is stored, what is counted, what happens the second time. Belongs here: whole folders through `receive`."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from delivery_folder import AE_ROWS, csv_text, write_delivery

from pipeline import tables
from pipeline.contracts import read_contract
from pipeline.deliveries import deliveries, file_paths, in_force, kept, latest_received, receive
from pipeline.documents import file_sha256
from pipeline.errors import DeliveryRefused, UsageError
from pipeline.store import Store


def test_a_delivery_is_copied_once_with_receipt_rows_and_entry(store: Store, tmp_path: Path) -> None:
    sent = write_delivery(tmp_path / "in" / "a" / "b", control_totals={"rows": 3, "people": 2})
    (receipt,) = receive(store, [tmp_path / "in"])

    (delivery,) = deliveries(store)
    folder = store.root / "deliveries" / receipt.fingerprint
    assert sorted(path.name for path in folder.iterdir()) == [
        "delivery.yaml",
        "files",
        "kept.parquet",
        "quarantined.parquet",
        "receipt.json",
    ]
    (copy,) = file_paths(store, delivery)
    assert copy.read_bytes() == (sent / "hes_ae.csv").read_bytes()
    assert delivery.files[0].sha256 == file_sha256(sent / "hes_ae.csv")
    assert (receipt.rows_in, receipt.kept, receipt.quarantined) == (3, 3, ())
    assert receipt.measured["rows"] == 3
    assert receipt.measured["people"] == 2
    assert receipt.differences == []
    assert json.loads((folder / "receipt.json").read_text())["fingerprint"] == receipt.fingerprint
    assert delivery.receipt.as_dict() == receipt.as_dict()


def test_receiving_again_is_nothing_to_do(store: Store, tmp_path: Path) -> None:
    write_delivery(tmp_path / "in")
    (first,) = receive(store, [tmp_path / "in"])
    before = (store.root / "deliveries.jsonl").read_bytes()
    (second,) = receive(store, [tmp_path / "in"])
    assert first.new
    assert not second.new
    assert "nothing to do" in second.sentence()
    assert second.fingerprint == first.fingerprint
    assert (store.root / "deliveries.jsonl").read_bytes() == before


def test_a_renamed_file_and_another_layout_of_the_note_are_the_same_delivery(store: Store, tmp_path: Path) -> None:
    write_delivery(tmp_path / "one")
    write_delivery(tmp_path / "two", files=["renamed.csv"])
    note = (tmp_path / "two" / "delivery.yaml").read_text()
    (tmp_path / "two" / "delivery.yaml").write_text("# sent twice\n" + note.replace("'2017-07-15'", "2017-07-15"))
    (first,) = receive(store, [tmp_path / "one"])
    (second,) = receive(store, [tmp_path / "two"])
    assert second.fingerprint == first.fingerprint


def test_one_byte_more_is_another_delivery(store: Store, tmp_path: Path) -> None:
    write_delivery(tmp_path / "one")
    (first,) = receive(store, [tmp_path / "one"])
    write_delivery(tmp_path / "two", csv_text(AE_ROWS) + "\n", supersedes=first.fingerprint)
    (second,) = receive(store, [tmp_path / "two"])
    assert second.fingerprint != first.fingerprint


def test_wrong_control_totals_are_recorded_not_refused(store: Store, tmp_path: Path) -> None:
    totals = {"rows": 4, "people": 2, "sums": {"COST_GBP": "1.50"}}
    write_delivery(tmp_path / "in", control_totals=totals)
    (receipt,) = receive(store, [tmp_path / "in"])
    assert receipt.differences == [("rows", "4", "3"), ("sum of COST_GBP", "1.50", "none")]
    assert "control total rows was declared as 4 and is 3" in receipt.sentence()


def test_good_ones_are_stored_and_every_refused_one_is_named(store: Store, tmp_path: Path) -> None:
    write_delivery(tmp_path / "in" / "good")
    write_delivery(tmp_path / "in" / "bad-dataset", dataset="hes_zz")
    write_delivery(
        tmp_path / "in" / "bad-columns", "AEKEY\n1\n", period={"first": "2017-04", "last": "2018-03"}, received="2018-07-15"
    )
    said: list[str] = []
    with pytest.raises(DeliveryRefused) as refusal:
        receive(store, [tmp_path / "in"], progress=said.append)
    text = str(refusal.value)
    assert text.startswith("2 of 3 deliveries refused (1 stored, 0 known before)")
    assert "bad-dataset: " in text
    assert "bad-columns: hes_ae.csv: column PSEUDO_HESID of hes_ae is missing" in text
    assert len(said) == 1
    assert [delivery.dataset for delivery in deliveries(store)] == ["hes_ae"]
    assert len(list((store.root / "deliveries").iterdir())) == 1  # nothing of the refused ones is left


def test_an_unfinished_receipt_is_swept_and_done_again(store: Store, tmp_path: Path) -> None:
    write_delivery(tmp_path / "in")
    (first,) = receive(store, [tmp_path / "in"])
    register = store.root / "deliveries.jsonl"
    entry = register.read_bytes()
    register.write_bytes(entry[: len(entry) // 2])  # the crash came while the entry was written
    assert deliveries(store) == []
    (again,) = receive(store, [tmp_path / "in"])
    assert again.new
    assert again.fingerprint == first.fingerprint
    assert register.read_bytes() == entry


def test_the_store_is_not_searched_for_deliveries(store: Store, tmp_path: Path) -> None:
    write_delivery(tmp_path / "deliveries" / "ae")
    assert store.root.parent == tmp_path
    assert len(receive(store, [tmp_path])) == 1
    assert len(receive(store, [tmp_path])) == 1


@pytest.mark.parametrize("there", [True, False])
def test_no_note_is_a_usage_error(store: Store, tmp_path: Path, there: bool) -> None:
    if there:
        (tmp_path / "in").mkdir()
    with pytest.raises(UsageError):
        receive(store, [tmp_path / "in"])


def test_kept_rows_have_every_contract_column_as_text_and_origin(store: Store, tmp_path: Path) -> None:
    write_delivery(tmp_path / "one", csv_text(["1, P1 ,1617,2016-04-03,1012,1,03,,2,& ,ZT1, "]))
    later = {"first": "2017-04", "last": "2018-03"}
    write_delivery(tmp_path / "two", csv_text(AE_ROWS[:1]), period=later, received="2018-07-15")
    receive(store, [tmp_path])
    rows = kept(store, in_force(deliveries(store), latest_received(deliveries(store))), "hes_ae")

    assert rows.columns == (*read_contract("hes_ae").column_names, *tables.ORIGIN)
    assert {str(kind) for name, kind in rows.schema().items() if name != "ROW_NO"} == {"string"}
    first, second = rows.order_by("RECEIVED").to_pyarrow().to_pylist()
    assert first["PSEUDO_HESID"] == "P1"
    assert first["GPPRAC"] == "&"
    assert first["AEDEPTTYPE"] is None
    assert first["SUSHRG"] is None
    assert first["DIAG2_01"] is None
    assert (first["RECEIVED"], first["ROW_NO"]) == ("2017-07-15", 1)
    assert second["RECEIVED"] == "2018-07-15"
    assert second["DELIVERY"] != first["DELIVERY"]


def test_kept_refuses_what_is_not_there_and_unlike_person_keys(store: Store, tmp_path: Path) -> None:
    write_delivery(tmp_path / "one")
    later = {"first": "2017-04", "last": "2018-03"}
    other_key = csv_text(AE_ROWS).replace("PSEUDO_HESID", "TOKEN_PERSON_ID")
    write_delivery(tmp_path / "two", other_key, period=later, received="2018-07-15")
    receive(store, [tmp_path])
    known = deliveries(store)
    with pytest.raises(UsageError, match="hes_op"):
        kept(store, known, "hes_op")
    with pytest.raises(UsageError, match="workbook"):
        kept(store, known, "tariff")
    with pytest.raises(DeliveryRefused, match="PSEUDO_HESID and TOKEN_PERSON_ID"):
        kept(store, known, "hes_ae")
    (token,) = [delivery for delivery in known if delivery.receipt.person_key == "TOKEN_PERSON_ID"]
    assert kept(store, [token], "hes_ae").PSEUDO_HESID.nunique().execute() == 2


def test_rows_are_numbered_through_the_files_of_a_delivery(store: Store, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path / "in", csv_text(AE_ROWS[:2]), files=["one.csv", "two.csv"])
    (folder / "two.csv").write_text(csv_text(["103,P1,1617,2016-13-05,0000,2,02,03,2,A80001,ZT2,VB11Z", AE_ROWS[2]]))
    (receipt,) = receive(store, [folder])
    (aside,) = receipt.quarantined
    assert (aside.reason, aside.rows, aside.first_row) == ("ARRIVALDATE is not a date", 1, 3)
    written = pq.read_table(store.root / "deliveries" / receipt.fingerprint / "kept.parquet")
    assert written["ROW_NO"].to_pylist() == [1, 2, 4]
