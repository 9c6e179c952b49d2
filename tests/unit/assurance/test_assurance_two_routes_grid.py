"""Codes and the grid that both routes are laid on: unknown names, missing values, strangers."""

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import codes_of
from pipeline.assurance.arithmetic.place import worst_run
from pipeline.assurance.two_routes.two_counts import two_counts
from pipeline.assurance.window import Window, window


def test_codes_are_those_of_a_plain_look_up() -> None:
    names = ("b", "a", "z")
    values = pd.Series(["a", "c", None, "b", "b", "a", np.nan])
    assert codes_of(values, names).tolist() == [1, -1, -1, 0, 0, 1, -1]
    assert codes_of(pd.Series([], dtype="str"), names).tolist() == []


def test_the_grid_holds_every_row_of_compared_practices_once(study) -> None:
    """Sums by practice, month and kind against a plain pandas recount of frames in shuffled order."""
    rng = np.random.default_rng(4)
    n = 400
    frame = pd.DataFrame(
        {
            "practice": rng.choice(["A80001", "A80101", "Z99999"], n),
            "month": rng.choice(["2014-05", "2016-07", "2030-01"], n),
            "stream": "ae",
            "pod": "ae",
            "department_type": rng.choice(["01", "03"], n),
            "provider": rng.choice(["ZT1", "ZT2"], n),
            "rows": rng.integers(1, 9, n),
            "cost_pence": rng.integers(1, 900, n),
        }
    )
    other = frame.sample(frac=0.5, random_state=1)
    judged = window(study, "2016-17")
    both = two_counts(other, frame, study.arm_of, judged)
    mine = frame[frame["practice"].isin(study.arm_of) & frame["month"].isin(judged.watched)]
    assert both.feed_rows.sum() == mine["rows"].sum()
    assert both.feed_pence.sum() == mine["cost_pence"].sum()
    assert both.kinds == ("A&E of department type 01", "A&E of department type 03")
    place = both.practices.index("A80101"), judged.watched.index("2016-07"), 1, both.providers.index("ZT2")
    chosen = {"practice": "A80101", "month": "2016-07", "department_type": "03", "provider": "ZT2"}
    here = other[(other[list(chosen)] == pd.Series(chosen)).all(axis=1)]
    assert both.extract_rows[place] == here["rows"].sum()
    assert (
        both.coded(both.feed_rows, both.extract_rows).of("ae", "control").whole.sum()
        == mine.loc[mine["practice"] == "A80101", "rows"].sum()
    )


def test_nothing_by_either_route_gives_an_empty_grid(study) -> None:
    empty = pd.DataFrame({name: [] for name in ("practice", "month", "stream", "provider", "rows", "cost_pence")})
    assert two_counts(empty, empty, study.arm_of, window(study, "2016-17")).feed_rows.sum() == 0


def test_the_worst_run_is_the_one_of_a_search_over_all_runs() -> None:
    """Within one block of judged months: the largest sum over every first and last month (brute force)."""
    rng = np.random.default_rng(9)
    months = tuple(f"2016-{m:02d}" for m in range(1, 13))
    judged = Window("2016-17", (), months, months)
    for _ in range(200):
        excess = rng.normal(0, 1, 12)
        run = worst_run(excess, judged)
        best = max((excess[i : j + 1].sum(), i, j) for i in range(12) for j in range(i, 12))
        assert run is not None
        assert np.isclose(excess[run[0] : run[1] + 1].sum(), best[0])
    assert worst_run(-np.ones(12), judged) is None
