"""The matched difference of changes and the naive before-and-after: by hand, and by leaving practices out one at a time."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from estimation_city import gates, study, verdict
from scipy.stats import t

from pipeline.errors import DataGateClosed, DesignGateClosed, InternalError
from pipeline.estimation.before_after import before_after
from pipeline.estimation.matched import matched_effect, matched_row, practice_changes

COLUMNS = ["practice", "served", "weight", "months_before", "months_after", "pence_before", "pence_after"]
YEAR = "2016-17"
#: two practices a side; by hand: T1 120 -> 60 and T2 240 -> 240 GBP a year; C1 (weights 2 and .5) 120 -> 120, C2 120 -> 180
HAND = [
    ("T1", True, 1.0, 24, 12, 24000, 6000), ("T2", True, 1.0, 24, 3, 48000, 6000),
    ("C1", False, 2.0, 12, 3, 9000, 1500), ("C1", False, 0.5, 48, 12, 60000, 24000), ("C2", False, 1.0, 24, 3, 24000, 4500),
]  # fmt: skip


def random_cells(seed: int, *, served: int = 7, control: int = 6) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    rows = []
    for side, n in ((True, served), (False, control)):
        for practice in range(n):
            for _ in range(4):
                before, after = int(draw.integers(20, 400)), int(draw.integers(3, 90))
                weight = 1.0 if side else float(draw.uniform(0.1, 2))
                rows.append((f"{'T' if side else 'C'}{practice}", side, weight, before, after,
                             int(draw.integers(1000, 9000)) * before, int(draw.integers(1000, 9000)) * after))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def effect_by_hand(cells: pd.DataFrame) -> float:
    """Straight from the words: weighted mean over practices of (after - before), by weighted months after."""
    means = {}
    for served, side in cells.groupby("served"):
        total = time = 0.0
        for _, practice in side.groupby("practice"):
            w = practice["weight"]
            before = (w * practice["pence_before"]).sum() / (w * practice["months_before"]).sum() * 0.12
            after = (w * practice["pence_after"]).sum() / (w * practice["months_after"]).sum() * 0.12
            months = (w * practice["months_after"]).sum()
            total, time = total + months * (after - before), time + months
        means[served] = total / time
    return means[True] - means[False]


def test_changes_of_practices_by_hand() -> None:
    """C1 before: 2 x 9,000 + .5 x 60,000 = 48,000 pence over 2 x 12 + .5 x 48 = 48 months; after 15,000 over 12."""
    found = practice_changes(pd.DataFrame(HAND, columns=COLUMNS)).set_index("practice")
    assert found.loc["T1", ["before", "after", "change", "time"]].tolist() == [120.0, 60.0, -60.0, 12.0]
    assert found.loc["T2", ["before", "after", "change", "time"]].tolist() == [240.0, 240.0, 0.0, 3.0]
    assert found.loc["C1", ["before", "after", "change", "time"]].tolist() == pytest.approx([120.0, 150.0, 30.0, 12.0])
    assert found.loc["C2", ["before", "after", "change", "time"]].tolist() == [120.0, 180.0, 60.0, 3.0]


def test_the_effect_by_hand_and_no_interval_from_two_practices() -> None:
    """Served (12 x -60 + 3 x 0) / 15 = -48; comparators (12 x 30 + 3 x 60) / 15 = 36."""
    found = matched_effect(pd.DataFrame(HAND, columns=COLUMNS), contract_year=YEAR, persons=9, **gates(YEAR))
    assert found.effect == pytest.approx(-84.0)
    assert (found.ci_low, found.inference) == (None, "refused")
    assert found.refused_reason
    assert found.practices == {"intervention": 2, "control": 2}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_interval_leaves_each_practice_out(seed: int) -> None:
    cells = random_cells(seed)
    found = matched_effect(cells, contract_year=YEAR, persons=900, **gates(YEAR))
    assert found.effect == pytest.approx(effect_by_hand(cells))
    without = np.array([effect_by_hand(cells[cells["practice"] != name]) for name in sorted(cells["practice"].unique())])
    error = np.sqrt(12 / 13 * ((without - found.effect) ** 2).sum())
    assert found.standard_error == pytest.approx(error)
    assert found.ci_high - found.effect == pytest.approx(t.isf(0.025, 12) * error)
    assert list(found.without.values()) == pytest.approx(list(without))
    assert found.counterfactual_mean == pytest.approx(found.observed_mean - found.effect)


def test_a_practice_with_people_on_both_sides_is_one_cluster() -> None:
    """Comparators of the same practices (not yet referred): leaving a practice out takes both its sides away."""
    cells = random_cells(4, served=6, control=6)
    cells["practice"] = [name.replace("C", "T") for name in cells["practice"]]
    found = matched_effect(cells, contract_year=YEAR, persons=900, **gates(YEAR))
    without = [effect_by_hand(cells[cells["practice"] != f"T{n}"]) for n in range(6)]
    assert found.standard_error == pytest.approx(np.sqrt(5 / 6 * sum((w - found.effect) ** 2 for w in without)))


def test_the_order_of_rows_changes_no_bit() -> None:
    cells = random_cells(5)
    one = matched_effect(cells, contract_year=YEAR, persons=9, **gates(YEAR))
    other = matched_effect(cells.sample(frac=1, random_state=3), contract_year=YEAR, persons=9, **gates(YEAR))
    assert one == other


def test_the_row_names_whom_it_is_of() -> None:
    cells = random_cells(6)
    found = matched_effect(cells, contract_year=YEAR, persons=900, **gates(YEAR))
    row = matched_row(found, study=study(), population="engaged", cells=cells)
    assert (row["population"], row["primary"], row["estimator"]) == ("engaged", False, "matched_changes")
    assert row["person_years"] == pytest.approx(cells.loc[cells["served"], "months_after"].sum() / 12)
    assert row["n_persons"] == 900
    assert "not paid on" in row["note"]


NAIVE = pd.DataFrame(
    [("A", 10, 120, 30, 120_000, 15_000), ("B", 12, 144, 40, 288_000, 40_000), ("C", 9, 108, 27, 108_000, 27_000),
     ("D", 20, 240, 60, 480_000, 30_000), ("E", 8, 96, 24, 96_000, 12_000)],
    columns=["practice", "people", "months_before", "months_after", "pence_before", "pence_after"],
)  # fmt: skip


def test_before_and_after_by_hand() -> None:
    """Before 1,092,000 pence over 708 months, after 124,000 over 181; interval from leaving practices out."""
    found = before_after(NAIVE, contract_year=YEAR, **gates(YEAR))
    assert found is not None
    assert (found.people, found.before, found.after) == pytest.approx((59, 1_092_000 / 708 * 0.12, 124_000 / 181 * 0.12))
    assert found.change == pytest.approx(found.after - found.before)

    def change(rows: pd.DataFrame) -> float:
        sums = rows.sum(numeric_only=True)
        return (sums["pence_after"] / sums["months_after"] - sums["pence_before"] / sums["months_before"]) * 0.12

    left_out = [change(NAIVE.drop(index=n)) for n in range(5)]
    error = np.sqrt(4 / 5 * sum((one - found.change) ** 2 for one in left_out))
    assert found.high - found.change == pytest.approx(t.isf(0.025, 4) * error)
    few = before_after(NAIVE.iloc[:3], contract_year=YEAR, **gates(YEAR))
    assert few is not None
    assert few.low is None
    assert before_after(NAIVE.iloc[:0], contract_year=YEAR, **gates(YEAR)) is None


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"data_verdict": None}, DataGateClosed),
        ({"design_verdict": None}, DesignGateClosed),
        ({"data_verdict": verdict("data", YEAR, state="fail")}, DataGateClosed),
        ({"design_verdict": verdict("design", "2015-16")}, DesignGateClosed),
    ],
)
def test_nothing_without_both_verdicts(change: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        matched_effect(random_cells(1), contract_year=YEAR, persons=9, **(gates(YEAR) | change))
    with pytest.raises(error):
        before_after(NAIVE, contract_year=YEAR, **(gates(YEAR) | change))


def test_nobody_on_a_side_is_our_fault() -> None:
    cells = random_cells(1)
    with pytest.raises(InternalError):
        matched_effect(cells[cells["served"]], contract_year=YEAR, persons=9, **gates(YEAR))
