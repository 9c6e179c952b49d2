"""Breaks of feeds, groupers and prices in the files: ECDS, HRG4+, each year's tariff. Not: lists (test_breaks_lists)."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml
from broken_villages import changed_deliveries, village_with
from rehearsal_files import all_years, quiet, read

from pipeline.rehearsal import rehearse as writing
from pipeline.rehearsal.breaks import hrg4plus
from pipeline.rehearsal.faults.catalogue import chosen_faults
from pipeline.rehearsal.layout_admitted import admitted_table
from pipeline.rehearsal.prices import ADMITTED, EMERGENCY
from pipeline.rehearsal.sent import send
from pipeline.rehearsal.truth import fault_document
from pipeline.rehearsal.valuation import AE_HRGS
from pipeline.rehearsal.world import build_world

KEY = ["PSEUDO_HESID", "DATE", "TIME", "PROVIDER"]


def hes(folder: Path) -> pd.DataFrame:
    """Attendances of HES A&E with a date, each once."""
    rows = all_years(folder, "hes_ae")
    rows = rows[rows["ARRIVALDATE"] > "1900"]
    named = rows.assign(DATE=rows["ARRIVALDATE"], TIME=rows["ARRIVALTIME"], PROVIDER=rows["PROCODE3"].str.strip())
    return named.drop_duplicates(KEY)


def test_only_the_feeds_of_a_and_e_change_with_ecds(village: Path) -> None:
    assert changed_deliveries(village_with("ecds"), village) == {
        "hes_ae-2017-18", "hes_ae-2018-19", "ecds-2017-18", "ecds-2018-19",
    }  # fmt: skip


def test_every_attendance_stands_in_the_feeds_of_its_month(village: Path) -> None:
    folder = village_with("ecds")
    sent = all_years(folder, "ecds")
    ecds = sent.assign(DATE=sent["ARRIVAL_DATE"], TIME=sent["ARRIVAL_TIME"].str.replace(":", ""))
    ecds = ecds.rename(columns={"PROVIDER_CODE_DERIVED": "PROVIDER"}).drop_duplicates(KEY)
    whole, left = hes(village), hes(folder)
    begins = whole["PROVIDER"].map({"ZT1": "2017-10", "ZT2": "2018-04", "ZT3": "9999-99"})
    ends = whole["PROVIDER"].map({"ZT1": "2017-12", "ZT2": "2018-06", "ZT3": "9999-99"})
    month = whole["DATE"].str[:7]

    def keys(frame: pd.DataFrame) -> set[tuple[str, ...]]:
        return set(frame[KEY].itertuples(index=False, name=None))

    assert keys(ecds) == keys(whole[month >= begins])
    assert keys(left) == keys(whole[month < ends])
    assert len(keys(ecds) & keys(left)) > 30, "two months of either provider stand in both"
    pd.testing.assert_frame_equal(left.set_index("AEKEY"), whole.set_index("AEKEY").loc[left["AEKEY"]])


def test_what_ecds_says_of_an_attendance_is_what_hes_says(village: Path) -> None:
    sent = all_years(village_with("ecds"), "ecds")
    ecds = sent.assign(DATE=sent["ARRIVAL_DATE"], TIME=sent["ARRIVAL_TIME"].str.replace(":", ""))
    both = ecds.rename(columns={"PROVIDER_CODE_DERIVED": "PROVIDER"}).drop_duplicates(KEY).merge(hes(village), on=KEY)
    assert len(both) > 200
    assert (both["ATTENDANCE_CATEGORY"] == both["AEATTENDCAT"].map({"1": "1", "3": "2"})).all()
    assert (both["DEPARTMENT_TYPE"] == both["AEDEPTTYPE"].str.strip()).all()
    assert (both["PRACTICE_CODE_PATIENT_REGISTRATION"] == both["GPPRAC"]).all()
    assert (both["HEALTH_RESOURCE_GROUP"] == both["SUSHRG"].str.strip()).all()
    assert both["FINAL_PRICE"].fillna("").tolist() == both["COST_GBP"].fillna("").tolist()
    way = both["AEATTENDDISP"]
    assert ((both["DISCHARGE_DESTINATION"] == "306706006") == (way == "01")).all()
    assert ((both["DISCHARGE_FOLLOW_UP"] == "3780001") == (way == "03")).all()


def test_ecds_has_every_column_of_its_contract() -> None:
    contract = yaml.safe_load((Path(writing.__file__).parents[2] / "data_contracts" / "ecds.odcs.yaml").read_text())
    wanted = {
        column["name"]
        for column in contract["schema"][0]["properties"]
        if {"property": "optionalColumn", "value": True} not in column.get("customProperties", [])
    }
    assert wanted <= set(read(village_with("ecds") / "deliveries/ecds-2018-19").columns)


def test_only_the_cost_column_of_rows_follows_the_year(village: Path) -> None:
    folder = village_with("tariff_years")
    years = [f"{y}-{(y + 1) % 100:02d}" for y in range(2010, 2019) if y != 2016]
    # a spell's first episode may lie in the year before its discharge, whose tariff it is priced by: 2016-17 may change for it
    changed = changed_deliveries(folder, village) - {"hes_apc-2016-17"}
    assert changed == {f"{dataset}-{year}" for dataset in ("hes_apc", "hes_ae", "hes_op") for year in years}
    for dataset in ("hes_ae", "hes_op"):
        plain, sent = all_years(village, dataset), all_years(folder, dataset)
        other = [c for c in plain.columns if c != "COST_GBP"]
        pd.testing.assert_frame_equal(plain[other], sent[other])
        for year, factor in (("2016-17", "1"), ("2017-18", "1.001"), ("2015-16", "0.982318"), ("2018-19", "1.002001")):
            # 1 / 1.018 = 0.982318 (millionths); 1.001 squared
            rows = plain["DELIVERED"] == year
            want = [
                str((Decimal(str(cost)) * Decimal(factor)).quantize(Decimal("0.01"), ROUND_HALF_UP))
                for cost in plain.loc[rows, "COST_GBP"].dropna()
            ]
            assert [str(Decimal(str(cost))) for cost in sent.loc[rows, "COST_GBP"].dropna()] == want


def test_codes_of_hrg4plus_stand_in_the_public_book(shared_data: Path) -> None:
    """Every code of the rehearsal is of sheet '1 APC & OPROC' of 2016/17, every one of HRG4+ of '1a APC & OPROC 17.18'."""
    sheets = {"1617_Annex_A": "1 APC & OPROC", "1718_Annex_B1": "1a APC & OPROC 17.18"}
    codes = []
    for begins, sheet in sheets.items():
        (path,) = (shared_data / "tariff").glob(f"{begins}*.xlsx")
        book = openpyxl.load_workbook(path, read_only=True)
        codes.append({str(row[0]).strip() for row in book[sheet].iter_rows(min_col=2, max_col=2, min_row=4, values_only=True)})
    assert set(hrg4plus.PLUS) == {row.hrg for row in ADMITTED} <= codes[0]
    assert set(hrg4plus.PLUS.values()) <= codes[1]
    in_both = {old for old, new in hrg4plus.PLUS.items() if old == new}
    assert in_both == {"FZ51Z", "LB72A", "UZ01Z"} == set(hrg4plus.PLUS) & codes[1]


def test_codes_change_with_the_discharge_and_nothing_else_does(village: Path) -> None:
    folder = village_with("hrg4plus")
    assert changed_deliveries(folder, village) - {"hes_apc-2016-17"} == {
        *(f"{dataset}-{year}" for dataset in ("hes_apc", "hes_op") for year in ("2017-18", "2018-19")),
        *(f"practice_activity-{y}-{(y + 1) % 100:02d}" for y in range(2010, 2019)),
    }  # fmt: skip
    plain, sent = all_years(village, "hes_apc"), all_years(folder, "hes_apc")
    other = [c for c in plain.columns if c not in ("SUSHRG", "SUSCOREHRG")]
    pd.testing.assert_frame_equal(plain[other], sent[other])
    discharged = plain.groupby("SUSSPELLID")["DISDATE"].transform("max")
    late, ended = discharged >= "2017-04-01", plain["EPIEND"] >= "2017-04-01"
    for column, when in (("SUSCOREHRG", late), ("SUSHRG", ended)):
        codes = plain[column].str.strip()
        want = codes.where(~when, codes.map(hrg4plus.PLUS))
        assert sent[column].str.strip().fillna("").tolist() == want.fillna("").tolist()
    assert late.sum() > 200
    op, op_sent = all_years(village, "hes_op"), all_years(folder, "hes_op")
    codes = op["SUSHRG"].str.strip()
    procedure = (op["APPTDATE"] >= "2017-04-01") & codes.isin(list(hrg4plus.PLUS))
    assert procedure.sum() > 50
    want = codes.where(~procedure, codes.map(hrg4plus.PLUS))
    assert op_sent["SUSHRG"].str.strip().fillna("").tolist() == want.fillna("").tolist()


def test_the_same_attendance_in_two_feeds_cannot_be_merged() -> None:
    """Copies stand under the provider that stays on HES A&E, 75 minutes later; those of months before a hand-over do not."""
    world = build_world(seed=5, truth_gbp=86.0, scale=0.03, say=quiet, breaks=("ecds",))
    faults = chosen_faults(["ae_and_ecds_double_counted:severity=1,arm=control"])
    right, wrong = send(world, []).extract["ae"], send(world, faults).extract["ae"]
    added = wrong.take(np.arange(len(right), len(wrong)))
    first = {0: world.parameters.months.index("2017-10"), 1: world.parameters.months.index("2018-04")}
    control = np.isin(world.city.codes[world.people.home[right.person]], world.city.of_arm("control"))
    due = sum(int(((right.provider == p) & (right.month >= month) & control).sum()) for p, month in first.items())
    assert 0.9 * due < len(added) <= 1.1 * due + 5, "all of the arm, but for the few who moved between practices"
    assert set(added.provider.tolist()) == {2}
    assert added.month.min() >= first[0]
    table = send(world, faults)
    assert len(table.feed["ae"]) == len(right), "the aggregates hold each once"


def test_a_grouper_a_year_early_in_one_arm() -> None:
    """Discharges of 2016-17 of the control carry codes of the year after; aggregates and cost column know nothing of it."""
    world = build_world(seed=5, truth_gbp=86.0, scale=0.03, say=quiet, breaks=("hrg4plus",))
    faults = chosen_faults(["grouper_in_one_arm"])
    right, wrong = send(world, []), send(world, faults)
    before, after = (admitted_table(sent)[0].to_pandas() for sent in (right, wrong))
    other = [c for c in before.columns if c not in ("SUSHRG", "SUSCOREHRG")]
    pd.testing.assert_frame_equal(before[other], after[other])
    discharged = before.groupby("SUSSPELLID")["DISDATE"].transform("max")
    practice = dict(zip(world.people.token.tolist(), world.city.codes[world.people.home].tolist(), strict=True))
    # of people who moved, the practice at discharge may be of the other arm: they are few, and left out here
    stayed = {
        t for t, i, o in zip(world.people.token.tolist(), world.people.moved_in, world.people.moved_out, strict=True)
        if i < 0 and o > 200
    }  # fmt: skip
    told = before["PSEUDO_HESID"].isin(stayed) & before["SUSCOREHRG"].notna()
    control = before["PSEUDO_HESID"].map(practice).between("A80100", "A80200")
    early = told & control & discharged.between("2016-04-01", "2017-03-31")
    assert early.sum() > 50
    was, now = before["SUSCOREHRG"].str.strip(), after["SUSCOREHRG"].str.strip()
    assert now[early].tolist() == was[early].map(hrg4plus.PLUS).tolist()
    assert now[told & ~early].tolist() == was[told & ~early].tolist()
    for name in ("pence", "provider"):
        assert (getattr(right.feed["apc"], name) == getattr(wrong.feed["apc"], name)).all()
    assert not wrong.feed["apc"].details["plus"].any()


def test_an_attendance_in_two_feeds_costs_twice() -> None:
    """The copy is priced at the third provider's factor, 1.030009; the sum of the copies is the control's cost too much."""
    world = build_world(seed=5, truth_gbp=86.0, scale=0.03, say=quiet, breaks=("ecds",))
    (fault,) = chosen_faults(["ae_and_ecds_double_counted:severity=1,arm=control"])
    arms, extra = world.city.arms, {2017: 0, 2018: 0}
    seen = world.delivered("ae")
    for i in range(len(seen)):
        person, month = int(seen.person[i]), int(seen.month[i])
        begins = {0: 90, 1: 96}.get(int(seen.provider[i]), 999)  # October 2017 and April 2018, counted from April 2010
        if month < begins or not world.people.eligible[person] or arms[world.people.home[person]] != "control":
            continue
        hrg = AE_HRGS[int(seen.details["hrg"][i])]
        if hrg != "UZ01Z":
            pounds = EMERGENCY[hrg][2 if int(seen.details["department"][i]) == 3 else 1]
            extra[2010 + month // 12] += half_up(pounds * 100 * 1_030_009, 10**6)
    heads = {arm: int((world.people.eligible & (arms[world.people.home] == arm)).sum()) for arm in ("intervention", "control")}
    want = [0, 0, *(pence / 100 / heads["control"] * heads["intervention"] for pence in extra.values())]
    assert list(fault_document(world, fault)["saving_effect_gbp"].values()) == pytest.approx(want, abs=0.02)
    assert want[3] > 1000


def half_up(upper: int, lower: int) -> int:
    return int((Decimal(upper) / Decimal(lower)).quantize(Decimal(1), ROUND_HALF_UP))
