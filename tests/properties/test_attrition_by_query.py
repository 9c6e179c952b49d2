"""Every count of the attrition tables against SQL written by itself, on random villages.

The queries below read the delivered lists as plain tables and share nothing with `pipeline.cohorts`: exclusions are asked one
by one, and the state at a year's end follows months one at a time.
"""

import random
from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pytest
from cohorts_village import cohort_of, engine_table, random_person, register_rows, registration_rows, village
from estimation_city import BINDINGS, ON, verdict

from pipeline import tables
from pipeline.cohorts.leaving import states_at_year_end
from pipeline.errors import DataGateClosed, DesignGateClosed
from pipeline.store import Store

STUDY = "('A80001', 'A80002', 'A80101', 'A80102')"


COLUMNS = {
    "registration": ("person TEXT", "practice TEXT", "start DATE", '"end" DATE', "birth_date DATE", "death_date DATE"),
    "entry": ("person TEXT", "register TEXT", "start DATE", '"end" DATE'),
}


def asked(people: list[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    """The lists as two plain tables."""
    con = duckdb.connect()
    for name, rows in (("registration", registration_rows(people)), ("entry", register_rows(people))):
        con.execute(f"CREATE TABLE {name} ({', '.join(COLUMNS[name])})")
        names = [column.split()[0].strip('"') for column in COLUMNS[name]]
        values = [[row[column] for column in names] for row in rows]
        con.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(names))})", values)
    return con


#: one row a person: where they were, and the first reason for which they are out
JUDGED = f"""
WITH everybody AS (SELECT DISTINCT person FROM registration),
here AS (SELECT * FROM registration WHERE start <= DATE '2015-03-31' AND ("end" IS NULL OR "end" >= DATE '2015-03-31')),
newest AS (SELECT h.* FROM here h WHERE NOT EXISTS (SELECT 1 FROM here o WHERE o.person = h.person AND o.start > h.start)),
study AS (SELECT * FROM registration WHERE practice IN {STUDY}),
said AS (
  SELECT e.person,
    (SELECT practice FROM newest n WHERE n.person = e.person
       ORDER BY coalesce("end", DATE '9999-12-31') DESC, practice LIMIT 1) AS practice,
    (SELECT count(DISTINCT practice) FROM newest n WHERE n.person = e.person) AS tied,
    (SELECT count(DISTINCT practice) FROM here n WHERE n.person = e.person) AS several,
    (SELECT min(death_date) FROM registration r WHERE r.person = e.person) AS death,
    (SELECT count(*) FROM study s WHERE s.person = e.person) AS in_study,
    (SELECT min(start) FROM study s WHERE s.person = e.person) AS first_start,
    (SELECT max(practice) FROM study s WHERE s.person = e.person
       AND s.start = (SELECT max(start) FROM study t WHERE t.person = e.person)) AS latest_study,
    (SELECT min(birth_date) FROM registration r WHERE r.person = e.person) AS born,
    (SELECT count(DISTINCT register) FROM entry g WHERE g.person = e.person AND g.start <= DATE '2015-03-31'
       AND (g."end" IS NULL OR g."end" >= DATE '2015-03-31')
       AND register IN ('AST', 'COPD', 'CHD', 'DM', 'HF', 'EP', 'OST')) AS held
  FROM everybody e)
SELECT person, several, practice,
  CASE WHEN practice IN ('A80001', 'A80002') THEN 'intervention' WHEN practice IN ('A80101', 'A80102') THEN 'control'
       WHEN practice IS NOT NULL THEN 'none'
       WHEN latest_study IN ('A80001', 'A80002') THEN 'intervention'
       WHEN latest_study IN ('A80101', 'A80102') THEN 'control' ELSE 'none' END AS arm,
  CASE WHEN death <= DATE '2015-03-31' THEN 1 WHEN in_study = 0 THEN 2
       WHEN (practice IS NULL OR practice NOT IN {STUDY}) AND first_start > DATE '2015-03-31' THEN 3
       WHEN practice IS NULL OR practice NOT IN {STUDY} THEN 4
       WHEN tied > 1 THEN 5 WHEN born IS NULL THEN 7
       WHEN born > DATE '1975-03-31' THEN 8 WHEN born <= DATE '1940-03-31' THEN 9
       WHEN held = 0 THEN 10 ELSE 11 END AS step
FROM said
"""


@pytest.fixture(params=[11, 12, 13])
def people(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    draw = random.Random(request.param)
    return [random_person(draw, f"p{n}") for n in range(400)]


def test_every_count_before_launch(store: Store, people: list[dict[str, Any]]) -> None:
    cohort = cohort_of(store, people, village())
    judged = asked(people).execute(JUDGED).df()
    by_query = judged.groupby(["step", "arm"]).size().to_dict()
    several = judged[(judged["step"] == 11) & (judged["several"] > 1)].groupby("arm").size().to_dict()
    everybody = judged.groupby("arm").size().to_dict()
    table = cohort.attrition
    assert len(table) == 13 * 3  # steps by intervention, control and none; nobody of the wider pool here
    for row in table.itertuples():
        expected = {"in": everybody.get(row.arm, 0), "note": several.get(row.arm, 0)}.get(
            row.kind, by_query.get((row.step, row.arm), 0)
        )
        assert row.people == expected, (row.reason, row.arm)
    assert table.loc[table["kind"] == "out", "people"].gt(0).sum() >= 12, "the village does not reach the rules it tests"

    by_practice = judged[judged["step"] > 4].groupby(["practice", "arm", "step"]).size()
    found = cohort.by_practice.set_index(["practice", "arm", "step"])["people"]
    assert found.to_dict() == by_practice.to_dict()


def state_by_hand(person: dict[str, Any], practice: str, year: int) -> str:
    """The state at the end of March of year + 1, by walking months from the baseline on."""

    def number(day: date) -> int:
        return day.year * 12 + day.month - 1

    arms = {"A80001": "i", "A80002": "i", "A80101": "c", "A80102": "c"}
    last_day, month = date(year + 1, 3, 31), number(date(2015, 3, 31))
    with_study = [(r[1], r[2] or date(2099, 1, 1)) for r in person["registrations"] if r[0] in arms]
    death = person["died"]
    while month <= number(last_day):
        if death and number(death) == month:
            return "died_before" if month < number(date(year, 4, 1)) else "died_in_year"
        ahead = [month + 1, month + 2]
        if not any(number(start) <= later <= number(end) for start, end in with_study for later in ahead):
            return "left_before" if month + 1 <= number(date(year, 4, 1)) else "left_in_year"
        month += 1
    open_then = [r for r in person["registrations"] if r[1] <= last_day and (r[2] is None or r[2] >= last_day)]
    if not open_then:
        return "no_practice"
    newest = max(r[1] for r in open_then)
    then = min(r[0] for r in open_then if r[1] == newest)
    if then == practice:
        return "same_practice"
    return "no_practice" if then not in arms else "within_arm" if arms[then] == arms[practice] else "other_arm"


def gates(year: str) -> dict[str, Any]:
    return {"data_verdict": verdict("data", year), "design_verdict": verdict("design", year), "bindings": BINDINGS, "on": ON}


def test_every_state_at_a_year_s_end(store: Store, people: list[dict[str, Any]]) -> None:
    study = village()
    cohort = cohort_of(store, people, study)
    registrations = engine_table(store, "again", registration_rows(people), tables.REGISTRATIONS)
    of = {person["person"]: person for person in people}
    practices = cohort.people.select("person", "practice").execute().set_index("person")["practice"].to_dict()
    reached = set()
    for year, start in (("2015-16", 2015), ("2016-17", 2016)):
        found = states_at_year_end(cohort.people, registrations, study=study, contract_year=year, **gates(year))
        by_hand = pd.Series([(p, state_by_hand(of[name], p, start)) for name, p in practices.items()]).value_counts()
        assert found.set_index(["practice", "state"])["people"].to_dict() == by_hand.to_dict()
        assert found["people"].sum() == len(practices)
        reached |= set(found["state"])
    assert reached >= {"died_before", "left_before", "died_in_year", "left_in_year", "same_practice", "within_arm", "other_arm"}


def test_nothing_is_counted_before_the_gates_are_open(store: Store, people: list[dict[str, Any]]) -> None:
    study = village()
    cohort = cohort_of(store, people[:20], study)
    registrations = engine_table(store, "again", registration_rows(people[:20]), tables.REGISTRATIONS)
    for change, error in (
        ({"data_verdict": None}, DataGateClosed),
        ({"data_verdict": verdict("data", "2015-16", state="fail")}, DataGateClosed),
        ({"design_verdict": verdict("design", "2016-17")}, DesignGateClosed),
    ):
        with pytest.raises(error):
            states_at_year_end(
                cohort.people, registrations, study=study, contract_year="2015-16", **(gates("2015-16") | change)
            )
