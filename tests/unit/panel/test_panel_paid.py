"""The paid denominator by hand (method.md section 1), the person-year beside it, and what they refuse.

The village month, practice A80001, 2014-10, ten heads:

    stratum    heads  lost  dead   A&E pence
    40-54, 1     4     1     0       9000      3 observed
    40-54, 2     1     1     0          -      nobody observed: borrows from 40-54
    55-64, 1     5     1     2       4000      4 observed, of whom 2 dead
"""

from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from cohorts_village import village

from pipeline.errors import InternalError, ProtocolInvalid
from pipeline.panel import paid_cells, person_year_cells

HEADS = ["practice", "month", "age_band", "need", "heads", "lost", "dead"]
CELLS = ["practice", "month", "age_band", "need", "pod", "contacts", "cost_pence", "bed_days"]
BY_HAND = [
    ("A80001", "2014-10", "40-54", 1, 4, 1, 0),
    ("A80001", "2014-10", "40-54", 2, 1, 1, 0),
    ("A80001", "2014-10", "55-64", 1, 5, 1, 2),
]
ACTIVITY = [
    ("A80001", "2014-10", "40-54", 1, "ae", 2, 9000, 0),
    ("A80001", "2014-10", "55-64", 1, "ae", 1, 4000, 0),
    ("A80001", "2014-10", "55-64", 1, "non_elective", 1, 100000, 6),
    ("A80001", "2014-10", "55-64", 1, "elective", 1, 50000, 1),
    ("A80001", "2014-10", "40-54", 1, "op_first", 3, 60000, 0),
]


def frames(activity: list[Any] = ACTIVITY, heads: list[Any] = BY_HAND) -> tuple[pd.DataFrame, pd.DataFrame]:
    return pd.DataFrame(activity, columns=CELLS), pd.DataFrame(heads, columns=HEADS)


def row(paid: pd.DataFrame, outcome: str, pod: str, month: str = "2014-10") -> Any:
    return paid[(paid["outcome"] == outcome) & (paid["pod"] == pod) & (paid["month"] == month)].squeeze()


def test_cost_by_hand() -> None:
    paid = paid_cells(*frames(), study=village())
    ae = row(paid, "cost", "ae")
    # 9000 x 4/3 = 12000; the stratum nobody saw costs what its age band did, 9000/3 x 1 = 3000; 4000 x 5/4 = 5000
    # together 20000 pence over 10 heads = GBP 20
    assert ae["per_head"] == pytest.approx(20.0, abs=1e-12)
    assert ae["unweighted_per_head"] == pytest.approx(13.0, abs=1e-12)  # 13000 pence over 10 heads
    assert (ae["heads"], ae["borrowed_heads"]) == (10, 1)
    assert (ae["arm"], ae["area"]) == ("intervention", "west")
    # 100000 x 5/4 over 10 heads
    assert row(paid, "cost", "non_elective")["per_head"] == pytest.approx(125.0, abs=1e-12)
    # ae 20 + non_elective 125 + elective 62.50 + op_first 60000 x 4/3 = 80000 and 20000 borrowed, GBP 100
    assert row(paid, "cost", "all")["per_head"] == pytest.approx(307.5, abs=1e-12)


def test_activity_by_hand() -> None:
    paid = paid_cells(*frames(), study=village())
    # 2 x 4/3 + 2/3 x 1 + 1 x 5/4 = 55/12 attendances over 10 heads
    assert row(paid, "ae_attendances", "all")["per_head"] == pytest.approx(float(Fraction(55, 120)), abs=1e-15)
    assert row(paid, "unplanned_admissions", "all")["per_head"] == pytest.approx(0.125, abs=1e-15)  # 5/4 over 10
    assert row(paid, "outpatient_attendances", "all")["per_head"] == pytest.approx(0.5, abs=1e-15)  # 3 x 4/3 + 1, over 10
    assert row(paid, "bed_days", "all")["per_head"] == pytest.approx(7 * 5 / 4 / 10, abs=1e-15)


def test_person_years_by_hand() -> None:
    alive = person_year_cells(*frames(), study=village())
    ae = row(alive, "cost", "ae")
    assert ae["person_months"] == 5  # 10 heads, 3 lost, 2 dead
    assert ae["per_person_year"] == pytest.approx(312.0, abs=1e-12)  # 12 x GBP 130 / 5


def test_without_a_band_the_practice_lends() -> None:
    heads = [("A80001", "2014-10", "40-54", 1, 2, 2, 0), ("A80001", "2014-10", "65-74", 3, 3, 1, 0)]
    activity = [("A80001", "2014-10", "65-74", 3, "ae", 1, 6000, 0)]
    paid = paid_cells(*frames(activity, heads), study=village())
    # 6000 x 3/2 = 9000, and two heads at 6000/2 = 6000: 15000 pence over 5 heads
    assert row(paid, "cost", "ae")["per_head"] == pytest.approx(30.0, abs=1e-12)
    assert row(paid, "cost", "ae")["borrowed_heads"] == 2


def test_zero_cells_are_explicit() -> None:
    heads = [*BY_HAND, ("A80101", "2014-11", "40-54", 1, 7, 0, 0)]
    paid = paid_cells(*frames(heads=heads), study=village())
    assert len(paid) == 2 * 14  # two practice-months; eight points of delivery, their total and five activities each
    quiet = paid[paid["practice"] == "A80101"]
    assert (quiet["per_head"] == 0.0).all()
    assert (quiet["heads"] == 7).all()


def test_after_death_the_head_stays_and_costs_nothing() -> None:
    """Everybody dead: nothing is spent, and nothing is borrowed from the living, since the dead are known about."""
    heads = [("A80001", "2014-10", "40-54", 1, 2, 0, 2), ("A80001", "2014-10", "55-64", 1, 2, 0, 0)]
    activity = [("A80001", "2014-10", "55-64", 1, "ae", 1, 8000, 0)]
    paid = paid_cells(*frames(activity, heads), study=village())
    assert row(paid, "cost", "ae")["per_head"] == pytest.approx(20.0, abs=1e-12)
    assert row(paid, "cost", "ae")["borrowed_heads"] == 0


def test_a_practice_nobody_was_observed_in_is_refused() -> None:
    heads = [("A80001", "2014-10", "40-54", 1, 2, 2, 0)]
    for figures in (paid_cells, person_year_cells):
        with pytest.raises(ProtocolInvalid, match=r"A80001 .* 2014-10"):
            figures(*frames([], heads), study=village())


def test_person_years_of_the_dead_are_refused() -> None:
    heads = [("A80001", "2014-10", "40-54", 1, 2, 0, 2)]
    assert (paid_cells(*frames([], heads), study=village())["per_head"] == 0).all()
    with pytest.raises(ProtocolInvalid):
        person_year_cells(*frames([], heads), study=village())


@pytest.mark.parametrize(
    ("activity", "heads", "said"),
    [
        ([("A80001", "2014-12", "40-54", 1, "ae", 1, 1, 0)], BY_HAND, "no heads behind"),
        ([("A80001", "2014-10", "40-54", 2, "ae", 1, 1, 0)], BY_HAND, "nobody was observed"),
        ([("A80001", "2014-10", "40-54", 1, "dentist", 1, 1, 0)], BY_HAND, "dentist"),
        (ACTIVITY, [*BY_HAND, BY_HAND[0]], "twice"),
    ],
)
def test_what_cannot_be_is_our_fault(activity: list[Any], heads: list[Any], said: str) -> None:
    with pytest.raises(InternalError, match=said):
        paid_cells(*frames(activity, heads), study=village())
