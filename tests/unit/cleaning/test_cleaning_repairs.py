"""Dates that stand for none are counted by column. Expected counts are of the rows written here, by hand."""

from collections.abc import Callable, Sequence

import ibis.expr.types as ir

from pipeline.cleaning.repairs import repairs

Delivered = Callable[[Sequence[dict[str, str | None]]], ir.Table]


def test_stand_in_dates_are_counted_by_column_in_each_form_they_are_delivered_in(delivered: Delivered) -> None:
    rows = delivered(
        [
            {"ADMIDATE": "1800-01-01", "EPIEND": "18010101", "MYDOB": "011800", "PROCODE3": "RX1"},
            {"ADMIDATE": "1800-01-01 00:00:00", "EPIEND": "2016-04-01", "MYDOB": "021960", "PROCODE3": None},
            {"ADMIDATE": "2016-05-01", "EPIEND": "1582-10-15", "MYDOB": None, "PROCODE3": "RX1"},
            {"ADMIDATE": None, "EPIEND": "1600-01-01", "MYDOB": "011801", "PROCODE3": "RX1"},
        ]
    )
    assert list(repairs(rows).itertuples(index=False, name=None)) == [
        ("ADMIDATE holds a date that stands for none", 2),
        ("EPIEND holds a date that stands for none", 3),
        ("MYDOB holds a date that stands for none", 2),
    ]


def test_real_dates_and_codes_are_no_repair(delivered: Delivered) -> None:
    # 1799 and 1802 are odd, yet no stand-in of HES; 011800 is one as a month of birth only
    rows = delivered([{"ADMIDATE": "1799-12-31", "EPIEND": "1802-01-01", "SPELFUND": "011800", "MYDOB": "011900"}])
    assert repairs(rows).empty


def test_ages_and_times_that_are_none_are_counted(delivered: Delivered) -> None:
    # 130 is the greatest age, 7001 to 7007 are infants, 3000 and 4000 stand for a time not known
    ages = ["130", "131", "999", "7001", "7008", None, "64.0"]
    times = ["2359", "2460", "3000", "4000", "9999", None, "12:30"]
    rows = delivered([{"STARTAGE": a, "ARRIVALTIME": t} for a, t in zip(ages, times, strict=True)])
    assert list(repairs(rows).itertuples(index=False, name=None)) == [
        ("STARTAGE is no age, and is read as not known", 3),
        ("ARRIVALTIME is no time of day, and is read as not known", 2),
    ]
