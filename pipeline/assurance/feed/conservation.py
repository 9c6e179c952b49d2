"""Nobody disappears between populations: all people = eligible + not eligible, in rows, pence and person-months.

Belongs here: the identity of the aggregates, cell by cell. Does not belong here: whether the cells are full (`completeness`).
A lost link shows as the eligible down and the not-eligible up, which this identity passes: `linkage` and `routes` see that.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import COMPARED, Bools, Floats, codes_of
from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window, fault_months
from pipeline.assurance.wording import opening
from pipeline.prose import from_to, span
from pipeline.vocabulary import STREAMS

CHECK = "conservation"
POPULATIONS = ("eligible", "not_eligible", "all")
ALL = POPULATIONS.index("all")


def check(
    feed: pd.DataFrame, person_months: pd.DataFrame, *, arm_of: dict[str, str], window: Window, value: Valuation
) -> list[Finding]:
    """One finding for person-months and one a stream: pass when every practice-month cell adds up, otherwise fail.

    feed : practice, month, stream, population, rows, cost_pence. person_months : practice, month, population, person_months.
    """
    missing = _missing(feed) or _missing(person_months)
    if missing:
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                message=f"The aggregates hold no rows of the population {', '.join(missing)}, so that they cannot be added up. "
                "Remedy: ask for practice_activity and practice_population by all three populations.",
            )
        ]
    cells = _Cells.of(person_months, ("person_months",), arm_of, window)
    found = [_finding(_gaps(cells, None), None, ["person_months"], window, value)]
    counted = _Cells.of(feed, ("rows", "cost_pence"), arm_of, window)
    for place, stream in enumerate(STREAMS):
        found.append(_finding(_gaps(counted, place), stream, ["rows", "cost_pence"], window, value))
    return found


def _missing(frame: pd.DataFrame) -> list[str]:
    return sorted(set(POPULATIONS) - set(frame["population"].unique()))


@dataclass(frozen=True, slots=True)
class _Cells:
    """Sums by practice, watched month and population (POPULATIONS) of each stream; without streams there is one.

    figures : column -> array of shape (streams, practices, months, populations). filled : the same, whether any row stands
    there.
    """

    practices: tuple[str, ...]
    arms: tuple[str, ...]
    months: tuple[str, ...]
    figures: dict[str, Floats]
    filled: Bools

    @classmethod
    def of(cls, frame: pd.DataFrame, columns: tuple[str, ...], arm_of: dict[str, str], window: Window) -> "_Cells":
        practices = tuple(sorted(practice for practice, arm in arm_of.items() if arm in COMPARED))
        practice, month = codes_of(frame["practice"], practices), codes_of(frame["month"], window.watched)
        population = codes_of(frame["population"], POPULATIONS)
        streams = len(STREAMS) if "stream" in frame else 1
        stream = codes_of(frame["stream"], STREAMS) if "stream" in frame else np.zeros(len(frame), dtype=np.int64)
        seen = (practice >= 0) & (month >= 0) & (population >= 0) & (stream >= 0)
        shape = (streams, len(practices), len(window.watched), len(POPULATIONS))
        key = np.ravel_multi_index((stream[seen], practice[seen], month[seen], population[seen]), shape)
        size = int(np.prod(shape))
        figures = {
            name: np.asarray(np.bincount(key, frame[name].to_numpy(dtype=float)[seen], size), dtype=float).reshape(shape)
            for name in columns
        }
        filled = np.asarray(np.bincount(key, minlength=size) > 0).reshape(shape)
        return cls(practices, tuple(arm_of[p] for p in practices), window.watched, figures, filled)


def _gaps(cells: _Cells, stream: int | None) -> pd.DataFrame:
    """By arm, practice and month with rows: all - eligible - not_eligible of each column, and `all` itself."""
    at = stream or 0
    practice, month = np.nonzero(cells.filled[at].any(axis=2))
    whole = {name: values[at][practice, month] for name, values in cells.figures.items()}
    table = pd.DataFrame(
        {name: (rows[:, ALL] - rows[:, :ALL].sum(axis=1)).astype(np.int64) for name, rows in whole.items()}
        | {f"all_{name}": rows[:, ALL].astype(np.int64) for name, rows in whole.items()}
    )
    table["arm"] = np.array(cells.arms, dtype=object)[practice]
    table["month"] = np.array(cells.months, dtype=object)[month]
    return table


def _finding(gaps: pd.DataFrame, stream: str | None, columns: list[str], window: Window, value: Valuation) -> Finding:
    words = opening(stream) if stream else "Person-months"
    gaps = gaps[gaps["month"].isin(window.judged)]
    off = gaps[(gaps[columns] != 0).any(axis=1)]
    if off.empty:
        return Finding(
            check=CHECK,
            verdict="pass",
            stream=stream,
            message=f"{words}: in all {len(gaps):,} practice-months judged, all people = eligible + not eligible.",
        )
    arms, months = sorted(set(off["arm"])), sorted(set(off["month"]))
    first, last = fault_months(months, window) or (months[0], months[-1])
    arm = arms[0] if len(arms) == 1 else None
    pounds = _pounds(gaps, stream, window, value)
    valued = "" if pounds is None else f", {value.words(pounds)} if the gap lies among the eligible as among all people"
    return Finding(
        check=CHECK,
        verdict="fail",
        stream=stream,
        arm=arm,
        first_month=first,
        last_month=last,
        message=f"{words}: in {len(off):,} of {len(gaps):,} practice-months ({', '.join(arms)}) all people differ from "
        f"eligible + not eligible, {from_to(first, last)}{valued}.",
        question_for_supplier=f"In practice_{'activity' if stream else 'population'} the rows for all people are not the "
        "sum of "
        f"eligible and not eligible ({words.lower()}, {' and '.join(arms)}, {span(first, last)}). Were the three drawn on the "
        "same day by the same rule?",
        **({} if pounds is None else value.columns(pounds)),
    )


def _pounds(gaps: pd.DataFrame, stream: str | None, window: Window, value: Valuation) -> Range | None:
    if stream is None:
        return None
    total = Range(0.0, 0.0, 0.0)
    for arm in COMPARED:
        mine = gaps[gaps["arm"] == arm]

        def share(months: tuple[str, ...], mine: pd.DataFrame = mine) -> float:
            inside = mine[mine["month"].isin(months)]
            whole = int(inside["all_rows"].sum())
            return float(inside["rows"].sum()) / whole if whole else 0.0

        before, after = share(window.before), share(window.after)
        one = value.of_share(stream, arm, after - before, before)
        total = Range(total.point + one.point, total.low + one.low, total.high + one.high)
    return total
