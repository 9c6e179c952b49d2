"""What the loader accepts and refuses. Expected values: the made-up workbook of conftest, and the message a reader needs."""

import openpyxl
import pandas as pd
import pytest

from pipeline.errors import DeliveryRefused, ProtocolInvalid
from pipeline.pricing.tariff import Tariff, read_workbook, together
from pipeline.pricing.workbook_sheet import normalised
from pipeline.study import Prices


def changed(sheets, sheet, row, column, value):
    """The rows of one sheet with one cell changed; row and column count from 1 as a spreadsheet shows them."""
    rows = sheets[sheet]
    rows[row - 1][column - 1] = value
    return {sheet: rows}


def test_prices_are_pence_and_a_dash_is_no_price(tariff: Tariff) -> None:
    prices = tariff.years["2016-17"]
    row = prices.apc.set_index("hrg").loc["AA11A"]
    assert (row["day_case"], row["ordinary_elective"], row["elective_trim"]) == (50000, 80000, 5)
    assert pd.isna(row["combined"])
    assert not row["short_stay_applies"]
    assert prices.outpatient["tfc"].tolist() == ["300", "329"]
    assert prices.mff.set_index("provider")["value"].to_dict() == {"RXA": 1_100_000, "RXB": 1_000_000}
    assert prices.notes == 2  # one below the HRGs, one below A&E


def test_an_extract_does_not_pass_for_the_whole_edition(tariff: Tariff) -> None:
    assert tariff.years["2016-17"].edition == "National tariff 2016/17, Annex A (6 of 1283 HRGs)"


def test_vb99z_is_priced_as_vb09z(tariff: Tariff) -> None:
    ae = tariff.years["2016-17"].ae.set_index("hrg")
    assert ae.loc["VB99Z"].tolist() == ae.loc["VB09Z"].tolist() == [8000, 6000]


def test_headers_of_both_editions_compare_equal() -> None:
    assert normalised("Reduced short stay emergency tariff (£) *") == normalised("Reduced short stay emergency tariff (£)")
    assert normalised("long stay trimpoint\n(days)") == normalised("Long stay  trim point (days)")
    assert normalised("Day case spell tariff (£)") != normalised("Ordinary elective spell tariff (£)")


@pytest.mark.parametrize(
    ("cell", "pence"),
    [("1,000", 100000), ("12,345", 1234500), ("£1,000", 100000), (" 1000 ", 100000), ("1\N{NO-BREAK SPACE}", 100),
     ("-", None), (" - ", None), ("\N{EN DASH}", None), ("\N{EM DASH}", None), ("", None), (0, 0)],
)  # fmt: skip
def test_prices_as_people_type_them_are_read(write_workbook, sheets, cell, pence) -> None:
    read = read_workbook(write_workbook(changed(sheets, "1 APC & OPROC ", 4, 5, cell))).years["2016-17"].apc["combined"].iloc[0]
    assert (None if pd.isna(read) else read) == pence


def test_merged_headers_and_merged_notes_do_not_move_a_price(write_workbook, tariff: Tariff) -> None:
    """As published, titles over several columns are merged cells, and so are notes below the prices."""
    path = write_workbook()
    book = openpyxl.load_workbook(path)
    book["2 OP Attendances"].merge_cells("C3:F3")
    book["3 A&E"].merge_cells("C3:D3")
    book["3 A&E"].merge_cells("A9:D9")
    sheet = book["1 APC & OPROC "]
    sheet["C2"] = "Best practice tariff information"
    sheet.merge_cells("C2:D2")
    sheet.merge_cells("B10:F10")
    book.save(path)
    read, plain = read_workbook(path).years["2016-17"], tariff.years["2016-17"]
    assert (read.lists_sha256, read.notes) == (plain.lists_sha256, plain.notes)


def test_columns_are_found_wherever_they_stand(write_workbook, sheets, tariff: Tariff) -> None:
    turned = {"19 MFF Payment values": [list(reversed(row)) for row in sheets["19 MFF Payment values"]]}
    assert read_workbook(write_workbook(turned)).years["2016-17"].lists_sha256 == tariff.years["2016-17"].lists_sha256


def test_a_later_editions_sheets_are_of_no_known_edition_and_the_known_are_named(write_workbook, sheets) -> None:
    changes = {"1 APC & OPROC ": None, "1 APC & OPROC 19.20": sheets["1 APC & OPROC "]}
    with pytest.raises(DeliveryRefused, match=r"2016/17, Annex A.*2017/18 and 2018/19, Annex B1"):
        read_workbook(write_workbook(changes))


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "said"),
    [
        ("1 APC & OPROC ", 3, 9, "Something else", "sheet '1 APC & OPROC': column 'Non-elective spell tariff (£)' is missing"),
        ("1 APC & OPROC ", 3, 4, "HRG name", "column 'HRG name' stands twice"),
        ("1 APC & OPROC ", 3, 2, "Code", "sheet '1 APC & OPROC': no row holds the header 'HRG code'"),
        ("1 APC & OPROC ", 5, 2, "AA10A", "rows 4 and 5 price the same code"),
        ("1 APC & OPROC ", 4, 9, "about 2000", "row 4, column 'Non-elective spell tariff (£)': the cell is not a price"),
        ("1 APC & OPROC ", 4, 9, 20.005, "row 4, column 'Non-elective spell tariff (£)': the cell is not a price"),
        ("1 APC & OPROC ", 4, 9, "2,00", "row 4, column 'Non-elective spell tariff (£)': the cell is not a price"),
        ("1 APC & OPROC ", 4, 9, -5, "row 4, column 'Non-elective spell tariff (£)': the cell is not a price"),
        ("1 APC & OPROC ", 4, 10, 20.5, "the cell is not whole days"),
        ("1 APC & OPROC ", 4, 12, "perhaps", "the cell is not Yes or No"),
        ("19 MFF Payment values", 6, 4, 1.12345678, "the cell is not a factor"),
        # another year's factors under the same sheet name
        ("19 MFF Payment values", 5, 4, "Payment index value for 2015-16", "'Payment index value for 2016-17' is missing"),
    ],
)
def test_what_is_refused_names_sheet_row_and_column(write_workbook, sheets, sheet, row, column, value, said) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read_workbook(write_workbook(changed(sheets, sheet, row, column, value)))
    assert said in str(refused.value)
    assert refused.value.remedy


def test_a_sheet_that_is_missing_is_named(write_workbook) -> None:
    with pytest.raises(DeliveryRefused, match="has no sheet '3 A&E'"):
        read_workbook(write_workbook({"3 A&E": None}))


def test_a_sheet_without_a_price_row_is_refused(write_workbook, sheets) -> None:
    with pytest.raises(DeliveryRefused, match="no row below 'Provider Code' holds a code"):
        read_workbook(write_workbook({"19 MFF Payment values": sheets["19 MFF Payment values"][:5]}))


def test_a_workbook_of_no_known_edition_is_refused(write_workbook) -> None:
    with pytest.raises(DeliveryRefused, match=r"no tariff workbook of a known edition.*2016/17"):
        read_workbook(write_workbook({"1 APC & OPROC ": None}))


def test_the_2017_19_layout_without_the_word_consultation_is_another_edition(write_workbook) -> None:
    empty: list[list[object]] = [[]]
    changes = {"1 APC & OPROC ": None, "1a APC & OPROC 17.18": empty, "1b APC & OPROC 18.19": empty}
    with pytest.raises(DeliveryRefused, match="front page does not say 'consultation'"):
        read_workbook(write_workbook(changes))


def test_a_file_that_is_no_workbook_is_refused(tmp_path) -> None:
    path = tmp_path / "tariff.xlsx"
    path.write_text("not a workbook")
    with pytest.raises(DeliveryRefused, match=r"tariff\.xlsx cannot be read as a workbook"):
        read_workbook(path)


def test_two_workbooks_of_one_year_are_refused(tariff: Tariff) -> None:
    with pytest.raises(DeliveryRefused, match="2016-17"):
        together([tariff, tariff])


def test_a_base_year_not_held_names_the_years_that_are_and_those_that_could_be(tariff: Tariff) -> None:
    with pytest.raises(ProtocolInvalid, match="no delivered tariff workbook holds 2014-15; years held: 2016-17") as refused:
        tariff.base(Prices(base="2014-15", grouper="HRG4"))
    assert "Editions known here price 2016-17, 2017-18, 2018-19" in refused.value.remedy


def test_a_grouper_that_is_not_the_base_years_is_refused(tariff: Tariff) -> None:
    with pytest.raises(ProtocolInvalid, match="HRG4, the protocol says HRG4\\+"):
        tariff.base(Prices(base="2016-17", grouper="HRG4+"))


def test_a_list_is_not_handed_out_for_hrgs_of_another_grouper(tariff: Tariff) -> None:
    assert tariff.of_year("2016-17", "HRG4", clause="prices.base").year == "2016-17"
    with pytest.raises(ProtocolInvalid, match="the same code can mean another thing in each"):
        tariff.of_year("2016-17", "HRG4+", clause="prices.base")
