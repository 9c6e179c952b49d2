"""Steps of the reference population by stream and quantity: arm against arm, with an honest standard error.

Belongs here: practice-level steps, their noise now, at placebo dates and between areas. Does not belong here: verdicts
(`pipeline.assurance.reference`).
"""

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Monthly:
    """One stream's sums, each of shape (practices, watched months); treated and control are masks of practices."""

    rows: "np.ndarray"
    cost_pence: "np.ndarray"
    unpriced_rows: "np.ndarray"
    person_months: "np.ndarray"
    treated: "np.ndarray"
    control: "np.ndarray"


def reference_steps(
    rows: pd.DataFrame, time: pd.DataFrame, wider: pd.DataFrame | None, *, arm_of: dict[str, str], window: Window
) -> dict[tuple[str, str], Step]:
    """Steps by (stream, quantity) where at least three practices of each arm have rows in both periods.

    rows : practice, month, stream, rows, cost_pence, unpriced_rows of the not-eligible. time : practice, month, person_months.
    wider : area, practice, month, stream, rows, person_months before launch.
    """
    practices = sorted(set(time["practice"]))
    exposure = _grid(time, "person_months", practices, window)
    treated, control = (np.array([arm_of.get(p) == arm for p in practices], dtype=bool) for arm in COMPARED)
    found: dict[tuple[str, str], Step] = {}
    for stream in STREAMS:
        mine = rows[rows["stream"] == stream]
        counted, pence, unpriced = (_grid(mine, name, practices, window) for name in ("rows", "cost_pence", "unpriced_rows"))
        monthly = Monthly(counted, pence, unpriced, exposure, treated, control)
        areas = _area_variance(wider, stream, window)
        for quantity in QUANTITIES:
            step = _step(monthly, stream, quantity, areas if quantity == "rows" else 0.0, window)
            if step is not None:
                found[stream, quantity] = step
    return found


def _grid(frame: pd.DataFrame, column: str, practices: Sequence[str], window: Window) -> "np.ndarray":
    """Sums by practice and watched month; cells without a row are 0. Whole numbers below 2**53, so sums are exact."""
    practice = pd.Index(practices).get_indexer(pd.Index(frame["practice"]))
    month = pd.Index(window.watched).get_indexer(pd.Index(frame["month"]))
    inside = (practice >= 0) & (month >= 0)
    shape = len(practices), len(window.watched)
    flat = np.ravel_multi_index((practice[inside], month[inside]), shape)
    return np.bincount(flat, frame[column].to_numpy(dtype=float)[inside], shape[0] * shape[1]).reshape(shape)


def _step(monthly: Monthly, stream: str, quantity: str, area_variance: float, window: Window) -> Step | None:
    change = _change(monthly, quantity, _mask(window, window.before), _mask(window, window.after))
    arms = _arms(change, monthly)
    least = min(len(changes) for changes in arms.values())
    if least < LEAST_PRACTICES:
        return None
    difference = float(arms["intervention"].mean() - arms["control"].mean())
    variance = max(_welch(arms), _placebo_variance(monthly, quantity, window)) + 2 * area_variance
    first, last = _run(monthly, quantity, difference, window)
    return Step(
        stream=stream,
        quantity=quantity,
        relative=quantity != "unpriced_share",
        difference=difference,
        standard_error=variance**0.5,
        df=least - 1,
        practices={arm: len(changes) for arm, changes in arms.items()},
        first_month=first,
        last_month=last,
    )


def _mask(window: Window, months: Sequence[str]) -> "np.ndarray":
    return np.isin(np.array(window.watched, dtype=object), list(months))


def _change(monthly: Monthly, quantity: str, before: "np.ndarray", after: "np.ndarray") -> "np.ndarray":
    """Change by practice, shape (practices,); nan where a practice lacks rows for the quantity in either period."""

    def level(months: "np.ndarray") -> "np.ndarray":
        sums = [grid[:, months].sum(axis=1) for grid in _grids(monthly)]
        return _quantity(quantity, *sums)

    # where there was nothing before there is no step: a stream absent in all years is completeness' finding
    return np.where(monthly.rows[:, before].sum(axis=1) > 0, level(after) - level(before), np.nan)


def _grids(monthly: Monthly) -> tuple["np.ndarray", ...]:
    return monthly.rows, monthly.cost_pence, monthly.unpriced_rows, monthly.person_months


def _quantity(name: str, rows: "np.ndarray", pence: "np.ndarray", unpriced: "np.ndarray", time: "np.ndarray") -> "np.ndarray":
    """The quantity of each place, on the scale it is compared on; nan where it does not exist."""
    priced = rows - unpriced
    with np.errstate(divide="ignore", invalid="ignore"):
        if name == "rows":  # half a row where there is none, so that a stream that stopped has a (very low) logarithm
            return np.where(time > 0, np.log(np.maximum(rows, 0.5) / time), np.nan)
        if name == "cost_per_row":
            return np.where((priced > 0) & (pence > 0), np.log(pence / priced), np.nan)
        return np.where(rows > 0, unpriced / rows, np.nan)


def _arms(change: "np.ndarray", monthly: Monthly) -> dict[str, "np.ndarray"]:
    known = ~np.isnan(change)
    return {"intervention": change[known & monthly.treated], "control": change[known & monthly.control]}


def _welch(arms: Mapping[str, "np.ndarray"]) -> float:
    """Variance of the difference of two means, each arm with its own spread (Welch 1947)."""
    return float(sum(changes.var(ddof=1) / len(changes) for changes in arms.values()))


def _placebo_variance(monthly: Monthly, quantity: str, window: Window) -> float:
    """Mean Welch variance of the same contrast at placebo years: each baseline year against the other baseline years."""
    years = [window.before[start : start + 12] for start in range(0, len(window.before) - 11, 12)]
    if len(years) < 2:
        return 0.0
    baseline = _mask(window, window.before)
    variances = []
    for year in years:
        placebo = _mask(window, year)
        arms = _arms(_change(monthly, quantity, baseline & ~placebo, placebo), monthly)
        if min(len(changes) for changes in arms.values()) >= LEAST_PRACTICES:
            variances.append(_welch(arms))
    return sum(variances) / len(variances) if variances else 0.0


def _area_variance(wider: pd.DataFrame | None, stream: str, window: Window) -> float:
    """Variance between areas of the wider pool, beyond what their practices explain, of the last baseline year's step."""
    if wider is None or len(window.before) < 24:
        return 0.0
    mine = wider[wider["stream"] == stream]
    levels = []
    for months in (window.before[:-12], window.before[-12:]):
        sums = mine[mine["month"].isin(months)].groupby(["area", "practice"])[["rows", "person_months"]].sum()
        rate = (sums["rows"] + 0.5) / sums["person_months"].where(sums["person_months"] > 0)
        levels.append(pd.Series(np.log(rate.to_numpy(dtype=float)), index=rate.index))
    of_area = (levels[1] - levels[0]).dropna().groupby("area").agg(["mean", "var", "count"])
    of_area = of_area[of_area["count"] >= 2]
    if len(of_area) < 4:
        return 0.0
    within = float((of_area["var"] / of_area["count"]).mean())
    return max(0.0, float(of_area["mean"].var(ddof=1)) - within)


def _run(monthly: Monthly, quantity: str, difference: float, window: Window) -> tuple[str, str]:
    """Months after the baseline in which the arms are apart by at least half of the step."""
    sides = [
        _quantity(quantity, *(grid[side].sum(axis=0) for grid in _grids(monthly)))
        for side in (monthly.treated, monthly.control)
    ]
    apart = sides[0] - sides[1]
    moved = (apart - np.nanmean(apart[_mask(window, window.before)])) * (1 if difference > 0 else -1)
    off = (moved >= abs(difference) / 2) & ~_mask(window, window.before)
    return fault_months([month for month, yes in zip(window.watched, off, strict=True) if yes], window) or (
        window.after[0],
        window.after[-1],
    )
