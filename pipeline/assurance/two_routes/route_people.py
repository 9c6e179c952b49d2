"""The same people counted by two routes: distinct people with activity in the extract against PEOPLE_WITH_ACTIVITY of the feed.

Belongs here: rows given to other people, cell by cell. Does not belong here: how many rows there are (`routes`).

Distinct people cannot be added up over cells, so the cells are compared as they stand: practice x month x kind x provider. Only
cells in which both routes count the same rows are asked, since a row that is lacking takes its person with it.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import COMPARED
from pipeline.assurance.arithmetic.shares import COUNTED_TWICE, STRAGGLERS
from pipeline.assurance.arithmetic.traces import traced_run
from pipeline.assurance.finding import Finding
from pipeline.assurance.two_routes.two_counts import TwoCounts, two_counts
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import from_to
from pipeline.vocabulary import STREAM_NAMES, STREAMS

CHECK = "routes"


def check(
    extract: pd.DataFrame,
    feed_people: pd.DataFrame,
    both: TwoCounts,
    *,
    arm_of: Mapping[str, str],
    window: Window,
) -> list[Finding]:
    """An informing finding a stream and arm whose cells hold as many rows of another number of people.

    extract : `routes.extract_counts`. feed_people : routes.GRAIN and people of the eligible, nobody where it was not filled.
    both : the rows of the two, on the same grid as `two_counts` makes of them.
    """
    if feed_people.empty:
        return []
    people = two_counts(
        extract.assign(rows=extract["people"], cost_pence=0),
        feed_people.assign(rows=feed_people["people"], cost_pence=0),
        arm_of,
        window,
    )
    if people.feed_rows.shape != both.feed_rows.shape:  # a cell of one only: rows differ there, and `routes` says so
        return []
    same = (both.feed_rows == both.extract_rows) & (people.feed_rows > 0)
    apart = np.where(same, np.abs(people.feed_rows - people.extract_rows), 0.0)
    asked = np.where(same, people.feed_rows, 0.0)
    found = (_finding(both, apart, asked, stream, arm, window) for stream in STREAMS for arm in COMPARED)
    return [finding for finding in found if finding is not None]


def _finding(
    both: TwoCounts, apart: "np.ndarray", asked: "np.ndarray", stream: str, arm: str, window: Window
) -> Finding | None:
    mine, whole = both.part(apart, stream, arm), both.part(asked, stream, arm)
    worst = 0.0
    for months in (both.before, both.after):
        rows, of = float(mine[:, months].sum()), float(whole[:, months].sum())
        if of and rows > STRAGGLERS:
            worst = max(worst, rows / of)
    if worst < COUNTED_TWICE:
        return None
    run = traced_run(mine.sum(axis=(0, 2, 3)), whole.sum(axis=(0, 2, 3)), window)
    first, last = (window.watched[run[0]], window.watched[run[1]]) if run else (None, None)
    when = f" {from_to(first, last)}" if first else ""
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=stream,
        arm=arm,
        first_month=first,
        last_month=last,
        message=f"{opening(stream, arm)}: extract and feed hold the same rows and give them to another number of people: the "
        f"two counts differ by {100 * worst:.2f}% of people with activity{when}. Sums of cost are not moved; whatever is "
        "followed by person is.",
        question_for_supplier=f"Do the pseudonyms of {STREAM_NAMES[stream]} rows of the {arm} practices{when} stand for the "
        "same "
        "people as when PEOPLE_WITH_ACTIVITY was counted, and was any row given to another person?",
    )
