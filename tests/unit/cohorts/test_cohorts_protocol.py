"""What follows the protocol: bands, registers and dates are its clauses, not constants of the code."""

from datetime import date

import ibis
import pytest
from cohorts_village import cohort_of, village

from pipeline.cohorts import ages
from pipeline.cohorts.person_time import _number, _text
from pipeline.store import Store


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ((40, 74), [(40, 54), (55, 64), (65, 74)]),  # the bands of pipeline.tables.PEOPLE
        ((18, 120), [(18, 54), (55, 64), (65, 120)]),
        ((60, 64), [(60, 64)]),
        ((55, 65), [(55, 64), (65, 65)]),
    ],
)
def test_bands_cover_the_eligible_ages(wanted: tuple[int, int], found: list[tuple[int, int]]) -> None:
    assert ages.bands(wanted) == found


def test_another_protocol_gives_another_cohort(store: Store) -> None:
    person = {
        "person": "p",
        "born": "1980-05-01",
        "registrations": [["A80001", "2001-01-01", None]],
        "registers": [["HYP", "2012-01-01", None]],
    }
    eligible = {"age": [30, 39], "registers": ["HYP"], "at": "2014-12-31"}
    assert cohort_of(store, [person], village(), "a").people.count().execute() == 0
    row = cohort_of(store, [person], village(eligible=eligible), "b").people.execute().iloc[0]
    assert (row["age"], row["age_band"], row["registers"]) == (34, "30-39", "HYP")


@pytest.mark.parametrize(("day", "text"), [(date(2015, 12, 31), "2015-12"), (date(2016, 1, 1), "2016-01")])
def test_month_numbers_are_those_of_the_calendar(store: Store, day: date, text: str) -> None:
    assert store.con.execute(_text(_number(ibis.literal(day)))) == text
    assert store.con.execute(_number(ibis.literal(day))) == day.year * 12 + day.month - 1
