"""Any tidy panel: ids, periods and treatment as analysts write them; what cannot be used is counted or refused."""

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import UsageError
from pipeline.estimation.tidy import estimate_panel

COLUMNS = {"yname": "y", "idname": "unit", "tname": "t", "treated": "d", "inference": "crv1"}


def panel(units: int = 12, periods: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame([(u, t) for u in range(units) for t in range(periods)], columns=["unit", "t"])
    frame["d"] = ((frame["unit"] < 6) & (frame["t"] >= 3)).astype(int)
    frame["y"] = rng.normal(size=len(frame)) + frame["d"]
    return frame


def test_two_by_two_by_hand():
    """Treated 10 -> 16, untreated 4 -> 7: (16 - 10) - (7 - 4) = 3."""
    frame = pd.DataFrame(
        {"unit": list("aabb"), "t": [0, 1, 0, 1], "d": [0, 1, 0, 0], "y": [10.0, 16.0, 4.0, 7.0], "w": [1, 1, 5, 5]}
    )
    found = estimate_panel(frame, yname="y", idname="unit", tname="t", treated="d")
    assert found.estimate == pytest.approx(3.0)
    assert found.inference == "refused"
    assert found.ci_low is None


def test_difference_in_means_by_hand():
    """(2 + 4) / 2 - (1 + 1 + 4) / 3 = 1; weighted 3 to 1 in the first arm: (3 x 2 + 4) / 4 - 2 = 0.5."""
    frame = pd.DataFrame({"unit": range(5), "d": [1, 1, 0, 0, 0], "y": [2.0, 4, 1, 1, 4], "w": [3.0, 1, 1, 1, 1]})
    columns = {"yname": "y", "idname": "unit", "treated": "d"}
    assert estimate_panel(frame, **columns).estimate == pytest.approx(1.0)
    assert estimate_panel(frame, **columns, weights="w").estimate == pytest.approx(0.5)


ALIASES = {
    "text ids": lambda f: f.assign(unit="A8" + f["unit"].astype(str)),
    "booleans": lambda f: f.assign(d=f["d"] == 1),
    "true and false": lambda f: f.assign(d=np.where(f["d"] == 1, "TRUE", "false")),
    "months": lambda f: f.assign(t=[f"2015-{t + 1:02d}" for t in f["t"]]),
    "timestamps": lambda f: f.assign(t=pd.to_datetime([f"2015-{t + 1:02d}-01" for t in f["t"]])),
    "contract years": lambda f: f.assign(t=[f"201{t}-1{t + 1}" for t in f["t"]]),
    "everything as text": lambda f: f.astype(str),
    "first period, empty for never": lambda f: f.assign(d=np.where(f["unit"] < 6, 3.0, np.nan)),
    "first period, text with empty cells": lambda f: f.assign(
        t=[f"2015-{t + 1:02d}" for t in f["t"]], d=np.where(f["unit"] < 6, "2015-04", "")
    ),
    "float ids": lambda f: f.assign(unit=f["unit"] + 0.0),
    "an index that is no range": lambda f: f.set_index(np.arange(len(f)) * 7 % 100),
}


@pytest.mark.parametrize("alias", list(ALIASES))
def test_the_same_panel_written_otherwise_gives_the_same_estimate(alias):
    plain = estimate_panel(panel(), **COLUMNS)
    other = estimate_panel(ALIASES[alias](panel()), **COLUMNS)
    assert other.estimate == pytest.approx(plain.estimate, abs=1e-12)
    assert other.standard_error == pytest.approx(plain.standard_error, rel=1e-10)
    assert other.n == plain.n


def test_a_spreadsheet_s_error_is_a_missing_cell():
    frame = panel().astype({"y": object})
    frame.loc[0, "y"] = "#N/A"
    assert estimate_panel(frame, **COLUMNS).rows_dropped == {"missing y": 1}


def test_missing_cells_are_dropped_once_and_counted_by_reason():
    frame = panel().astype({"d": float})
    frame.loc[0, "y"] = np.nan
    frame.loc[[1, 2], "d"] = np.nan
    frame["w"] = 1.0
    frame.loc[3, "w"] = 0.0
    frame.loc[0, "w"] = np.nan  # already gone for its outcome
    found = estimate_panel(frame, **COLUMNS, weights="w")
    assert found.rows_dropped == {"missing y": 1, "missing d": 2, "zero w": 1}
    assert found.n == found.rows_read - 4
    assert any("Unbalanced: 68 of 72" in note for note in found.notes)


def test_units_seen_once_are_named_and_bear_on_nothing():
    frame = panel()
    alone = pd.DataFrame({"unit": [90, 91], "t": [1, 4], "d": [0, 1], "y": [50.0, -50.0]})
    plain, found = (estimate_panel(one, **COLUMNS) for one in (frame, pd.concat([frame, alone])))
    assert found.estimate == pytest.approx(plain.estimate, abs=1e-12)
    assert any("2 units are seen once" in note for note in found.notes)
    assert not any("seen once" in note for note in plain.notes)


def test_repeated_cross_sections_are_named():
    found = estimate_panel(pd.concat([panel(), panel()]), **COLUMNS)
    assert any("72 rows share unit and period" in note for note in found.notes)
    assert found.estimate == pytest.approx(estimate_panel(panel(), **COLUMNS).estimate)


REFUSALS = {
    "no such column": (lambda f: f.rename(columns={"y": "cost"}), {}, "no column 'y'"),
    "text in the outcome": (lambda f: f.assign(y=f["y"].astype(str).where(f.index > 1, "high")), {}, "2 rows of yname"),
    "infinite outcome": (lambda f: f.assign(y=f["y"].where(f.index > 0, np.inf)), {}, "1 rows of yname"),
    "day first": (lambda f: f.assign(t=[f"01/0{t + 1}/2015" for t in f["t"]]), {}, "begin with day"),
    "treated throughout": (lambda f: f.assign(d=(f["unit"] < 6).astype(int)), {}, "does not vary"),
    "nobody treated": (lambda f: f.assign(d=0), {}, "does not vary"),
    "a dose": (lambda f: f.assign(d=f["d"] * 0.37), {}, "neither 0 and 1 nor a first treated period"),
    "a dose without periods": (lambda f: f.assign(d=0.37), {"tname": None}, "more than 0 and 1"),
    "negative weights": (lambda f: f.assign(w=-1.0), {"weights": "w"}, "72 weights are negative"),
    "nothing left": (lambda f: f.assign(y=np.nan), {}, "0 of 72 rows"),
    "1 and 2": (lambda f: f.assign(d=f["d"] + 1), {}, "neither 0 and 1 nor a first treated period"),
    "dates as outcome": (lambda f: f.assign(y=pd.Timestamp("2015-04-01")), {}, "holds dates, not numbers"),
    "one cluster an arm, by name": (
        lambda f: f.assign(arm=f["unit"] < 6),
        {"cluster": "arm"},
        "one cluster in an arm, which is fitted exactly",
    ),
    "one cluster": (lambda f: f.assign(city="one"), {"cluster": "city"}, "one cluster only"),
    "unknown inference": (lambda f: f, {"inference": "cr7"}, "no inference"),
    "few draws": (lambda f: f, {"draws": 10}, "too few"),
    "no treatment named": (lambda f: f, {"treated": None}, "Neither treatment"),
    "start as text, periods as numbers": (lambda f: f.assign(d=np.where(f["unit"] < 6, "2015-04", "")), {}, "not written as"),
}


@pytest.mark.parametrize("case", list(REFUSALS))
def test_refused_with_a_reason(case):
    change, columns, message = REFUSALS[case]
    with pytest.raises(UsageError, match=message) as caught:
        estimate_panel(change(panel()), **(COLUMNS | columns))
    assert caught.value.remedy


def test_messages_never_quote_a_cell():
    frame = panel().astype({"y": object})
    frame.loc[4, "y"] = "CANARY-9434765919"
    with pytest.raises(UsageError) as caught:
        estimate_panel(frame, **COLUMNS)
    assert "CANARY" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_inference_that_is_not_to_be_had_is_noted_in_all_and_refused_by_name():
    frame = panel()
    frame.loc[(frame["unit"] == 0) & (frame["t"] == 5), "d"] = 0  # treatment ends again
    found = estimate_panel(frame, **(COLUMNS | {"inference": "all"}))
    assert {row.name for row in found.inferences}.isdisjoint({"hc3", "permutation"})
    assert [note.split(":")[0] for note in found.notes] == ["hc3", "permutation"]
    with pytest.raises(UsageError, match="not one lasting start"):
        estimate_panel(frame, **(COLUMNS | {"inference": "permutation"}))


def test_auto_leads_with_the_jackknife_and_shows_the_bootstrap_and_permutation_beside():
    found = estimate_panel(panel(), **(COLUMNS | {"inference": "auto"}), draws=999)
    assert [row.name for row in found.inferences] == ["cv3", "wild-rademacher", "permutation"]
    assert (found.inference, found.ci_low) == ("cv3", found.inferences[0].ci_low)


def test_seeds_make_draws_repeatable_and_different_seeds_differ():
    frame = panel(units=16)
    columns = COLUMNS | {"inference": "wild-webb"}
    p_values = [estimate_panel(frame, **columns, seed=seed, draws=999).p_value for seed in (1, 1, 2)]
    assert p_values[0] == p_values[1] != p_values[2]


def test_a_unit_unseen_at_launch_still_shares_its_start():
    frame = panel()
    gap = frame.drop(frame[(frame["unit"] == 0) & (frame["t"] == 3)].index)
    row = estimate_panel(gap, **(COLUMNS | {"inference": "permutation"})).inferences[0]
    assert row.draws == 924  # 12 choose 6: two histories, not three
