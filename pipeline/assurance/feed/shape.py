"""Shape: a fault steps at a month edge for everybody it touches, where an effect grows with referral and engagement.

Belongs here: sharp steps within a financial year of the not-eligible people's rows, by stream and by stream and provider.
Does not belong here: steps of whole contract years (`reference`, `places`), the eligible (never read here).

Change points of the monthly log ratio of the arms, beside the other streams of the same practices, are located by `dating`.
Locating decides nothing: whether a step is more than chance is judged by the practices, at the level left to one of all the
months and series it might have been found in, with the noise of steps of the same length at dates before launch. Edges of a
year are left to the yearly checks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.assurance.arithmetic.contrasts import Contrasts, Periods, contrasts
from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted, Floats, Masks
from pipeline.assurance.arithmetic.dating import LEAST_MONTHS, MOVED, beside, change_points, streams_with_rows
from pipeline.assurance.arithmetic.pounds import Valuation
from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.arithmetic.steps import Step, Tested, judged, mover, reach_of
from pipeline.assurance.feed.carriers import providers_of
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import about, from_to
from pipeline.vocabulary import STREAMS

CHECK = "shape"

#: false alarms of one contract year, over all streams, providers and months
FAMILY_LEVEL = 0.0005

#: months on each side of a step: more add little, and less than dating.LEAST_MONTHS is an episode
MOST_MONTHS = 12

#: a provider's step is a fault only when the stream lost at least this part of what the provider lost
LOST = 0.5


@dataclass(frozen=True, slots=True)
class Series:
    """Rows of one stream, at one provider or all, shape (practices, months), and of each other stream."""

    stream: str
    provider: str | None
    rows: Floats
    others: tuple[Floats, ...]


def check(counts: Counted, *, window: Window, value: Valuation) -> list[Finding]:
    """One finding a stream: the sharpest step that fails, or what would have been found half-way through the year."""
    series = series_of(counts)
    months = [m for m in window.watched if m > window.before[-1]]
    level = FAMILY_LEVEL / max(len(series) * len(months), 1)
    found = []
    for stream in STREAMS:
        mine = [one for one in series if one.stream == stream]
        if mine:
            found.append(_stream(mine, counts, window, value, level))
    return found


def series_of(counts: Counted) -> list[Series]:
    """Every stream with rows of the not-eligible, in all and by provider where there are several."""
    rows = counts.rows[POPULATIONS.index("not_eligible")]
    by_stream = {stream: rows[:, :, counts.of_stream(stream)].sum(axis=2) for stream in STREAMS}
    whole = {stream: figure.sum(axis=2) for stream, figure in by_stream.items()}
    held = streams_with_rows(counts, "not_eligible")
    found = []
    for stream in held if len(held) > 1 else ():
        others = tuple(whole[other] for other in held if other != stream)
        found.append(Series(stream, None, whole[stream], others))
        for j, provider in enumerate(counts.providers if len(counts.providers) > 1 else ()):
            if by_stream[stream][:, :, j].any():
                found.append(Series(stream, provider, by_stream[stream][:, :, j], others))
    return found


def step_at(
    series: Series, at: int, until: int, since: int, counts: Counted, window: Window, part: dict[str, float]
) -> Step | None:
    """The step at month `at` between the levels since `since` and until `until` (positions), beside the other streams."""
    back, ahead = min(at - since, MOST_MONTHS), min(until - at, MOST_MONTHS)
    if min(back, ahead) < LEAST_MONTHS:
        return None
    before = np.flatnonzero(counts.within(window.before))
    first, last = int(before[0]), int(before[-1]) + 1
    dates = list(range(first + back, last - ahead + 1, LEAST_MONTHS))
    months = len(counts.months)
    periods = Periods(
        np.array([_ones(months, date - back, date) for date in (at, *dates)]),
        np.array([_ones(months, date, date + ahead) for date in (at, *dates)]),
    )
    own = _change(periods, series.rows)
    tested = [contrasts((own - _change(periods, other))[:, :, None], counts.treated, counts.control) for other in series.others]
    used = _less_remarkable(tested)
    if used is None:
        return None
    difference = float(used.difference[0]) if _one_sign(tested) else 0.0
    # the placebo variance averages as many dates as lie apart from one another, each with the practices' degrees of freedom
    apart = 1 + (last - first) // (back + ahead)
    return Step(
        stream=series.stream,
        quantity="shape",
        relative=True,
        difference=difference,
        standard_error=float(used.standard_error[0]),
        df=float(used.df[0]) * apart,
        practices={arm: int(n) for arm, n in zip(COMPARED, used.practices[:, 0], strict=True)},
        arm=mover(difference, *(float(mean) for mean in used.moved[:, 0]), relative=True),
        first_month=counts.months[at],
        last_month=counts.months[until - 1],
        provider=series.provider,
        part=part,
    )


def _stream(mine: Sequence[Series], counts: Counted, window: Window, value: Valuation, level: float) -> Finding:
    whole = mine[0]
    off: list[Tested] = []
    elsewhere: list[Tested] = []
    before = counts.within(window.before)
    for series in mine:
        part = _share(series, whole, counts, window)
        apart = _apart(series, counts)
        points = [0, *change_points(apart, before), len(counts.months)]
        for since, at, until in zip(points, points[1:-1], points[2:], strict=False):
            first, stop = _off_months(apart, (since, at, until), before)
            inside = sum(1 for month in counts.months[first:stop] if month in frozenset(window.after))
            month = counts.months[at]
            if not inside or month <= window.before[-1] or month.endswith("-04"):
                continue
            yearly = {arm: share * inside / len(window.after) for arm, share in part.items()}
            step = step_at(series, at, until, since, counts, window, yearly)
            if step is None:
                continue
            one = judged(_dated(step, apart, (first, stop), before, counts), value, level)
            if one.verdict == "fail":
                all_of_it = step_at(whole, at, until, since, counts, window, {})
                lost = series.provider is None or (all_of_it is not None and _is_lost(step, all_of_it, part))
                (off if lost else elsewhere).append(one)
    if off:
        return _finding(off, counts, window, value)
    return _elsewhere(elsewhere, window) if elsewhere else _calm(whole, counts, window, value, level)


def _off_months(apart: Floats, points: tuple[int, int, int], before: Masks) -> tuple[int, int]:
    """Places (first, stop) of the months that are off: those after the change, or before it where it led back to the usual."""
    since, at, until = points
    away = apart - float(apart[before].mean())
    back = abs(float(away[at:until].mean())) < abs(float(away[since:at].mean()))
    return (since, at) if back else (at, until)


def _dated(step: Step, apart: Floats, off: tuple[int, int], before: Masks, counts: Counted) -> Step:
    """The step with the months that are off. A step back to the usual is the fault that it ended: same arm, other way.

    Of a stretch that is no longer than change points can tell, only the months that carry it are named.
    """
    first, stop = off
    undone = counts.months[first] != step.first_month
    if stop - first <= LEAST_MONTHS:
        stretch = apart[first:stop] - float(apart[before].mean())
        stretch = stretch * np.sign(stretch.sum())
        carries = np.flatnonzero(stretch >= MOVED * stretch.max())
        first, stop = first + int(carries[0]), first + int(carries[-1]) + 1
    return replace(
        step,
        difference=-step.difference if undone else step.difference,
        first_month=counts.months[first],
        last_month=counts.months[stop - 1],
    )


def _apart(series: Series, counts: Counted) -> Floats:
    return beside(counts, series.rows, np.sum(series.others, axis=0))


def _is_lost(step: Step, whole: Step, part: dict[str, float]) -> bool:
    comes_to = abs(float(np.log1p(part[step.arm] * np.expm1(-abs(step.difference)))))
    return whole.difference * step.difference > 0 and abs(whole.difference) >= LOST * comes_to


def _finding(off: Sequence[Tested], counts: Counted, window: Window, value: Valuation) -> Finding:
    """The largest step that fails, of the stream as a whole where it does, and the providers that carry it."""
    lead = max((one for one in off if one.step.provider is None), key=_size, default=None) or max(off, key=_size)
    step = lead.step
    provider = providers_of(step, counts, window) if any(one.step.provider for one in off) else None
    first, last = str(step.first_month), str(step.last_month)
    at = f" at provider {provider}" if provider else ""
    fell = "fell" if (step.difference > 0) == (step.arm == "control") else "rose"
    return Finding(
        check=CHECK,
        verdict="fail",
        stream=step.stream,
        arm=step.arm,
        provider=provider,
        first_month=first,
        last_month=last,
        message=f"{opening(step.stream)}: rows of the {step.arm} practices' not-eligible people{at} {fell} at one month edge, "
        f"{from_to(first, last)}, for all practices of the arm and beside their other streams; services change "
        "gradually, feeds "
        f"at month edges. Over {window.contract_year} this {value.moves(lead.worth)}.",
        question_for_supplier=f"{opening(step.stream)} rows of the {step.arm} practices{at} changed from one month to the next "
        f"({from_to(first, last)}). Which file, site, system or selection changed at the beginning of that month?",
        reach_gbp=reach_of(lead),
        **value.columns(lead.worth),
    )


def _elsewhere(moved: Sequence[Tested], window: Window) -> Finding:
    step = max(moved, key=_size).step
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=step.stream,
        arm=step.arm,
        provider=step.provider,
        first_month=step.first_month,
        last_month=step.last_month,
        message=f"{opening(step.stream)}: rows of the {step.arm} practices' not-eligible people at provider "
        f"{step.provider} stepped "
        f"at a month edge {from_to(str(step.first_month), step.last_month)}, and the stream as a whole did not, so "
        "other providers "
        "took over or gave up that work.",
        question_for_supplier=f"Did work move from or to provider {step.provider}, or its code change, in "
        f"{from_to(str(step.first_month), None).removeprefix('in ')}?",
    )


def _calm(whole: Series, counts: Counted, window: Window, value: Valuation, level: float) -> Finding:
    middle = counts.months.index(window.after[len(window.after) // 2])
    half = len(window.after) // 2
    step = step_at(whole, middle, middle + half, middle - half, counts, window, dict.fromkeys(COMPARED, 0.5))
    if step is None:
        return Finding(
            check=CHECK,
            verdict="inform",
            stream=whole.stream,
            message=f"{opening(whole.stream)}: too few practices or months to look for a step within the year.",
        )
    one = judged(replace(step, difference=0.0), value, level)
    reach = about(one.reach) if one.reach != float("inf") else "none, half a year of the stream being immaterial"
    return Finding(
        check=CHECK,
        verdict=one.verdict,
        stream=whole.stream,
        message=f"{opening(whole.stream)}: no sharp step of one arm's not-eligible people at a month edge within a "
        "year bears on "
        f"{window.contract_year}; of the faults that begin half-way through it the smallest this would find nineteen times in "
        f"twenty is {reach}.",
        reach_gbp=reach_of(one),
        **value.columns(one.worth),
    )


def _share(series: Series, whole: Series, counts: Counted, window: Window) -> dict[str, float]:
    """Each arm's baseline share of the stream's rows that the series holds."""
    before = counts.within(window.before)
    sums = {
        arm: [float(one.rows[mask][:, before].sum()) for one in (series, whole)]
        for arm, mask in zip(COMPARED, (counts.treated, counts.control), strict=True)
    }
    return {arm: own / total if total else 0.0 for arm, (own, total) in sums.items()}


def _ones(months: int, start: int, stop: int) -> Floats:
    row = np.zeros(months)
    row[start:stop] = 1.0
    return row


def _change(periods: Periods, rows: Floats) -> Floats:
    """Log change of rows, shape (comparisons, practices); half a row where there is none."""
    before, after = periods.sums(rows, 1)
    scale = np.log(periods.before.sum(axis=1)) - np.log(periods.after.sum(axis=1))
    return np.log(np.maximum(after, 0.5)) - np.log(np.maximum(before, 0.5)) + scale[:, None]


def _one_sign(tested: Sequence[Contrasts]) -> bool:
    return len({float(np.sign(one.difference[0])) for one in tested}) == 1


def _less_remarkable(tested: Sequence[Contrasts]) -> Contrasts | None:
    if not tested or any(np.isnan(one.difference[0]) for one in tested):
        return None
    if not _one_sign(tested):
        return max(tested, key=lambda one: float(one.standard_error[0]))
    return min(tested, key=lambda one: abs(float(one.difference[0])) / (float(one.standard_error[0]) or 1e-12))


def _size(one: Tested) -> float:
    return abs(one.worth.point)
