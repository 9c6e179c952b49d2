"""Bad rows of the other datasets, from receipt through cleaning: every row is kept, set aside or merged, and it is said why.

Belongs here: lists, aggregates, admitted care, price lists. Not: bad files of any dataset (`test_bad_inputs`).
"""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from delivery_folder import write_delivery, write_note
from openpyxl import Workbook

from pipeline.cleaning import Cleaned, accounting, admitted_care, feed, registers, registrations, repairs
from pipeline.deliveries import deliveries, file_paths, kept, receive
from pipeline.errors import DeliveryRefused
from pipeline.pricing.tariff import read_workbook
from pipeline.rehearsal.tariff_workbook import write_workbook
from pipeline.store import Store
from pipeline.study import CleaningRules

RULES = CleaningRules(duplicates="latest_then_most_complete", ae_duplicate_minutes=60)
REGISTRATION = "PSEUDO_HESID,PRACTICE_CODE,REGISTRATION_START,REGISTRATION_END,MYDOB,SEX,LSOA11,DEATH_DATE\n"
REGISTER = "PSEUDO_HESID,PRACTICE_CODE,GROUP_CODE,REGISTER_START,REGISTER_END\n"
ACTIVITY = (
    "PRACTICE_CODE,MONTH,POD,DEPT_TYPE,PROVIDER,POPULATION,AGE_BAND,ROWS,ROWS_LINKED,PEOPLE_WITH_ACTIVITY,COST_GBP,"
    "UNPRICED_ROWS\n"
)
SPELL = (
    "EPIKEY,PSEUDO_HESID,FYEAR,ADMIDATE,ADMIMETH,ADMISORC,CLASSPAT,EPISTART,EPIEND,EPIORDER,EPISTAT,EPITYPE,DISDATE,DISMETH,"
    "DISDEST,ADMINCAT,STARTAGE,SEX,GPPRAC,PROCODE3,MAINSPEF,TRETSPEF,DIAG_4_01,OPERTN_4_01,SUSHRG,SUSCOREHRG\n"
)
ADMITTED = (
    "{key},P{key},1617,2016-05-01,21,19,1,2016-05-01,{end},1,3,1,{end},1,19,01,{age},1,A80001,ZT1,300,300,J440,,DZ21K,DZ21K\n"
)
GOOD_CELL = "A80001,2016-04,ae,01,ZT1,all,40-74,12,12,9,1000.00,0\n"


def received(
    store: Store, folder: Path, dataset: str, text: str, clean: Callable[..., Cleaned]
) -> tuple[dict[str, int], dict[str, int]]:
    """Rows set aside on receipt by reason, and rows by fate and reason after cleaning."""
    write_delivery(folder, text, dataset=dataset, files=[f"{dataset}.csv"])
    (receipt,) = receive(store, [folder])
    rows = kept(store, deliveries(store), dataset)
    counted = accounting.accounting(clean(rows).fates)
    accounting.check_accounting(receipt.kept, counted)
    fates = {f"{fate}: {reason}": int(n) for fate, reason, n in counted[["fate", "reason", "rows"]].itertuples(index=False)}
    return {aside.reason: aside.rows for aside in receipt.quarantined}, fates


def test_registrations_that_end_before_they_begin_and_births_that_are_none(store: Store, tmp_path: Path) -> None:
    text = REGISTRATION + (
        "P1,A80001,2010-04-01,,051956,1,E01990011,\n"
        "P2,A80001,2014-04-01,2012-03-31,051956,1,E01990011,\n"  # ends before it begins
        "P3,A80001,2014-04-01,,131956,1,E01990011,\n"  # a thirteenth month
        "P4,a80001,2014-04-01,,051956,1,E01990011,\n"  # a code in lower case
        "P5,A80001,,,051956,1,E01990011,\n"  # no start
        "P6,A80001,2010-04-01,,05/56,1,E01990011,\n"  # a birth of another form
        "P1,A80001,2010-04-01,,051956,1,E01990011,\n"  # the first again
    )
    aside, fates = received(
        store, tmp_path / "in", "gp_registration", text, lambda rows: registrations.registrations(rows, rules=RULES)
    )
    assert aside == {
        "PRACTICE_CODE has not the form of the contract": 1,
        "REGISTRATION_START is missing": 1,
        "MYDOB has not the form of the contract": 1,
    }
    assert fates == {
        "kept: ": 1,
        "kept: MYDOB is empty or not a date": 1,
        "quarantined: REGISTRATION_END before REGISTRATION_START": 1,
        f"merged: {registrations.SAME_REGISTRATION}": 1,
    }


def test_registers_with_their_dates_reversed(store: Store, tmp_path: Path) -> None:
    text = REGISTER + (
        "P1,A80001,DM,2012-04-01,2014-03-31\n"
        "P2,A80001,DM,2014-03-31,2012-04-01\n"  # reversed
        "P3,A80001,AST,2099-01-01,\n"  # in the future: nobody is on it at the date
        "NULL,A80001,DM,2012-04-01,\n"
        "P4,A80001,DIABETES,2012-04-01,\n"  # no code of a register
    )
    aside, fates = received(store, tmp_path / "in", "qof_register", text, lambda rows: registers.registers(rows, rules=RULES))
    assert aside == {"PSEUDO_HESID names nobody": 1, "GROUP_CODE has not the form of the contract": 1}
    assert fates == {"kept: ": 2, "quarantined: REGISTER_END before REGISTER_START": 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A80001,2016-04,ae,01,ZT1,all,40-74,-12,12,9,1000.00,0\n", "ROWS is below 0"),
        ("A80001,2016-04,ae,01,ZT1,ALL,40-74,12,12,9,1000.00,0\n", "POPULATION has not the form of the contract"),
        ("A80001,2016-4,ae,01,ZT1,all,40-74,12,12,9,1000.00,0\n", "MONTH has not the form of the contract"),
        ("A80001,Apr-16,ae,01,ZT1,all,40-74,12,12,9,1000.00,0\n", "MONTH has not the form of the contract"),
        ("A80001,2016-04,A&E,01,ZT1,all,40-74,12,12,9,1000.00,0\n", "POD has not the form of the contract"),
        ("A80001,2016-04,ae,01,ZT1,all,40 to 74,12,12,9,1000.00,0\n", "AGE_BAND has not the form of the contract"),
        ('A80001,2016-04,ae,01,ZT1,all,40-74,12,12,9,"1,000.00",0\n', "COST_GBP is not a number"),
        ("A80001,2016-04,ae,01,ZT1,all,40-74,12.5,12,9,1000.00,0\n", "ROWS is not a number"),
        ("A80001,2016-04,ae,01,ZT1,all,40-74,*,12,9,1000.00,0\n", "ROWS is not a number"),  # a small number suppressed
        ("Total,,,,,,,12,12,9,1000.00,0\n", "PRACTICE_CODE has not the form of the contract"),
    ],
)
def test_cells_of_the_aggregates_that_are_none(store: Store, tmp_path: Path, row: str, reason: str) -> None:
    aside, fates = received(store, tmp_path / "in", "practice_activity", ACTIVITY + GOOD_CELL + row, feed.counts)
    assert aside == {reason: 1}
    assert fates == {"kept: ": 1}
    write_delivery(tmp_path / "none", ACTIVITY + row, dataset="practice_activity", files=["a.csv"])
    with pytest.raises(DeliveryRefused, match="not one of 1 rows is practice_activity") as refusal:
        receive(Store(tmp_path / "other"), [tmp_path / "none"])
    assert reason in str(refusal.value)


def test_a_cell_that_stands_twice_is_counted_once(store: Store, tmp_path: Path) -> None:
    _, fates = received(store, tmp_path / "in", "practice_activity", ACTIVITY + GOOD_CELL * 2, feed.counts)
    assert fates == {"kept: ": 1, f"quarantined: {feed.REPEATED}": 1}


def test_admissions_with_impossible_ages_and_ends(store: Store, tmp_path: Path) -> None:
    rows = [("1", "2016-05-03", "60"), ("2", "2016-05-03", "-5"), ("3", "2016-05-03", "131"), ("4", "2016-04-03", "60"),
            ("5", "2016-05-03", "60.5"), ("6", "2016-05-03", "7001")]  # fmt: skip
    text = SPELL + "".join(ADMITTED.format(key=key, end=end, age=age) for key, end, age in rows)
    aside, fates = received(store, tmp_path / "in", "hes_apc", text, lambda rows: admitted_care.spells(rows, rules=RULES))
    assert aside == {"STARTAGE has not the form of the contract": 2}
    assert fates == {"kept: ": 3, "quarantined: EPIEND before EPISTART": 1}
    told = repairs.repairs(kept(store, deliveries(store), "hes_apc"))
    assert list(told.itertuples(index=False, name=None)) == [("STARTAGE is no age, and is read as not known", 1)]


def test_costs_with_fractions_of_a_penny_count_as_none_and_are_said(store: Store, tmp_path: Path) -> None:
    text = SPELL.replace("\n", ",COST_GBP\n") + "".join(
        ADMITTED.format(key=key, end="2016-05-03", age="60").replace("\n", f",{cost}\n")
        for key, cost in (("1", "12.50"), ("2", "12.505"), ("3", "0.1"))
    )
    _, fates = received(store, tmp_path / "in", "hes_apc", text, lambda rows: admitted_care.spells(rows, rules=RULES))
    assert fates == {"kept: ": 2, "kept: COST_GBP is not a sum of money": 1}


def price_list(folder: Path, change: Callable[[Workbook], None]) -> Path:
    write_note(folder, dataset="tariff", files=["t.xlsx"], received="2016-04-01")
    write_workbook(folder / "t.xlsx", change)
    return folder


def _set(sheet: str, cell: str, value: object) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda book: book.remove(book["3 A&E"]), "no sheet is called like"),
        (_set("3 A&E", "C6", "=C5*2"), "holds formulas without their results"),
        (_set("3 A&E", "C6", "#REF!"), "or errors"),
    ],
)
def test_price_lists_refused_on_receipt(store: Store, tmp_path: Path, change: Callable[[Workbook], None], said: str) -> None:
    with pytest.raises(DeliveryRefused) as refusal:
        receive(store, [price_list(tmp_path / "in", change)])
    assert "t.xlsx" in str(refusal.value)
    assert said in str(refusal.value)
    assert "Remedy: " in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set("3 A&E", "C6", "free"), "sheet '3 A&E', row 6, column 'Type 1 and 2 Departments': the cell is not a price"),
        (_set("3 A&E", "C6", -57), "sheet '3 A&E', row 6, column 'Type 1 and 2 Departments': the cell is not a price"),
        (_set("3 A&E", "C6", 57.123), "row 6"),
        (_set("3 A&E", "C4", "Type 1"), "column 'Type 1 and 2 Departments' is missing"),
        (_set("3 A&E", "A4", "Code"), "no row holds the header 'HRG code'"),
        (_set("3 A&E", "A6", "VB01Z"), "price the same code"),
        (_set("19 MFF Payment values", "D7", "one"), "sheet '19 MFF Payment values', row 7"),
    ],
)
def test_price_lists_refused_when_prices_are_read(
    store: Store, tmp_path: Path, change: Callable[[Workbook], None], said: str
) -> None:
    receive(store, [price_list(tmp_path / "in", change)])
    (delivery,) = deliveries(store)
    with pytest.raises(DeliveryRefused) as refusal:
        read_workbook(file_paths(store, delivery)[0])
    assert "t.xlsx" in str(refusal.value)
    assert said in str(refusal.value)
    assert "Remedy: " in str(refusal.value)


def test_formulas_with_their_results_are_read(store: Store, tmp_path: Path) -> None:
    """As a spreadsheet saves them: the value that it shows stands beside the formula."""
    import zipfile

    folder = price_list(tmp_path / "in", _set("3 A&E", "C6", "=228+0"))
    with zipfile.ZipFile(folder / "t.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(folder / "t.xlsx", "w") as book:
        for name, content in parts.items():
            book.writestr(
                name,
                content.replace(b"<f>228+0</f><v></v>", b"<f>228+0</f><v>228</v>").replace(
                    b"<f>228+0</f><v />", b"<f>228+0</f><v>228</v>"
                ),
            )
    receive(store, [folder])
    (delivery,) = deliveries(store)
    path = file_paths(store, delivery)[0]
    (code,) = [row[0].value for row in openpyxl.load_workbook(path)["3 A&E"].iter_rows(min_row=6, max_row=6)]
    prices = read_workbook(path).years["2016-17"].ae.set_index("hrg")
    assert prices.loc[code, "type12"] == 22_800
