"""What a stream's step comes to, all told: the whole cost of people whom no programme served, carried over to the eligible.

Belongs here: one range of pounds a stream. Does not belong here: whether a step is more than chance, and where it lies
(`reference`, `places`, `mix`).

Each of those checks sees one quantity: rows, prices, or the mix of kinds. A fault moves several at once (day cases that are
not sent are fewer rows and a dearer mix; day cases sent as ordinary stays move the mix one way and prices the other), and read
by one of them its pounds are wrong. The cost a person-month holds them all, beside the rows of the same practices' other
streams, so that what moves a practice's or an area's whole use cancels.
"""

from collections.abc import Mapping

import numpy as np

from pipeline.assurance.arithmetic.contrasts import contrasts, year_periods
from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted, Floats
from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.arithmetic.steps import Tested, quantile
from pipeline.assurance.window import Window
from pipeline.vocabulary import STREAMS, FindingVerdict

#: two-sided level of the range
LEVEL = 0.05


def carried_over(counts: Counted, *, window: Window, value: Valuation) -> dict[str, Range]:
    """Stream -> GBP of the arms' step in its cost a person-month, baseline to contract year.

    The practice is the unit, with the noise of placebo years (`contrasts`); the level at which the eligible cost is valued may
    lie off by its drift (`Valuation`), which widens the range. Streams without cost or without another beside them are left
    out.
    """
    theirs = POPULATIONS.index("not_eligible")
    periods = year_periods(window, counts.months)
    time = periods.sums(counts.person_months[theirs], 1)
    pence, rows = ({s: _of_stream(figure[theirs], s, counts) for s in STREAMS} for figure in (counts.cost_pence, counts.rows))
    compared = counts.treated | counts.control
    found: dict[str, Range] = {}
    for stream in STREAMS:
        others = [_change(periods.sums(rows[other], 1), time) for other in STREAMS if other != stream and rows[other].any()]
        before, after = (_rate(side, over) for side, over in zip(periods.sums(pence[stream], 1), time, strict=True))
        spent, over = (float(figure[0][compared].sum()) for figure in (periods.sums(pence[stream], 1)[0], time[0]))
        if not others or not spent or not over:
            continue
        share = (after - before) / (spent / over) - np.mean(others, axis=0)
        worth = _range(stream, share, counts, value)
        if worth is not None:
            found[stream] = worth
    return found


def told(tested: Tested, carried: Mapping[str, Range], value: Valuation) -> tuple[FindingVerdict, Range]:
    """Verdict and pounds of a step that fails by its own quantity: it informs where all told it comes to nothing material."""
    worth = carried.get(tested.step.stream, tested.worth)
    return ("inform" if worth.worst < value.materiality_gbp else "fail"), worth


def _of_stream(figure: Floats, stream: str, counts: Counted) -> Floats:
    """Shape (practices, months) of (practices, months, kinds, providers)."""
    return np.asarray(figure[:, :, counts.of_stream(stream)].sum(axis=(2, 3)))


def _rate(figure: Floats, person_months: Floats) -> Floats:
    """Shape (comparisons, practices); nan where nobody was registered."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(person_months > 0, figure / person_months, np.nan)


def _change(rows: tuple[Floats, Floats], person_months: tuple[Floats, Floats]) -> Floats:
    before, after = (_rate(side, over) for side, over in zip(rows, person_months, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before > 0, after / before - 1, np.nan)


def _range(stream: str, share: Floats, counts: Counted, value: Valuation) -> Range | None:
    """share : (comparisons, practices), of the level; what the control lost understates the saving, and so does what the
    intervention gained."""
    tested = contrasts(share[:, :, None], counts.treated, counts.control)
    difference, error = float(tested.difference[0]), float(tested.standard_error[0])
    if not np.isfinite(difference) or not np.isfinite(error):
        return None
    arm = COMPARED[int(np.argmax(np.abs(tested.moved[:, 0])))]
    worth = value.cost.get((stream, arm), 0.0) * value.heads["intervention"]
    point, half = -difference * worth, quantile(LEVEL / 2, float(tested.df[0])) * error * worth
    half += abs(point) * value.drift.get(stream, 0.0)
    return Range(point, point - half, point + half)
