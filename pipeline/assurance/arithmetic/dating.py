"""When a step that has been found began and ended: change points of the arms' monthly difference.

Belongs here: locating, which decides nothing. Does not belong here: whether a step is more than chance (`contrasts`, `steps`).

Kernel change point detection with a linear kernel (Arlot, Celisse and Harchaoui 2019), by the library ruptures.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import ruptures

from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted, Floats, Masks
from pipeline.assurance.arithmetic.steps import Step
from pipeline.assurance.window import Window, fault_months
from pipeline.vocabulary import STREAMS

#: months of a level: fewer are an episode that completeness and receipts judge
LEAST_MONTHS = 3

#: penalty of a change point, in variances of one month: the usual 2 log n (Birge and Massart) is near 9 at 84 to 108 months
PENALTY = 9.0

#: a month belongs to a fault when its level moved by at least this part of the step
MOVED = 0.5


def change_points(apart: Floats, before: Masks) -> list[int]:
    """Positions at which a new level of `apart` begins; its noise is taken from the months `before`."""
    known = apart[before]
    if len(apart) < 2 * LEAST_MONTHS or len(known) < 3 or not np.isfinite(apart).all() or float(np.ptp(apart)) < 1e-9:
        return []
    noise = float(np.diff(known).var()) / 2
    search = ruptures.KernelCPD(kernel="linear", min_size=LEAST_MONTHS).fit(apart[:, None])
    return [int(at) for at in search.predict(pen=max(PENALTY * noise, 1e-9))[:-1]]


def beside(counts: Counted, own: Floats, others: Floats) -> Floats:
    """Monthly log ratio of the arms of rows `own` beside `others`, both of shape (practices, months)."""
    sides = [
        np.log(own[mask].sum(axis=0) + 0.5) - np.log(others[mask].sum(axis=0) + 0.5)
        for mask in (counts.treated, counts.control)
    ]
    return np.asarray(sides[0] - sides[1])


def fault_span(step: Step, counts: Counted, window: Window, providers: Sequence[str] = ()) -> tuple[str, str]:
    """First and last month of the step at `providers` (none named: all), in the contract year or running up to it.

    The whole contract year where no change of level is seen.
    """
    return span_of(_apart(step, counts, providers), step.difference, counts.months, window)


def span_of(apart: Floats, difference: float, months: Sequence[str], window: Window) -> tuple[str, str]:
    """The same of any monthly difference of the arms, shape (months,), that stepped by `difference`."""
    whole = window.after[0], window.after[-1]
    before = np.isin(months, window.before)
    if not np.isfinite(apart).all() or not before.any():
        return whole
    usual = float(apart[before].mean())
    edges = [0, *change_points(apart, before), len(apart)]
    off: list[str] = []
    for start, stop in pairwise(edges):
        moved = (float(apart[start:stop].mean()) - usual) * (1 if difference > 0 else -1)
        if moved >= MOVED * abs(difference):
            off += [month for at, month in enumerate(months[start:stop], start) if not before[at]]
    return fault_months(off, window) or whole


def _apart(step: Step, counts: Counted, providers: Sequence[str]) -> Floats:
    population = POPULATIONS.index(step.population)
    stream = counts.of_stream(step.stream)
    of = np.array([yes and step.kind in (None, kind.words) for yes, kind in zip(stream, counts.kinds, strict=True)], dtype=bool)
    at = np.array([not providers or provider in providers for provider in counts.providers], dtype=bool)
    rows, pence, unpriced = (
        figure[population][:, :, of][..., at].sum(axis=(2, 3)) for figure in (counts.rows, counts.cost_pence, counts.unpriced)
    )
    if step.quantity in ("cost_per_row", "price"):
        return beside(counts, pence, rows - unpriced)
    if step.quantity == "unpriced_share":
        sides = [unpriced[m].sum(axis=0) / np.maximum(rows[m].sum(axis=0), 1.0) for m in (counts.treated, counts.control)]
        return np.asarray(sides[0] - sides[1])
    return beside(counts, rows, counts.rows[population][:, :, ~stream].sum(axis=(2, 3)))


def streams_with_rows(counts: Counted, population: str) -> list[str]:
    """Streams that have any rows of the population, in the order of STREAMS."""
    rows = counts.rows[POPULATIONS.index(population)].sum(axis=(0, 1, 3))
    return [stream for stream in STREAMS if rows[counts.of_stream(stream)].any()]
