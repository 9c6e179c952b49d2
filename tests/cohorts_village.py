"""A village for the tests of cohorts and panel: its protocol, and rows turned into engine tables.

Belongs here: what those tests share. Does not belong here: expected values.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import engine, tables
from pipeline.cohorts.eligible import EligibleCohort, eligible
from pipeline.store import Store
from pipeline.study import Study

LISTED = {"AST", "COPD", "CHD", "DM", "HF", "EP", "OST"}
#: four study practices, none, and one of another study
PRACTICES = ["A80001", "A80002", "A80101", "A80102", "V81999", "B90001"]

PROTOCOL: dict[str, Any] = {
    "schema": "outcomeb/study/1",
    "study": "village",
    "arms": {"intervention": ["A80001", "A80002"], "control": ["A80101", "A80102"], "wider": ["A80201"]},
    "areas": {"west": ["A80001", "A80002"], "east": ["A80101", "A80102"], "area-01": ["A80201"]},
    "calendar": {"baseline": ["2010-04", "2015-03"], "launch": "2015-04-01", "contract_years": ["2015-16", "2016-17"]},
    "eligible": {"age": [40, 74], "registers": ["AST", "COPD", "CHD", "DM", "HF", "EP", "OST"], "at": "2015-03-31"},
    "prices": {"base": "2016-17", "grouper": "HRG4"},
    "estimand": {},
    "requires": {"datasets": [], "checks": ["routes", "completeness", "pre_trend"]},
    "plausible": {"effect_share_max": 0.3, "target_gbp_per_head": 86, "materiality_gbp": 25000},
    "seeds": {"bootstrap": 1, "permutation": 2, "simulation": 3},
}


def village(**clauses: Any) -> Study:
    """The protocol of the village, with whole clauses replaced."""
    return Study.model_validate(PROTOCOL | clauses)


def as_date(value: object) -> date | None:
    """YAML reads 2015-03-31 as a date and ~ as None; generated rows give text."""
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]


def engine_table(store: Store, name: str, rows: Iterable[Mapping[str, Any]], schema: ibis.Schema) -> ir.Table:
    """Rows written as Parquet, in the order given, and read back by the engine; absent columns are null."""
    full = [{column: row.get(column) for column in schema.names} for row in rows]
    path = store.root / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(full, schema=schema.to_pyarrow()), path)
    return engine.read_parquet(store.con, [path])


def registration_rows(people: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """REGISTRATIONS of people written as in assurance_people.yaml: born and died hold for each of their registrations."""
    return [
        {
            "person": person["person"],
            "practice": practice,
            "start": as_date(start),
            "end": as_date(end),
            "birth_date": as_date(born[0] if born else person.get("born")),
            "sex": person.get("sex"),
            "death_date": as_date(person.get("died")),
        }
        for person in people
        for practice, start, end, *born in person["registrations"]
    ]


def register_rows(people: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"person": person["person"], "practice": "A80001", "register": code, "start": as_date(start), "end": as_date(end)}
        for person in people
        for code, start, end in person.get("registers", [])
    ]


def referral_rows(people: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"person": person["person"], "referral_date": as_date(referred), "first_contact_date": as_date(contact)}
        for person in people
        for referred, contact in person.get("referrals", [])
    ]


def contact_rows(people: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"person": person["person"], "contact_date": as_date(day), "contact_type": "meeting", "provider": "LW1"}
        for person in people
        for day in person.get("contacts", [])
    ]


def cohort_of(store: Store, people: Sequence[Mapping[str, Any]], study: Study, name: str = "") -> EligibleCohort:
    """The cohort of people written as in assurance_people.yaml."""
    return eligible(
        registrations=engine_table(store, f"registrations{name}", registration_rows(people), tables.REGISTRATIONS),
        registers=engine_table(store, f"registers{name}", register_rows(people), tables.REGISTERS),
        referrals=engine_table(store, f"referrals{name}", referral_rows(people), tables.REFERRALS),
        contacts=engine_table(store, f"contacts{name}", contact_rows(people), tables.LINK_WORKER_CONTACTS),
        study=study,
    )


def random_person(draw: random.Random, name: str) -> dict[str, Any]:
    """Somebody whose dates lie close enough to the edges to meet every rule."""
    day = lambda first, last: first + timedelta(days=draw.randrange((last - first).days))  # noqa: E731
    registrations = []
    start = day(date(2008, 1, 1), date(2015, 3, 1))
    for _ in range(draw.choice([1, 1, 2, 3, 4])):
        end = start + timedelta(days=draw.choice([20, 200, 700, 1500, 3000])) if draw.random() < 0.7 else None
        registrations.append([draw.choice(PRACTICES[:4] if draw.random() < 0.85 else PRACTICES), start, end])
        start = (end or start) + timedelta(days=draw.choice([0, 1, 25, 40, 62, 75, 400]))
    return {
        "person": name,
        "registrations": registrations,
        "born": day(date(1935, 1, 1), date(1980, 1, 1)) if draw.random() < 0.97 else None,
        "died": day(date(2014, 1, 1), date(2019, 1, 1)) if draw.random() < 0.25 else None,
        "registers": [
            [draw.choice(sorted(LISTED) + ["HYP"]), day(date(2005, 1, 1), date(2016, 1, 1)), None]
            for _ in range(draw.choice([0, 1, 1, 2, 3, 5]))
        ],
    }
