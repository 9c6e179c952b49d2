"""The cohort re-based every April: its inflow against the cohorts of two dates, and behind the gates."""

import random

import pytest
from cohorts_village import cohort_of, engine_table, random_person, register_rows, registration_rows, village
from estimation_city import BINDINGS, ON, verdict

from pipeline import tables
from pipeline.cohorts.definitions import definitions
from pipeline.cohorts.open_cohort import inflow, open_study
from pipeline.errors import DesignGateClosed
from pipeline.store import Store

YEAR = "2016-17"


def test_inflow_is_who_the_rule_finds_then_and_not_at_baseline(store: Store) -> None:
    """A protocol whose own date is 31 March 2016 (and a launch after it) finds the open cohort by itself."""
    draw = random.Random(21)
    people = [random_person(draw, f"p{n}") for n in range(300)]
    study = village()
    later = village(
        calendar={"baseline": ["2010-04", "2016-03"], "launch": "2016-04-01", "contract_years": ["2016-17"]},
        eligible=study.eligible.model_dump(mode="json") | {"at": "2016-03-31"},
    )
    closed = cohort_of(store, people, study, "closed").people
    now = cohort_of(store, people, later, "later").people.execute()
    given = {"data_verdict": verdict("data", YEAR), "design_verdict": verdict("design", YEAR), "bindings": BINDINGS, "on": ON}
    lists = (
        engine_table(store, "one", registration_rows(people), tables.REGISTRATIONS),
        engine_table(store, "two", register_rows(people), tables.REGISTERS),
    )
    found = inflow(closed, *lists, study=study, contract_year=YEAR, **given).set_index("practice")
    known = set(closed.execute()["person"])
    assert found["out_of"].to_dict() == now.groupby("practice").size().to_dict()
    new = now[~now["person"].isin(known)].groupby("practice").size()
    assert found["people"].to_dict() == new.reindex(found.index, fill_value=0).to_dict()
    assert found["people"].sum() > 5
    first = inflow(closed, *lists, study=study, contract_year="2015-16", **(given | {
        "data_verdict": verdict("data", "2015-16"), "design_verdict": verdict("design", "2015-16")}))  # fmt: skip
    assert (first["people"] == 0).all()  # on 31 March 2015 it is the closed cohort
    assert first["out_of"].sum() == len(known)
    with pytest.raises(DesignGateClosed):
        inflow(closed, *lists, study=study, contract_year=YEAR, **(given | {"design_verdict": None}))


def test_the_open_cohort_is_another_definition() -> None:
    study = village()
    closed, opened = definitions(study)[0], definitions(open_study(study, YEAR))[0]
    assert "2016-03-31" in opened.says
    assert closed.sha256 != opened.sha256
    assert definitions(open_study(study, "2015-16"))[0].sha256 == closed.sha256
