"""The rehearsed city beside published figures: the short form of `python -m bench.face_validity`.

Expected: the figures and bands of `published_figures`, each with its source there; its constants from the files in
../shared/data; measures by hand; figures by a plain count over people. A known gap is said with the row, and must be there.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rehearsal_files import quiet

from bench import face_measures as measures
from bench.face_figures import face_figures, whole_years
from bench.published_figures import PUBLISHED, SOURCES, Published
from pipeline.rehearsal.contacts import observed
from pipeline.rehearsal.people import NEVER
from pipeline.rehearsal.world import World, build_world

ROWS = [row for row in PUBLISHED.values() if row.figure]


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    """A town of 8,400 eligible people."""
    return face_figures(build_world(seed=71, truth_gbp=86.0, scale=0.3, say=quiet))


@pytest.mark.parametrize("row", [row for row in ROWS if not row.remedy], ids=lambda row: row.key)
def test_figure_lies_in_its_band(row: Published, figures: dict[str, float]) -> None:
    assert row.inside(figures[row.key]), f"{row.quantity}: {figures[row.key]} is not in {row.low} to {row.high} ({row.why})"


@pytest.mark.parametrize("row", [row for row in ROWS if row.remedy], ids=lambda row: row.key)
def test_a_gap_that_is_said_is_there(row: Published, figures: dict[str, float]) -> None:
    """When parameters close one, its remedy is struck out and the figure joins the test above."""
    assert row.inside(figures[row.key]) is False


def test_every_figure_is_looked_up_and_every_source_is_named(figures: dict[str, float]) -> None:
    assert figures.keys() == PUBLISHED.keys()
    assert {row.source for row in ROWS} == SOURCES.keys()
    assert all(row.low is not None and (row.high is None or row.low < row.high) and row.why for row in ROWS)
    assert all(
        (row.source, row.low, row.high, row.remedy) == ("", None, None, "") for row in PUBLISHED.values() if not row.figure
    )


def test_a_city_of_doubled_prices_falls_out_of_the_band(village_world: World) -> None:
    dear = {s: replace(c, pence=np.where(c.pence > 0, 2 * c.pence, c.pence)) for s, c in village_world.contacts.items()}
    found, twice = face_figures(village_world), face_figures(replace(village_world, contacts=dear))
    assert twice["cost"] == pytest.approx(2 * found["cost"])
    assert twice["variation"] == pytest.approx(found["variation"])
    assert (PUBLISHED["cost"].inside(found["cost"]), PUBLISHED["cost"].inside(twice["cost"])) == (True, False)


def test_bands_by_hand() -> None:
    row = Published("x", "x", "{}", figure="2", low=1.0, high=3.0)
    assert [row.inside(v) for v in (0.9, 1.0, 3.0, 3.1)] == [False, True, True, False]
    assert replace(row, high=None).inside(99.0) is True
    assert replace(row, figure="").inside(2.0) is None


def test_measures_by_hand() -> None:
    values = np.array([0.0, 0.0, 2.0, 6.0])  # mean 2, squared deviations 4 + 4 + 0 + 16 = 24, sd sqrt(8)
    assert measures.share_at_zero(values) == 0.5
    assert measures.variation(values) == pytest.approx(np.sqrt(8) / 2)
    assert measures.share_of_highest(values, 0.25) == 0.75
    assert measures.share_of_highest(values, 0.5) == 1.0


def test_serial_correlation_by_hand() -> None:
    """Pairs (1,2), (2,4), (3,6) lie on a line; the pair of the person who is there in the first year only is not counted."""
    values = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [9.0, 0.0]])
    counted = np.array([[True, True], [True, True], [True, True], [True, False]])
    assert measures.serial_correlation(values, counted) == pytest.approx(1.0)
    assert measures.serial_correlation(values, np.ones((4, 2), dtype=bool)) < 0


def test_variance_between_practices_by_hand() -> None:
    """Practices (1, 3) and (5, 7): means 2, 6 about 4. Between 2 x 4 + 2 x 4 = 16 on 1 degree, within 4 / 2 = 2, n0 = 2."""
    between, within = measures.between_practices(np.array([1.0, 3.0, 5.0, 7.0]), np.array([4, 4, 9, 9]))
    assert (between, within) == (7.0, 2.0)
    # sizes 1 and 3: n0 = (4 - 10 / 4) / 1 = 1.5; mean 4, means 1 and 5: between 9 + 3 = 12, within (4 + 0 + 4) / 2 = 4
    between, within = measures.between_practices(np.array([1.0, 3.0, 5.0, 7.0]), np.array([0, 1, 1, 1]))
    assert (between, within) == pytest.approx((8 / 1.5, 4.0))


def test_costs_and_contacts_by_a_plain_count(village_world: World) -> None:
    """Person by person and contact by contact over the 840 eligible people, without the room's own sums."""
    world, people = village_world, village_world.people
    pounds: dict[tuple[int, int], float] = {}
    attendances: dict[tuple[int, int], int] = {}
    for stream, contacts in world.contacts.items():
        for row in np.flatnonzero(contacts.month < 60).tolist():
            place = (int(contacts.person[row]), int(contacts.month[row]) // 12)
            pounds[place] = pounds.get(place, 0.0) + max(int(contacts.pence[row]), 0) / 100
            attendances[place] = attendances.get(place, 0) + (stream == "ae")
    years = [
        (i, y)
        for i in np.flatnonzero(people.eligible).tolist()
        for y in range(5)
        if people.first[i] <= 12 * y  # nobody eligible leaves or dies before launch
    ]
    assert len(years) == whole_years(world).sum()
    found = face_figures(world)
    assert found["cost"] == pytest.approx(sum(pounds.get(place, 0.0) for place in years) / len(years))
    assert found["zero_years"] == pytest.approx(sum(pounds.get(place, 0.0) == 0 for place in years) / len(years))
    assert found["ae"] == pytest.approx(sum(attendances.get(place, 0) for place in years) / len(years))


def test_what_the_control_was_delivered_by_a_plain_count(village_world: World) -> None:
    world, people = village_world, village_world.people
    heads = people.eligible & (world.city.arms[people.home] == "control")
    total = 0
    for stream, contacts in world.contacts.items():
        kept = world.treated[stream] & observed(people, contacts) & heads[contacts.person]
        total += sum(p for p, m in zip(contacts.pence[kept].tolist(), contacts.month[kept].tolist(), strict=True)
                     if 84 <= m < 96 and p > 0)  # fmt: skip
    assert face_figures(world)["control_cost_2017_18"] == pytest.approx(total / 100 / heads.sum())


def test_deaths_and_leavers_by_a_plain_count(village_world: World) -> None:
    """Months from launch to the last one registered and alive, that one included."""
    people = village_world.people
    months, died, left = 0, 0, 0
    for i in np.flatnonzero(people.eligible).tolist():
        last = min(int(people.last[i]), int(people.died[i]), 107)
        months += last - 60 + 1
        died += int(people.died[i]) < NEVER
        left += int(people.died[i]) >= NEVER and int(people.last[i]) < NEVER
    found = face_figures(village_world)
    assert (found["deaths"], found["leavers"]) == pytest.approx((12 * died / months, 12 * left / months))


def test_published_lists_and_registers_are_those_of_the_files(shared_data: Path) -> None:
    """The 34 practices of 00G and 00H in the payments of 2014/15, and those of them in QOF 2016/17."""
    file = shared_data / "practice_reference/newcastle_gateshead_practices_2014_15.csv"
    practices = pd.read_csv(file, dtype=str)
    city = practices[practices["CCG Code"].isin(["00G", "00H"])]
    sizes = city.iloc[:, -1].str.replace(",", "").astype(int)
    assert len(sizes) == 34
    assert PUBLISHED["list_size"].figure == f"{sizes.mean():,.0f}"
    assert PUBLISHED["list_variation"].figure == f"{sizes.std() / sizes.mean():.2f}"
    prevalence = pd.read_csv(shared_data / "qof/PREVALENCE_1617.csv", dtype={"PRACTICE_CODE": str})
    here = prevalence[prevalence["PRACTICE_CODE"].isin(city["Practice Code"])]
    asthma = here[here["INDICATOR_GROUP_CODE"] == "AST"]
    assert (len(asthma), asthma["PATIENT_LIST_SIZE"].sum()) == (33, 312_050)
    for group, held in here.groupby("INDICATOR_GROUP_CODE")["REGISTER"].sum().items():
        row = PUBLISHED.get(f"register_{group}")
        if row is not None:
            assert (row.figure, row.why.split()[0]) == (f"{held / 312_050:.2%}", f"{held:,.0f}")
