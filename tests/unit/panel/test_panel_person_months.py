"""Months of people with activity: what is counted, and the gates of every year they reach over."""

from typing import Any

import pytest
from cohorts_village import engine_table, village
from estimation_city import BINDINGS, ON, verdict

from pipeline import panel, tables
from pipeline.calendar import month_number
from pipeline.errors import DataGateClosed, DesignGateClosed, UsageError
from pipeline.panel.after_launch import person_months_to_year_end
from pipeline.store import Store

PERSON = {"person": "a", "practice": "A80001", "age_band": "40-54", "need": 1, "observed_from": "2010-04"}
ROWS = [
    ("a", "ae", "2015-02", "priced", 100), ("a", "non_elective", "2015-02", "no_price", None),
    ("a", "op_first", "2015-02", "priced", 30),
    ("a", "op_first", "2015-03", "priced", 7), ("a", "ae", "2015-03", "out_of_scope", 900), ("b", "ae", "2015-03", "priced", 1),
    ("a", "ae", "2015-05", "priced", 50), ("a", "ae", "2016-05", "priced", 60),
]  # fmt: skip


def inputs(store: Store) -> tuple[Any, Any]:
    rows = [
        {"person": who, "stream": "ae", "pod": pod, "month": month, "price_state": state, "price_pence": pence, "bed_days": 0}
        for who, pod, month, state, pence in ROWS
    ]
    return engine_table(store, "rows", rows, tables.PRICED_ACTIVITY), engine_table(store, "people", [PERSON], tables.PEOPLE)


def found(table: Any) -> dict[int, tuple[int, int]]:
    return {int(r.month_number): (int(r.unplanned), int(r.cost_pence)) for r in table.execute().itertuples()}


def test_unplanned_contacts_and_pence_by_month(store: Store) -> None:
    """February: an attendance and an admission without a price (unplanned all the same), 130 pence. March: what is out of scope
    counts nowhere, nor does somebody who is not eligible."""
    rows, people = inputs(store)
    months = panel.person_months(rows, people, study=village(), first="2010-04", last="2015-03")
    assert found(months) == {month_number("2015-02"): (2, 130), month_number("2015-03"): (0, 7)}


def test_months_after_launch_need_a_verdict(store: Store) -> None:
    rows, people = inputs(store)
    with pytest.raises(DataGateClosed):
        panel.person_months(rows, people, study=village(), first="2010-04", last="2015-04")


def verdicts(**changes: Any) -> dict[str, Any]:
    return {year: (verdict("data", year), verdict("design", year)) for year in ("2015-16", "2016-17")} | changes


def test_every_year_up_to_it_must_be_open(store: Store) -> None:
    rows, people = inputs(store)
    given = {"study": village(), "bindings": BINDINGS, "on": ON}

    def asked(year: str, of: dict[str, Any]) -> dict[int, tuple[int, int]]:
        return found(person_months_to_year_end(rows, people, contract_year=year, verdicts=of, **given))

    assert sorted(asked("2016-17", verdicts())) == [month_number(m) for m in ("2015-02", "2015-03", "2015-05", "2016-05")]
    assert month_number("2016-05") not in asked("2015-16", verdicts())
    assert asked("2015-16", verdicts(**{"2016-17": (None, None)}))  # a later year's gate is no matter
    for change, error in (
        ({"2015-16": (None, None)}, DataGateClosed),
        ({"2015-16": (verdict("data", "2015-16"), None)}, DesignGateClosed),
        ({"2016-17": (verdict("data", "2016-17", state="fail"), verdict("design", "2016-17"))}, DataGateClosed),
    ):
        with pytest.raises(error):
            asked("2016-17", verdicts(**change))
    with pytest.raises(UsageError):
        asked("2017-18", verdicts())
