"""Breaks of lists in the files: practices that close or merge, people who opt out. Not: feeds (test_breaks_feeds)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from broken_villages import changed_deliveries, every_file, village_with
from rehearsal_files import all_years, eligible_people, read

from pipeline.rehearsal import rehearse as writing
from pipeline.rehearsal.breaks.closures import Closure, handed_over, list_handed_over
from pipeline.rehearsal.breaks.opt_outs import list_thinned
from pipeline.rehearsal.parameters import read_parameters

#: code, its successor, first month under the successor's code, last day of the list (parameters.yaml; 13 and 11 practices)
MOVES = [
    ("A80102", "A80101", "2016-10", "2016-09-30"),
    ("A80012", "A80013", "2017-09", "2017-08-31"),
    ("A80110", "A80111", "2018-06", "2018-05-31"),
]
CELL = ["MONTH", "POD", "PROVIDER"]


def people_of(folder: Path, population: str) -> pd.DataFrame:
    table = read(folder / "deliveries/practice_population")
    numbers = dict.fromkeys(("PERSON_MONTHS", "DEATHS", "JOINERS", "LEAVERS"), int)
    return table[table["POPULATION"] == population].astype(numbers)


def activity_of(folder: Path, population: str) -> pd.DataFrame:
    table = all_years(folder, "practice_activity").astype({"ROWS": int, "COST_GBP": float})
    return table[table["POPULATION"] == population]


def test_closures_change_lists_and_practices_and_no_hospital_contact(village: Path) -> None:
    folder = village_with("closures")
    years = ("2016-17", "2017-18", "2018-19")
    assert changed_deliveries(folder, village) - {"programme_referral", "link_worker_contact"} == {
        "gp_registration", "practice", "practice_population",
        *(f"{dataset}-{year}" for dataset in ("hes_apc", "hes_ae", "hes_op", "practice_activity") for year in years),
    }  # fmt: skip
    for dataset in ("hes_apc", "hes_ae", "hes_op"):
        plain, sent = all_years(village, dataset), all_years(folder, dataset)
        pd.testing.assert_frame_equal(plain.drop(columns="GPPRAC"), sent.drop(columns="GPPRAC"))
    for closed, successor, first, _ in MOVES:
        seen = all_years(folder, "hes_op").assign(PLAIN=all_years(village, "hes_op")["GPPRAC"])
        after = seen[(seen["PLAIN"] == closed) & (seen["APPTDATE"] >= first)]
        assert len(after) > 20
        assert set(after["GPPRAC"]) == {successor}


@pytest.mark.parametrize(("closed", "successor", "first", "last_day"), MOVES)
def test_a_list_goes_on_under_its_successor(village: Path, closed: str, successor: str, first: str, last_day: str) -> None:
    plain, sent = (read(folder / "deliveries/gp_registration") for folder in (village, village_with("closures")))
    assert (sent.loc[sent["PRACTICE_CODE"] == closed, "REGISTRATION_END"] <= last_day).all()
    on = plain[(plain["PRACTICE_CODE"] == closed) & (plain["REGISTRATION_START"] < first)]
    on = on[~(on["REGISTRATION_END"] <= last_day)]
    moved = sent[(sent["PRACTICE_CODE"] == successor) & (sent["REGISTRATION_START"] == f"{first}-01")]
    both = on.merge(moved, on="PSEUDO_HESID", suffixes=("", "_NEW"))
    assert len(both) == len(on) > 20
    assert both["REGISTRATION_END"].fillna("").tolist() == both["REGISTRATION_END_NEW"].fillna("").tolist()
    before = sent[(sent["PRACTICE_CODE"] == closed) & (sent["REGISTRATION_END"] == last_day)]
    assert set(on["PSEUDO_HESID"]) <= set(before["PSEUDO_HESID"])


def test_nobody_is_lost_or_registered_twice(village: Path) -> None:
    plain, sent = (read(folder / "deliveries/gp_registration") for folder in (village, village_with("closures")))
    for month in ("2016-09-30", "2016-10-01", "2017-09-01", "2018-06-15", "2019-03-31"):
        there = [
            frame[(frame["REGISTRATION_START"] <= month) & ~(frame["REGISTRATION_END"] < month)]["PSEUDO_HESID"]
            for frame in (plain, sent)
        ]
        assert there[1].is_unique
        assert set(there[0]) == set(there[1])


def test_the_baseline_practice_of_the_eligible_stays(village: Path) -> None:
    folder = village_with("closures")
    pd.testing.assert_frame_equal(people_of(folder, "eligible"), people_of(village, "eligible"))
    pd.testing.assert_frame_equal(
        activity_of(folder, "eligible").reset_index(drop=True), activity_of(village, "eligible").reset_index(drop=True)
    )
    assert eligible_people(folder).sort_index().equals(eligible_people(village).sort_index())


def test_people_not_eligible_are_counted_where_they_are_registered(village: Path) -> None:
    folder = village_with("closures")
    plain, sent = people_of(village, "not_eligible"), people_of(folder, "not_eligible")
    assert (
        plain.groupby(["MONTH", "AGE_BAND"])["PERSON_MONTHS"]
        .sum()
        .equals(sent.groupby(["MONTH", "AGE_BAND"])["PERSON_MONTHS"].sum())
    )
    rows = [activity_of(f, "not_eligible").groupby(CELL)[["ROWS", "COST_GBP"]].sum() for f in (village, folder)]
    pd.testing.assert_frame_equal(*rows)
    for closed, successor, first, _ in MOVES:
        assert sent[sent["PRACTICE_CODE"] == closed]["MONTH"].max() < first
        activity = activity_of(folder, "not_eligible")
        assert activity[activity["PRACTICE_CODE"] == closed]["MONTH"].max() < first

        def of(frame: pd.DataFrame, code: str, what: str, month: str) -> int:
            return int(frame[(frame["PRACTICE_CODE"] == code) & (frame["MONTH"] == month)][what].sum())

        moving = of(plain, closed, "PERSON_MONTHS", first)
        assert of(sent, successor, "PERSON_MONTHS", first) == of(plain, successor, "PERSON_MONTHS", first) + moving
        joined = of(sent, successor, "JOINERS", first) - of(plain, successor, "JOINERS", first)
        assert abs(joined - moving) <= 0.1 * moving, "those who join anyway in that month are counted once"


def test_the_practice_list_shows_what_closed(village: Path) -> None:
    places = [
        pd.read_csv(next((f / "deliveries/practice").glob("*.csv")), header=None, dtype=str, keep_default_na=False).set_index(0)
        for f in (village, village_with("closures"))
    ]
    plain, sent = places
    closed = sent[sent[12] == "C"]
    assert closed[11].to_dict() == {code: day.replace("-", "") for code, _, _, day in MOVES}
    assert (plain[12] == "A").all()
    assert (plain[11] == "").all()
    assert sent.loc["A80101", 1] == "FICTIONAL SURGERY A80101 WITH A80102"
    others = sent.index.difference([*closed.index, "A80101"])
    pd.testing.assert_frame_equal(plain.loc[others], sent.loc[others])


def test_cells_are_handed_over_from_the_month_on() -> None:
    cells = {"rows": np.array([[1, 2, 3], [10, 20, 30]])}
    move = Closure(practice=0, successor=1, month=1, merged=False)
    assert handed_over(cells, (move,))["rows"].tolist() == [[1, 0, 0], [10, 22, 33]]
    lists = {name: np.zeros((2, 3), dtype=np.int64) for name in ("deaths", "joiners", "leavers")}
    found = list_handed_over(lists | {"person_months": np.array([[5, 6, 7], [50, 60, 70]])}, (move,))
    assert found["person_months"].tolist() == [[5, 0, 0], [50, 66, 77]]
    assert (found["leavers"].tolist(), found["joiners"].tolist()) == ([[6, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 6, 0]])
    assert cells["rows"].tolist() == [[1, 2, 3], [10, 20, 30]]


def test_opt_outs_change_lists_and_last_year_and_nothing_else(village: Path) -> None:
    assert changed_deliveries(village_with("opt_outs"), village) - {"hes_apc-2017-18"} == {
        "gp_registration", "practice_population", "hes_apc-2018-19", "hes_ae-2018-19", "hes_op-2018-19",
        "practice_activity-2018-19",
    }  # fmt: skip


def test_who_opted_out_is_in_nothing_from_may_2018_on(village: Path) -> None:
    folder = village_with("opt_outs")
    plain, sent = (read(f / "deliveries/gp_registration") for f in (village, folder))
    both = plain.merge(sent, on=["PSEUDO_HESID", "PRACTICE_CODE", "REGISTRATION_START"], suffixes=("", "_NOW"))
    gone = both[(both["REGISTRATION_END_NOW"] == "2018-04-30") & (both["REGISTRATION_END"] != "2018-04-30")]
    there = plain[~(plain["REGISTRATION_END"] < "2018-05-01") & (plain["REGISTRATION_START"] < "2018-05-01")]
    # 3% of about a thousand people: within four standard errors
    n = len(there)
    assert abs(len(gone) - 0.03 * n) < 4 * (0.03 * 0.97 * n) ** 0.5
    assert gone["DEATH_DATE_NOW"].isna().all()
    who = set(gone["PSEUDO_HESID"])
    for dataset, date in (("hes_ae", "ARRIVALDATE"), ("hes_op", "APPTDATE"), ("hes_apc", "DISDATE")):
        before, now = (
            rows[
                (rows[date] > "1900") & rows["PSEUDO_HESID"].isin(plain["PSEUDO_HESID"])
            ]  # some have no practice, hence no list
            for rows in (all_years(village, dataset), all_years(folder, dataset))
        )
        assert not (now["PSEUDO_HESID"].isin(who) & (now[date] >= "2018-05-01")).any()
        assert (before["PSEUDO_HESID"].isin(who) & (before[date] >= "2018-05-01")).any()
        kept = before[~(before["PSEUDO_HESID"].isin(who) & (before[date] >= "2018-05-01"))]
        pd.testing.assert_frame_equal(now.reset_index(drop=True), kept.reset_index(drop=True))
    time = [people_of(f, "eligible").groupby("MONTH")["PERSON_MONTHS"].sum() for f in (village, folder)]
    assert time[0].loc[:"2018-04"].equals(time[1].loc[:"2018-04"])
    assert 0.01 < 1 - time[1]["2018-05"] / time[0]["2018-05"] < 0.06


def test_aggregates_lose_the_share_in_every_practice(village: Path) -> None:
    folder = village_with("opt_outs")
    for population in ("not_eligible", "all"):
        lists, rows = (
            [of(f, population)[lambda t: t["MONTH"] >= "2018-05"] for f in (village, folder)] for of in (people_of, activity_of)
        )
        for arm in ("A800", "A801"):
            heads = [t[t["PRACTICE_CODE"].str.startswith(arm)]["PERSON_MONTHS"].sum() for t in lists]
            assert 1 - heads[1] / heads[0] == pytest.approx(0.03, abs=0.01)
            n = [t[t["PRACTICE_CODE"].str.startswith(arm)]["ROWS"].sum() for t in rows]
            assert 1 - n[1] / n[0] == pytest.approx(0.03, abs=0.02)


def test_lists_are_thinned_and_those_who_vanish_are_leavers() -> None:
    p = read_parameters()
    may = p.months.index("2018-05")
    cells = {name: np.full((1, len(p.months), 1), 100) for name in ("person_months", "deaths", "joiners", "leavers")}
    found = list_thinned(p, cells)
    assert found["person_months"][0, may - 1 : may + 1, 0].tolist() == [100, 97]
    assert found["leavers"][0, may - 1 : may + 1, 0].tolist() == [103, 97]


def test_lists_and_feeds_agree_in_a_city_of_several_parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every break in a village of two parts: the eligible's attendances of both feeds, once each, are the aggregates' rows."""
    monkeypatch.setattr(writing, "PART", 0.02)
    writing.rehearse(tmp_path, seed=5, scale=0.04, breaks=["all"])
    assert len(list((tmp_path / "deliveries/ecds-2018-19").glob("*.csv"))) == 2
    hes, ecds = every_file(tmp_path, "hes_ae"), every_file(tmp_path, "ecds")
    own = ["PSEUDO_HESID", "DATE", "TIME"]
    seen = pd.concat(
        [
            hes[hes["ARRIVALDATE"] > "1900"].rename(columns={"ARRIVALDATE": "DATE", "ARRIVALTIME": "TIME"})[own],
            ecds.assign(TIME=ecds["ARRIVAL_TIME"].str.replace(":", "")).rename(columns={"ARRIVAL_DATE": "DATE"})[own],
        ]
    ).drop_duplicates()
    lists = every_file(tmp_path, "gp_registration")
    held = lists[(lists["REGISTRATION_START"] <= "2015-03-31") & ~(lists["REGISTRATION_END"] < "2015-03-31")]
    feed = every_file(tmp_path, "practice_activity")
    feed = feed[(feed["POPULATION"] == "eligible") & (feed["POD"] == "ae")]
    heads = every_file(tmp_path, "practice_population")
    heads = heads[(heads["POPULATION"] == "eligible") & (heads["MONTH"] == "2015-03")]["PERSON_MONTHS"].astype(int).sum()
    born = held["MYDOB"].str[2:].astype(int) * 12 + held["MYDOB"].str[:2].astype(int)
    registers = every_file(tmp_path, "qof_register")
    on = registers[
        registers["GROUP_CODE"].isin(["AST", "COPD", "CHD", "DM", "HF", "EP", "OST"])
        & (registers["REGISTER_START"] <= "2015-03-31")
        & ~(registers["REGISTER_END"] < "2015-03-31")
    ]
    eligible = held[((2015 * 12 + 3 - born) // 12).between(40, 74) & held["PSEUDO_HESID"].isin(on["PSEUDO_HESID"])]
    assert len(eligible) == heads
    mine = seen[seen["PSEUDO_HESID"].isin(eligible["PSEUDO_HESID"])]
    assert (
        mine.groupby(mine["DATE"].str[:7]).size().to_dict()
        == feed.astype({"ROWS": int}).groupby("MONTH")["ROWS"].sum().to_dict()
    )
