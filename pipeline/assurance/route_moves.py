"""Rows that both routes hold, in different cells: as many in all, but in another month, kind, practice or provider.

Belongs here: differences of two counts that cancel within one stream and arm. Does not belong here: rows that one route lacks
(`routes`), what other codes do to the price (`route_costs`).

Dates moved by a month leave a year's sum nearly as it was; a method of admission or a department type recoded leaves the
stream's.
"""

from typing import NamedTuple

import numpy as np

from pipeline.assurance.coded import COMPARED, Floats
from pipeline.assurance.finding import Finding
from pipeline.assurance.place import CARRIES, worst_run
from pipeline.assurance.shares import COUNTED_TWICE, STRAGGLERS
from pipeline.assurance.two_counts import TwoCounts
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import from_to
from pipeline.vocabulary import STREAM_NAMES, STREAMS

CHECK = "routes"

#: axis of a grid, and what a row that moved along it stands in
MOVED_ALONG = {1: "month", 2: "kind of contact", 3: "provider", 0: "practice"}


class Moved(NamedTuple):
    """Rows in another cell: their part of the feed's rows, and how many."""

    share: float
    rows: float


def check(both: TwoCounts, *, window: Window) -> list[Finding]:
    """An informing finding a stream and arm in which rows moved; none where every difference is a plain lack.

    Rows that moved between the judged months and others are not among them: those are the year's own loss or gain.
    """
    found = (_finding(both, stream, arm, window) for stream in STREAMS for arm in COMPARED)
    return [finding for finding in found if finding is not None]


def _moved(apart: Floats) -> float:
    """Rows that stand in another cell: what the extract lacks in some and has beyond in others, the smaller of the two."""
    return float(min(np.maximum(apart, 0).sum(), np.maximum(-apart, 0).sum()))


def _finding(both: TwoCounts, stream: str, arm: str, window: Window) -> Finding | None:
    feed = both.part(both.feed_rows, stream, arm)
    apart = feed - both.part(both.extract_rows, stream, arm)
    if not apart.any():
        return None
    found = {}
    for name, months in (("before", both.before), ("after", both.after)):
        rows, whole = _moved(apart[:, months]), float(feed[:, months].sum())
        found[name] = Moved(rows / whole if whole else 0.0, rows)
    name = max(found, key=lambda when: found[when].share)
    share, rows = found[name]
    if share < COUNTED_TWICE or rows <= STRAGGLERS:
        return None
    inside = apart[:, both.before if name == "before" else both.after]
    along = [axis for axis in MOVED_ALONG if _moved(inside.sum(axis=axis)) <= (1 - CARRIES) * rows]
    where = f"another {MOVED_ALONG[along[0]]}" if along else "other cells (month, kind, provider or practice)"
    run = worst_run(np.abs(apart).sum(axis=(0, 2, 3)) - share * feed.sum(axis=(0, 2, 3)), window)
    first, last = (window.watched[run[0]], window.watched[run[1]]) if run else (None, None)
    when = f" {from_to(first, last)}" if first else ""
    which = _named(both, stream, arm, apart, along[0]) if along else ""
    period = window.contract_year if name == "after" else "the baseline"
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=stream,
        arm=arm,
        first_month=first,
        last_month=last,
        message=f"{opening(stream, arm)}: {100 * share:.2f}% of the rows of {period} stand in {where} in the extract than in "
        "the "
        f"feed{which}{when}. The sum of rows is not moved by them; what their prices move is judged beside this.",
        question_for_supplier=f"Between the activity aggregates and the person-level extract, {STREAM_NAMES[stream]} rows of "
        "the "
        f"{arm} practices{when} changed into {where}{which}. Which of the two is right, and what was changed in the other?",
    )


def _named(both: TwoCounts, stream: str, arm: str, apart: Floats, axis: int) -> str:
    """From what to what, where rows moved between kinds, providers or practices."""
    if axis == 1:
        return ""
    names = {
        0: tuple(p for p, of in zip(both.practices, both.arm, strict=True) if of == COMPARED.index(arm)),
        2: tuple(k for k, of in zip(both.kinds, both.stream, strict=True) if of == STREAMS.index(stream)),
        3: both.providers,
    }[axis]
    net = apart.sum(axis=tuple(other for other in range(4) if other != axis))
    lack, beyond = int(np.argmax(net)), int(np.argmin(net))
    if net[lack] <= 0 or net[beyond] >= 0:
        return ""
    return f" (mostly from {names[lack]} to {names[beyond]})"
