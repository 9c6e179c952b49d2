"""Means of the declared fall-back, written a second time: by hand, and recounted from files. Not: which codes have none."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest
from broken_villages import every_file

from pipeline.rehearsal import rehearse as writing
from pipeline.rehearsal.breaks import fallback_means, hrg4plus
from pipeline.rehearsal.contacts import Contacts

#: 2016/17 workbook, sheet '19 MFF Payment values': RTD, RR7, RTF
FACTOR = {"ZT1": 1_035_817, "ZT2": 1_028_218, "ZT3": 1_030_009}


def half_up(upper: int, lower: int) -> int:
    return int((Decimal(upper) / Decimal(lower)).quantize(Decimal(1), ROUND_HALF_UP))


def contacts(**columns: list[int]) -> Contacts:
    """As many contacts as the columns have."""
    n = len(columns["provider"])
    details = {name: np.array(values) for name, values in columns.items() if name not in ("provider", "pence", "month")}
    zeros = np.zeros(n, dtype=np.int64)
    pence = np.array(columns.get("pence", [0] * n))
    month = np.array(columns.get("month", [0] * n))
    return Contacts(zeros, month, zeros, np.array(columns["provider"]), pence, np.zeros(n), np.zeros(n, dtype=bool), details)


def test_a_mean_is_rounded_before_and_after_the_market_forces_factor() -> None:
    """301 pence over 2 contacts: 150.5, so 151. At ZT1 151 x 1.035817 = 156.41, so 156; at ZT2 155.26, so 155."""
    added = np.zeros((2, 8, 6), dtype=np.int64)
    added[:, 0, 2] = 2, 301
    mean = fallback_means.means(added)
    assert mean[0].tolist() == [-1, -1, 151, -1, -1, -1]
    spells = contacts(provider=[0, 1, 0], kind=[0, 0, 0], stay=[2, 3, 4])
    assert fallback_means.stand_in("apc", spells, mean).tolist() == [156, 155, -1]


def test_departments_without_a_contact_take_the_mean_of_all() -> None:
    """Type 1: 3 contacts at 100 pence; none at type 3."""
    added = np.zeros((2, 8, 6), dtype=np.int64)
    added[:, 3, 0] = 3, 300
    assert fallback_means.means(added)[3:5, 0].tolist() == [100, 100]


def test_bands_of_days() -> None:
    spells = contacts(provider=[0] * 9, kind=[0] * 9, stay=[0, 1, 2, 3, 4, 7, 8, 14, 15])
    assert fallback_means.band_of("apc", spells).tolist() == [0, 1, 2, 2, 3, 3, 4, 4, 5]


def test_means_of_all_parts_stand_in_the_aggregates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Outpatient procedures of a village written in two parts: its mean recounted from the files, in whole pence."""
    monkeypatch.setattr(writing, "PART", 0.02)
    writing.rehearse(tmp_path, seed=5, scale=0.04, breaks=["hrg4plus"])
    assert len(list((tmp_path / "deliveries/hes_op-2014-15").glob("*.parquet"))) == 2
    op = every_file(tmp_path, "hes_op")
    op = op[op["ATTENDED"].isin(["5", "6"])].assign(PROVIDER=op["PROCODE3"].str.strip(), TRETSPEF=op["TRETSPEF"].str.strip())
    op = op.drop_duplicates(["PSEUDO_HESID", "APPTDATE", "TRETSPEF"])
    done = op[(op["APPTDATE"] < "2015-04-01") & op["SUSHRG"].str.strip().isin(list(hrg4plus.PLUS)) & op["COST_GBP"].notna()]
    base = [
        half_up(round(float(cost) * 100) * 10**6, FACTOR[p]) for cost, p in zip(done["COST_GBP"], done["PROVIDER"], strict=True)
    ]
    mean = half_up(sum(base), len(base))
    price = {provider: Decimal(half_up(mean * factor, 10**6)) / 100 for provider, factor in FACTOR.items()}
    feed = every_file(tmp_path, "practice_activity")
    feed = feed[(feed["POD"] == "op_procedure") & (feed["POPULATION"] == "eligible")]
    late = feed[feed["MONTH"] >= "2017-04"]
    assert len(late) > 20
    for row in late.itertuples():
        assert Decimal(str(row.COST_GBP)) == int(row.ROWS) * price[row.PROVIDER]
    assert (feed["UNPRICED_ROWS"].astype(int) == 0).all(), "means stand in for what has no price, in every year"
