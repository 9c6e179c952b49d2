"""Every delivery has the columns its contract names and the habits of the real files."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import yaml
from rehearsal_files import all_years, read

import data_contracts
from pipeline.rehearsal.delivery_folder import control_totals

CONTRACTS = Path(data_contracts.__file__).parent
TABLES = (
    "hes_apc", "hes_ae", "hes_op", "qof_register", "gp_registration", "practice_activity", "practice_population",
    "programme_referral", "wellbeing_star", "link_worker_contact", "qof_prevalence",
)  # fmt: skip
YEARLY = ("hes_apc", "hes_ae", "hes_op", "practice_activity")


def required_columns(dataset: str) -> set[str]:
    contract = yaml.safe_load((CONTRACTS / f"{dataset}.odcs.yaml").read_text(encoding="utf-8"))
    return {
        column["name"]
        for column in contract["schema"][0]["properties"]
        if {"property": "optionalColumn", "value": True} not in column.get("customProperties", [])
    }


@pytest.mark.parametrize("dataset", TABLES)
def test_columns_of_the_contract_are_there(village: Path, dataset: str) -> None:
    folders = [f for f in (village / "deliveries").iterdir() if f.name.startswith(dataset) and f.is_dir()]
    assert len(folders) == (9 if dataset in YEARLY else 1)
    for folder in folders:
        assert required_columns(dataset) <= set(read(folder).columns)


def test_notes_name_period_receipt_and_totals_of_the_file(village: Path) -> None:
    note = yaml.safe_load((village / "deliveries/hes_ae-2016-17/delivery.yaml").read_text(encoding="utf-8"))
    frame = read(village / "deliveries/hes_ae-2016-17")
    assert note["period"] == {"first": "2016-04", "last": "2017-03"}
    assert note["received"] == "2017-07-15"
    pence = sum(round(float(v) * 100) for v in frame["COST_GBP"].dropna())
    assert note["control_totals"] == {
        "rows": len(frame),
        "people": frame["PSEUDO_HESID"].nunique(),
        "sums": {"COST_GBP": f"{pence // 100}.{pence % 100:02d}"},
    }


def test_control_totals_are_counted_from_the_rows() -> None:
    import pyarrow as pa

    table = pa.table({"PSEUDO_HESID": ["a", "a", "b"], "COST_GBP": [Decimal("1.10"), None, Decimal("2.05")]})
    assert control_totals(table) == {"rows": 3, "people": 2, "sums": {"COST_GBP": "3.15"}}


def test_episodes_lie_in_the_year_of_their_end(village: Path) -> None:
    frame = all_years(village, "hes_apc")
    finished = frame[frame["EPISTAT"] == "3"]
    month = finished["EPIEND"].str[:7]
    start = month.str[:4].astype(int) - (month.str[5:].astype(int) < 4)
    year = [f"{y}-{(y + 1) % 100:02d}" for y in start]
    assert (finished["DELIVERED"] == year).all()
    assert (finished["FYEAR"] == [y[2:4] + y[5:] for y in year]).all()
    assert (frame.loc[frame["EPISTAT"] == "1", "DELIVERED"] <= "2016-17").all()
    assert (frame["EPISTAT"] == "1").any()


def test_spells_of_several_episodes(village: Path) -> None:
    frame = all_years(village, "hes_apc")
    frame = frame[(frame["EPISTAT"] == "3") & ~frame["EPIKEY"].str.startswith("6")]  # 6: resubmitted
    frame = frame.assign(SUSCOREHRG=frame["SUSCOREHRG"].str.strip())
    spells = frame.groupby("SUSSPELLID")
    several = spells.filter(lambda s: len(s) > 1).sort_values("EPIORDER").groupby("SUSSPELLID")
    assert 20 < several.ngroups < spells.ngroups / 4
    assert (several["SUSCOREHRG"].nunique(dropna=False) == 1).all()
    assert (several["SUSHRG"].nunique() > 1).any()
    assert several["DISDATE"].count().eq(1).all(), "DISDATE stands on the last episode only"
    assert several["DISDATE"].last().eq(several["EPIEND"].last()).all()
    assert several["COST_GBP"].count().le(1).all()
    assert (several["COST_GBP"].count() == several.first()["COST_GBP"].notna()).all(), "a spell's cost is on its first episode"
    assert (several["DELIVERED"].nunique() > 1).any(), "some spell crosses 31 March"
    joined = several["EPIEND"].first() == several["EPISTART"].nth(1).groupby(frame["SUSSPELLID"]).first()
    assert joined.all()


def test_a_person_is_in_one_bed_at_a_time(village: Path) -> None:
    frame = all_years(village, "hes_apc")
    frame = frame[(frame["EPISTAT"] == "3") & ~frame["EPIKEY"].str.startswith("6")]
    spells = frame.groupby("SUSSPELLID").agg(
        person=("PSEUDO_HESID", "first"), begin=("ADMIDATE", "first"), end=("EPIEND", "max")
    )
    spells = spells.sort_values(["person", "begin"])
    later = spells["person"].eq(spells["person"].shift())
    assert (spells.loc[later, "begin"] > spells["end"].shift()[later]).all()


def test_the_dirt_of_real_files_is_there_in_both_arms(village: Path) -> None:
    outpatients = all_years(village, "hes_op")
    missed = ~outpatients["ATTENDED"].isin(["5", "6"])
    assert 0.10 < missed.mean() < 0.17
    assert outpatients.loc[missed, ["SUSHRG", "COST_GBP"]].isna().all(axis=None)
    assert (outpatients["APPTDATE"] == "1801-01-01").sum() == 6
    assert (all_years(village, "hes_ae")["ARRIVALDATE"] == "1801-01-01").sum() == 6
    assert outpatients["TRETSPEF"].str.endswith(" ").any()
    assert outpatients["ATTENDKEY"].is_unique
    assert outpatients.drop(columns="ATTENDKEY").duplicated().any(), "some rows are sent again under another key"


def test_practice_list_is_epraccur_without_a_header(village: Path) -> None:
    frame = pd.read_csv(village / "deliveries/practice/practice.csv", header=None, dtype=str)
    assert frame.shape[1] == 27
    assert frame[0].iloc[0] == "A80001"
    assert set(frame[14]) == {"13T"}
    assert set(frame[25]) == {"4"}
