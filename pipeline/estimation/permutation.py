"""Randomisation inference: treatment histories dealt anew among clusters, the t-statistic compared, not the coefficient.

Belongs here: the studentised permutation test. Does not belong here: intervals; exactness needs random assignment, which a
city side is not, so this is a check on the other inferences (method.md section 3).
"""

from itertools import combinations
from math import comb

import numpy as np

from pipeline.errors import UsageError
from pipeline.estimation.inference import Inference
from pipeline.estimation.partial import Codes, Partialled, Vector

_CHUNK = 8_000_000
#: most numbers that may be computed (rows x draws); fewer draws are made beyond it, and the row says how many
_LARGEST = 100_000_000


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


def t_statistics(fit: Partialled, treatments: Vector) -> Vector:
    """(m,) cluster-robust t of each column of (n, m) treatments, small-sample factors left out; nan where not identified."""
    d_tilde = fit.residualise(treatments)
    bread = (d_tilde**2).sum(axis=0)
    ok = bread > 1e-9 * fit.bread
    estimate = np.where(ok, (d_tilde.T @ fit.y_tilde) / np.where(ok, bread, 1), np.nan)
    scores = fit.by_cluster(d_tilde * (fit.y_tilde[:, None] - d_tilde * estimate))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(estimate * bread / np.sqrt((scores**2).sum(axis=0)))


def studentised_permutation(fit: Partialled, *, onset: Codes, period: Codes, draws: int, seed: int) -> Inference:
    """p-value: the share of assignments whose |t| is at least the seen one, the seen one counted among them.

    onset : (n_clusters,) position of the first treated period, beyond the last for never. period : (n,) positions. Histories
    are whole: a cluster is treated from its onset on. Permuting rows would break the serial correlation.
    """
    if len(np.unique(onset)) < 2:
        raise UsageError("Every cluster has the same treatment history: nothing to permute.", "Cluster on a finer column.")
    draws = min(draws, max(999, _LARGEST // fit.n))
    dealt, used_seed = deal_onsets(onset=onset, draws=draws, seed=seed)
    seen = abs(float(t_statistics(fit, (period >= onset[fit.cluster])[:, None].astype(float))[0]))
    if not np.isfinite(seen):
        raise UsageError("The t-statistic cannot be formed (one cluster fits exactly).", "Use more treated clusters.")
    above, step = 0, max(1, _CHUNK // fit.n)
    for start in range(0, dealt.shape[1], step):
        treatments = (period[:, None] >= dealt[fit.cluster, start : start + step]).astype(float)
        drawn = np.abs(t_statistics(fit, treatments))
        above += int((drawn >= seen * (1 - 1e-10)).sum())
    total = dealt.shape[1]
    p_value = above / total if used_seed is None else (above + 1) / (total + 1)
    return Inference(name="permutation", p_value=p_value, draws=total, seed=used_seed)
