"""Every fault of notes and files through `receive`: a clear refusal, or something on the receipt that a finding can say."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from rehearsal_files import read

from pipeline.deliveries import Receipt, deliveries, kept, receive
from pipeline.errors import DeliveryRefused, UsageError
from pipeline.rehearsal.faults.catalogue import FAULTS, chosen_faults
from pipeline.rehearsal.faults.fault import Fault
from pipeline.store import Store

YEAR, BEFORE = "hes_ae-2016-17", "hes_ae-2015-16"
OF_FOLDERS = [fault for fault in FAULTS.values() if fault.folder is not None]

#: words of the refusal: what is wrong, and what to do
REFUSED = {
    "period_of_another_delivery": ("hes_ae 2015-04 to 2016-03 is in force already", "write 'supersedes: "),
    "period_impossible": ("delivery.yaml line 5, period.last", "Correct the delivery note"),
    "dataset_misnamed": ("hes_ae.csv: column ATTENDKEY of hes_op is missing. Its columns are those of hes_ae", "Send the file"),
    "file_misnamed": ("activity.csv, named in delivery.yaml, is not in the folder", "correct the name in the note"),
    "delivery_sent_twice": ("hes_ae 2016-04 to 2017-03 is in force already", "write 'supersedes: "),
    "deliveries_out_of_order": ("which was never received", "receive that one first"),
    "file_not_named": ("hes_ae-part-2.csv lies beside delivery.yaml", "Name it in the note"),
    "note_missing": ("no delivery.yaml lies beside its files", "Write one"),
    "dates_day_first": ("hes_ae.csv: not one of ", "ARRIVALDATE is not a date", "first in row 1)", "Send "),
    "dates_as_serial_numbers": ("hes_ae.csv: not one of ", "ARRIVALDATE is not a date", "Send "),
    "times_with_a_zone": ("hes_ae.csv: not one of ", "ARRIVALDATE has a time zone", "Send "),
    "codes_as_numbers": ("hes_ae.csv: not one of ", "AEDEPTTYPE has not the form of the contract", "Send "),
    "people_empty": ("hes_ae.csv: not one of ", "PSEUDO_HESID is missing", "Send "),
    "header_renamed": ("hes_ae.csv: column ARRIVALDATE is misnamed (column 4", "a column called ARRIVALDATE"),
    "column_missing": ("hes_ae.csv: column AEDEPTTYPE of hes_ae is missing", "a column called AEDEPTTYPE"),
    "column_twice": ("hes_ae.csv: column AEATTENDCAT stands there twice", "Send it once"),
    "header_in_lower_case": ("hes_ae.csv: column AEKEY is misnamed (column 1", "a column called AEKEY"),
    "header_missing": ("hes_ae.csv: column AEKEY of hes_ae is missing", "a column called AEKEY"),
    "rows_none": ("hes_ae.csv: there are no rows", "Send the file with its rows"),
    "parquet_of_numbers": ("hes_ae.parquet: not one of ", "AEDEPTTYPE has not the form of the contract", "Send "),
    "delimiter_in_field": ("hes_ae.csv line 51 has 18 fields where 17 are expected", "send it again"),
    "quote_left_open": ("hes_ae.csv line 2 is not CSV", "An opening quote may lack its end"),
    "separated_by_semicolons": ("hes_ae.csv is separated by semicolons", "separated by commas"),
    "encoding_latin_1": ("hes_ae.csv is not UTF-8 text", "UTF-8"),
    "encoding_utf_16": ("hes_ae.csv is UTF-16", "UTF-8"),
    "cut_within_a_line": ("hes_ae.csv line ", " fields where 17 are expected", "The file was cut"),
    "parquet_cut": ("hes_op.parquet is not a readable Parquet file", "send it again"),
    "file_zipped": ("hes_ae.csv is a zip archive or a workbook", "Send it as comma-separated"),
    "file_empty": ("hes_ae.csv is empty", "Send the file again"),
}


def named(receipt: Receipt, plain: Receipt) -> set[str]:
    """What a receipt says beyond the one of the right delivery."""
    said = {name for name, *_ in receipt.differences}
    said |= {aside.reason for aside in receipt.quarantined}
    said |= {key for key in ("outside_period", "repeated", "set_aside") if receipt.measured[key] > plain.measured[key]}
    return said | ({receipt.status} - {"final"}) | (set() if receipt.declared != {"sums": {}} else {"undeclared"})


#: what the receipt says of a delivery that is taken in
TAKEN = {
    "last_years_file": {"outside_period", "repeated"},
    "control_totals_wrong": {"rows"},
    "control_people_wrong": {"people"},
    "control_sum_wrong": {"sum of COST_GBP"},
    "control_totals_absent": {"undeclared"},
    "delivery_provisional": {"provisional"},
    "period_too_short": {"outside_period"},
    "people_as_numbers": {"people"},
    "cut_at_a_line": {"rows", "people", "sum of COST_GBP"},
    "columns_shifted": {"sum of COST_GBP", "set_aside", "ARRIVALTIME has not the form of the contract"},
    "total_row": {"rows", "sum of COST_GBP", "set_aside", "PSEUDO_HESID is missing"},
    "header_again_inside": {"rows", "people", "set_aside", "FYEAR has not the form of the contract"},
    "parquet_of_dates": set(),
    "parquet_of_timestamps": set(),
}


def plant(village: Path, folder: Path, faults: list[Fault]) -> Path:
    """A folder of a few of the village's deliveries, with faults planted in them in their order."""
    streams = {fault.place.stream for fault in faults} | {"ae"}
    for name in (BEFORE, YEAR, "hes_op-2016-17") if "op" in streams else (BEFORE, YEAR):
        shutil.copytree(village / "deliveries" / name, folder / name)
    for fault in faults:
        assert fault.folder is not None
        fault.folder(folder, fault)
    return folder


@pytest.fixture
def sent(village: Path, tmp_path: Path) -> Callable[[list[Fault]], Path]:
    """`plant` in the village's own deliveries."""
    return lambda faults: plant(village, tmp_path / "deliveries", faults)


@pytest.fixture(scope="session")
def plain(village: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Receipt, pd.DataFrame]:
    """Receipt and kept rows of the delivery without a fault."""
    store = Store(tmp_path_factory.mktemp("plain") / "store")
    (receipt,) = receive(store, [village / "deliveries" / YEAR])
    return receipt, kept_rows(store)


def kept_rows(store: Store) -> pd.DataFrame:
    rows = kept(store, deliveries(store), "hes_ae").execute()
    of_year = rows[rows["FYEAR"] == "1617"].drop(columns="DELIVERY")
    return of_year.sort_values("ROW_NO").reset_index(drop=True)


def no_row_in(text: str, folder: Path) -> None:
    """No pseudonym, area, date or cost of a row."""
    frame = read(folder)
    for column in ("PSEUDO_HESID", "LSOA11", "COST_GBP", "AEKEY"):
        values = set(frame[column].dropna()) if column in frame else set()
        assert not [value for value in values if re.search(rf"(?<![0-9A-Z]){re.escape(str(value))}(?![0-9A-Z])", text)]
    assert not re.search(r"\d{4}-\d\d-\d\d", text)


def test_every_fault_of_folders_has_an_outcome() -> None:
    assert {f.name for f in OF_FOLDERS if f.refused} == REFUSED.keys() | {"other_person_key"}
    assert {f.name for f in OF_FOLDERS if not f.refused} == TAKEN.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_and_the_others_are_stored(
    village: Path, sent: Callable[[list[Fault]], Path], store: Store, name: str
) -> None:
    folder = sent([FAULTS[name]])
    with pytest.raises(DeliveryRefused) as refusal:
        receive(store, [folder])
    text = str(refusal.value)
    assert text.startswith("1 of ")
    assert "Remedy:" in text
    for words in REFUSED[name]:
        assert words in text
    assert refusal.value.__context__ is None
    no_row_in(text, village / "deliveries" / YEAR)
    stored = {(d.dataset, d.first_month) for d in deliveries(store)}
    assert ("hes_ae", "2015-04") in stored
    stays = name in ("delivery_sent_twice", "deliveries_out_of_order", "parquet_cut")
    assert (("hes_ae", "2016-04") in stored) is stays
    assert len(deliveries(store)) == (2 if stays else 1)


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken_in_and_the_receipt_says_so(
    village: Path, sent: Callable[[list[Fault]], Path], store: Store, plain: tuple[Receipt, pd.DataFrame], name: str
) -> None:
    receipts = receive(store, [sent([FAULTS[name]])])
    (receipt,) = (r for r in receipts if r.received.isoformat() == "2017-07-15")
    assert named(receipt, plain[0]) == TAKEN[name]
    assert receipt.rows_in == receipt.kept + sum(aside.rows for aside in receipt.quarantined)
    sentence = receipt.sentence()
    no_row_in(sentence.replace(receipt.fingerprint[:12], "").replace(" is ", "  "), village / "deliveries" / YEAR)
    for word in {
        "rows": "control total rows",
        "provisional": "provisional",
        "undeclared": "declares no control totals",
    }.items():
        assert word[1] in sentence or word[0] not in TAKEN[name]
    same = ("control_", "parquet_of_", "delivery_", "period_", "header_")
    if name.startswith(same):
        found = kept_rows(store)
        found["ARRIVALDATE"] = found["ARRIVALDATE"].str[:10]  # a time behind a date is kept as it came, and not read
        if name == "header_again_inside":
            found["ROW_NO"] = plain[1]["ROW_NO"]
        pd.testing.assert_frame_equal(found, plain[1])


def test_a_correction_that_is_older_is_refused_the_second_time_for_its_date(
    sent: Callable[[list[Fault]], Path], store: Store
) -> None:
    folder = sent([FAULTS["deliveries_out_of_order"]])
    with pytest.raises(DeliveryRefused, match="never received"):
        receive(store, [folder])
    with pytest.raises(DeliveryRefused, match="received on 2017-05-15, before what it supersedes"):
        receive(store, [folder])


def test_people_under_another_key_are_refused_when_they_would_be_joined(
    village: Path, sent: Callable[[list[Fault]], Path], store: Store
) -> None:
    receipts = receive(store, [sent([FAULTS["other_person_key"]]), village / "deliveries" / "hes_ae-2014-15"])
    assert [r.person_key for r in receipts] == ["PSEUDO_HESID", "PSEUDO_HESID", "TOKEN_PERSON_ID"]
    with pytest.raises(DeliveryRefused) as refusal:
        kept(store, deliveries(store), "hes_ae")
    assert "TOKEN_PERSON_ID is the key of hes_ae 2016-04 to 2017-03" in str(refusal.value)
    assert "Remedy: Ask the suppliers for one key" in str(refusal.value)


@pytest.mark.parametrize("first", OF_FOLDERS, ids=lambda fault: fault.name)
def test_any_two_can_be_planted_together_or_it_is_said_why_not(village: Path, tmp_path: Path, first: Fault) -> None:
    for second in OF_FOLDERS[OF_FOLDERS.index(first) + 1 :]:
        faults = chosen_faults([second.name, first.name])
        said = None
        try:
            plant(village, tmp_path / second.name, faults)
        except UsageError as refusal:
            said = str(refusal)
        if said is not None:
            assert "cannot be planted in this file" in said
            assert {fault.family for fault in faults} == {"files"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("control_totals_wrong", "delivery_provisional"), {"rows", "provisional"}),
        (("people_as_numbers", "parquet_of_dates"), {"people"}),
        (("last_years_file", "control_totals_absent"), {"outside_period", "repeated", "undeclared"}),
        (("cut_at_a_line", "control_totals_absent"), {"undeclared"}),
        (("header_again_inside", "period_too_short"), {*TAKEN["header_again_inside"], "outside_period"}),
    ],
)
def test_two_taken_in_together_are_both_said(
    sent: Callable[[list[Fault]], Path],
    store: Store,
    plain: tuple[Receipt, pd.DataFrame],
    names: tuple[str, str],
    words: set[str],
) -> None:
    receipts = receive(store, [sent(chosen_faults(list(names)))])
    (receipt,) = (r for r in receipts if r.received.isoformat() == "2017-07-15")
    assert named(receipt, plain[0]) == words


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("dates_day_first", "encoding_latin_1"), "not UTF-8"),
        (("header_renamed", "cut_within_a_line"), "ARRIVALDATE is misnamed"),
        (("control_totals_wrong", "column_missing"), "AEDEPTTYPE of hes_ae is missing"),
        (("file_misnamed", "file_zipped"), "is not in the folder"),
        (("separated_by_semicolons", "encoding_utf_16"), "UTF-16"),
        (("delivery_sent_twice", "control_totals_wrong"), "in force already"),
    ],
)
def test_two_of_which_one_is_refused(
    sent: Callable[[list[Fault]], Path], store: Store, names: tuple[str, str], words: str
) -> None:
    with pytest.raises(DeliveryRefused) as refusal:
        receive(store, [sent(chosen_faults(list(names)))])
    assert words in str(refusal.value)
