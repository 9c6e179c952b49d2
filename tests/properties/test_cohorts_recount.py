"""Random villages: the cohort against an independent plain-Python recount, which walks month by month instead of chaining.

Also metamorphic: the order of rows changes nothing, and people who are out change nobody.
"""

import random
from collections import Counter
from datetime import date
from typing import Any

import pandas as pd
import pytest
from cohorts_village import LISTED, cohort_of, random_person, village

from pipeline.store import Store

AT = date(2015, 3, 31)
FOREVER = date(2099, 1, 1)  # past every generated date
STUDY = {"A80001": "intervention", "A80002": "intervention", "A80101": "control", "A80102": "control"}


def number(day: date) -> int:
    return day.year * 12 + day.month - 1


def name_of(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def recount(person: dict[str, Any]) -> str | tuple[Any, ...]:
    """The words of the exclusion, or (practice, arm, age, band, need, registers, from, lost, died)."""
    if person["died"] and person["died"] <= AT:
        return "dead"
    with_study = [r for r in person["registrations"] if r[0] in STUDY]
    if not with_study:
        return "never"
    open_at = [r for r in person["registrations"] if r[1] <= AT and (r[2] is None or r[2] >= AT)]
    latest = max((r[1] for r in open_at), default=None)
    winners = {r[0] for r in open_at if r[1] == latest}
    if not winners or min(winners) not in STUDY:
        return "only after" if min(r[1] for r in with_study) > AT else "no longer"
    if len(winners) > 1:
        return "same day"
    if person["born"] is None:
        return "no date of birth"
    age = AT.year - person["born"].year - ((AT.month, AT.day) < (person["born"].month, person["born"].day))
    if age < 40:
        return "younger"
    if age > 74:
        return "older"
    held = sorted({code for code, start, _ in person["registers"] if code in LISTED and start <= AT})
    if not held:
        return "no listed"
    practice = winners.pop()

    registered = set()
    for _, start, end in with_study:
        registered |= set(range(number(start), number(end or FOREVER) + 1))
    first = last = number(AT)
    while first - 1 in registered or first - 2 in registered:
        first -= 1
    while last + 1 in registered or last + 2 in registered:
        last += 1
    death = number(person["died"]) if person["died"] else None
    died = death is not None and death <= last
    gone = not died and last < number(FOREVER)
    return (
        practice,
        STUDY[practice],
        age,
        "40-54" if age < 55 else "55-64" if age < 65 else "65-74",
        min(len(held), 3),
        "+".join(held),
        name_of(max(first, number(date(2010, 4, 1)))),
        name_of(last + 1) if gone else None,
        name_of(death) if died else None,  # type: ignore[arg-type]
    )


COLUMNS = ["practice", "arm", "age", "age_band", "need", "registers", "observed_from", "lost_from", "died_in"]


def rows_of(people: pd.DataFrame) -> dict[str, tuple[Any, ...]]:
    plain = people.astype(object).where(people.notna(), None)
    return {row["person"]: tuple(row[column] for column in COLUMNS) for row in plain.to_dict("records")}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_against_the_recount(store: Store, seed: int) -> None:
    draw = random.Random(seed)
    people = [random_person(draw, f"p{n}") for n in range(400)]
    expected = {person["person"]: recount(person) for person in people}
    cohort = cohort_of(store, people, village())
    assert rows_of(cohort.people.execute()) == {k: v for k, v in expected.items() if not isinstance(v, str)}

    words = Counter(v for v in expected.values() if isinstance(v, str))
    out = cohort.attrition[cohort.attrition["kind"] == "out"].groupby("reason")["people"].sum()
    for said, people_out in words.items():
        assert sum(n for reason, n in out.items() if said in reason) == people_out, said
    assert out.sum() == words.total()
    assert len(words) >= 7, "the village does not reach the rules it is meant to test"


def test_order_of_rows_changes_nothing(store: Store) -> None:
    draw = random.Random(4)
    people = [random_person(draw, f"p{n}") for n in range(300)]
    one = cohort_of(store, people, village(), "one")
    shuffled = [p | {"registrations": draw.sample(p["registrations"], len(p["registrations"]))} for p in people]
    draw.shuffle(shuffled)
    other = cohort_of(store, shuffled, village(), "other")
    assert rows_of(one.people.execute()) == rows_of(other.people.execute())
    pd.testing.assert_frame_equal(one.attrition, other.attrition)
    bytes_of = [store.put(name, cohort.people, ["person"]).sha256 for name, cohort in (("a", one), ("b", other))]
    assert bytes_of[0] == bytes_of[1]


def test_somebody_who_is_out_changes_nobody(store: Store) -> None:
    draw = random.Random(5)
    people = [random_person(draw, f"p{n}") for n in range(300)]
    stay = [person for person in people if not isinstance(recount(person), str)]
    assert 0 < len(stay) < len(people)
    everybody, only = cohort_of(store, people, village(), "one"), cohort_of(store, stay, village(), "other")
    assert rows_of(everybody.people.execute()) == rows_of(only.people.execute())
