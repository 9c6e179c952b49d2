"""Steps in the feed's share of what trusts returned, with the noise that the baseline shows.

Belongs here: shares by provider and department type, their step and its interval. Does not belong here: pounds and words
(`trust_return`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import Floats, codes_of
from pipeline.assurance.arithmetic.place import CARRIES, worst_run
from pipeline.assurance.window import Window

#: two-sided, of the family of all providers and department types in one contract year
LEVEL = 0.0004

#: quarters of baseline without which no noise is known; years from which placebo years count
LEAST_QUARTERS = 8
LEAST_YEARS = 3

#: the months of a step are sought again at the share they themselves lack, at most so often
ROUNDS = 6


@dataclass(frozen=True, slots=True)
class ShareStep:
    """One provider, or one department type of it (None: all together).

    lost : part of the feed's rows that are lacking in the contract year against the baseline's share (negative: beyond it).
    reach : half of its interval. rows_before : feed rows in the baseline. carried_by : the department type with nearly all
    of it.
    """

    provider: str
    department_type: str | None
    lost: float
    reach: float
    rows_before: float
    first_month: str | None
    last_month: str | None
    carried_by: str | None

    @property
    def is_beyond(self) -> bool:
        return abs(self.lost) > self.reach

    @property
    def near(self) -> float:
        return max(abs(self.lost) - self.reach, 0.0)

    @property
    def far(self) -> float:
        return abs(self.lost) + self.reach

    @property
    def nearest(self) -> float:
        """The end of the interval next to nothing, with its sign."""
        return self.near if self.lost > 0 else -self.near


def share_steps(returns: pd.DataFrame, window: Window) -> list[ShareStep]:
    """Steps of every provider and of its department types; none where the return covers too little.

    returns : provider, month, department_type, attendances, rows.
    """
    month = codes_of(returns["month"], window.watched)
    provider, providers = pd.factorize(returns["provider"], sort=True)
    department, departments = pd.factorize(returns["department_type"], sort=True)
    seen = month >= 0
    shape = (len(providers), len(departments), len(window.watched))
    key = np.ravel_multi_index((provider[seen], department[seen], month[seen]), shape)
    size = int(np.prod(shape))
    stated, rows = (
        np.bincount(key, returns[name].to_numpy(dtype=float)[seen], size).reshape(shape) for name in ("attendances", "rows")
    )
    wanted: list[tuple[int, int | None]] = [(p, d) for p in range(shape[0]) for d in (None, *range(shape[1]))]
    if shape[1] == 1:
        wanted = [(p, None) for p in range(shape[0])]
    found = []
    for p, d in wanted:
        here = (stated[p].sum(axis=0), rows[p].sum(axis=0)) if d is None else (stated[p, d], rows[p, d])
        step = _step(*here, tests=len(wanted), window=window)
        if step is None:
            continue
        lost, reach, run = step
        before = np.isin(window.watched, window.before)
        found.append(
            ShareStep(
                provider=str(providers[p]),
                department_type=None if d is None else str(departments[d]),
                lost=lost,
                reach=reach,
                rows_before=float(here[1][before].sum()),
                first_month=None if run is None else window.watched[run[0]],
                last_month=None if run is None else window.watched[run[1]],
                carried_by=_carrier(stated[p], rows[p], departments, window) if d is None else None,
            )
        )
    return found


def _step(stated: Floats, rows: Floats, *, tests: int, window: Window) -> tuple[float, float, tuple[int, int] | None] | None:
    """Part lost, half of its interval, and the run of months; None where too few months were returned.

    The error of a year's share against the baseline's is the larger of what baseline quarters and what whole baseline years
    say: shares that drift from year to year are seen by the second only.
    """
    from scipy.stats import t

    before, after = (np.isin(window.watched, part) & (stated > 0) for part in (window.before, window.after))
    quarters, years = _blocks(stated, rows, before, 3), _blocks(stated, rows, before, 12)
    if len(quarters) < LEAST_QUARTERS or not after.any() or not rows[before].sum():
        return None
    usual = float(rows[before].sum() / stated[before].sum())
    now = float(rows[after].sum() / stated[after].sum())
    error = float(quarters.std(ddof=1)) * (1 / (after.sum() / 3) + 1 / len(quarters)) ** 0.5
    if len(years) >= LEAST_YEARS:
        error = max(error, float(years.std(ddof=1)) * (1 + 1 / len(years)) ** 0.5)
    half = float(t.isf(LEVEL / tests / 2, len(quarters) - 1)) * error
    lost = 1 - now / usual
    lacking = np.where(stated > 0, usual * stated - rows, 0.0) * (1 if lost > 0 else -1)
    return lost, half / usual, _run(lacking, usual * stated, abs(lost), window)


def _run(lacking: Floats, usual: Floats, share: float, window: Window) -> tuple[int, int] | None:
    """Months that lack more than half of what the found months lack in the mean: one bad month does not take its neighbours
    along."""
    run: tuple[int, int] | None = None
    for _ in range(ROUNDS):
        found = worst_run(lacking - share / 2 * usual, window)
        if found is None or found == run:
            break
        run = found
        inside = slice(run[0], run[1] + 1)
        share = float(lacking[inside].sum() / usual[inside].sum())
    return run


def _blocks(stated: Floats, rows: Floats, inside: "np.ndarray", length: int) -> Floats:
    """Shares of whole blocks of so many months, counted back from the baseline's end."""
    at = np.flatnonzero(inside)[::-1]
    whole = len(at) // length
    blocks = at[: whole * length].reshape(whole, length) if whole else np.zeros((0, length), dtype=np.int64)
    return np.asarray(rows[blocks].sum(axis=1) / stated[blocks].sum(axis=1), dtype=float)


def _carrier(stated: Floats, rows: Floats, departments: "pd.Index[str]", window: Window) -> str | None:
    """The department type with nearly all of what is lacking, where there are several."""
    before, after = (np.isin(window.watched, part) for part in (window.before, window.after))
    total = np.maximum(stated[:, before].sum(axis=1), 1.0)
    lacking = np.abs(rows[:, before].sum(axis=1) / total * stated[:, after].sum(axis=1) - rows[:, after].sum(axis=1))
    if len(departments) < 2 or not lacking.sum():
        return None
    most = int(np.argmax(lacking))
    return str(departments[most]) if lacking[most] >= CARRIES * lacking.sum() else None
