"""Cells as analysts write them: periods whose text sorts wrongly, words for treatment, decimal commas, empty starts."""

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import UsageError
from pipeline.estimation.tidy import estimate_panel

COLUMNS = {"yname": "y", "idname": "unit", "tname": "t", "treated": "d", "inference": "crv1"}
GROUPS = {"yname": "y", "idname": "unit", "tname": "t", "gname": "g"}


def panel(units: int = 12) -> pd.DataFrame:
    rng = np.random.default_rng(9)
    frame = pd.DataFrame([(u, t) for u in range(units) for t in range(7, 13)], columns=["unit", "t"])
    frame["d"] = ((frame["unit"] < units // 2) & (frame["t"] >= 10)).astype(int)
    frame["y"] = rng.normal(size=len(frame)) + frame["d"]
    return frame


@pytest.mark.parametrize(
    "pattern", ["2015-{}", "1990m{}", "wave {}", "2015-{:02d}-01", "2015-{}-1 00:00", "{}/2015", "M{} 2015"]
)
def test_starts_and_periods_are_ordered_by_time_not_by_text(pattern):
    frame = panel()
    words = frame.assign(t=[pattern.format(t) for t in frame["t"]], d=np.where(frame["unit"] < 6, pattern.format(10), ""))
    found = estimate_panel(words, **COLUMNS)
    assert found.estimate == pytest.approx(estimate_panel(frame, **COLUMNS).estimate, abs=1e-12)
    assert any("read as each unit's first treated period" in note for note in found.notes)


@pytest.mark.parametrize("pattern", ["{}/15", "phase {} of 20"])
def test_text_without_an_order_labels_periods_but_starts_nothing(pattern):
    frame = panel()
    words = frame.assign(t=[pattern.format(t) for t in frame["t"]])
    found = estimate_panel(words, **(COLUMNS | {"inference": "all"}))
    assert found.estimate == pytest.approx(estimate_panel(frame, **COLUMNS).estimate, abs=1e-12)
    assert {row.name for row in found.inferences}.isdisjoint({"hc3", "permutation"})
    assert any("no order of time" in note for note in found.notes)
    with pytest.raises(UsageError, match="no order of time"):
        estimate_panel(words.assign(d=np.where(frame["unit"] < 6, pattern.format(10), "")), **COLUMNS)


#: six periods over a new year, as published panels write them; each sorts wrongly as text or as a number
OVER_A_NEW_YEAR = {
    "quarter and year run together": ["Q22010", "Q32010", "Q42010", "Q12011", "Q22011", "Q32011"],
    "quarter first": ["q2 2010", "q3 2010", "q4 2010", "q1 2011", "q2 2011", "q3 2011"],
    "half first": ["H1-2009", "H2-2009", "H1-2010", "H2-2010", "H1-2011", "H2-2011"],
    "month and year run together": ["M082010", "M092010", "M102010", "M112010", "M122010", "M012011"],
    "month names": ["Oct 2010", "Nov 2010", "Dec 2010", "Jan 2011", "Feb 2011", "Mar 2011"],
    "long month names": ["october-2010", "november-2010", "december-2010", "january-2011", "february-2011", "march-2011"],
    "year and month name": ["2010 Oct", "2010 Nov", "2010 Dec", "2011 Jan", "2011 Feb", "2011 Mar"],
    "month/year": ["10/2010", "11/2010", "12/2010", "1/2011", "2/2011", "3/2011"],
}


@pytest.mark.parametrize("way", list(OVER_A_NEW_YEAR))
def test_periods_with_the_year_last_are_put_in_order_of_time(way):
    frame = panel(24)
    frame["g"] = np.where(frame["unit"] < 12, np.where(frame["unit"] % 2, 9, 10), 0)
    words = OVER_A_NEW_YEAR[way]
    written = frame.assign(t=[words[t - 7] for t in frame["t"]], g=[words[g - 7] if g else "" for g in frame["g"]])
    plain, found = estimate_panel(frame, **GROUPS), estimate_panel(written, **GROUPS)
    assert found.estimate == pytest.approx(plain.estimate, abs=1e-12)
    assert found.aggregates["dynamic"]["estimate"] == pytest.approx(plain.aggregates["dynamic"]["estimate"], abs=1e-12)
    assert {row["time"] for row in found.att_gt} == set(words[1:])


def test_numbers_that_end_with_the_year_are_not_sorted_as_numbers():
    """42010 is more than 12011, and is before it."""
    frame = panel(24)
    numbers = [22010, 32010, 42010, 12011, 22011, 32011]
    written = frame.assign(t=[numbers[t - 7] for t in frame["t"]], g=np.where(frame["unit"] < 12, numbers[3], 0))
    with pytest.raises(UsageError, match="end with the year"):
        estimate_panel(written, **GROUPS)
    found = estimate_panel(written, **(COLUMNS | {"inference": "all"}))
    assert found.estimate == pytest.approx(estimate_panel(frame, **COLUMNS).estimate, abs=1e-12)
    assert any("no order of time" in note for note in found.notes)


@pytest.mark.parametrize(
    "numbers",
    [
        [201410, 201411, 201412, 201501, 201502, 201503],
        [20141001 + 100 * n for n in range(3)] + [20150101 + 100 * n for n in range(3)],
    ],
)
def test_event_times_of_calendar_numbers_count_periods(numbers):
    """201501 - 201412 is 89, and one month."""
    frame = panel(24)
    frame["g"] = np.where(frame["unit"] < 12, np.where(frame["unit"] % 2, 9, 10), 0)
    written = frame.assign(t=[numbers[t - 7] for t in frame["t"]], g=[numbers[g - 7] if g else 0 for g in frame["g"]])
    plain, found = (estimate_panel(one, **GROUPS).aggregates["dynamic"] for one in (frame, written))
    assert found == plain
    assert [row["event_time"] for row in found["by"]] == [-2, -1, 0, 1, 2, 3]


def test_hours_of_a_day_are_periods_too():
    frame = panel(24)
    hours = pd.to_datetime("2015-04-01 00:00") + pd.to_timedelta(frame["t"] * 4, unit="h")
    starts = np.where(frame["unit"] < 12, "2015-04-02 16:00:00.000000", "never")  # the tenth times four hours
    found = estimate_panel(frame.assign(t=hours, g=starts), **GROUPS)
    assert found.estimate == pytest.approx(
        estimate_panel(frame.assign(g=np.where(frame["unit"] < 12, 10, 0)), **GROUPS).estimate, abs=1e-12
    )


def test_zero_that_is_a_period_and_never_is_refused():
    frame = panel(24)
    written = frame.assign(t=frame["t"] - 10, g=np.where(frame["unit"] < 12, 0, np.nan))
    with pytest.raises(UsageError, match="0 is also a period"):
        estimate_panel(written, **GROUPS)


@pytest.mark.parametrize("words", [("Y", "n"), ("T", "F"), ("Yes", "No")])
def test_treatment_in_words(words):
    frame = panel()
    found = estimate_panel(frame.assign(d=np.where(frame["d"] == 1, *words)), **COLUMNS)
    assert found.estimate == pytest.approx(estimate_panel(frame, **COLUMNS).estimate, abs=1e-12)


def test_a_decimal_comma_is_read_and_a_separator_of_thousands_is_not():
    frame = panel()
    commas = frame.assign(y=frame["y"].map("{:.6f}".format).str.replace(".", ",", regex=False))
    assert estimate_panel(commas, **COLUMNS).estimate == pytest.approx(estimate_panel(frame, **COLUMNS).estimate, abs=1e-5)
    for spelling in ("{:,.0f}", "{:,.1f}"):
        thousands = frame.assign(y=(1e5 + 1000 * frame["y"]).map(spelling.format))
        with pytest.raises(UsageError, match="72 rows of yname"):
            estimate_panel(thousands, **COLUMNS)


def test_an_empty_start_is_never_where_no_zero_stands_and_missing_where_one_does():
    frame = panel(24)
    start = np.where(frame["unit"] < 12, "10", np.where(frame["unit"] < 18, "0", ""))
    mixed = estimate_panel(frame.assign(g=start), **GROUPS)
    assert mixed.rows_dropped == {"missing g": 36}
    assert mixed.estimate == estimate_panel(frame[frame["unit"] < 18].assign(g=start[frame["unit"] < 18]), **GROUPS).estimate
    empty = estimate_panel(frame.assign(g=np.where(frame["unit"] < 12, "10", "")), **GROUPS)
    assert empty.rows_dropped == {}
    assert empty.n_clusters == 24


def test_left_out_units_are_counted_in_rows():
    frame = panel(24)
    frame["g"] = np.where(frame["unit"] == 0, 7, np.where(frame["unit"] < 12, 10, 0))
    found = estimate_panel(frame.drop(index=[8]), **GROUPS)
    assert found.rows_dropped == {"unit not seen in all 6 periods": 5, "unit treated in the first period already": 6}
    assert found.n + sum(found.rows_dropped.values()) == found.rows_read


@pytest.mark.parametrize("outcome", ["constant", "exact"])
def test_rounding_is_not_taken_for_evidence(outcome):
    frame = panel()
    exact = frame.assign(y=0.1 if outcome == "constant" else frame["unit"] + 0.3 * frame["t"] + 2.5 * frame["d"])
    for way in (COLUMNS | {"inference": "auto"}, COLUMNS | {"inference": "all"}):
        found = estimate_panel(exact, **way)
        assert (found.inference, found.standard_error, found.inferences) == ("refused", None, ())
        assert "fitted exactly" in found.refused_reason
    with pytest.raises(UsageError, match="fitted exactly"):
        estimate_panel(exact, **COLUMNS)
    starts = exact.assign(g=np.where(exact["unit"] < 6, 10, 0))
    assert estimate_panel(starts, **GROUPS).p_value is None


def test_a_cluster_that_holds_both_arms_counts_in_both():
    """Eight clusters, each with treated and untreated units: an interval, where none of them is 'an untreated cluster'."""
    frame = panel(24)
    found = estimate_panel(frame.assign(area=frame["unit"] % 8), **(COLUMNS | {"inference": "auto", "cluster": "area"}))
    assert (found.inference, found.refused_reason) == ("cv3", None)
    three = estimate_panel(frame.assign(area=frame["unit"] % 3), **(COLUMNS | {"inference": "auto", "cluster": "area"}))
    assert "3 treated and 3 untreated" in three.refused_reason


def test_different_starts_are_named():
    frame = panel().assign(d=lambda f: (f["t"] >= np.where(f["unit"] < 3, 9, np.where(f["unit"] < 6, 11, 99))).astype(int))
    assert any("in 2 periods" in note for note in estimate_panel(frame, **COLUMNS).notes)


REFUSALS = {
    "one column twice": ({"tname": "unit"}, "named as"),
    "people seen once": ({"idname": "person"}, "seen once"),
    "control without groups": ({"control": "notyet"}, "group-time"),
    "negative seed": ({"seed": -1}, "negative"),
    "words for arms": ({"treated": "arm"}, "not written as"),
    "numbers that overflow": ({"yname": "huge"}, "72 rows of yname"),
}


@pytest.mark.parametrize("case", list(REFUSALS))
def test_refused_with_a_reason(case):
    columns, message = REFUSALS[case]
    frame = panel().assign(person=range(72), arm=lambda f: np.where(f["d"] == 1, "treated", "control"), huge=1e200)
    with pytest.raises(UsageError, match=message) as caught:
        estimate_panel(frame, **(COLUMNS | columns))
    assert caught.value.remedy
