"""What is refused, and that file, column and remedy are named. Belongs here: one case a structural fault."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from delivery_folder import AE_COLUMNS, AE_ROWS, csv_text, write_delivery, write_note

from pipeline.deliveries import deliveries, receive
from pipeline.errors import DeliveryRefused
from pipeline.store import Store

GOOD = csv_text(AE_ROWS)


def refusal(store: Store, folder: Path) -> str:
    with pytest.raises(DeliveryRefused) as refused:
        receive(store, [folder])
    assert deliveries(store) == []
    assert list((store.root / "deliveries").iterdir()) == []
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.replace("ARRIVALDATE,", "").replace("2016-04-03,", ""), "column ARRIVALDATE of hes_ae is missing"),
        (GOOD.replace("ARRIVALDATE", "Arrival_Date"), "column ARRIVALDATE is misnamed (column 4 of the header"),
        (GOOD.replace("ARRIVALDATE", "arrivaldate"), "Remedy: Send the file with a column called ARRIVALDATE"),
        (GOOD.replace("AEKEY,", "PSEUDO_HESID,", 1), "column AEKEY of hes_ae is missing"),
        (GOOD.replace("FYEAR", "TOKEN_PERSON_ID"), "column PSEUDO_HESID stands there twice (PSEUDO_HESID, TOKEN_PERSON_ID)"),
        (GOOD.replace(",", ";"), "separated by semicolons"),
        ('"' + GOOD.replace(",", '";"').replace("\n", '"\n"')[:-1], "separated by semicolons"),
        (GOOD.replace(",", "\t"), "separated by tabs"),
        (GOOD.replace(",", "|"), "separated by bars"),
        (GOOD.replace("102,P2,", "102,"), "line 3 has 11 fields where 12 are expected"),
        (GOOD.replace("102,P2,", "102,P2,P2,"), "line 3 has 13 fields where 12 are expected"),
        (GOOD[:-20], "line 4 has"),
        (GOOD.replace("VB05Z", '"VB05Z'), "line 3 is not CSV"),
        (GOOD.encode().replace(b"ZT2", b"Z\xe92"), "hes_ae.csv is not UTF-8 text"),
        (csv_text(AE_ROWS * 200).encode() + b"104,P\xe9" + b"," * 10 + b"\n", "line 602 is not UTF-8 text"),
        (b"\x00\xff\x00\xfe" * 40, "is not UTF-8 text"),
        ("", "hes_ae.csv is empty"),
        (AE_COLUMNS + "\n", "there are no rows"),
        (csv_text([row.replace(",P", ",") + "9" * 40 for row in AE_ROWS]), "not one of 3 rows is hes_ae"),
    ],
)
def test_a_file_of_another_structure_is_refused(store: Store, tmp_path: Path, content: str | bytes, said: str) -> None:
    assert said in refusal(store, write_delivery(tmp_path / "in", content))


def test_another_dataset_is_recognised(store: Store, tmp_path: Path) -> None:
    columns = "PSEUDO_HESID,PRACTICE_CODE,GROUP_CODE,REGISTER_START,REGISTER_END"
    text = refusal(store, write_delivery(tmp_path / "in", columns + "\nP1,A80001,DM,2012-01-01,\n"))
    assert "Its columns are those of qof_register." in text


def test_an_unquoted_text_file_of_27_columns_is_needed_for_practice(store: Store, tmp_path: Path) -> None:
    text = refusal(store, write_delivery(tmp_path / "in", '"A81001","NAME","Y63"\n', dataset="practice"))
    assert "practice has 27 columns and no header; this file has 3" in text


def test_parquet_that_is_cut_or_is_none_is_refused(store: Store, tmp_path: Path) -> None:
    names = AE_COLUMNS.split(",")
    pq.write_table(pa.table({name: ["1"] * 1000 for name in names}), tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    for name, content in (("cut", whole[:-50]), ("text", GOOD.encode())):
        folder = write_delivery(tmp_path / name, content, files=["hes_ae.parquet"])
        assert "hes_ae.parquet is not a readable Parquet file" in refusal(store, folder)


def test_parquet_with_damaged_pages_is_refused(store: Store, tmp_path: Path) -> None:
    names = AE_COLUMNS.split(",")
    table = pa.table({name: [f"{name}{n * 7919 % 10007}" for n in range(2000)] for name in names})
    pq.write_table(table, tmp_path / "whole.parquet", compression="zstd")
    whole = bytearray((tmp_path / "whole.parquet").read_bytes())
    whole[200:4000] = b"\xaa" * 3800
    folder = write_delivery(tmp_path / "in", bytes(whole), files=["hes_ae.parquet"])
    assert "hes_ae.parquet is not a readable Parquet file" in refusal(store, folder)


def test_a_missing_parquet_column_is_refused(store: Store, tmp_path: Path) -> None:
    folder = write_note(tmp_path / "in", files=["hes_ae.parquet"])
    names = [name for name in AE_COLUMNS.split(",") if name != "SUSHRG"]
    pq.write_table(pa.table({name: ["1"] for name in names}), folder / "hes_ae.parquet")
    assert "hes_ae.parquet: column SUSHRG of hes_ae is missing" in refusal(store, folder)


def test_spell_hrg_must_be_there_from_2009_10_only(store: Store, tmp_path: Path) -> None:
    columns = (
        "EPIKEY,PSEUDO_HESID,FYEAR,ADMIDATE,ADMIMETH,ADMISORC,CLASSPAT,EPISTART,EPIEND,EPIORDER,EPISTAT,EPITYPE,DISDATE,DISMETH,"
        "DISDEST,ADMINCAT,STARTAGE,SEX,GPPRAC,PROCODE3,MAINSPEF,TRETSPEF,DIAG_4_01,OPERTN_4_01,SUSHRG"
    )
    row = "1,P1,0102,2001-05-01,21,19,1,2001-05-01,2001-05-03,1,3,1,2001-05-03,1,19,01,60,1,A80001,ZT1,300,300,J440,,"
    modern = {"first": "2009-04", "last": "2010-03"}
    folder = write_delivery(tmp_path / "new", f"{columns}\n{row}\n", dataset="hes_apc", period=modern)
    assert "column SUSCOREHRG of hes_apc is missing" in refusal(store, folder)
    early = {"first": "2001-04", "last": "2002-03"}
    (receipt,) = receive(store, [write_delivery(tmp_path / "old", f"{columns}\n{row}\n", dataset="hes_apc", period=early)])
    assert receipt.kept == 1


def _workbook(path: Path, *sheets: str) -> None:
    book = openpyxl.Workbook()
    book.active.title = sheets[0]
    for sheet in sheets[1:]:
        book.create_sheet(sheet)
    book.save(path)


@pytest.mark.parametrize(
    ("name", "write", "said"),
    [
        ("t.xlsx", lambda path: path.write_bytes(b"PK no workbook"), "t.xlsx is not a readable .xlsx workbook"),
        ("t.csv", lambda path: path.write_text("HRG code\n"), "t.csv is not a readable .xlsx workbook"),
        ("t.xlsx", lambda path: _workbook(path, "1 APC & OPROC", "2 OP Attendances", "3 A&E"), "no sheet is called like 'MFF'"),
    ],
)
def test_a_tariff_without_its_sheets_is_refused(
    store: Store, tmp_path: Path, name: str, write: Callable[[Path], object], said: str
) -> None:
    folder = write_note(tmp_path / "in", dataset="tariff", files=[name])
    write(folder / name)
    assert said in refusal(store, folder)


def test_a_tariff_is_stored_as_it_came(store: Store, tmp_path: Path) -> None:
    folder = write_note(tmp_path / "in", dataset="tariff", files=["t.xlsx"])
    _workbook(folder / "t.xlsx", "1 APC & OPROC ", "2 OP Attendances", "3 A&E", "19 MFF Payment values")
    (receipt,) = receive(store, [folder])
    assert "a workbook, stored as it came" in receipt.sentence()
    assert not (store.root / "deliveries" / receipt.fingerprint / "kept.parquet").exists()


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ({"files": ["absent.csv"]}, "absent.csv, named in delivery.yaml, is not in the folder"),
        ({"files": ["../hes_ae.csv"]}, "a file is named without folders"),
        ({"files": ["hes_ae.csv", "hes_ae.csv"]}, "the same file is named twice"),
        ({"files": []}, "files"),
        ({"supplier": None}, "line 1, supplier: Field required"),
        ({"dataset": "hes_aes"}, "line 1, dataset: Value error, there is no such dataset; known are ecds"),
        ({"period": {"first": "2016-13", "last": "2017-03"}}, "line 4, period.first"),
        ({"period": {"first": "2017-04", "last": "2017-03"}}, "the period ends before it begins"),
        ({"received": "15 July 2017"}, "received"),
        ({"status": "almost"}, "'final' or 'provisional'"),
        ({"supersedes": "abc"}, "supersedes"),
        ({"control_totals": {"rows": -1}}, "control_totals.rows"),
        ({"recieved": "2017-07-15"}, "recieved"),
    ],
)
def test_a_note_that_is_not_one_is_refused(store: Store, tmp_path: Path, note: dict[str, object], said: str) -> None:
    folder = write_delivery(tmp_path / "in")
    write_note(folder, **note)
    assert said in refusal(store, folder)


@pytest.mark.parametrize("content", [b"dataset: [hes_ae\n", b"just words\n", b"\xff\xfe", b""])
def test_a_note_that_is_not_yaml_is_refused(store: Store, tmp_path: Path, content: bytes) -> None:
    folder = write_delivery(tmp_path / "in")
    (folder / "delivery.yaml").write_bytes(content)
    assert "delivery.yaml" in refusal(store, folder)
