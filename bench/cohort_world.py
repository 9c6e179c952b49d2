"""A rehearsal's arrays as the tables that cohorts and their comparators are made from, without files or cleaning of activity.

Belongs here: the cohort, its exposure and its months of activity of one simulated world, with the programme or without.
Does not belong here: estimates (`bench.cohorts`).
The cohort is the rehearsal's own recount of the rule (`pipeline.rehearsal.cohort`), held equal to the one from files by tests;
referrals and contacts go through the cleaning and the exposure that a study's files go through.
"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import engine, tables
from pipeline.cleaning import programme
from pipeline.cohorts.exposure import DATES, exposure
from pipeline.panel import sums
from pipeline.rehearsal.cohort import Cohort, cohort_of
from pipeline.rehearsal.feed_counts import CELLS, cell_of
from pipeline.rehearsal.layout_programme import contact_table, referral_table
from pipeline.rehearsal.protocol import study_document
from pipeline.rehearsal.seeds import generator
from pipeline.rehearsal.world import World
from pipeline.store import Store
from pipeline.study import Study
from pipeline.vocabulary import STREAMS

BANDS = np.array(["40-54", "55-64", "65-74"])


@dataclass(frozen=True, slots=True)
class CohortWorld:
    """study : the world's own protocol. people : `tables.PEOPLE`. with_programme, without : `sums.person_months` of the world
    that happened and of the same draws had there been no programme."""

    study: Study
    people: ir.Table
    with_programme: ir.Table
    without: ir.Table
    cohort: Cohort


def study_of(world: World, **clauses: object) -> Study:
    """The protocol that a rehearsal of this world writes, with whole clauses replaced."""
    document = study_document(world.parameters, world.city, world.seed, world.breaks)
    return Study.model_validate(document | clauses)


def cohort_world(world: World, store: Store, study: Study) -> CohortWorld:
    """The tables in the store's engine."""
    cohort = cohort_of(world, world.people)
    people = _people(world, cohort, store, study)
    months = [
        sums.person_months(_activity(world, store, name, which), people, first=study.baseline_period[0], last=study.last_month)
        for name, which in (("with", world.treated), ("without", world.untreated))
    ]
    return CohortWorld(study, people, months[0], months[1], cohort)


def _written(store: Store, name: str, table: pa.Table) -> ir.Table:
    path = store.root / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return engine.read_parquet(store.con, [path])


def _people(world: World, cohort: Cohort, store: Store, study: Study) -> ir.Table:
    p, who = world.parameters, np.flatnonzero(cohort.member)
    months, last = np.array(p.months), len(p.months)
    practice = cohort.practice[who]
    dead = cohort.died[who] < last
    gone = ~dead & (cohort.last[who] < last - 1)
    names = np.array(world.people.register_names)
    listed = [world.people.register_names.index(name) for name in sorted(p.people["registers"])]
    at = p.launch - 1
    on = world.people.registers[who] & (world.people.register_from[who] <= at) & (world.people.register_to[who] > at)
    columns = {
        "person": world.people.token[who],
        "practice": world.city.codes[practice],
        "arm": world.city.arms[practice],
        "area": world.city.areas[practice],
        "age": np.zeros(len(who), dtype=np.int64),
        "age_band": BANDS[cohort.stratum[who] // 4],
        "need": cohort.stratum[who] % 4,
        "registers": ["+".join(names[listed][row]) for row in on[:, listed]],
        "observed_from": months[np.maximum(cohort.first[who], 0)],
        "lost_from": _where(gone, months[np.minimum(cohort.last[who] + 1, last - 1)]),
        "died_in": _where(dead, months[np.minimum(cohort.died[who], last - 1)]),
        "sex": np.where(world.people.female[who], "2", "1"),
    }
    base = _written(store, "base", pa.table({name: pa.array(values) for name, values in columns.items()}))
    dates = _exposure(world, store, study)
    joined = base.left_join(dates, "person").drop("person_right")
    served = joined.arm == "intervention"
    found = joined.mutate(**{name: ibis.ifelse(served, joined[name], ibis.null("date")) for name in DATES.values()})
    return store.get(store.put("people", tables.cast(found, tables.PEOPLE), ("person",)))


def _where(true: np.ndarray, values: np.ndarray) -> pa.Array:
    return pa.array(values.astype(object), mask=~true, type=pa.string())


def _exposure(world: World, store: Store, study: Study) -> ir.Table:
    """Dates of exposure by the code that a study's files go through."""
    rows = {}
    for name, table in (
        ("referrals", referral_table(world)),
        ("contacts", contact_table(world, generator(world.seed, "contacts"))),
    ):
        text = pa.table({column: table[column].cast(pa.string()) for column in table.column_names})
        n = len(text)
        text = text.append_column("DELIVERY", pa.array(["world"] * n)).append_column("RECEIVED", pa.array(["2019-07-15"] * n))
        rows[name] = _written(store, name, text.append_column("ROW_NO", pa.array(np.arange(1, n + 1))))
    referrals = programme.referrals(rows["referrals"], rules=study.cleaning).table
    return exposure(referrals, programme.contacts(rows["contacts"], rules=study.cleaning).table, study=study)


def _activity(world: World, store: Store, name: str, which: dict[str, np.ndarray]) -> ir.Table:
    """`tables.PRICED_ACTIVITY` of one of the two worlds; only what the months of people need is filled."""
    months = np.array(world.parameters.months)
    pods = np.array([pod for pod, _ in CELLS])
    parts = []
    for stream in STREAMS:
        contacts = world.contacts[stream].take(which[stream])
        inside = (contacts.month >= 0) & (contacts.month < len(months))
        contacts = contacts.take(inside)
        parts.append(
            pa.table(
                {
                    "stream": pa.array(np.full(len(contacts), stream)),
                    "person": pa.array(world.people.token[contacts.person]),
                    "month": pa.array(months[contacts.month]),
                    "pod": pa.array(pods[cell_of(stream, contacts)]),
                    "price_state": pa.array(np.where(contacts.pence >= 0, "priced", "no_price")),
                    "price_pence": pa.array(contacts.pence, mask=contacts.pence < 0),
                }
            )
        )
    return _written(store, f"activity_{name}", pa.concat_tables(parts))
