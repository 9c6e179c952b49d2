"""Person-months: parts add to the whole, and the heads of every month equal a count that walks each person's days.

The recount knows nothing of chains or month numbers: it marks the days on a list, calls a month held if one of its days is
marked, walks outward from the eligibility date over at most one month that is not, and stops at the month of death.
"""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from cohorts_village import cohort_of, village

from pipeline import panel
from pipeline.store import Store

AT = date(2013, 12, 31)  # well before launch, so that people leave and die in months that need no gate
FIRST, LAST = "2013-04", "2015-03"
STUDY = ["A80001", "A80002", "A80101", "A80102"]
END = date(2017, 3, 31)


def somebody(draw: random.Random, name: str) -> dict[str, Any]:
    """On a study list at the eligibility date; before and after it moves, gaps of days to months, leaving, death."""
    begin = date(2010, 1, 1) + timedelta(days=draw.randrange(1450))
    registrations: list[list[Any]] = [[draw.choice(STUDY), begin, None]]
    at = begin
    for _ in range(draw.choice([0, 1, 2, 3])):  # earlier stays, latest first
        stop = at - timedelta(days=draw.choice([1, 5, 25, 40, 62, 75, 200]))
        at = stop - timedelta(days=draw.choice([10, 45, 90, 400]))
        registrations.insert(0, [draw.choice(STUDY), at, stop])
    if draw.random() < 0.4:
        gone = AT + timedelta(days=draw.randrange(0, 300))
        registrations[-1][2] = gone
        if draw.random() < 0.5:
            registrations.append([draw.choice(STUDY), gone + timedelta(days=draw.choice([1, 20, 40, 70, 120])), None])
    died = AT + timedelta(days=draw.randrange(1, 400)) if draw.random() < 0.2 else None
    born = date(1942, 1, 1) + timedelta(days=draw.randrange(30 * 365))
    return {"person": name, "registrations": registrations, "born": born, "died": died,
            "registers": [["AST", date(2009, 1, 1), None]]}  # fmt: skip


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def next_month(month: str, step: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + step
    return f"{number // 12}-{number % 12 + 1:02d}"


def observed_months(person: dict[str, Any]) -> set[str]:
    """Months held, walked outward from the eligibility date day by day marked; none after the month of death."""
    marked: set[str] = set()
    for _, start, stop in person["registrations"]:
        day = max(start, date(2010, 4, 1))
        while day <= min(stop or END, END):
            marked.add(month_of(day))
            day += timedelta(days=1)
    seen = {month_of(AT)}
    for step in (-1, 1):
        month = month_of(AT)
        while next_month(month, step) in marked or next_month(month, 2 * step) in marked:
            month = next_month(month, step)
            seen.add(month)
    return {month for month in seen if person["died"] is None or month <= month_of(person["died"])}


@pytest.mark.parametrize("seed", [1, 2])
def test_heads_are_a_day_by_day_count_and_add_up(store: Store, seed: int) -> None:
    draw = random.Random(seed)
    people = {f"p{n}": somebody(draw, f"p{n}") for n in range(150)}
    study = village(eligible={"age": [40, 74], "registers": ["AST"], "at": str(AT)})
    cohort = cohort_of(store, list(people.values()), study, f"months{seed}").people
    heads = panel.heads(cohort, study=study, first=FIRST, last=LAST).execute()
    members = cohort.execute()
    assert len(members) > 100
    months = sorted(set(heads["month"]))
    assert (months[0], months[-1], len(months)) == (FIRST, LAST, 24)

    expected: Counter[tuple[str, str, str]] = Counter()
    for member in members.to_dict("records"):
        for month in observed_months(people[member["person"]]) & set(months):
            expected[member["practice"], month, member["age_band"]] += 1
    heads["arm"] = heads["practice"].map(study.arm_of)
    heads["observed"] = heads["heads"] - heads["lost"] - heads["dead"]
    cells = heads.groupby(["practice", "month", "age_band"])["observed"].sum()
    assert {key: n for key, n in cells.items() if n} == dict(expected)

    whole = sum(expected.values())  # person-months of the village
    for keys in (["practice"], ["month"], ["arm"], ["age_band"], ["practice", "month", "arm", "age_band"]):
        assert heads.groupby(keys)["observed"].sum().sum() == whole
    assert any(heads["lost"]), "nobody left or joined: the walk is not tested"
    assert any(heads["dead"]), "nobody died: the walk is not tested"
    assert (heads.groupby("month")["heads"].sum() == len(members)).all()  # the paid head stays, whatever happens
