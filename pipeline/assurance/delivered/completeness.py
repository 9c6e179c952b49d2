"""Are the cells there that the contracts expect: stream x arm x month, by both routes, and priced?

Belongs here: the contract's `expected_cells` held against extract and feed.
Does not belong here: providers that stop (`providers`), levels that look wrong though the minimum is met (`level`).

After launch a count is only ever compared with the contract's minimum, which lies far below any effect: whether a cell is
there may be said, how full it is may not (method.md section 6, Blinding).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import COMPARED, codes_of
from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.arithmetic.shares import Loss, sampled_worth
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window, fault_months
from pipeline.assurance.wording import opening
from pipeline.prose import from_to
from pipeline.vocabulary import STREAM_NAMES, STREAMS

CHECK = "completeness"
ROUTES = ("extract", "feed")
#: each route as its supplier knows it
_ROUTE_FILES = {"extract": "the patient-level extract", "feed": "the practice aggregates (practice_activity)"}

#: a month of few rows is above the ceiling only where chance at the ceiling would bring that less often than this
CHANCE = 0.001


#: counts by arm and whatever follows it
Counted = dict[tuple[str, ...], int]


class Route(NamedTuple):
    """One route's counts by (arm, stream, month)."""

    rows: Counted
    unpriced: Counted


class ExpectedCell(Protocol):
    """What completeness needs of `pipeline.contracts.ExpectedCells`."""

    @property
    def stream(self) -> str: ...
    @property
    def arms(self) -> Sequence[str]: ...
    @property
    def minimum_rows_per_1000_heads_month(self) -> float: ...
    @property
    def maximum_unpriced_share(self) -> float: ...


def check(
    extract: pd.DataFrame,
    feed: pd.DataFrame,
    person_months: pd.DataFrame,
    *,
    expected: Sequence[ExpectedCell],
    arm_of: dict[str, str],
    window: Window,
    value: Valuation,
    unpriced: Mapping[tuple[str, str], Loss],
) -> list[Finding]:
    """One finding a stream and arm that a contract expects; a stream that no contract expects gives `not_evaluated`.

    extract, feed : practice, month, stream, rows, unpriced_rows of the eligible. person_months : practice, month,
    person_months of the eligible (the denominator of the minimum in that month). unpriced : `unpriced.losses_of_price`, what
    rows without a price are worth.
    """
    if not expected:
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                message="No contract names the cells it expects, so an empty one cannot be told from none. "
                "Remedy: give the activity contracts their expected_cells.",
            )
        ]
    (time,) = _by_arm(person_months, arm_of, ("person_months",), window)
    routes = {
        name: Route(*_by_arm(frame, arm_of, ("rows", "unpriced_rows"), window))
        for name, frame in (("extract", extract), ("feed", feed))
    }
    found: list[Finding] = []
    for cell in expected:
        for arm in (arm for arm in cell.arms if arm in COMPARED):
            found.append(_minimum(cell, arm, routes, time, window, value))
            found += _unpriced(cell, arm, routes, window, sampled_worth(unpriced[cell.stream, arm], value), value)
    return found


def _by_arm(frame: pd.DataFrame, arm_of: dict[str, str], columns: tuple[str, ...], window: Window) -> list[Counted]:
    """Sums of each column by arm, stream where there are streams, and watched month; only what has rows is named."""
    practices = tuple(sorted(practice for practice, of in arm_of.items() if of in COMPARED))
    of_practice = np.array([COMPARED.index(arm_of[practice]) for practice in practices] or [0])
    practice, month = codes_of(frame["practice"], practices), codes_of(frame["month"], window.watched)
    streams: tuple[str | None, ...] = STREAMS if "stream" in frame else (None,)
    stream = codes_of(frame["stream"], STREAMS) if "stream" in frame else np.zeros(len(frame), dtype=np.int64)
    seen = (practice >= 0) & (month >= 0) & (stream >= 0)
    shape = (len(COMPARED), len(streams), len(window.watched))
    key = np.ravel_multi_index((of_practice[practice[seen]], stream[seen], month[seen]), shape)
    filled = np.flatnonzero(np.bincount(key, minlength=int(np.prod(shape))))
    names = [
        (COMPARED[arm], *(() if streams[s] is None else (STREAMS[s],)), window.watched[m])
        for arm, s, m in zip(*np.unravel_index(filled, shape), strict=True)
    ]
    found: list[Counted] = []
    for column in columns:
        sums = np.bincount(key, frame[column].to_numpy(dtype=float)[seen], int(np.prod(shape)))[filled]
        found.append({name: int(number) for name, number in zip(names, sums, strict=True)})
    return found


def _minimum(
    cell: ExpectedCell, arm: str, routes: dict[str, Route], time: Counted, window: Window, value: Valuation
) -> Finding:
    stream = STREAM_NAMES[cell.stream]
    rows = {name: [routes[name].rows.get((arm, cell.stream, month), 0) for month in window.watched] for name in ROUTES}
    heads = value.heads[arm]
    least = [cell.minimum_rows_per_1000_heads_month * (time.get((arm, month)) or heads) / 1000 for month in window.watched]
    short = {name: [m for m, n, low in zip(window.watched, rows[name], least, strict=True) if n < low] for name in ROUTES}
    empty = {name: sum(1 for n in rows[name] if not n) for name in ROUTES}
    off = set(short["extract"]) | set(short["feed"])
    judged = off & window.judged
    if not judged:
        return Finding(
            check=CHECK,
            verdict="pass",
            stream=cell.stream,
            arm=arm,
            message=f"{opening(cell.stream, arm)}: all {len(window.before)} baseline months and all {len(window.after)} "
            "months of "
            f"{window.contract_year} reach the contract's {cell.minimum_rows_per_1000_heads_month:g} rows per 1,000 heads, "
            "in the extract and in the feed.",
        )
    first, last = fault_months(off, window) or (min(judged), max(judged))
    # a cell below a quarter of the usual is counted as wholly lost: how much is left is not shown after launch
    before = len(judged & set(window.before)) / len(window.before)
    after = len(judged & set(window.after)) / len(window.after)
    pounds = value.of_share(cell.stream, arm, after - before, before)
    where = [name for name in ROUTES if set(short[name]) & window.judged]
    whole = all(empty[name] >= len(short[name]) for name in where)
    state = "missing" if whole else "below the contract's minimum"
    instead = " (valued at the other arm's cost a head, since its own is what is missing)"
    borrowed = instead if (cell.stream, arm) in value.borrowed else ""
    return Finding(
        check=CHECK,
        verdict="fail",
        stream=cell.stream,
        arm=arm,
        first_month=first,
        last_month=last,
        message=f"{opening(cell.stream, arm)}: {state} {from_to(first, last)} in the {' and the '.join(where)} "
        f"({len(judged)} of the {len(window.judged)} months that bear on the year), {value.words(pounds)}{borrowed}.",
        question_for_supplier=f"No {stream} activity (or hardly any) of the {arm} practices' eligible patients was delivered "
        f"{from_to(first, last)}, in {' and in '.join(_ROUTE_FILES[name] for name in where)}. Was the feed switched off, "
        "filtered by commissioner, or lost when the practices were matched? Please deliver these rows, or say from which "
        "organisation they can be had.",
        **value.columns(pounds),
    )


def _unpriced(
    cell: ExpectedCell, arm: str, routes: dict[str, Route], window: Window, pounds: Range, value: Valuation
) -> list[Finding]:
    from scipy.stats import binom

    shares: dict[str, dict[str, float]] = {}
    beyond: dict[str, set[str]] = {}
    for name in ROUTES:
        shares[name], beyond[name] = {}, set()
        for month in window.watched:
            rows = routes[name].rows.get((arm, cell.stream, month), 0)
            if rows:
                unpriced = routes[name].unpriced.get((arm, cell.stream, month), 0)
                shares[name][month] = unpriced / rows
                above = shares[name][month] > cell.maximum_unpriced_share
                if above and binom.sf(unpriced - 1, rows, cell.maximum_unpriced_share) < CHANCE:
                    beyond[name].add(month)
    limit = cell.maximum_unpriced_share
    off = beyond
    judged = (off["extract"] | off["feed"]) & window.judged
    if not judged:
        return []
    first, last = fault_months(off["extract"] | off["feed"], window) or (min(judged), max(judged))
    worst = max(ROUTES, key=lambda name: sum(shares[name].get(month, 0.0) for month in judged))
    before = _mean(shares[worst], window.before)
    after = _mean(shares[worst], window.after)
    where = " and the ".join(name for name in ROUTES if off[name] & window.judged)
    return [
        Finding(
            check=CHECK,
            verdict="fail",
            stream=cell.stream,
            arm=arm,
            first_month=first,
            last_month=last,
            message=f"{opening(cell.stream, arm)}: {100 * after:.1f}% of rows carry no price in {window.contract_year} and "
            f"{100 * before:.1f}% in the baseline (the contract allows {100 * limit:g}% in any month), in the {where}, "
            f"{from_to(first, last)}; what the extract's rows without a price cost before {value.moves(pounds)}.",
            question_for_supplier=f"{opening(cell.stream)} rows of the {arm} practices {from_to(first, last)} carry no HRG "
            "that can be priced. Were they grouped before extraction, and can you deliver them with SUSHRG filled?",
            **value.columns(pounds),
        )
    ]


def _mean(shares: dict[str, float], months: tuple[str, ...]) -> float:
    """Mean of the months that have rows."""
    known = [shares[month] for month in months if month in shares]
    return sum(known) / len(known) if known else 0.0
