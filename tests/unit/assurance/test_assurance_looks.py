"""How often a contract year was looked at."""

from dataclasses import dataclass
from datetime import date

from pipeline.assurance.looks import looks

YEARS = ("2015-16", "2016-17", "2017-18")


@dataclass(frozen=True)
class Received:
    first_month: str
    last_month: str
    received: date
    dataset: str = "practice_activity"


def test_each_day_of_receipt_that_covers_the_year_is_a_look() -> None:
    came = [
        Received("2015-04", "2015-09", date(2015, 11, 1)),
        Received("2015-10", "2016-03", date(2016, 7, 15)),
        Received("2016-03", "2016-04", date(2016, 7, 15)),  # the same day, and both years
        Received("2015-04", "2016-03", date(2017, 1, 1)),  # replaces what came before: seen again
        Received("2015-04", "2016-03", date(2018, 1, 1)),  # not yet on the day asked for
        Received("2015-04", "2016-03", date(2016, 9, 1), dataset="hes_ae"),
        Received("2010-04", "2015-03", date(2015, 7, 15)),  # the baseline
    ]
    assert looks(came, YEARS, date(2017, 6, 1)) == {"2015-16": 3, "2016-17": 1, "2017-18": 1}
    assert looks(came, YEARS, date(2018, 6, 1))["2015-16"] == 4


def test_nothing_received_is_the_first_look() -> None:
    assert looks([], YEARS, date(2017, 6, 1)) == dict.fromkeys(YEARS, 1)
