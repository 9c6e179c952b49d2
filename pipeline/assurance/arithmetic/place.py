"""Where a share of rows is lost: the run of months, and the providers and kinds of contact that carry it.

Belongs here: localising what has already been found. Does not belong here: whether anything was lost (`shares`).
"""

from dataclasses import dataclass

import numpy as np

from pipeline.assurance.arithmetic.coded import Cells, Floats, Ints, share_lost
from pipeline.assurance.arithmetic.traces import traced_run
from pipeline.assurance.window import Window

#: a smaller share is not localised
LEAST = 0.001

#: providers (or kinds) carry a loss when this part of the lost rows is theirs and the others lose hardly any of theirs
CARRIES = 0.9


@dataclass(frozen=True, slots=True)
class Place:
    """First and last month, provider ('+' between several) and kind of contact; None where there is nothing to name."""

    first_month: str | None = None
    last_month: str | None = None
    provider: str | None = None
    kind: str | None = None


def locate(cells: Cells, window: Window, before: float, after: float, *, exact: bool = False) -> Place:
    """The place of a loss whose shares in the baseline and in the contract year are `before` and `after`.

    exact : the same rows were counted twice, so that every row that differs is a trace of the fault (`traces`).
    """
    largest = max(before, after, key=abs)
    if abs(largest) < LEAST:
        return Place()
    sign = 1 if largest > 0 else -1
    watched = len(window.watched)
    whole, kept = np.bincount(cells.month, cells.whole, watched), np.bincount(cells.month, cells.kept, watched)
    lacking, compared = sign * (whole - kept), np.maximum(whole, kept)
    if exact:
        run = traced_run(np.maximum(lacking, 0.0), compared, window)
    else:
        # half way between what the two periods lose, or half of what both do
        usual = abs(before + after) / 2 if abs(after - before) >= abs(largest) / 2 else abs(largest) / 2
        run = worst_run(lacking - usual * compared, window)
    if run is None:
        return Place()
    inside = (cells.month >= run[0]) & (cells.month <= run[1])
    return Place(
        first_month=window.watched[run[0]],
        last_month=window.watched[run[1]],
        provider=_carriers(cells.provider, cells.providers, cells, inside),
        kind=_carriers(cells.kind, cells.kinds, cells, inside, " and "),
    )


def worst_run(excess: Floats, window: Window) -> tuple[int, int] | None:
    """Places (in window.watched) of the first and last month of the run with the largest sum of `excess`, or None.

    excess : a number a watched month, positive where it is off. The run lies in the judged months; one that reaches their edge
    is followed beyond it (a fault from launch on has its first month at launch, whichever year is judged). A month within a run
    may be spotless by chance: the sum decides, not each month.
    """
    judged = [position for position, month in enumerate(window.watched) if month in window.judged]
    blocks: list[list[int]] = []
    for position in judged:
        if blocks and position == blocks[-1][-1] + 1:
            blocks[-1].append(position)
        else:
            blocks.append([position])
    best: tuple[float, int, int] | None = None
    for block in blocks:
        total, start = 0.0, block[0]
        for position in block:
            if total <= 0:
                total, start = 0.0, position
            total += float(excess[position])
            if total > 0 and (best is None or total > best[0]):
                best = (total, start, position)
    if best is None:
        return None
    first, last = best[1], best[2]
    if any(first == block[0] for block in blocks):
        first = _followed(excess, first, -1)
    if any(last == block[-1] for block in blocks):
        last = _followed(excess, last, 1)
    return first, last


def _followed(excess: Floats, edge: int, step: int) -> int:
    """The month up to which, going from `edge` by `step`, the sum of excess is largest; it never falls to nothing on the
    way."""
    total, most, found = 0.0, 0.0, edge
    position = edge + step
    while 0 <= position < len(excess):
        total += float(excess[position])
        if total <= 0:
            break
        if total > most:
            most, found = total, position
        position += step
    return found


def _carriers(codes: Ints, names: tuple[str, ...], cells: Cells, inside: "np.ndarray", between: str = "+") -> str | None:
    """The few names that carry nearly all of what was lost `inside`, where others supply too and lose hardly any."""
    count = len(names)
    whole = np.bincount(codes[inside], cells.whole[inside], count)
    kept = np.bincount(codes[inside], cells.kept[inside], count)
    lost = np.abs(whole - kept)
    supplying = int(((whole > 0) | (kept > 0)).sum())
    order = np.argsort(-lost, kind="stable")
    total, carried = float(lost.sum()), 0.0
    for taken in range(1, supplying):
        carried += float(lost[order[taken - 1]])
        if carried < CARRIES * total:
            continue
        mine, others = order[:taken], order[taken:]
        own = abs(share_lost(whole[mine].sum(), kept[mine].sum()))
        theirs = abs(share_lost(whole[others].sum(), kept[others].sum()))
        return between.join(sorted(names[i] for i in mine)) if total and theirs <= (1 - CARRIES) * own else None
    return None
