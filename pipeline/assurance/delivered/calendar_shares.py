"""Dates as a calendar would have them: shares alike in every real delivery, so that no step is needed to doubt them.

Belongs here: the share of rows dated on the first of a month and after its twelfth, by stream, arm and period. Does not belong
here: steps of these shares (`profile`), counting them (`profiles`).

A month has 30.4 days: 3.3% of its days are the first and 60.6% come after the twelfth. Weekends and holidays move either by a
point or two, never by the limits below. A fault in all years, or in both arms, shows here and in no comparison.
"""

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.counted import places_of, sums_of
from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import span
from pipeline.vocabulary import STREAMS

CHECK = "profile"

#: quantity of `profiles`: lowest and highest share of a real calendar, and what to ask beyond them
LIMITS = {
    "first_of_month": (0.0, 0.10, "Were dates set to the first of their month?"),
    "past_12th": (0.45, 0.75, "Were day and month exchanged, or late days lost?"),
}
#: fewer rows of a period make such a share by chance
LEAST_ROWS = 300


def check(profile: pd.DataFrame, *, arm_of: dict[str, str], window: Window) -> list[Finding]:
    """An informing finding a stream, arm and share beyond its limits; none when all dates look like dates.

    profile : `profiles.extract_profile`. No share is told: it is enough that it is none of a calendar's.
    """
    if profile.empty:
        return []
    names = tuple(LIMITS)
    arms = pd.Series(profile["practice"].map(arm_of).astype("str"))
    shape = (len(COMPARED), len(window.watched), len(STREAMS), len(names))
    at = (
        places_of(arms, COMPARED),
        places_of(profile["month"], window.watched),
        places_of(profile["stream"], STREAMS),
        places_of(profile["quantity"], names),
    )
    part, whole = (sums_of(shape, at, profile[name]) for name in ("part", "whole"))
    periods = [np.isin(window.watched, months) for months in (window.before, window.after)]
    found = []
    for s, stream in enumerate(STREAMS):
        for a, arm in enumerate(COMPARED):
            for q, (quantity, (low, high, ask)) in enumerate(LIMITS.items()):
                off = []
                for inside in periods:
                    rows, dated = whole[a, inside, s, q].sum(), part[a, inside, s, q].sum()
                    off.append(bool(rows >= LEAST_ROWS and not low <= dated / rows <= high))
                if any(off):
                    found.append(_finding(stream, arm, quantity, ask, off, window))
    return found


def _finding(stream: str, arm: str, quantity: str, ask: str, off: list[bool], window: Window) -> Finding:
    first = window.before[0] if off[0] else window.after[0]
    last = window.after[-1] if off[1] else window.before[-1]
    what = "on the first of a month" if quantity == "first_of_month" else "after the twelfth of a month"
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=stream,
        arm=arm,
        first_month=first,
        last_month=last,
        message=f"{opening(stream, arm)}: the share of rows dated {what} is none that a calendar makes, {span(first, last)}; "
        "months may still be right, so this implies no pounds by itself.",
        question_for_supplier=f"Dates of {opening(stream, arm)} do not fall like days of a month ({span(first, last)}). {ask}",
    )
