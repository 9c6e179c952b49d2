"""Weights and balance: entropy balancing against raking, the propensity against counts, balance by hand."""

import numpy as np
import pandas as pd
import pytest

from pipeline.cohorts import weighting
from pipeline.cohorts.balance import balance, sentence
from pipeline.cohorts.weighting import cells_of, propensity, weigh

#: index month, need, sex, practice, level, people; 24183 is April 2015
ROWS = [
    (24183, 1, "1", "T1", 1, 10), (24183, 2, "2", "T2", 2, 30), (24184, 1, "2", "T1", 1, 20), (24184, 2, "1", "T2", 3, 15),
    (24183, 1, "1", "C1", 0, 300), (24183, 1, "2", "C2", 0, 200), (24183, 2, "1", "C1", 0, 50), (24183, 2, "2", "C2", 0, 90),
    (24184, 1, "1", "C1", 0, 280), (24184, 1, "2", "C2", 0, 210), (24184, 2, "1", "C1", 0, 40), (24184, 2, "2", "C2", 0, 100),
]  # fmt: skip


def design_of(rows: list[tuple[object, ...]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = pd.DataFrame(rows, columns=["index_month", "need", "sex", "practice", "level", "people"])
    named = frame.groupby(["index_month", "need", "sex"], sort=True)
    frame["cell"] = named.ngroup()
    return frame, named.size().index.to_frame(index=False)


def raked(design: pd.DataFrame) -> pd.Series:
    """Iterative proportional fitting of the comparators to the margins of the people served: month, need, sex. It converges to
    the weights of least relative entropy (Deming and Stephan 1940; Csiszar 1975), by another road than the dual."""
    served, pool = design[design["level"] > 0], design[design["level"] == 0].copy()
    pool["mass"] = pool["people"].astype(float)
    for _ in range(3000):
        for margin in ("need", "sex", "index_month"):
            target = served.groupby(margin)["people"].sum()
            now = pool.groupby(margin)["mass"].sum()
            pool["mass"] *= pool[margin].map(target / now)
    return pool["mass"] / pool["people"]


def test_entropy_balancing_is_what_raking_converges_to() -> None:
    design, levels = design_of(ROWS)
    found = weigh(design, levels, level=1, method="entropy")
    assert found.reason is None
    expected = raked(design)
    np.testing.assert_allclose(found.weight[expected.index], expected, rtol=1e-6)
    assert (found.weight[:4] == 1).all()


def test_the_margins_are_met_for_each_population() -> None:
    design, levels = design_of(ROWS)
    for level in (1, 2):
        found = weigh(design, levels, level=level, method="entropy")
        served = design["people"].where(design["level"] >= level, 0)
        weighted = design["people"] * found.weight * (design["level"] == 0)
        for margin in ("index_month", "need", "sex"):
            np.testing.assert_allclose(weighted.groupby(design[margin]).sum(), served.groupby(design[margin]).sum(), rtol=1e-6,
                                       atol=1e-6)  # fmt: skip
        assert (found.weight[(design["level"] > 0) & (design["level"] < level)] == 0).all()
    # Kish: equal weights are worth all, others less
    assert 0 < found.effective < design.loc[design["level"] == 0, "people"].sum()


def test_equal_groups_need_no_weights() -> None:
    rows = [(24183, need, sex, "T1", 1, 10) for need in (1, 2) for sex in ("1", "2")]
    rows += [(24183, need, sex, "C1", 0, 40) for need in (1, 2) for sex in ("1", "2")]
    design, levels = design_of(rows)
    for method in ("entropy", "propensity"):
        found = weigh(design, levels, level=1, method=method)
        np.testing.assert_allclose(found.weight[4:], 0.25, rtol=1e-8)
        assert found.effective == pytest.approx(160)


@pytest.mark.parametrize(
    ("rows", "level", "why"),
    [
        (ROWS[4:], 1, "nobody had reached it"),
        (ROWS[:4] + [row for row in ROWS[4:] if row[1] == 1], 1, "no comparator has need 2"),
        ([row for row in ROWS if row[4] > 0 or row[0] == 24183], 1, "no comparator has index_month 2015-05"),
        ([(24183, 1, "1", "T1", 1, 5), (24183, 2, "2", "T1", 1, 5), (24183, 1, "2", "C1", 0, 9), (24183, 2, "1", "C1", 0, 1),
          (24184, 1, "1", "T1", 1, 5), (24184, 1, "2", "C1", 0, 9), (24184, 2, "1", "C1", 0, 9)],
         1, "no weights make"),
    ],
)  # fmt: skip
def test_where_there_are_no_weights_it_is_said_why(rows: list[tuple[object, ...]], level: int, why: str) -> None:
    """Last case: in the second month all served have need 1, and both comparators' cells fix sex by need: 2 of 15 served women
    of need 2 cannot be met."""
    design, levels = design_of(rows)
    found = weigh(design, levels, level=level, method="entropy")
    assert found.reason is not None
    assert why in found.reason
    assert not found.weight[(design["level"] == 0).to_numpy()].any()


def test_the_propensity_of_a_saturated_cell_is_its_share() -> None:
    """One covariate with two levels in one year: the fitted score is treated / all of the cell. Preference score by hand: odds
    over common odds of 40/400 = .1: need 1, 10/300 -> 1/3 -> .25; need 2, 30/100 -> 3 -> .75: neither lies in .3 to .7."""
    rows = [
        (24183, 1, "1", "T1", 1, 10),
        (24183, 2, "1", "T1", 1, 30),
        (24183, 1, "1", "C1", 0, 300),
        (24183, 2, "1", "C1", 0, 100),
    ]
    design, levels = design_of(rows)
    found = propensity(cells_of(design, levels, level=1))
    assert found is not None
    np.testing.assert_allclose(found.score, [10 / 310, 30 / 130], rtol=1e-8)
    assert (found.served_in_equipoise, found.comparators_in_equipoise) == (0.0, 0.0)
    rows[1] = (
        24183,
        2,
        "1",
        "T1",
        1,
        12,
    )  # common odds 22/400: need 2, .12 / .055 -> .686 within; need 1, .0333/.055 -> .377 within
    design, levels = design_of(rows)
    found = propensity(cells_of(design, levels, level=1))
    assert found is not None
    assert (found.served_in_equipoise, found.comparators_in_equipoise) == (1.0, 1.0)
    weights = weigh(design, levels, level=1, method="propensity")
    np.testing.assert_allclose(weights.weight[2:], [10 / 300, 12 / 100], rtol=1e-8)


def test_a_propensity_that_separates_gives_no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    design, levels = design_of(ROWS)
    monkeypatch.setattr(weighting, "propensity", lambda cells: None)
    assert weigh(design, levels, level=1, method="propensity").reason is not None


def test_balance_by_hand() -> None:
    """Served: 45 of 75 of need 2. All comparators: 280 of 1,270. Weighted: as served. Standard deviation sqrt of the mean of
    .6 x .4 and .2205 x .7795."""
    design, levels = design_of(ROWS)
    design["on_DM"] = [10, 0, 20, 0, 300, 0, 0, 0, 0, 0, 0, 0]
    weight = weigh(design, levels, level=1, method="entropy").weight
    rows = {(row.covariate, row.level): row for row in balance(design, levels, weight, level=1, registers=("DM",))}
    need = rows["need", "2"]
    pool = 280 / 1270
    spread = np.sqrt((0.6 * 0.4 + pool * (1 - pool)) / 2)
    assert (need.served, need.before) == pytest.approx((45 / 75, pool))
    assert need.after == pytest.approx(45 / 75, abs=1e-6)
    assert need.smd_before == pytest.approx((0.6 - pool) / spread)
    assert need.verdict == "alike"
    register = rows["register", "DM"]
    assert not register.weighted_on
    assert (register.served, register.before) == pytest.approx((30 / 75, 300 / 1270))
    assert "Of 1 registers" in sentence(list(rows.values()))


def test_a_difference_that_practices_cannot_explain_is_found() -> None:
    """Ten practices a side, all alike within a side: served people on the register in half of cases, comparators in a tenth."""
    rows: list[tuple[object, ...]] = [(24183, 1, "1", f"T{n}", 1, 40) for n in range(10)]
    rows += [(24183, 1, "1", f"C{n}", 0, 100) for n in range(10)]
    design, levels = design_of(rows)
    weight = weigh(design, levels, level=1, method="entropy").weight
    for share, verdict in ((20, "apart"), (4, "alike")):
        design["on_DM"] = [share + n % 3 - 1 for n in range(10)] + [10 + n % 3 - 1 for n in range(10)]
        register = balance(design, levels, weight, level=1, registers=("DM",))[-1]
        assert register.verdict == verdict
        assert register.chance is not None
        assert 0 < register.chance < 0.1
