"""Steps of the reference population by stream and quantity: arm against arm, with an honest standard error.

Belongs here: practice-level steps of rows, cost a row and unpriced share. Does not belong here:
verdicts (`pipeline.assurance.feed.reference`), noise between areas (`area_variance`).

`rows_beside` compares a stream with each other stream of the same practices: what moves a practice's or an area's whole use
cancels. Of the two comparisons the less remarkable counts, so that a fault is found in the stream that has it, not beside it.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.contrasts import Contrasts, contrasts, year_periods
from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted, Floats
from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.arithmetic.steps import Step, mover
from pipeline.assurance.feed.area_variance import area_variances
from pipeline.assurance.window import Window
from pipeline.vocabulary import STREAMS

QUANTITIES = ("rows", "rows_beside", "cost_per_row", "unpriced_share")
NOT_ELIGIBLE = POPULATIONS.index("not_eligible")

#: a level of (rows, pence, unpriced, person-months), all of one shape but person-months without the streams
Level = Callable[[Floats, Floats, Floats, Floats], Floats]


def reference_steps(counts: Counted, wider: pd.DataFrame | None, *, window: Window) -> dict[tuple[str, str], Step]:
    """Steps by (stream, quantity) where at least three practices of each arm have rows in both periods.

    wider : area, practice, month, stream, rows, person_months before launch.
    """
    rows, pence, unpriced = (_by_stream(figure[NOT_ELIGIBLE], counts) for figure in _figures(counts))
    time = counts.person_months[NOT_ELIGIBLE]
    periods = year_periods(window, counts.months)
    sides = list(zip(*(periods.sums(figure, 1) for figure in (rows, pence, unpriced, time)), strict=True))
    areas, pairs = area_variances(wider, window)
    found: dict[tuple[str, str], Step] = {}
    changed: dict[str, Floats] = {}
    for quantity, level in LEVELS.items():
        # where there was nothing before there is no step: a stream absent in all years is completeness' finding
        change = np.where(sides[0][0] > 0, level(*sides[1]) - level(*sides[0]), np.nan)
        changed[quantity] = change
        shared = areas if quantity == "rows" else 0.0
        tested = contrasts(change, counts.treated, counts.control, shared)
        for at, stream in enumerate(STREAMS):
            step = _step(tested, at, stream, quantity)
            if step is not None:
                found[stream, quantity] = step
    found |= _beside(changed["rows"], counts, pairs)
    return found


def _beside(change: Floats, counts: Counted, pairs: Floats) -> dict[tuple[str, str], Step]:
    """change : shape (comparisons, practices, streams), log. pairs : area variance of stream against stream."""
    found: dict[tuple[str, str], Step] = {}
    for at, stream in enumerate(STREAMS):
        others = [other for other in range(len(STREAMS)) if other != at]
        tested = contrasts(change[:, :, [at]] - change[:, :, others], counts.treated, counts.control, pairs[at, others])
        both = [step for k in range(len(others)) if (step := _step(tested, k, stream, "rows_beside"))]
        if len(both) < len(others):
            continue
        if both[0].difference * both[1].difference <= 0:
            least = max(both, key=lambda step: step.standard_error)
            found[stream, "rows_beside"] = _nothing(least)
        else:
            found[stream, "rows_beside"] = min(both, key=_remarkable)
    return found


def _remarkable(step: Step) -> tuple[float, float]:
    error = step.standard_error
    return (abs(step.difference) / error if error else float("inf") if step.difference else 0.0, abs(step.difference))


def _nothing(step: Step) -> Step:
    return Step(step.stream, step.quantity, True, 0.0, step.standard_error, step.df, step.practices, step.arm)


def _figures(counts: Counted) -> tuple[Floats, Floats, Floats]:
    return counts.rows, counts.cost_pence, counts.unpriced


def _by_stream(figure: Floats, counts: Counted) -> Floats:
    """Shape (practices, months, streams) of (practices, months, kinds, providers)."""
    member = np.array([[kind.stream == stream for stream in STREAMS] for kind in counts.kinds], dtype=float)
    return figure.sum(axis=3) @ member.reshape(len(counts.kinds), len(STREAMS))


def _rows(rows: Floats, pence: Floats, unpriced: Floats, time: Floats) -> Floats:
    """Half a row where there is none, so that a stream that stopped has a (very low) logarithm."""
    exposed = time[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(exposed > 0, np.log(np.maximum(rows, 0.5) / exposed), np.nan)


def _cost(rows: Floats, pence: Floats, unpriced: Floats, time: Floats) -> Floats:
    priced = rows - unpriced
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((priced > 0) & (pence > 0), np.log(pence / priced), np.nan)


def _unpriced(rows: Floats, pence: Floats, unpriced: Floats, time: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(rows > 0, unpriced / rows, np.nan)


LEVELS: dict[str, Level] = {"rows": _rows, "cost_per_row": _cost, "unpriced_share": _unpriced}


def _step(tested: Contrasts, at: int, stream: str, quantity: str) -> Step | None:
    difference = float(tested.difference[at])
    if np.isnan(difference):
        return None
    relative = quantity != "unpriced_share"
    return Step(
        stream=stream,
        quantity=quantity,
        relative=relative,
        difference=difference,
        standard_error=float(tested.standard_error[at]),
        df=float(tested.df[at]),
        practices={arm: int(n) for arm, n in zip(COMPARED, tested.practices[:, at], strict=True)},
        arm=mover(difference, *(float(own) for own in tested.moved[:, at]), relative=relative),
    )
