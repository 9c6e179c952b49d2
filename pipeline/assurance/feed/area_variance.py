"""How far whole areas move by themselves: the noise that the practices of one arm share.

Belongs here: variance between areas of the wider pool, before launch. Does not belong here: the compared practices.
"""

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.counted import Floats
from pipeline.assurance.window import Window
from pipeline.vocabulary import STREAMS

#: fewer areas, or fewer practices in one, say nothing of areas
LEAST_AREAS, LEAST_PRACTICES = 4, 2


def area_variances(wider: pd.DataFrame | None, window: Window) -> tuple[Floats, Floats]:
    """Variance of the difference of two areas' steps of the last baseline year, beyond what their practices explain.

    wider : area, practice, month, stream, rows, person_months before launch, or None. Returns that of log rows a person-month,
    shape (streams,), and that of one stream's beside another's, shape (streams, streams); 0 where it is not known.
    """
    count = len(STREAMS)
    rows, pairs = np.zeros(count), np.zeros((count, count))
    if wider is None or len(window.before) < 24 or wider.empty:
        return rows, pairs
    change, area = _changes(wider, window)
    for one in range(count):
        rows[one] = 2 * _between(change[:, one], area)
        for other in range(one):
            pairs[one, other] = pairs[other, one] = 2 * _between(change[:, one] - change[:, other], area)
    return rows, pairs


def _changes(wider: pd.DataFrame, window: Window) -> "tuple[Floats, np.ndarray]":
    """Log change of rows a person-month by practice and stream from the earlier baseline years to the last, and its area."""
    month = wider["month"].astype("category").cat
    late, early = frozenset(window.before[-12:]), frozenset(window.before[:-12])
    period = np.array([1 if m in late else 0 if m in early else -1 for m in month.categories] + [-1])[month.codes.to_numpy()]
    stream = wider["stream"].astype("category").cat
    known = {name: at for at, name in enumerate(STREAMS)}
    which = np.array([known.get(str(name), -1) for name in stream.categories] + [-1])[stream.codes.to_numpy()]
    practice = wider["practice"].astype("category").cat
    area = wider["area"].astype("category").cat
    shape = (len(practice.categories), 2, len(STREAMS))
    inside = (period >= 0) & (which >= 0)
    flat = np.ravel_multi_index((practice.codes.to_numpy()[inside], period[inside], which[inside]), shape)
    rows, time = (
        np.bincount(flat, wider[name].to_numpy(dtype=float)[inside], int(np.prod(shape))).reshape(shape)
        for name in ("rows", "person_months")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(time > 0, np.log((rows + 0.5) / time), np.nan)
    home = np.zeros(shape[0], dtype=np.int64)
    home[practice.codes.to_numpy()] = area.codes.to_numpy()
    return rate[:, 1] - rate[:, 0], home


def _between(change: Floats, area: "np.ndarray") -> float:
    known = ~np.isnan(change)
    names, place = np.unique(area[known], return_inverse=True)
    count = np.bincount(place, minlength=len(names)).astype(float)
    mean = np.bincount(place, change[known], len(names)) / count
    spread = np.bincount(place, (change[known] - mean[place]) ** 2, len(names))
    enough = count >= LEAST_PRACTICES
    if enough.sum() < LEAST_AREAS:
        return 0.0
    within = float((spread[enough] / (count[enough] - 1) / count[enough]).mean())
    return max(0.0, float(mean[enough].var(ddof=1)) - within)
