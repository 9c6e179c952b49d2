"""Random panels: identities, order of rows, and the figures against exact fractions."""

import random
from fractions import Fraction
from typing import Any

import pandas as pd
from cohorts_village import engine_table, village
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import panel, tables
from pipeline.calendar import months
from pipeline.store import Store
from pipeline.vocabulary import PODS

STRATA = [(band, need) for band in ("40-54", "55-64", "65-74") for need in (1, 2, 3)]
COUNT = st.integers(0, 40)


@st.composite
def practice_month(draw: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Heads and cells of one practice-month; the first stratum is always observed."""
    heads, cells = [], []
    for place, (band, need) in enumerate(STRATA):
        observed, lost = draw(COUNT) + (place == 0), draw(COUNT)
        if observed + lost == 0:
            continue
        dead = draw(st.integers(0, observed))
        heads.append(("A80001", "2014-10", band, need, observed + lost, lost, dead))
        for pod in PODS if observed else ():
            pence = draw(st.sampled_from([None, 0, 1, 33_333, 12_345_678, 10**11]))
            if pence is not None:
                cells.append(("A80001", "2014-10", band, need, pod, draw(COUNT), pence, draw(COUNT)))
    return (
        pd.DataFrame(cells, columns=["practice", "month", "age_band", "need", "pod", "contacts", "cost_pence", "bed_days"]),
        pd.DataFrame(heads, columns=["practice", "month", "age_band", "need", "heads", "lost", "dead"]),
    )


def exact(cells: pd.DataFrame, heads: pd.DataFrame, pods: tuple[str, ...]) -> Fraction:
    """GBP per head by the formula of method.md section 1 in fractions, written another way: a rate times heads."""
    spent: dict[tuple[str, int], int] = {}
    for row in cells[cells["pod"].isin(pods)].itertuples():
        spent[row.age_band, row.need] = spent.get((row.age_band, row.need), 0) + row.cost_pence
    seen = {(row.age_band, row.need): row.heads - row.lost for row in heads.itertuples()}
    total = Fraction(0)
    for row in heads.itertuples():
        among = [(row.age_band, row.need)]
        if not seen[among[0]]:
            among = [key for key in seen if key[0] == row.age_band]
        if not sum(seen[key] for key in among):
            among = list(seen)
        total += Fraction(sum(spent.get(key, 0) for key in among), sum(seen[key] for key in among)) * row.heads
    return total / 100 / int(heads["heads"].sum())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(practice_month())
def test_paid_cells_against_fractions(drawn: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    cells, heads = drawn
    paid = panel.paid_cells(cells, heads, study=village()).query("outcome == 'cost'").set_index("pod")["per_head"]
    for pod in PODS:
        expected = float(exact(cells, heads, (pod,)))
        assert abs(paid[pod] - expected) <= 1e-14 * max(1.0, expected)
    expected = float(exact(cells, heads, PODS))
    assert abs(paid["all"] - expected) <= 1e-14 * max(1.0, expected)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(practice_month(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_no_digit(drawn: tuple[pd.DataFrame, pd.DataFrame], chance: random.Random) -> None:
    cells, heads = drawn
    mixed = [frame.iloc[chance.sample(range(len(frame)), len(frame))] for frame in (cells, heads)]
    pd.testing.assert_frame_equal(
        panel.paid_cells(cells, heads, study=village()),
        panel.paid_cells(*mixed, study=village()),
        check_exact=True,
    )


def random_village(seed: int, people: int = 150, rows: int = 3000) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    draw = random.Random(seed)
    window = months("2014-04", "2015-03")
    persons = []
    for number in range(people):
        band, need = draw.choice(STRATA)
        lost = draw.choice([None, None, *window])
        persons.append(
            {
                "person": f"p{number}",
                "practice": draw.choice(["A80001", "A80101"]),
                "age_band": band,
                "need": need,
                "observed_from": draw.choice(["2010-04", "2010-04", "2014-09"]),
                "lost_from": lost,
                "died_in": None if lost else draw.choice([None, None, *window]),
            }
        )
    activity = [
        {
            "activity_key": str(number),
            "stream": "apc",
            "person": f"p{draw.randrange(people + 30)}",  # the last thirty are nobody of the cohort
            "month": draw.choice(window),
            "pod": draw.choice(PODS),
            "price_state": (state := draw.choice(["priced", "priced", "fallback", "missing", "out_of_scope"])),
            "price_pence": draw.randrange(10**6) if state in ("priced", "fallback") else None,
            "bed_days": draw.randrange(5),
        }
        for number in range(rows)
    ]
    return persons, activity


def test_cells_against_a_plain_count(store: Store) -> None:
    """The engine's sums against dictionaries, person-months squared included; heads against a loop over people."""
    people, activity = random_village(1)
    asked: dict[str, Any] = {"study": village(), "first": "2014-04", "last": "2015-03"}
    tables_in = (
        engine_table(store, "activity", activity, tables.PRICED_ACTIVITY),
        engine_table(store, "people", people, tables.PEOPLE),
    )
    known = {person["person"]: person for person in people}
    month_sums: dict[tuple[Any, ...], list[int]] = {}
    for row in activity:
        person = known.get(row["person"])
        if person is None or row["price_state"] == "out_of_scope" or row["month"] < person["observed_from"]:
            continue
        if (person["lost_from"] and row["month"] >= person["lost_from"]) or (
            person["died_in"] and row["month"] > person["died_in"]
        ):
            continue
        place = (row["person"], person["practice"], row["month"], person["age_band"], person["need"], row["pod"])
        sums = month_sums.setdefault(place, [0, 0, 0, 0])
        for n, value in enumerate([1, row["price_pence"] or 0, row["price_pence"] is None, row["bed_days"]]):
            sums[n] += value
    expected: dict[tuple[Any, ...], list[int]] = {}
    for (_, *place), (contacts, pence, unpriced, days) in month_sums.items():
        sums = expected.setdefault(tuple(place), [0, 0, 0, 0, 0])
        for n, value in enumerate([contacts, pence, pence**2, unpriced, days]):
            sums[n] += value
    found = panel.cells(*tables_in, **asked).execute()
    figures = ["contacts", "cost_pence", "cost_pence_squared", "unpriced", "bed_days"]
    key = ["practice", "month", "age_band", "need", "pod"]
    assert {tuple(row[key]): [int(row[f]) for f in figures] for _, row in found.iterrows()} == expected
    assert len(expected) > 500

    heads = panel.heads(tables_in[1], **asked).execute()
    of_stratum = [p for p in people if (p["practice"], p["age_band"], p["need"]) == ("A80001", "40-54", 1)]
    for row in heads[(heads["practice"] == "A80001") & (heads["age_band"] == "40-54") & (heads["need"] == 1)].itertuples():
        lost = [p for p in of_stratum if row.month < p["observed_from"] or (p["lost_from"] or "9") <= row.month]
        dead = [p for p in of_stratum if p not in lost and (p["died_in"] or "9") < row.month]
        assert (row.heads, row.lost, row.dead) == (len(of_stratum), len(lost), len(dead)), row.month


def test_order_of_rows_and_outsiders_change_nothing(store: Store) -> None:
    people, activity = random_village(2)
    asked: dict[str, Any] = {"study": village(), "first": "2014-04", "last": "2015-03"}
    draw = random.Random(3)
    inside = {person["person"] for person in people}
    variants = [
        activity,
        draw.sample(activity, len(activity)),
        [row for row in activity if row["person"] in inside],
    ]
    stored = set()
    for number, rows in enumerate(variants):
        table = engine_table(store, f"activity{number}", rows, tables.PRICED_ACTIVITY)
        persons = engine_table(store, f"people{number}", draw.sample(people, len(people)), tables.PEOPLE)
        cells = panel.cells(table, persons, **asked)
        stored.add(store.put("cells", cells, ["practice", "month", "age_band", "need", "pod"]).sha256)
    assert len(stored) == 1


def test_points_of_delivery_sum_to_the_total(store: Store) -> None:
    people, activity = random_village(4)
    asked: dict[str, Any] = {"study": village(), "first": "2014-04", "last": "2015-03"}
    persons = engine_table(store, "people", people, tables.PEOPLE)
    cells = panel.cells(engine_table(store, "activity", activity, tables.PRICED_ACTIVITY), persons, **asked).execute()
    heads = panel.heads(persons, **asked).execute()
    for figures, value in ((panel.paid_cells, "per_head"), (panel.person_year_cells, "per_person_year")):
        cost = figures(cells, heads, study=village()).query("outcome == 'cost'")
        parts = cost[cost["pod"] != "all"].groupby(["practice", "month"])[value].sum()
        whole = cost[cost["pod"] == "all"].set_index(["practice", "month"])[value]
        assert (parts - whole).abs().max() < 1e-9
        assert whole.max() > 0
        assert len(whole) == 24
