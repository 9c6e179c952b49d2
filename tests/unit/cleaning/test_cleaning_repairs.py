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
