"""How far the cost of a contract year may lie from the baseline cost that a fault is valued at, by hand."""

import pytest

from pipeline.assurance.arithmetic.pounds import yearly_trend, years_ahead
from pipeline.study import Study


@pytest.mark.parametrize(
    ("rates", "a_year"),
    [
        ([100.0, 102.0, 104.0, 106.0, 108.0], 2.0),
        ([108.0, 104.0, 100.0], 4.0),
        ([100.0, 100.0, 100.0], 0.0),
        # least squares of 100, 110, 100, 110: (-1.5 x 100 - .5 x 110 + .5 x 100 + 1.5 x 110) / 5
        ([100.0, 110.0, 100.0, 110.0], 2.0),
        ([100.0, 150.0], 0.0),  # two years are no trend
    ],
)
def test_trend_a_year(rates: list[float], a_year: float) -> None:
    assert yearly_trend(rates) == pytest.approx(a_year)


def test_years_ahead_are_counted_from_middle_to_middle(study: Study) -> None:
    # baseline April 2013 to March 2015, middle 1 April 2014; 2016-17 has its middle on 1 October 2016
    assert years_ahead(study, "2016-17", 2) == pytest.approx(2.5)
