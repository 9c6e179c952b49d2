"""Months grouped by their distance from launch: quarters, half-years or years before and after it.

Belongs here: the bins. Does not belong here: effects in them (`event_study`, `pre_period`).
"""

from collections.abc import Iterable

from pipeline.calendar import month_number


def bins_around(launch_month: str, months: Iterable[str], *, width: int = 3) -> dict[int, list[str]]:
    """Bin number to its months, in order: -1 is the last `width` months before launch, 0 the first from launch on. Bins of
    which a month is missing are left out, so that the mean of a bin is always over `width` months."""
    launch = month_number(launch_month)
    found: dict[int, list[str]] = {}
    for month in sorted(set(months)):
        found.setdefault((month_number(month) - launch) // width, []).append(month)
    return {number: inside for number, inside in sorted(found.items()) if len(inside) == width}
