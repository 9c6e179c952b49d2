"""Numbers in sentences: expected forms are written by hand."""

import pytest

from pipeline import prose


@pytest.mark.parametrize(
    ("gbp", "told"),
    [(None, "–"), (0.4, "£0"), (609.0, "£609"), (2_332.18, "£2,300"), (7_668.98, "£7,700"), (-21_911.0, "−£22,000"),
     (2_302_423.07, "£2,302,000"), (9_960.0, "£10,000")],
)  # fmt: skip
def test_totals_carry_no_more_digits_than_are_known(gbp: float | None, told: str) -> None:
    assert prose.about(gbp) == told


def test_a_minus_is_a_minus_and_zero_has_none() -> None:
    assert (prose.pounds(-60.4), prose.pounds(-0.2), prose.number(-0.004, 2)) == ("−£60", "£0", "0.00")


def test_months_by_name() -> None:
    assert prose.from_to("2015-04", "2016-03") == "from April 2015 to March 2016"
    assert prose.from_to("2015-04", "2015-04") == prose.from_to("2015-04", None) == "in April 2015"
    assert prose.span(None, "2016-03") == "to March 2016"
