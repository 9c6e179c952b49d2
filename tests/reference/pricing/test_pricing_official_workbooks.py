"""The loader against the official workbooks. Expected: as printed there, and the counts of ../shared/data/README.md."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.pricing.tariff import Tariff, YearPrices, read_workbook, together

ANNEX_A = "1617_Annex_A_national_prices_and_national_tariff_workbook.xlsx"
ANNEX_B1 = "1718_Annex_B1_-_national_tariff_workbook.xlsx"


@pytest.fixture(scope="module")
def tariff(shared_data: Path) -> Tariff:
    return together([read_workbook(shared_data / "tariff" / name) for name in (ANNEX_A, ANNEX_B1)])


def row(frame: pd.DataFrame, key: str, code: str) -> dict[str, object]:
    found = frame[frame[key] == code]
    assert len(found) == 1
    return {k: (None if pd.isna(v) else v) for k, v in found.iloc[0].items()}


def factor(prices: YearPrices, provider: str) -> object:
    return row(prices.mff, "provider", provider)["value"]


@pytest.mark.parametrize(
    ("year", "hrgs", "providers", "grouper"),
    [("2016-17", 1283, 238, "HRG4"), ("2017-18", 2303, 237, "HRG4+"), ("2018-19", 2303, 237, "HRG4+")],
)
def test_every_published_price_row_is_read(tariff: Tariff, year: str, hrgs: int, providers: int, grouper: str) -> None:
    prices = tariff.years[year]
    assert (len(prices.apc), len(prices.outpatient), len(prices.mff)) == (hrgs, 56, providers)
    assert prices.grouper == grouper
    assert set(prices.ae["hrg"]) == {f"VB{n:02d}Z" for n in range(1, 12)} | {"VB99Z"}


def test_notes_are_counted_not_read_as_prices(tariff: Tariff) -> None:
    # 2016/17: A17 of `3 A&E`. 2017/18: B2307, B2308 of `1a` and B63 of `2a`. 2018/19: B2307 of `1b` and B63 of `2b`
    assert {year: prices.notes for year, prices in tariff.years.items()} == {"2016-17": 1, "2017-18": 3, "2018-19": 2}


def test_columns_of_2016_17_are_filled_as_published(tariff: Tariff) -> None:
    apc = tariff.years["2016-17"].apc
    filled = {
        column: int(apc[column].notna().sum()) for column in ("op_procedure", "combined", "day_case", "ordinary_elective")
    }
    assert filled == {"op_procedure": 101, "combined": 1268, "day_case": 14, "ordinary_elective": 15}
    assert int(apc["short_stay_applies"].sum()) == 323
    assert int(apc["elective_trim"].min()) == int(apc["ne_trim"].min()) == 5
    assert apc["hrg"].iloc[0] == "AA02A"
    assert apc["hrg"].iloc[-1] == "WA24Z"


def test_columns_of_2017_18_are_filled_as_published(tariff: Tariff) -> None:
    apc = tariff.years["2017-18"].apc
    filled = {
        column: int(apc[column].notna().sum()) for column in ("op_procedure", "combined", "day_case", "ordinary_elective")
    }
    assert filled == {"op_procedure": 240, "combined": 2282, "day_case": 21, "ordinary_elective": 21}
    assert int(apc["short_stay_applies"].sum()) == 692
    assert apc["hrg"].iloc[0] == "AA22C"
    assert apc["hrg"].iloc[-1] == "YR57Z"


def test_published_ae_prices(tariff: Tariff) -> None:
    for code, pounds in {"VB01Z": (246, 322, 328), "VB11Z": (57, 63, 63)}.items():
        read = tuple(row(tariff.years[y].ae, "hrg", code)["type12"] for y in ("2016-17", "2017-18", "2018-19"))
        assert read == tuple(100 * p for p in pounds)
    assert set(tariff.years["2016-17"].ae["type3"]) == {5700}
    assert set(tariff.years["2018-19"].ae["type3"]) == {6300}


def test_vb99z_takes_vb09z_in_2016_17_by_the_note_and_its_own_price_later(tariff: Tariff) -> None:
    assert [row(tariff.years[y].ae, "hrg", "VB99Z")["type12"] for y in sorted(tariff.years)] == [8300, 9100, 9300]


def test_published_outpatient_prices(tariff: Tariff) -> None:
    general_medicine = [row(tariff.years[y].outpatient, "tfc", "300") for y in ("2016-17", "2017-18")]
    assert [(r["WF01B"], r["WF01A"]) for r in general_medicine] == [(18300, 10800), (19000, 9500)]
    assert row(tariff.years["2016-17"].outpatient, "tfc", "329")["WF01A"] is None  # printed `-`
    assert row(tariff.years["2016-17"].outpatient, "tfc", "812")["WF01B"] == 0  # printed 0: a price


def test_the_two_outpatient_sheets_of_annex_b1_are_identical(tariff: Tariff) -> None:
    pd.testing.assert_frame_equal(tariff.years["2017-18"].outpatient, tariff.years["2018-19"].outpatient)


def test_market_forces_factors_are_exact_millionths(tariff: Tariff) -> None:
    first, second = tariff.years["2016-17"], tariff.years["2017-18"]
    assert (factor(first, "RTD"), factor(first, "RR7"), factor(first, "RW4")) == (1035817, 1028218, 1038589)
    assert factor(second, "RW4") == 1036203
    both = first.mff.merge(second.mff, on="provider", suffixes=("_1617", "_1719"))
    assert both[both["value_1617"] != both["value_1719"]]["provider"].tolist() == ["RW4"]  # its only change
    assert set(first.mff["provider"]) - set(second.mff["provider"]) == {"RJX"}


def test_aa22c_of_2017_18(tariff: Tariff) -> None:
    read = row(tariff.years["2017-18"].apc, "hrg", "AA22C")
    assert (read["combined"], read["non_elective"], read["per_day"], read["short_stay_price"]) == (
        820700,
        976600,
        24000,
        293000,
    )
    assert (read["elective_trim"], read["ne_trim"], read["short_stay_applies"]) == (117, 98, True)


def test_ga10d_has_an_ordinary_price_and_no_day_case_price(tariff: Tariff) -> None:
    read = row(tariff.years["2016-17"].apc, "hrg", "GA10D")
    assert (read["combined"], read["day_case"], read["ordinary_elective"], read["non_elective"]) == (None, None, 139400, 306100)


def test_groupers_share_165_codes_and_few_of_their_words(tariff: Tariff) -> None:
    both = tariff.years["2016-17"].apc.merge(tariff.years["2017-18"].apc, on="hrg")
    assert len(both) == 165
    words = [both[name].str.split().str.join(" ").str.lower() for name in ("name_x", "name_y")]
    assert int((words[0] != words[1]).sum()) == 88  # one more differs in a capital letter only


def test_editions_are_called_what_they_are(tariff: Tariff) -> None:
    assert tariff.years["2016-17"].edition == "National tariff 2016/17, Annex A"
    assert tariff.years["2018-19"].edition.endswith("statutory consultation, proposed prices")


def test_codes_of_both_groupers_are_not_the_same_currency(tariff: Tariff) -> None:
    """Why a year of another grouper is priced by no list: of 165 shared codes only 77 keep their words (files_and_pricing)."""
    names = {year: tariff.years[year].apc.set_index("hrg")["name"] for year in ("2016-17", "2017-18")}
    shared = sorted(set(names["2016-17"].index) & set(names["2017-18"].index))
    same_words = [hrg for hrg in shared if names["2016-17"][hrg].lower() == names["2017-18"][hrg].lower()]
    assert (len(shared), len(same_words)) == (165, 77)
    assert len(names["2016-17"]) - len(shared) == 1118
    assert len(names["2017-18"]) - len(shared) == 2138


def test_hrgs_in_scope_of_a_best_practice_price(tariff: Tariff) -> None:
    """190 in 2017/18 (files_and_pricing 4, row 27); heart failure with CC is one in 2016/17, chemotherapy's core is none."""
    assert int(tariff.years["2017-18"].apc["best_practice"].sum()) == 190
    assert row(tariff.years["2016-17"].apc, "hrg", "EB03H")["best_practice"]
    assert not row(tariff.years["2016-17"].apc, "hrg", "SB97Z")["best_practice"]
