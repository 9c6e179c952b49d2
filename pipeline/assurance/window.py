"""Which months a contract year is judged on.

Belongs here: the months before launch that the estimate compares with, the months of the year, and the months in between.
Does not belong here: what is counted in them (the checks).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.calendar import month_number, months
from pipeline.study import Study


@dataclass(frozen=True, slots=True)
class Window:
    """Months of one contract year's comparison.

    before : the baseline months of the estimand.
    after : the twelve months of the contract year.
    watched : every month from the first delivered one to the year's last, so that a fault's first month can be named.
    """

    contract_year: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    watched: tuple[str, ...]

    @property
    def judged(self) -> frozenset[str]:
        """Months that enter the year's comparison: a fault elsewhere is not this year's."""
        return frozenset(self.before) | frozenset(self.after)


def window(study: Study, contract_year: str) -> Window:
    """The months on which `contract_year` is judged."""
    after = study.contract_year_months(contract_year)
    return Window(
        contract_year, tuple(study.baseline_months), tuple(after), tuple(months(study.calendar.baseline[0], after[-1]))
    )


def fault_months(off: Iterable[str], window: Window) -> tuple[str, str] | None:
    """First and last month of the longest unbroken run of `off` months that touches the judged months, or None.

    The run is followed back beyond the year (a fault from launch on has its first month at launch, whichever year is judged),
    and ends with the year at the latest. Of two equally long runs the later one is named.
    """
    numbers = sorted({month_number(month) for month in off if month in frozenset(window.watched)})
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    judged = {month_number(month) for month in window.judged}
    touching = [run for run in runs if judged.intersection(run)]
    if not touching:
        return None
    longest = max(touching, key=lambda run: (len(run), run[-1]))
    from_number = {month_number(month): month for month in window.watched}
    return from_number[longest[0]], from_number[longest[-1]]
