"""Rows that both routes hold, in different cells: as many in all, but in another month, kind, practice or provider.

Belongs here: differences of two counts that cancel within one stream and arm. Does not belong here: rows that one route lacks
(`routes`), what other codes do to the price (`route_costs`).

Dates moved by a month leave a year's sum nearly as it was; a method of admission or a department type recoded leaves the
stream's.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pipeline.assurance.arithmetic.coded import COMPARED, Floats
from pipeline.assurance.arithmetic.place import CARRIES
from pipeline.assurance.arithmetic.shares import COUNTED_TWICE, STRAGGLERS
from pipeline.assurance.arithmetic.traces import traced_run
from pipeline.assurance.finding import Finding
from pipeline.assurance.two_routes.two_counts import TwoCounts
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import from_to
from pipeline.vocabulary import STREAM_NAMES, STREAMS

CHECK = "routes"

#: what a finding of prices says in pounds, and a finding of moved rows takes over where that one has nothing to tell
POUNDS = tuple(f"{what}_effect_gbp{end}" for what in ("saving", "payment") for end in ("", "_low", "_high"))
PROVIDERS = 3

#: axis of a grid, and what a row that moved along it stands in
MOVED_ALONG = {1: "month", 2: "kind of contact", 3: "provider", 0: "practice"}


class Moved(NamedTuple):
    """Rows in another cell: their part of the feed's rows, and how many."""

    share: float
    rows: float


def check(both: TwoCounts, prices: Sequence[Finding], *, window: Window) -> list[Finding]:
    """An informing finding a stream and arm in which rows moved; none where every difference is a plain lack.

    Rows that moved between the judged months and others are not among them: those are the year's own loss or gain.
    prices : `route_costs.check` of the same rows. One that passes tells nobody its pounds, so the moved rows tell them.
    """
    passing = {(one.stream, one.arm): one for one in prices if one.verdict == "pass"}
    found = (_finding(both, stream, arm, window, passing.get((stream, arm))) for stream in STREAMS for arm in COMPARED)
    return [finding for finding in found if finding is not None]


def _moved(apart: Floats) -> float:
    """Rows that stand in another cell: what the extract lacks in some and has beyond in others, the smaller of the two."""
    return float(min(np.maximum(apart, 0).sum(), np.maximum(-apart, 0).sum()))


def _finding(both: TwoCounts, stream: str, arm: str, window: Window, price: Finding | None) -> Finding | None:
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
    run = traced_run(np.abs(apart).sum(axis=(0, 2, 3)), feed.sum(axis=(0, 2, 3)), window)
    first, last = (window.watched[run[0]], window.watched[run[1]]) if run else (None, None)
    when = f" {from_to(first, last)}" if first else ""
    ends = _ends(both, stream, arm, apart, along[0]) if along else None
    which = f" (mostly from {ends[0]} to {ends[1]})" if ends else ""
    period = window.contract_year if name == "after" else "the baseline"
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=stream,
        arm=arm,
        provider="+".join(sorted(ends)) if ends and along[0] == PROVIDERS else None,
        first_month=first,
        last_month=last,
        message=f"{opening(stream, arm)}: {100 * share:.2f}% of the rows of {period} stand in {where} in the extract than in "
        "the "
        f"feed{which}{when}. The sum of rows is not moved by them; what their prices move is judged beside this.",
        question_for_supplier=f"Between the activity aggregates and the person-level extract, {STREAM_NAMES[stream]} rows of "
        "the "
        f"{arm} practices{when} changed into {where}{which}. Which of the two is right, and what was changed in the other?",
        **_pounds(price),
    )


def _pounds(price: Finding | None) -> dict[str, Any]:
    return {name: getattr(price, name) for name in POUNDS} if price else {}


def _ends(both: TwoCounts, stream: str, arm: str, apart: Floats, axis: int) -> tuple[str, str] | None:
    """From what to what, where rows moved between kinds, providers or practices."""
    if axis == 1:
        return None
    names = {
        0: tuple(p for p, of in zip(both.practices, both.arm, strict=True) if of == COMPARED.index(arm)),
        2: tuple(k for k, of in zip(both.kinds, both.stream, strict=True) if of == STREAMS.index(stream)),
        3: both.providers,
    }[axis]
    net = apart.sum(axis=tuple(other for other in range(4) if other != axis))
    lack, beyond = int(np.argmax(net)), int(np.argmin(net))
    if net[lack] <= 0 or net[beyond] >= 0:
        return None
    return names[lack], names[beyond]
