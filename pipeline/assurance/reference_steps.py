"""Steps of the reference population by stream and quantity: arm against arm, with an honest standard error.

Belongs here: practice-level steps, their noise now, at placebo dates and between areas. Does not belong here: verdicts
(`pipeline.assurance.reference`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.assurance.shares import COMPARED
from pipeline.assurance.window import Window, fault_months
from pipeline.vocabulary import STREAMS

QUANTITIES = ("rows", "cost_per_row", "unpriced_share")

#: fewer practices of an arm give no variance worth the name
LEAST_PRACTICES = 3


@dataclass(frozen=True, slots=True)
class Step:
    """Intervention minus control of the change from baseline to contract year.

    difference : of mean practice-level log changes (`relative`) or of changes of a share.
    standard_error : the larger of now and placebo, with area variance; df is that of the smaller arm.
    first_month, last_month : the run of months that shows at least half of the step, or the contract year.
    """

    stream: str
    quantity: str
    relative: bool
    difference: float
    standard_error: float
    df: int
    practices: Mapping[str, int]
    first_month: str
    last_month: str


def reference_steps(
    rows: pd.DataFrame, time: pd.DataFrame, wider: pd.DataFrame | None, *, arm_of: dict[str, str], window: Window
) -> dict[tuple[str, str], Step]:
    """Steps by (stream, quantity) where at least three practices of each arm have rows in both periods.

    rows : practice, month, stream, rows, cost_pence, unpriced_rows of the not-eligible. time : practice, month, person_months.
    wider : area, practice, month, stream, rows, person_months before launch.
    """
    exposure = time.groupby(["practice", "month"])["person_months"].sum()
    found: dict[tuple[str, str], Step] = {}
    for stream in STREAMS:
        mine = rows[rows["stream"] == stream].groupby(["practice", "month"])[["rows", "cost_pence", "unpriced_rows"]].sum()
        monthly = mine.reindex(exposure.index, fill_value=0).assign(person_months=exposure)
        area_variance = _area_variance(wider, stream, window)
        for quantity in QUANTITIES:
            step = _step(monthly, stream, quantity, area_variance if quantity == "rows" else 0.0, arm_of, window)
            if step is not None:
                found[stream, quantity] = step
    return found


def _step(
    monthly: pd.DataFrame, stream: str, quantity: str, area_variance: float, arm_of: dict[str, str], window: Window
) -> Step | None:
    change = _changes(monthly, quantity, window.before, window.after)
    arms = {arm: change[[arm_of.get(practice) == arm for practice in change.index]] for arm in COMPARED}
    if min(len(changes) for changes in arms.values()) < LEAST_PRACTICES:
        return None
    difference = float(arms["intervention"].mean() - arms["control"].mean())
    variance = max(_welch(arms), _placebo_variance(monthly, quantity, arm_of, window)) + 2 * area_variance
    first, last = _run(monthly, quantity, difference, arm_of, window)
    return Step(
        stream=stream,
        quantity=quantity,
        relative=quantity != "unpriced_share",
        difference=difference,
        standard_error=variance**0.5,
        df=min(len(changes) for changes in arms.values()) - 1,
        practices={arm: len(changes) for arm, changes in arms.items()},
        first_month=first,
        last_month=last,
    )


def _changes(monthly: pd.DataFrame, quantity: str, before: tuple[str, ...], after: tuple[str, ...]) -> "pd.Series[float]":
    """Change by practice; practices that lack rows for the quantity in either period are left out."""
    levels = [_levels(monthly, quantity, months) for months in (before, after)]
    return (levels[1] - levels[0]).dropna().sort_index()


def _levels(monthly: pd.DataFrame, quantity: str, months: tuple[str, ...]) -> "pd.Series[float]":
    inside = monthly[monthly.index.get_level_values("month").isin(months)]
    sums = inside.groupby("practice").sum()
    return _of_sums(sums, quantity)


def _of_sums(sums: pd.DataFrame, quantity: str) -> "pd.Series[float]":
    """The quantity of each row of sums; null where it does not exist."""
    if quantity == "rows":  # half a row, so that a stream that is not there has a (very low) logarithm
        return _log((sums["rows"] + 0.5) / sums["person_months"].where(sums["person_months"] > 0))
    if quantity == "cost_per_row":
        priced = sums["rows"] - sums["unpriced_rows"]
        return _log(sums["cost_pence"].where((priced > 0) & (sums["cost_pence"] > 0)) / priced.where(priced > 0))
    return sums["unpriced_rows"] / sums["rows"].where(sums["rows"] > 0)


def _log(values: "pd.Series[float]") -> "pd.Series[float]":
    return pd.Series(np.log(values.to_numpy(dtype=float)), index=values.index)


def _welch(arms: Mapping[str, "pd.Series[float]"]) -> float:
    """Variance of the difference of two means, each arm with its own spread (Welch 1947)."""
    return float(sum(changes.var(ddof=1) / len(changes) for changes in arms.values()))


def _placebo_variance(monthly: pd.DataFrame, quantity: str, arm_of: dict[str, str], window: Window) -> float:
    """Mean Welch variance of the same contrast at placebo years: each baseline year against the other baseline years."""
    years = [window.before[start : start + 12] for start in range(0, len(window.before) - 11, 12)]
    if len(years) < 2:
        return 0.0
    variances = []
    for year in years:
        others = tuple(month for month in window.before if month not in year)
        change = _changes(monthly, quantity, others, tuple(year))
        arms = {arm: change[[arm_of.get(practice) == arm for practice in change.index]] for arm in COMPARED}
        if min(len(changes) for changes in arms.values()) >= LEAST_PRACTICES:
            variances.append(_welch(arms))
    return sum(variances) / len(variances) if variances else 0.0


def _area_variance(wider: pd.DataFrame | None, stream: str, window: Window) -> float:
    """Variance between areas of the wider pool, beyond what their practices explain, of the last baseline year's step."""
    if wider is None or len(window.before) < 24:
        return 0.0
    mine = wider[wider["stream"] == stream]
    last, others = window.before[-12:], window.before[:-12]
    levels = []
    for months in (others, last):
        sums = mine[mine["month"].isin(months)].groupby(["area", "practice"])[["rows", "person_months"]].sum()
        levels.append(_log(sums["rows"].where(sums["rows"] > 0) / sums["person_months"]))
    change = (levels[1] - levels[0]).dropna()
    of_area = change.groupby("area").agg(["mean", "var", "count"])
    of_area = of_area[of_area["count"] >= 2]
    if len(of_area) < 4:
        return 0.0
    within = float((of_area["var"] / of_area["count"]).mean())
    return max(0.0, float(of_area["mean"].var(ddof=1)) - within)


def _run(monthly: pd.DataFrame, quantity: str, difference: float, arm_of: dict[str, str], window: Window) -> tuple[str, str]:
    """Months in which the arms' ratio is off by at least half of the step."""
    arm = monthly.index.get_level_values("practice").map(arm_of)
    sums = monthly.groupby([arm, monthly.index.get_level_values("month")]).sum()
    sides = [_of_sums(sums.loc[side], quantity).reindex(list(window.watched)) for side in COMPARED]
    series = sides[0] - sides[1]
    usual = series[list(window.before)].mean()
    moved = (series - usual) * (1 if difference > 0 else -1)
    off = [str(month) for month in series.index if month not in window.before and moved[month] >= abs(difference) / 2]
    return fault_months(off, window) or (window.after[0], window.after[-1])
