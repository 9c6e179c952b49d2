"""The workbook that a rehearsal writes is read like the official one. Expected: the rehearsal's own price table."""

from pathlib import Path

from pipeline.pricing.tariff import read_workbook
from pipeline.rehearsal.prices import ADMITTED, EMERGENCY, PROVIDERS
from pipeline.rehearsal.tariff_workbook import write_workbook


def test_a_rehearsals_workbook_is_read_and_called_an_extract(tmp_path: Path) -> None:
    path = tmp_path / "tariff.xlsx"
    write_workbook(path)
    prices = read_workbook(path).years["2016-17"]
    assert prices.edition == f"National tariff 2016/17, Annex A ({len(ADMITTED)} of 1283 HRGs)"
    read = prices.apc.set_index("hrg")
    assert {row.hrg: row.non_elective * 100 for row in ADMITTED} == read["non_elective"].to_dict()
    assert {row.hrg: row.short_stay for row in ADMITTED} == read["short_stay_applies"].to_dict()
    assert {hrg: line[1] * 100 for hrg, line in EMERGENCY.items()}.items() <= prices.ae.set_index("hrg")[
        "type12"
    ].to_dict().items()
    assert {code: value for code, (_, value, _) in PROVIDERS.items()} == prices.mff.set_index("provider")["value"].to_dict()
