"""Published files pass their contracts, with the counts their publishers or ../shared/data/README.md give.

Belongs here: official artificial HES, QOF, ODS and tariff files received whole. Does not belong here: cleaning them.
"""

from collections import Counter
from pathlib import Path

import ibis.expr.types as ir
import pytest
from delivery_folder import write_note

from pipeline.deliveries import Receipt, deliveries, kept, receive
from pipeline.store import Store

YEARS = {"1617": ("2016-04", "2017-03"), "1718": ("2017-04", "2018-03"), "1819_v2": ("2018-04", "2019-03")}


def received(store: Store, folder: Path, published: Path, dataset: str, first: str, last: str) -> Receipt:
    """The receipt of a note that points at the published file itself."""
    write_note(folder, dataset=dataset, files=[published.name], period={"first": first, "last": last}, received="2023-02-01")
    (folder / published.name).symlink_to(published)
    (receipt,) = receive(store, [folder])
    return receipt


def column(store: Store, dataset: str, name: str) -> Counter[str | None]:
    rows: ir.Table = kept(store, deliveries(store), dataset)
    return Counter(rows[name].to_pyarrow().to_pylist())


def test_artificial_admitted_care(store: Store, tmp_path: Path, shared_data: Path) -> None:
    file = shared_data / "hes_artificial" / "artificial_hes_apc_0102_truncated.csv"
    receipt = received(store, tmp_path / "in", file, "hes_apc", "2001-04", "2002-03")
    assert (receipt.rows_in, receipt.kept, receipt.measured["people"]) == (2075, 2075, 994)
    assert len(column(store, "hes_apc", "EPIKEY")) == 2075
    assert column(store, "hes_apc", "ADMIDATE")["1801-01-01"] == 1
    assert column(store, "hes_apc", "DISDATE")[None] == 80
    assert column(store, "hes_apc", "EPISTAT")["1"] == 16
    assert column(store, "hes_apc", "GPPRAC")["&"] == 11
    assert set(column(store, "hes_apc", "SUSHRG")) == {None}
    assert set(column(store, "hes_apc", "SUSCOREHRG")) == {None}  # the column is of 2009-10 on
    assert "-" in column(store, "hes_apc", "OPERTN_4_01")  # delivered padded with blanks


def test_artificial_emergency_care(store: Store, tmp_path: Path, shared_data: Path) -> None:
    file = shared_data / "hes_artificial" / "artificial_hes_ae_0708_truncated.csv"
    receipt = received(store, tmp_path / "in", file, "hes_ae", "2007-04", "2008-03")
    assert (receipt.rows_in, receipt.kept, receipt.measured["people"]) == (1000, 1000, 672)
    assert column(store, "hes_ae", "GPPRAC")["&"] == 59
    assert column(store, "hes_ae", "AEDEPTTYPE") == {"99": 1000}
    assert column(store, "hes_ae", "ARRIVALTIME")["0000"] == 17


def test_artificial_outpatients(store: Store, tmp_path: Path, shared_data: Path) -> None:
    file = shared_data / "hes_artificial" / "artificial_hes_op_0304_truncated.csv"
    receipt = received(store, tmp_path / "in", file, "hes_op", "2003-04", "2004-03")
    assert (receipt.rows_in, receipt.kept, receipt.measured["people"]) == (1000, 1000, 269)
    assert column(store, "hes_op", "ATTENDED") == {"5": 806, "3": 91, "4": 51, "2": 40, "6": 12}
    assert column(store, "hes_op", "TRETSPEF")["&"] == 66


@pytest.mark.parametrize(
    ("year", "rows", "practices", "blank"),
    [("1617", 155232, 7392, 1304), ("1718", 149100, 7100, 252), ("1819_v2", 144333, 6873, 399)],
)
def test_qof_prevalence(
    store: Store, tmp_path: Path, shared_data: Path, year: str, rows: int, practices: int, blank: int
) -> None:
    file = shared_data / "qof" / f"PREVALENCE_{year}.csv"
    receipt = received(store, tmp_path / "in", file, "qof_prevalence", *YEARS[year])
    assert (receipt.rows_in, receipt.kept) == (rows, rows)
    assert len(column(store, "qof_prevalence", "PRACTICE_CODE")) == practices
    assert column(store, "qof_prevalence", "REGISTER")[None] == blank


def test_practices_without_a_header(store: Store, tmp_path: Path, shared_data: Path) -> None:
    file = shared_data / "practice_reference" / "epraccur_2019_2020.csv"
    receipt = received(store, tmp_path / "in", file, "practice", "2019-04", "2020-03")
    assert (receipt.rows_in, receipt.kept) == (14357, 14357)
    assert column(store, "practice", "STATUS_CODE") == {"A": 11474, "C": 2427, "D": 451, "P": 5}
    assert column(store, "practice", "PRESCRIBING_SETTING")["4"] == 8204


@pytest.mark.parametrize(
    ("file", "first", "last"),
    [
        ("1617_Annex_A_national_prices_and_national_tariff_workbook.xlsx", "2016-04", "2017-03"),
        ("1718_Annex_B1_-_national_tariff_workbook.xlsx", "2017-04", "2019-03"),
    ],
)
def test_both_tariff_workbooks(store: Store, tmp_path: Path, shared_data: Path, file: str, first: str, last: str) -> None:
    receipt = received(store, tmp_path / "in", shared_data / "tariff" / file, "tariff", first, last)
    assert receipt.new
    assert receipt.measured == {}


def test_a_published_file_under_another_name_is_refused(store: Store, tmp_path: Path, shared_data: Path) -> None:
    from pipeline.errors import DeliveryRefused

    file = shared_data / "hes_artificial" / "artificial_hes_op_0304_truncated.csv"
    with pytest.raises(DeliveryRefused, match="Its columns are those of hes_op"):
        received(store, tmp_path / "in", file, "hes_ae", "2003-04", "2004-03")
