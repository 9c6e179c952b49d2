"""The aggregates: conserved, and equal to a recount of the delivered extract written without the rehearsal's own code."""

from pathlib import Path

import pandas as pd
from rehearsal_files import all_years, eligible_people, read

CELL = ["PRACTICE_CODE", "MONTH", "POD", "DEPT_TYPE", "PROVIDER", "AGE_BAND"]
COUNTS = ["ROWS", "ROWS_LINKED", "PEOPLE_WITH_ACTIVITY", "UNPRICED_ROWS", "COST_GBP"]


def by_population(frame: pd.DataFrame, key: list[str], counts: list[str], population: str) -> pd.DataFrame:
    chosen = frame[frame["POPULATION"] == population]
    return chosen.fillna({"DEPT_TYPE": ""} if "DEPT_TYPE" in key else {}).set_index(key)[counts].astype(float)


def test_all_is_eligible_plus_not_eligible(village: Path) -> None:
    frame = all_years(village, "practice_activity")
    study = frame[frame["PRACTICE_CODE"] < "A80200"]
    parts = [by_population(study, CELL, COUNTS, name) for name in ("eligible", "not_eligible", "all")]
    assert parts[2].index.is_unique
    total = parts[0].add(parts[1], fill_value=0).reindex(parts[2].index)
    assert len(total) == len(parts[2]) == len(parts[0].index.union(parts[1].index))
    pd.testing.assert_frame_equal(total.fillna(0), parts[2].fillna(0), rtol=0, atol=0.001)


def test_people_of_all_are_eligible_plus_not_eligible(village: Path) -> None:
    frame = read(village / "deliveries/practice_population")
    key, counts = ["PRACTICE_CODE", "MONTH", "AGE_BAND"], ["PERSON_MONTHS", "DEATHS", "JOINERS", "LEAVERS"]
    study = frame[frame["PRACTICE_CODE"] < "A80200"]
    parts = [by_population(study, key, counts, name) for name in ("eligible", "not_eligible", "all")]
    pd.testing.assert_frame_equal(parts[0].add(parts[1], fill_value=0), parts[2].sort_index())


def test_wider_pool_gives_all_people_and_those_of_40_to_74(village: Path) -> None:
    frame = all_years(village, "practice_activity")
    wider = frame[frame["PRACTICE_CODE"] > "A80200"]
    assert set(wider["POPULATION"]) == {"all", "age_40_74"}
    middle = wider[wider["AGE_BAND"] == "40-74"]
    whole, part = (by_population(middle, CELL, COUNTS, name).sort_index() for name in ("all", "age_40_74"))
    pd.testing.assert_frame_equal(whole, part)


def test_null_cost_only_where_nothing_could_be_priced(village: Path) -> None:
    frame = all_years(village, "practice_activity")
    assert (frame["ROWS"] > 0).all()
    assert (frame["COST_GBP"].isna() == (frame["UNPRICED_ROWS"] == frame["ROWS"])).all()
    assert frame["COST_GBP"].isna().any()
    assert (frame["DEPT_TYPE"].notna() == (frame["POD"] == "ae")).all()


def test_near_misses_are_not_eligible_by_the_protocol(village: Path) -> None:
    found = eligible_people(village)
    assert found.index.is_unique
    assert len(found) == 840  # 28,000 x 0.03
    assert (found["PRACTICE_CODE"] < "A80100").sum() == 450  # 15,000 x 0.03


def test_feed_of_eligible_attendances_is_the_extract_recounted(village: Path) -> None:
    extract = all_years(village, "hes_ae")
    extract = extract[extract["ARRIVALDATE"] > "1900"].drop_duplicates(
        ["PSEUDO_HESID", "ARRIVALDATE", "ARRIVALTIME", "DIAG2_01", "TREAT2_01"]
    )
    extract = extract.join(eligible_people(village), on="PSEUDO_HESID", how="inner")
    mine = extract.assign(
        MONTH=extract["ARRIVALDATE"].str[:7], PROVIDER=extract["PROCODE3"].str.strip(), PENCE=extract["COST_GBP"].astype(float)
    )
    recount = mine.groupby(["PRACTICE_CODE", "MONTH", "PROVIDER"])["PENCE"].agg(["size", "sum"])
    feed = all_years(village, "practice_activity")
    feed = feed[(feed["POPULATION"] == "eligible") & (feed["POD"] == "ae")].astype({"COST_GBP": float})
    drawn = feed.groupby(["PRACTICE_CODE", "MONTH", "PROVIDER"])[["ROWS", "COST_GBP"]].sum()
    assert (recount["size"] == drawn["ROWS"].reindex(recount.index)).all()
    assert len(recount) == len(drawn)
    assert (recount["sum"] - drawn["COST_GBP"].reindex(recount.index)).abs().max() < 0.001


def test_feed_of_eligible_spells_counts_discharges(village: Path) -> None:
    extract = all_years(village, "hes_apc")
    extract = extract[(extract["EPISTAT"] == "3") & extract["DISDATE"].notna()]
    spells = extract.drop_duplicates("SUSSPELLID").join(eligible_people(village), on="PSEUDO_HESID", how="inner")
    recount = spells.groupby(["PRACTICE_CODE", spells["DISDATE"].str[:7]]).size()
    feed = all_years(village, "practice_activity")
    feed = feed[(feed["POPULATION"] == "eligible") & feed["POD"].isin(["non_elective", "elective", "day_case"])]
    drawn = feed.groupby(["PRACTICE_CODE", "MONTH"])["ROWS"].sum()
    assert recount.to_dict() == drawn.to_dict()


def test_feed_of_eligible_appointments_counts_the_attended(village: Path) -> None:
    extract = all_years(village, "hes_op")
    extract = extract[extract["ATTENDED"].isin(["5", "6"])].copy()
    extract["TRETSPEF"] = extract["TRETSPEF"].str.strip()
    extract = extract.drop_duplicates(["PSEUDO_HESID", "APPTDATE", "TRETSPEF"])
    extract = extract.join(eligible_people(village), on="PSEUDO_HESID", how="inner")
    recount = extract.groupby(["PRACTICE_CODE", extract["APPTDATE"].str[:7]]).size()
    feed = all_years(village, "practice_activity")
    feed = feed[(feed["POPULATION"] == "eligible") & feed["POD"].str.startswith("op_")]
    assert recount.to_dict() == feed.groupby(["PRACTICE_CODE", "MONTH"])["ROWS"].sum().to_dict()


def test_person_months_are_those_of_the_registrations(village: Path) -> None:
    registered = read(village / "deliveries/gp_registration")
    registered = registered[registered["PSEUDO_HESID"].isin(eligible_people(village).index)]
    population = read(village / "deliveries/practice_population")
    eligible = population[population["POPULATION"] == "eligible"].astype({"PERSON_MONTHS": int})
    for month, first in (("2010-04", "2010-04-01"), ("2013-01", "2013-01-01"), ("2018-12", "2018-12-01")):
        held = registered[(registered["REGISTRATION_START"] <= first) & ~(registered["REGISTRATION_END"] < first)]
        counted = eligible.loc[eligible["MONTH"] == month, "PERSON_MONTHS"].sum()
        assert counted == held["PSEUDO_HESID"].nunique()
