"""Which providers, and which departments, carry a step that has been found: a place to look, not a further test.

Belongs here: naming them. Does not belong here: finding steps (`reference_steps`), pounds.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.assurance.arithmetic.contrasts import year_periods
from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted, Floats
from pipeline.assurance.arithmetic.steps import Step
from pipeline.assurance.feed.reference_steps import LEVELS
from pipeline.assurance.window import Window

#: carriers show at least half of the largest step; the others together at most a quarter of it
CARRIES, SPARED = 0.5, 0.25

#: a place with less of the stream's rows cannot carry what was found in all of it
LEAST_SHARE = 0.01


def providers_of(step: Step, counts: Counted, window: Window) -> str | None:
    """The providers that carry the step, joined by '+'; None where all of them do or none can be told from the others."""
    kinds = counts.of_stream(step.stream)
    figures = [figure[:, :, :, kinds].sum(axis=3) for figure in _figures(counts)]
    return "+".join(_carriers(step, figures, counts.providers, counts, window)) or None


def departments_of(step: Step, counts: Counted, window: Window) -> tuple[str, ...]:
    """The points of delivery, or types of A&E department, that carry the step; empty where all do."""
    kinds = counts.of_stream(step.stream)
    names = [kind.words for kind in counts.kinds if kind.stream == step.stream]
    return _carriers(step, [figure[:, :, :, kinds].sum(axis=4) for figure in _figures(counts)], names, counts, window)


def _figures(counts: Counted) -> tuple[Floats, Floats, Floats]:
    return counts.rows, counts.cost_pence, counts.unpriced


def _carriers(step: Step, figures: Sequence[Floats], names: Sequence[str], counts: Counted, window: Window) -> tuple[str, ...]:
    """figures : rows, pence and unpriced by population, practice, month and place."""
    population = POPULATIONS.index(step.population)
    level = LEVELS[step.quantity if step.quantity in LEVELS else "rows"]
    periods = year_periods(window, counts.months)
    arms = [_arms(figure[population], counts) for figure in (*figures, counts.person_months)]
    before, after = zip(*((b[0], a[0]) for b, a in (periods.sums(figure, 1) for figure in arms)), strict=True)

    others = _beside(step, counts, window) if step.quantity not in LEVELS else 0.0

    def apart(rows: Sequence[Floats], later: Sequence[Floats]) -> Floats:
        change = level(*later) - level(*rows)
        return (change[0] - change[1] - others) * (1 if step.difference > 0 else -1)

    share = before[0].sum(axis=0) / max(before[0].sum(), 1.0)
    by_place = np.nan_to_num(np.where(share >= LEAST_SHARE, apart(before, after), 0.0))
    if len(names) < 2 or not by_place.max() > 0:
        return ()
    off = by_place >= CARRIES * by_place.max()
    rest = ~off & (share > 0)
    if not rest.any():
        return ()
    together = [[f[:, rest].sum(axis=1, keepdims=True) for f in side[:3]] + [side[3]] for side in (before, after)]
    spared = np.nan_to_num(apart(*together))[0]
    return tuple(name for name, yes in zip(names, off, strict=True) if yes) if spared <= SPARED * by_place.max() else ()


def _beside(step: Step, counts: Counted, window: Window) -> float:
    """The arms' log step of all other streams' rows together: what a step beside them is measured from."""
    population = POPULATIONS.index(step.population)
    rows = counts.rows[population][:, :, ~counts.of_stream(step.stream)].sum(axis=(2, 3))
    time = counts.person_months[population]
    sides = [year_periods(window, counts.months).sums(_arms(figure, counts), 1) for figure in (rows, time)]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = [np.log(sides[0][side][0] / sides[1][side][0]) for side in (0, 1)]
    change = rate[1] - rate[0]
    return float(np.nan_to_num(change[0] - change[1]))


def _arms(figure: Floats, counts: Counted) -> Floats:
    """Sums of the arms (axis 0) of a figure by practice."""
    return np.stack([figure[mask].sum(axis=0) for mask in (counts.treated, counts.control)])
