"""First and last month in which two counts of the same rows differ.

Belongs here: dating what has already been found, where every row that differs is a trace and none is chance. Does not belong
here: dating a share that varies by itself (`place.worst_run`), or a step of an arm against the other (`dating`).

A thin or growing loss leaves its first months with a row or none: half of its usual share would date it a year late.
"""

import numpy as np

from pipeline.assurance.arithmetic.coded import Floats
from pipeline.assurance.window import Window

#: months without a trace that may lie within one fault; after more, what went before is another one (last winter's late months)
LONGEST_GAP = 6

#: where the quieter period differs too, a month is a trace beyond so many times its usual share, and a part of the other's
BEYOND_USUAL = 3.0
LEAST_PART = 0.1


def traced_run(apart: Floats, whole: Floats, window: Window) -> tuple[int, int] | None:
    """Places (in window.watched) of the fault's first and last month, or None where no month differs.

    apart, whole : a number a watched month, at least 0: rows (or pence) that differ, and those that were compared. The months
    of the contract year decide, where any of them differs, and what led up to them; otherwise those of the baseline.
    """
    watched = np.array(window.watched)
    traces = apart > _threshold(apart, whole, watched, window) * whole
    for months in (window.after, window.before):
        found = np.flatnonzero(traces & np.isin(watched, months))
        if len(found):
            return _joined(traces, int(found[0]), -1), int(found[-1])
    return None


def _threshold(apart: Floats, whole: Floats, watched: "np.ndarray", window: Window) -> float:
    """Share that a month must exceed: nothing, unless one period is quiet and yet not spotless."""
    shares = []
    for months in (window.before, window.after):
        inside = np.isin(watched, months)
        of = float(whole[inside].sum())
        shares.append(float(apart[inside].sum()) / of if of else 0.0)
    quiet, loud = sorted(shares)
    return max(BEYOND_USUAL * quiet, LEAST_PART * loud) if 0 < quiet < loud / 2 else 0.0


def _joined(traces: "np.ndarray", edge: int, step: int) -> int:
    """The farthest trace that can be reached from `edge` by `step` without a longer gap than LONGEST_GAP."""
    position, found = edge + step, edge
    while 0 <= position < len(traces) and abs(position - found) <= LONGEST_GAP + 1:
        if traces[position]:
            found = position
        position += step
    return found
