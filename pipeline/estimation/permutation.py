"""Randomisation inference: treatment histories dealt anew among clusters, the t-statistic compared, not the coefficient.

Belongs here: the studentised permutation test, from sums by cluster and onset: an assignment chooses one onset a cluster, so
its estimate and scores are sums of numbers made once. Does not belong here: intervals; exactness needs random assignment,
which a city side is not, so this is a check on the other inferences (method.md section 3).
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from pipeline.errors import UsageError
from pipeline.estimation.inference import Inference
from pipeline.estimation.partial import Codes, Partialled, Vector, demean

_CHUNK = 300_000
#: most multiplications (clusters x draws x what a cluster needs): seconds; fewer draws are made beyond it, and the row says so
LARGEST = 5_000_000_000
#: most assignments held at once (clusters x draws)
MOST_DEALT = 25_000_000


def deal_onsets(*, onset: Codes, draws: int, seed: int) -> tuple[Codes, int | None]:
    """(n_clusters, draws) onsets, permuted: every assignment where there are two onsets and no more assignments than draws."""
    levels, counts = np.unique(onset, return_counts=True)
    if len(levels) == 2 and comb(len(onset), int(counts[0])) <= draws:
        chosen = np.array(list(combinations(range(len(onset)), int(counts[0]))), dtype=np.intp)
        dealt = np.full((len(onset), len(chosen)), levels[1], dtype=np.intp)
        dealt[chosen.T, np.arange(len(chosen))] = levels[0]
        return dealt, None
    generator = np.random.default_rng(seed)
    return generator.permuted(np.repeat(onset[:, None], draws, axis=1), axis=0), seed


@dataclass(frozen=True, slots=True)
class History:
    """What a cluster (C of them) brings with each of L onsets; treatments are those onsets' columns with nested effects out.

    with_y, length : (C, L) its inner product with the outcome and with itself. across : (L, C, r) its inner products with the r
    directions of the remaining fixed effects that any assignment can reach; of those directions with the outcome y_across :
    (C, r), and with one another gram : (C, r, r). No row of the panel is needed after this.
    """

    with_y: Vector
    length: Vector
    across: Vector
    y_across: Vector
    gram: Vector


def histories(fit: Partialled, *, levels: Codes, period: Codes) -> History:
    """Sums by cluster for every onset in levels. period : (n,) positions."""
    columns = (period[:, None] >= levels).astype(float)
    columns = demean(values=columns, codes=fit.absorbed, root_weights=fit.root_weights)
    loads = np.stack([fit.by_cluster(fit.basis * column[:, None]) for column in columns.T])
    _, size, axes = np.linalg.svd(loads.reshape(-1, fit.basis.shape[1]), full_matrices=False)
    reached = axes[size > 1e-12 * size.max(initial=1e-300)].T
    basis = fit.basis @ reached
    order = np.argsort(fit.cluster, kind="stable")
    edges = np.searchsorted(fit.cluster[order], np.arange(1, fit.n_clusters))
    inside = [basis[rows] for rows in np.split(order, edges)]
    return History(
        with_y=fit.by_cluster(columns * fit.y_tilde[:, None]),
        length=fit.by_cluster(columns**2),
        across=loads @ reached,
        y_across=fit.by_cluster(basis * fit.y_tilde[:, None]),
        gram=np.stack([rows.T @ rows for rows in inside]),
    )


def t_statistics(history: History, dealt: Codes, *, least_bread: float) -> Vector:
    """(m,) cluster-robust t of each assignment, small-sample factors left out; nan where the effect is not identified.

    dealt : (C, m) which onset each cluster gets. least_bread : sum of squares of residualised treatment, to be identified."""
    shape = dealt.shape
    with_y, length, sums = np.zeros(shape), np.zeros(shape), np.zeros((history.gram.shape[1], shape[1]))
    here = [dealt == level for level in range(history.across.shape[0])]
    for level, chosen in enumerate(here):
        with_y += chosen * history.with_y[:, [level]]
        length += chosen * history.length[:, [level]]
        sums += history.across[level].T @ chosen
    bread = length.sum(axis=0) - (sums**2).sum(axis=0)
    ok = bread > least_bread
    estimate = np.where(ok, with_y.sum(axis=0) / np.where(ok, bread, 1), np.nan)
    cleared = length
    for level, chosen in enumerate(here):
        cleared -= 2 * chosen * (history.across[level] @ sums)
    for k, row in enumerate(sums):
        cleared += (history.gram[:, k, :] @ sums) * row
    scores = with_y - history.y_across @ sums - cleared * estimate
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(estimate * bread / np.sqrt((scores**2).sum(axis=0)))


def studentised_permutation(fit: Partialled, *, onset: Codes, period: Codes, draws: int, seed: int) -> Inference:
    """p-value: the share of assignments whose |t| is at least the seen one, the seen one counted among them.

    onset : (n_clusters,) position of the first treated period, beyond the last for never. period : (n,) positions. Histories
    are whole: a cluster is treated from its onset on. Permuting rows would break the serial correlation.
    """
    if len(np.unique(onset)) < 2:
        raise UsageError("Every cluster has the same treatment history: nothing to permute.", "Cluster on a finer column.")
    levels, own = np.unique(onset, return_inverse=True)
    history = histories(fit, levels=levels, period=period)
    work = fit.n_clusters * (history.gram.shape[1] * (2 * len(levels) + history.gram.shape[1]) + 10)
    draws = min(draws, max(999, min(LARGEST // work, MOST_DEALT // fit.n_clusters)))
    dealt, used_seed = deal_onsets(onset=own.astype(np.intp), draws=draws, seed=seed)
    least = 1e-9 * fit.bread
    seen = abs(float(t_statistics(history, own[:, None], least_bread=least)[0]))
    if not np.isfinite(seen):
        raise UsageError("The t-statistic cannot be formed (one cluster fits exactly).", "Use more treated clusters.")
    above, step = 0, max(1, _CHUNK // fit.n_clusters)
    for start in range(0, dealt.shape[1], step):
        drawn = np.abs(t_statistics(history, dealt[:, start : start + step], least_bread=least))
        above += int((drawn >= seen * (1 - 1e-10)).sum())
    total = dealt.shape[1]
    p_value = above / total if used_seed is None else (above + 1) / (total + 1)
    return Inference(name="permutation", p_value=p_value, draws=total, seed=used_seed)
