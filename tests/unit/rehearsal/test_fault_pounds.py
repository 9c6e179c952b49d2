"""What each kind of fault is worth, recomputed by plain loops over contacts that share no sum with the rehearsal's own."""

import json
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.catalogue import FAULTS, chosen_faults
from pipeline.rehearsal.people import People
from pipeline.rehearsal.rehearse import rehearse
from pipeline.rehearsal.sent import send
from pipeline.rehearsal.truth import fault_document
from pipeline.rehearsal.world import World

YEARS = ["2015-16", "2016-17", "2017-18", "2018-19"]
ARMS = ("intervention", "control")
#: type 3 departments have one price, £57, times the factor of each trust: ZT1 1.035817, ZT2 1.028218, ZT3 1.030009
MINOR_PENCE = {0: 5_904, 1: 5_861, 2: 5_871}
Change = dict[tuple[str, int], float]


def heads(world: World) -> dict[str, int]:
    found = dict.fromkeys(ARMS, 0)
    for person in np.flatnonzero(world.people.eligible).tolist():
        found[str(world.city.arms[world.people.home[person]])] += 1
    return found


def attendances(world: World, stream: str = "ae") -> list[tuple[str, int, int, int]]:
    """Arm, row, month and pence of every contact of an eligible person in the world with the programme."""
    seen, people = world.contacts[stream], world.people
    return [
        (str(world.city.arms[people.home[person]]), row, int(seen.month[row]), int(seen.pence[row]))
        for row, person in enumerate(seen.person.tolist())
        if people.eligible[person] and world.treated[stream][row]
    ]


def saving(world: World, change: Change) -> list[float]:
    """Measured saving moved by a change of pounds, by arm and financial year (0 is 2010-11): five years before, four after."""
    people = heads(world)
    moved = []
    for year in range(5, 9):
        step = {
            arm: (change.get((arm, year), 0.0) - sum(change.get((arm, y), 0.0) for y in range(5)) / 5) / people[arm]
            for arm in ARMS
        }
        moved.append((step["control"] - step["intervention"]) * people["intervention"])
    return moved


def said(world: World, asked: str) -> list[float]:
    (fault,) = chosen_faults([asked])
    return [fault_document(world, fault)["saving_effect_gbp"][year] for year in YEARS]


def test_lost_rows_cost_the_control_less(village_world: World) -> None:
    late: Change = defaultdict(float)
    always: Change = defaultdict(float)
    for arm, _, month, pence in attendances(village_world):
        if arm == "control" and pence > 0:
            always[arm, month // 12] -= pence / 100
            if month >= 60:
                late[arm, month // 12] -= pence / 100
    assert said(village_world, "control_ae_missing") == pytest.approx(saving(village_world, late), abs=0.02)
    assert said(village_world, "control_ae_missing_all_years") == pytest.approx(saving(village_world, always), abs=0.02)
    assert said(village_world, "sentinel_flood:severity=1") == pytest.approx(saving(village_world, late), abs=0.02)


def test_without_hrg_only_the_flat_price_of_minor_departments_is_left(village_world: World) -> None:
    """Type 3 has one price for whatever the group is: none is as good as any, and an ungroupable one gains it."""
    change: Change = defaultdict(float)
    department, provider = village_world.contacts["ae"].details["department"], village_world.contacts["ae"].provider
    for arm, row, month, pence in attendances(village_world):
        if arm == "control" and month >= 60:
            left = MINOR_PENCE[int(provider[row])] if int(department[row]) == 3 else 0
            change[arm, month // 12] += (left - max(pence, 0)) / 100
    assert said(village_world, "hrg_blank:severity=1") == pytest.approx(saving(village_world, change), abs=0.02)


def test_rows_recorded_twice_cost_twice(village_world: World) -> None:
    change: Change = defaultdict(float)
    for arm, _, month, pence in attendances(village_world):
        if month >= 60 and pence > 0:
            change[arm, month // 12] += pence / 100
    assert said(village_world, "attendances_recorded_twice:severity=1,arm=both") == pytest.approx(
        saving(village_world, change), abs=0.02
    )
    assert said(village_world, "rows_delivered_again:severity=1") == [0.0] * 4, "cleaning merges them"


def test_departments_as_minor_cost_one_price(village_world: World) -> None:
    change: Change = defaultdict(float)
    provider = village_world.contacts["ae"].provider
    for arm, row, month, pence in attendances(village_world):
        if arm == "control" and month >= 60 and pence > 0:
            change[arm, month // 12] += (MINOR_PENCE[int(provider[row])] - pence) / 100
    assert said(village_world, "departments_as_minor") == pytest.approx(saving(village_world, change), abs=0.02)


def test_dates_a_month_late_move_march_into_the_next_year(village_world: World) -> None:
    change: Change = defaultdict(float)
    day = village_world.contacts["ae"].day
    for arm, row, month, pence in attendances(village_world):
        if arm == "control" and month >= 60 and pence > 0:
            later = date(1970, 1, 1) + timedelta(days=int(day[row]) + 30)
            year = later.year - 2010 - (1 if later.month < 4 else 0)
            change[arm, month // 12] -= pence / 100
            if year < 9:
                change[arm, year] += pence / 100
    assert said(village_world, "one_month_late:severity=1") == pytest.approx(saving(village_world, change), abs=0.02)
    assert said(village_world, "months_exchanged") == [0.0] * 4, "a year's total stays"


def test_a_cost_column_in_pence_and_dearer_prices(village_world: World) -> None:
    column: Change = defaultdict(float)
    listed: Change = defaultdict(float)
    for arm, _, month, pence in attendances(village_world):
        if pence > 0:
            listed[arm, month // 12] += (round(pence * 1.33) - pence) / 100
            if month >= 60:
                column[arm, month // 12] += 99 * pence / 100
    assert said(village_world, "cost_in_pence") == pytest.approx(saving(village_world, column), abs=0.02)
    assert said(village_world, "tariff_of_another_year") == pytest.approx(saving(village_world, listed), abs=1.0)
    assert fault_document(village_world, FAULTS["cost_in_pence"])["valued_on"] == "supplier_cost"
    assert "valued_on" not in fault_document(village_world, FAULTS["tariff_of_another_year"])


def paid_measure(world: World, people: People, contacts: dict[str, Contacts]) -> list[float]:
    """The protocol's measure in plain steps: who is in the cohort, what each practice's heads cost with those not seen weighted
    back within age band and need, the arms' change against their mean of five years, times the intervention's heads."""
    columns = [people.register_names.index(name) for name in ("AST", "COPD", "CHD", "DM", "HF", "EP", "OST")]
    stratum: dict[int, tuple[int, int, int]] = {}
    for i in range(len(people.token)):
        on = [c for c in columns if people.registers[i, c] and people.register_from[i, c] <= 59 < people.register_to[i, c]]
        age = (2015 * 12 + 2 - int(people.birth[i])) // 12  # at the end of March 2015
        here = people.first[i] <= 59 <= people.last[i] and people.died[i] > 59 and people.group[i] != "no_practice"
        if here and on and 40 <= age <= 74:
            where = people.later if people.moved_out[i] <= 59 else people.earlier if people.moved_in[i] > 59 else people.home
            stratum[i] = (int(where[i]), 0 if age < 55 else 1 if age < 65 else 2, min(len(on), 3))
    size: dict[tuple[int, int, int], int] = defaultdict(int)
    away: dict[tuple[tuple[int, int, int], int], int] = defaultdict(int)
    for i, of in stratum.items():
        size[of] += 1
        for month in range(108):
            left = month > people.last[i] and people.died[i] > people.last[i]
            away[of, month] += bool(month < people.first[i] or left)
    cost: dict[tuple[tuple[int, int, int], int], float] = defaultdict(float)
    for seen in contacts.values():
        for person, month, pence in zip(seen.person.tolist(), seen.month.tolist(), seen.pence.tolist(), strict=True):
            if person in stratum and pence > 0:
                cost[stratum[person], month] += pence / 100
    yearly: dict[tuple[str, int], float] = defaultdict(float)
    members: dict[str, int] = defaultdict(int)
    for practice in {of[0] for of in stratum.values()}:
        strata = [of for of in size if of[0] == practice]
        whole = sum(size[of] for of in strata)
        arm = str(world.city.arms[practice])
        members[arm] += whole
        for month in range(108):
            there = [of for of in strata if size[of] > away[of, month]]
            pounds = sum(cost[of, month] * size[of] / (size[of] - away[of, month]) for of in there)
            yearly[arm, month // 12] += whole * pounds / max(sum(size[of] for of in there), 1)
    found = []
    for year in range(5, 9):
        step = {arm: (yearly[arm, year] - sum(yearly[arm, y] for y in range(5)) / 5) / members[arm] for arm in ARMS}
        found.append((step["control"] - step["intervention"]) * members["intervention"])
    return found


@pytest.mark.parametrize("asked", ["people_missing:severity=0.1", "register_missing", "people_invented:severity=0.1"])
def test_lists_that_are_wrong_make_another_cohort(village_world: World, asked: str) -> None:
    (fault,) = chosen_faults([asked])
    assert fault.people is not None
    contacts = send(village_world, []).extract
    wrong = paid_measure(village_world, fault.people(village_world, village_world.people, fault), contacts)
    right = paid_measure(village_world, village_world.people, contacts)
    difference = [a - b for a, b in zip(wrong, right, strict=True)]
    assert said(village_world, asked) == pytest.approx(difference, abs=0.05)
    assert all(abs(pounds) > 1 for pounds in difference)


def test_aggregates_and_refused_deliveries_move_no_saving(village_world: World) -> None:
    for fault in FAULTS.values():
        if fault.family == "aggregates" or fault.refused:
            document = fault_document(village_world, fault)
            assert set(document["saving_effect_gbp"].values()) == {0.0}
            assert ("valued_on" in document) is (fault.family == "aggregates")


def test_a_year_cut_short_costs_less_in_that_year_alone(village_world: World) -> None:
    """A fifth of the rows filed in 2016-17, the last of them; nobody is missing for `people_as_numbers` but in that year."""
    rows = [row for row in range(len(village_world.contacts["ae"])) if village_world.treated["ae"][row]]
    filed = [row for row in rows if 72 <= village_world.contacts["ae"].month[row] < 84]
    gone = set(filed[round(len(filed) * 0.8) :])
    cut: Change = defaultdict(float)
    lost: Change = defaultdict(float)
    for arm, row, month, pence in attendances(village_world):
        if 72 <= month < 84 and pence > 0:
            lost[arm, month // 12] -= pence / 100
            cut[arm, month // 12] -= pence / 100 if row in gone else 0
    assert said(village_world, "cut_at_a_line") == pytest.approx(saving(village_world, cut), abs=0.02)
    for name in ("people_as_numbers", "last_years_file"):
        assert said(village_world, name) == pytest.approx(saving(village_world, lost), abs=0.02)


def test_payment_effect_is_the_rule_at_the_target(village_world: World) -> None:
    """450 heads x £86 = £38,700 saved pays 35%: £13,545.00. Any loss of half of that falls below the threshold of £43: £0."""
    document = fault_document(village_world, FAULTS["control_ae_missing"])
    assert heads(village_world)["intervention"] == 450
    below = [year for year, pounds in document["saving_effect_gbp"].items() if -pounds > 43 * 450]
    assert below
    assert {document["payment_effect_gbp"][year] for year in below} == {-13_545.00}


def test_the_truth_has_an_entry_a_fault(tmp_path: Path) -> None:
    asked = ["rows_lost_at_random:severity=0.3,stream=op", "people_missing", "control_totals_wrong"]
    rehearse(tmp_path, seed=5, scale=0.01, faults=asked)
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    entries = {entry["name"]: entry for entry in truth["faults"]}
    assert list(entries) == ["rows_lost_at_random", "people_missing", "control_totals_wrong"]
    assert [chosen_faults([entry["asked"]])[0] for entry in entries.values()] == chosen_faults(asked)
    for entry in entries.values():
        assert list(entry["saving_effect_gbp"]) == list(entry["payment_effect_gbp"]) == YEARS
        assert (entry["first_month"], entry["last_month"])[0] <= entry["last_month"]
    assert any(entries["rows_lost_at_random"]["saving_effect_gbp"].values())
    assert set(entries["control_totals_wrong"]["saving_effect_gbp"].values()) == {0.0}
