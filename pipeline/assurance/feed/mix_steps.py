"""Steps of prices at one mix of contacts, and of the mix at one list of prices.

Belongs here: both indices by practice, in all of a stream and within a provider. Does not belong here: verdicts, words (`mix`).
"""

from collections.abc import Sequence

import numpy as np

from pipeline.assurance.arithmetic.contrasts import Contrasts, contrasts, year_periods
from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted, Floats
from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.arithmetic.steps import Step, mover
from pipeline.assurance.window import Window
from pipeline.vocabulary import STREAMS

#: which index is asked of whom: the programme moves the eligible people's mix of contacts, and nobody's price of one kind
INDICES = {"eligible": ("price",), "not_eligible": ("price", "kinds")}


def mix_steps(counts: Counted, window: Window) -> tuple[list[Step], list[Step]]:
    """Steps of whole streams, and of streams within a provider, of both populations (quantity: a name of INDICES)."""
    periods = year_periods(window, counts.months)
    whole: list[Step] = []
    within: list[Step] = []
    for at, population in enumerate(POPULATIONS):
        sums = [periods.sums(f[at], 1) for f in (counts.cost_pence, counts.rows - counts.unpriced, counts.rows)]
        for stream in STREAMS:
            of = counts.of_stream(stream)
            if not of.any():
                continue
            places = [tuple(side[:, :, of] for side in figure) for figure in sums]
            added = [tuple(side.sum(axis=3, keepdims=True) for side in figure) for figure in places]
            pence, priced = (figure[0][0].sum(axis=(0, 2)) for figure in places[:2])  # baseline of both arms, by kind
            spent = places[0][0][0].sum(axis=1)
            for index in INDICES[population]:
                for figures, found, names, parts in (
                    (added, whole, (None,), ({},)),
                    (places, within, counts.providers, _parts(spent, counts)),
                ):
                    change = (
                        price_change(figures[0], figures[1], priced)
                        if index == "price"
                        else kinds_change(figures[2], pence, priced)
                    )
                    found += _steps(change, counts, stream, index, population, names, parts)
    return whole, within


def price_change(pence: tuple[Floats, ...], priced: tuple[Floats, ...], weights: Floats) -> Floats:
    """Log change of the cost of a fixed basket of kinds; shape (comparisons, practices, places), nan where none is priced.

    pence, priced : before and after, each (comparisons, practices, kinds, places). weights : the basket, by kind. Kinds priced
    on one side only leave the basket.
    """
    both = np.logical_and.reduce([side > 0 for side in (*pence, *priced)])
    basket = weights[None, None, :, None] * both
    with np.errstate(divide="ignore", invalid="ignore"):
        then, now = (np.where(both, basket * p / n, 0.0).sum(axis=2) for p, n in zip(pence, priced, strict=True))
        return np.where(then > 0, np.log(now / then), np.nan)


def kinds_change(rows: tuple[Floats, ...], pence: Floats, priced: Floats) -> Floats:
    """Log change of what a row costs at fixed prices of each kind (both arms' baseline), so by the mix of kinds alone."""
    if len(pence) < 2:  # of one kind there is no mix
        return np.full((*rows[0].shape[:2], rows[0].shape[3]), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.where(priced > 0, pence / priced, 0.0)
        cost = [np.tensordot(side, price, axes=([2], [0])) / side.sum(axis=2) for side in rows]
        return np.where((cost[0] > 0) & (cost[1] > 0), np.log(cost[1] / cost[0]), np.nan)


def _parts(spent: Floats, counts: Counted) -> list[dict[str, float]]:
    """By provider: each arm's share of the stream's baseline cost there. spent : practices by providers."""
    sums = {arm: spent[mask].sum(axis=0) for arm, mask in zip(COMPARED, (counts.treated, counts.control), strict=True)}
    return [
        {arm: float(sums[arm][j] / sums[arm].sum()) if sums[arm].sum() else 0.0 for arm in COMPARED}
        for j in range(len(counts.providers))
    ]


def _steps(
    change: Floats,
    counts: Counted,
    stream: str,
    index: str,
    population: str,
    providers: Sequence[str | None],
    parts: Sequence[dict[str, float]],
) -> list[Step]:
    tested = contrasts(change, counts.treated, counts.control)
    return [
        _step(tested, k, stream, index, population, provider, parts[k])
        for k, provider in enumerate(providers)
        if not np.isnan(tested.difference[k])
    ]


def _step(
    tested: Contrasts, k: int, stream: str, index: str, population: str, provider: str | None, part: dict[str, float]
) -> Step:
    difference = float(tested.difference[k])
    return Step(
        stream=stream,
        quantity=index,
        relative=True,
        difference=difference,
        standard_error=float(tested.standard_error[k]),
        df=float(tested.df[k]),
        practices={arm: int(n) for arm, n in zip(COMPARED, tested.practices[:, k], strict=True)},
        arm=mover(difference, *(float(own) for own in tested.moved[:, k]), relative=True),
        provider=provider,
        population=population,
        part=part,
    )
