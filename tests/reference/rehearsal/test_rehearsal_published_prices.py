"""Every price of the rehearsal against the official 2016/17 workbook (National tariff 2016/17, Annex A), read by calamine."""

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pipeline.rehearsal.prices import ADMITTED, EMERGENCY, OUTPATIENT, PROVIDERS
from pipeline.rehearsal.tariff_workbook import write_workbook

NAME = "1617_Annex_A_national_prices_and_national_tariff_workbook.xlsx"


@pytest.fixture(scope="module")
def official(shared_data: Path) -> CalamineWorkbook:
    return CalamineWorkbook.from_path(shared_data / "tariff" / NAME)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> CalamineWorkbook:
    path = tmp_path_factory.mktemp("tariff") / "tariff.xlsx"
    write_workbook(path)
    return CalamineWorkbook.from_path(path)


def rows(book: CalamineWorkbook, sheet: str) -> list[list[object]]:
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def test_admitted_prices(official: CalamineWorkbook) -> None:
    published = {row[1]: row[1:14] for row in rows(official, "1 APC & OPROC")}
    for price in ADMITTED:
        shown = [
            price.hrg, price.name, price.outpatient_procedure, price.combined, price.day_case, price.ordinary,
            price.elective_trim, price.non_elective, price.non_elective_trim, price.per_day,
            "Yes" if price.short_stay else "No", price.short_stay_share, price.short_stay_price,
        ]  # fmt: skip
        for mine, theirs in zip(shown, published[price.hrg], strict=True):
            if isinstance(mine, int | float):
                assert theirs == pytest.approx(mine, abs=1e-12), price.hrg
            else:
                assert theirs == ("-" if mine is None else mine), price.hrg


def test_outpatient_emergency_and_market_forces(official: CalamineWorkbook) -> None:
    clinics = {row[0]: tuple(row[1:6]) for row in rows(official, "2 OP Attendances")}
    assert all(clinics[float(function)] == published for function, published in OUTPATIENT.items())
    emergency = {row[0]: tuple(row[1:4]) for row in rows(official, "3 A&E")}
    assert all(emergency[hrg] == published for hrg, published in EMERGENCY.items())
    factor = {row[1]: row[3] for row in rows(official, "19 MFF Payment values")}
    for _, millionths, trust in PROVIDERS.values():
        assert factor[trust] == pytest.approx(millionths / 1_000_000, abs=1e-9)


def test_treatment_function_without_a_price_is_published_as_such(official: CalamineWorkbook) -> None:
    assert 400.0 in {row[0] for row in rows(official, "12 TFCs with no national price")}


@pytest.mark.parametrize(
    ("sheet", "header", "first"),
    [("1 APC & OPROC", 2, 3), ("2 OP Attendances", 3, 4), ("3 A&E", 3, 4), ("19 MFF Payment values", 4, 5)],
)
def test_layout_is_the_official_one(
    official: CalamineWorkbook, ours: CalamineWorkbook, sheet: str, header: int, first: int
) -> None:
    theirs, mine = rows(official, sheet), rows(ours, sheet)
    titles = [cell for cell in mine[header] if cell != ""]
    assert mine[header] == theirs[header][: len(mine[header])]
    assert len(titles) >= 3
    code = 1 if sheet in ("1 APC & OPROC", "19 MFF Payment values") else 0
    assert "" not in (mine[first][code], theirs[first][code])
