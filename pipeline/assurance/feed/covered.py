"""How many people the feed covers on either side of a recorded break: an opt-out takes people away, and their rows with them.

Belongs here: the step of person-months from one month to the next at a recorded break, and A&E rows at as many people as
before. Does not belong here: rows lost of people who are still covered (`trust_return`, `routes`), breaks of rows and cost
(`known_breaks`).

The trusts return what everybody used, so rows that go because people opted out look lost against it. They go with those
people's person-months, and within a month nothing else moves a list by per cents; growth over years is in the return too and
is left. Only people who are not eligible are read, in months in which the protocol records a break.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.calendar import previous_month
from pipeline.prose import month as month_in_words
from pipeline.prose import number
from pipeline.study import KnownBreak

CHECK = "known_breaks"

#: a list turns over by less than this in a month, both ways together; a smaller step is no break of who is covered
WORTH_A_WORD = 0.01


def steps(population: pd.DataFrame, breaks: Sequence[KnownBreak]) -> dict[str, float]:
    """Month of a recorded break to the part of the feed's people that it left (1.0 all), where it took or added some.

    population : practice, month, population, person_months of the compared practices.
    """
    time = population[population["population"] == "not_eligible"].groupby("month")["person_months"].sum()
    found: dict[str, float] = {}
    for month in sorted({one.month for one in breaks}):
        before, after = (float(time.get(m, 0)) for m in (previous_month(month), month))
        if before and after and abs(after / before - 1) > WORTH_A_WORD:
            found[month] = after / before
    return found


def at_as_many_people(returns: pd.DataFrame | None, left: dict[str, float]) -> pd.DataFrame | None:
    """`trust_return.returned` with the feed's rows at as many people as before each of the breaks `left` names."""
    if returns is None or not left:
        return returns
    share = np.ones(len(returns))
    for month, part in left.items():
        share = np.where(returns["month"].to_numpy() >= month, share * part, share)
    return returns.assign(rows=np.round(returns["rows"].to_numpy() / share).astype(np.int64))


def check(left: dict[str, float], breaks: Sequence[KnownBreak], *, window: Window) -> list[Finding]:
    """One finding a recorded break that took or added people in the months that are looked at."""
    what = {one.month: one.what for one in breaks}
    return [
        Finding(
            check=CHECK,
            verdict="inform",
            first_month=month,
            last_month=month,
            message=f"At the recorded break of {month_in_words(month)} ({what[month]}) the feed counts "
            f"{number(100 * abs(part - 1), 1)}% {'fewer' if part < 1 else 'more'} people from one month to the next, among "
            "those who are not eligible. A&E rows are held against the trusts' return at as many people as before; people not "
            "observed are weighted back in the estimate.",
        )
        for month, part in left.items()
        if month in window.watched
    ]
