"""Faults of lists, of the price list and of aggregates: what changes in which file. Not: contacts, notes, files."""

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from struck_tables import hospital

from pipeline.rehearsal.faults.catalogue import FAULTS, chosen_faults
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.feed_cells import Elsewhere
from pipeline.rehearsal.layout_aggregates import Aggregates, aggregates
from pipeline.rehearsal.layout_register import register_table, registration_table
from pipeline.rehearsal.sent import send
from pipeline.rehearsal.tariff_workbook import write_workbook
from pipeline.rehearsal.world import World

CODE_OF_ARM = {"intervention": "A800", "control": "A801"}
#: columns of gp_registration and qof_register that a fault changes while the rows stay
CHANGED: dict[str, tuple[set[str], set[str]]] = {
    "deaths_not_delivered": ({"REGISTRATION_END", "DEATH_DATE"}, {"REGISTER_END"}),
    "leavers_kept": ({"REGISTRATION_END"}, {"REGISTER_END"}),
    "joiners_backdated": ({"REGISTRATION_START"}, set()),
    "latecomers_backdated": ({"REGISTRATION_START"}, set()),
    "register_restarted": (set(), {"REGISTER_START"}),
    "practices_merged": ({"PRACTICE_CODE"}, {"PRACTICE_CODE"}),
    "practice_across_the_city": ({"PRACTICE_CODE"}, {"PRACTICE_CODE"}),
    "births_ten_years_early": ({"MYDOB"}, set()),
}
PEOPLE = [fault for fault in FAULTS.values() if fault.people is not None]


def lists(world: World, faults: list[Fault]) -> tuple[pd.DataFrame, pd.DataFrame]:
    sent = send(world, faults)
    return registration_table(world, sent.listed).to_pandas(), register_table(world, sent.listed).to_pandas()


@pytest.mark.parametrize("fault", PEOPLE, ids=lambda fault: fault.name)
def test_lists_change_and_nothing_else(
    village_world: World, elsewhere: Elsewhere, right_aggregates: Aggregates, fault: Fault
) -> None:
    before, after = lists(village_world, []), lists(village_world, [fault])
    assert not (before[0].equals(after[0]) and before[1].equals(after[1]))
    plain, struck = hospital(village_world, []), hospital(village_world, [fault])
    assert all(plain[stream] is struck[stream] for stream in plain)
    counted = aggregates(send(village_world, [fault]), elsewhere)
    assert counted.activity.equals(right_aggregates.activity)
    assert counted.population.equals(right_aggregates.population)


@pytest.mark.parametrize("name", CHANGED)
def test_only_these_columns_of_the_lists_change(village_world: World, name: str) -> None:
    before, after = lists(village_world, []), lists(village_world, [FAULTS[name]])
    for old, new, columns in zip(before, after, CHANGED[name], strict=True):
        assert len(old) == len(new)
        other = {c for c in old.columns if not old[c].equals(new[c])}
        assert other <= columns
        moved = (old != new) & ~(old.isna() & new.isna())
        rows = moved.any(axis=1)
        assert old.loc[rows, "PRACTICE_CODE"].str.startswith(CODE_OF_ARM["control"]).mean() > 0.9 if rows.any() else True


def test_people_missing_are_gone_from_both_lists(village_world: World) -> None:
    (fault,) = chosen_faults(["people_missing:severity=0.3"])
    before, after = lists(village_world, []), lists(village_world, [fault])
    gone = set(before[0]["PSEUDO_HESID"]) - set(after[0]["PSEUDO_HESID"])
    assert set(after[0]["PSEUDO_HESID"]) < set(before[0]["PSEUDO_HESID"])
    assert not gone & set(after[1]["PSEUDO_HESID"])
    people = village_world.people
    home = dict(zip(people.token.tolist(), village_world.city.arms[people.home].tolist(), strict=True))
    assert {home[token] for token in gone} == {"control"}
    of_arm = sum(home[token] == "control" for token in set(before[0]["PSEUDO_HESID"]))
    assert 0.2 < len(gone) / of_arm < 0.4


def test_people_invented_stand_on_both_lists_and_nowhere_else(village_world: World) -> None:
    (fault,) = chosen_faults(["people_invented:severity=0.3"])
    before, after = lists(village_world, []), lists(village_world, [fault])
    come = set(after[0]["PSEUDO_HESID"]) - set(before[0]["PSEUDO_HESID"])
    assert set(before[0]["PSEUDO_HESID"]) < set(after[0]["PSEUDO_HESID"])
    assert come <= set(after[1]["PSEUDO_HESID"])
    assert all(not come & set(frame["PSEUDO_HESID"]) for frame in hospital(village_world, []).values())
    standing = after[0][after[0]["PSEUDO_HESID"].isin(come) & after[0]["REGISTRATION_END"].isna()]
    assert sorted(standing["PSEUDO_HESID"]) == sorted(come), "each once, and for good"


@pytest.mark.parametrize(
    ("name", "group", "sign"),
    [("register_missing", "DM", -1), ("register_redefined", "AST", -1), ("register_bought_in", "DM", 1)],
)
def test_one_register_loses_or_gains_people(village_world: World, name: str, group: str, sign: int) -> None:
    before, after = lists(village_world, []), lists(village_world, [FAULTS[name]])
    assert before[0].equals(after[0])
    number = [frame["GROUP_CODE"].value_counts() for frame in (before[1], after[1])]
    assert np.sign(number[1][group] - number[0][group]) == sign if group in number[1] else sign == -1
    rest = [n.drop(group, errors="ignore").sort_index() for n in number]
    assert rest[0].equals(rest[1])


def cells(path: Path) -> dict[tuple[str, str], object]:
    book = openpyxl.load_workbook(path)
    return {(sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet.iter_rows() for cell in row}


@pytest.mark.parametrize(
    ("name", "sheet", "columns", "number"),
    [
        ("tariff_of_another_year", "3 A&E", "CD", None),
        ("tariff_emergencies_dearer", "1 APC & OPROC", "IN", None),
        ("market_forces_dropped", "19 MFF Payment values", "D", 1),
    ],
)
def test_only_these_cells_of_the_price_list_change(
    tmp_path: Path, name: str, sheet: str, columns: str, number: int | None
) -> None:
    fault = FAULTS[name]
    assert fault.workbook is not None
    strike = fault.workbook
    write_workbook(tmp_path / "before.xlsx")
    write_workbook(tmp_path / "after.xlsx", lambda book: strike(book, fault))
    before, after = cells(tmp_path / "before.xlsx"), cells(tmp_path / "after.xlsx")
    assert before.keys() == after.keys()
    changed = {at for at in before if before[at] != after[at]}
    assert changed
    assert {title for title, _ in changed} == {sheet}
    assert {at[0] for _, at in changed} <= set(columns)
    assert number is None or len(changed) == number
    if number is None:
        for at in changed:
            old, new = before[at], after[at]
            assert isinstance(old, int | float)
            assert new == round(old * (1 + fault.severity))


def test_a_trust_is_missing_from_the_price_list(tmp_path: Path) -> None:
    fault = FAULTS["market_forces_missing"]
    assert fault.workbook is not None
    strike = fault.workbook
    write_workbook(tmp_path / "after.xlsx", lambda book: strike(book, fault))
    found = {v for (title, at), v in cells(tmp_path / "after.xlsx").items() if title.startswith("19") and at.startswith("B")}
    assert {"ZT1", "ZT3"} <= found
    assert "ZT2" not in found


@pytest.mark.parametrize(("name", "sign"), [("aggregates_too_many", 1), ("aggregates_too_few", -1)])
def test_aggregates_count_more_or_fewer(village_world: World, elsewhere: Elsewhere, name: str, sign: int) -> None:
    total = []
    for faults in ([], [FAULTS[name]]):
        frame = aggregates(send(village_world, faults), elsewhere).activity.to_pandas().astype({"ROWS": int})
        late = frame["PRACTICE_CODE"].between("A80101", "A80111") & (frame["MONTH"] >= "2015-04") & (frame["POD"] == "ae")
        total.append((frame.loc[late, "ROWS"].sum(), frame.loc[~late, "ROWS"].sum()))
    assert total[0][1] == total[1][1]
    assert 0.2 < sign * (total[1][0] / total[0][0] - 1) < 0.4
