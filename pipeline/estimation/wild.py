"""The restricted wild cluster bootstrap-t, from sums by cluster alone.

Belongs here: the bootstrap of Cameron, Gelbach and Miller 2008 with the null imposed, Rademacher or Webb weights, and the
interval that inverts it. Does not belong here: other variances.

With residuals of the restricted fit u and weights v by cluster, the draw's estimate is sum(v q) / bread with q_g = d_g'u_g, and
its scores are v q - A (C'v) - (estimate x D), where A_g = basis_g'd_g, C_g = basis_g'u_g, D_g = d_g'd_g. q and C are linear in
the null value, so no row of the panel is touched after the sums are made (compare Roodman et al. 2019).
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from pipeline.errors import UsageError
from pipeline.estimation.inference import Inference
from pipeline.estimation.partial import Partialled, Vector

#: up to this many clusters all 2^G sign patterns are listed
LIST_ALL_UP_TO = 12
#: most weights drawn (clusters x draws): what fits in memory and is done in seconds
MOST_WEIGHTS = 25_000_000
_CHUNK = 300_000


def draw_weights(*, n_clusters: int, kind: Literal["rademacher", "webb"], draws: int, seed: int) -> tuple[Vector, int | None]:
    """(n_clusters, draws) weights and the seed, None when every pattern was listed."""
    if kind == "rademacher" and n_clusters <= LIST_ALL_UP_TO:
        patterns = np.arange(2**n_clusters)
        signs = (patterns[None, :] >> np.arange(n_clusters)[:, None]) & 1
        return np.asarray(1.0 - 2.0 * signs, dtype=float), None
    generator = np.random.default_rng(seed)
    if kind == "rademacher":
        return np.asarray(1.0 - 2.0 * generator.integers(0, 2, size=(n_clusters, draws)), dtype=float), seed
    points = np.sqrt(np.array([1.5, 1.0, 0.5]))
    return np.concatenate([-points, points])[generator.integers(0, 6, size=(n_clusters, draws))], seed


def wild_cluster(
    fit: Partialled, *, kind: Literal["rademacher", "webb"], draws: int, seed: int, interval: bool = True
) -> Inference:
    """p-value: the share of draws with |t*| strictly above |t|; where drawn at random, (above + 1) / (draws + 1).

    Interval: null values not rejected at 5%, by bisection; None on a side where the test never rejects. No standard error:
    the draws give none. Fewer draws are made where clusters are many (MOST_WEIGHTS); the row says how many."""
    if fit.n_clusters < 2:
        raise UsageError("There is one cluster only, so there is nothing to resample.", "Cluster on a finer column.")
    draws = min(draws, max(999, MOST_WEIGHTS // fit.n_clusters))
    v, used_seed = draw_weights(n_clusters=fit.n_clusters, kind=kind, draws=draws, seed=seed)
    q_y, q_d = fit.by_cluster(fit.d_tilde * fit.y_tilde), fit.by_cluster(fit.d_tilde**2)
    load_d, load_y = (fit.by_cluster(fit.basis * side[:, None]) for side in (fit.d_tilde, fit.y_tilde))
    bread, beta, scores = fit.bread, fit.beta, fit.scores
    meat = float(np.sqrt((scores**2).sum()))
    if meat <= 1e-12 * float(np.abs(q_y).sum()):
        raise UsageError("The clusters fit exactly, so no draw differs from another.", "Look for copied rows.")

    # at the null value beta + h the draws' scores are P - h R, their squared length a quadratic in h: three sums a draw
    lengths, estimates, step = np.empty((3, v.shape[1])), np.empty((2, v.shape[1])), max(1, _CHUNK // fit.n_clusters)
    for start in range(0, v.shape[1], step):
        part, here = v[:, start : start + step], slice(start, start + step)
        drawn = []
        for k, (q, load) in enumerate(((q_y - beta * q_d, load_y - beta * load_d), (q_d, load_d))):
            estimates[k, here] = q @ part / bread
            drawn.append(part * q[:, None] - load_d @ (load.T @ part) - q_d[:, None] * estimates[k, here])
        lengths[:, here] = [np.einsum("gm,gm->m", one, other) for one, other in ((drawn[0],) * 2, drawn, (drawn[1],) * 2)]

    def p_at(null: float) -> float:
        h = null - beta
        squared = lengths[0] - 2 * h * lengths[1] + h**2 * lengths[2]
        # a length of 0 comes out as rounding, on either side of 0
        length = np.sqrt(np.where(squared > 1e-14 * (lengths[0] + h**2 * lengths[2]), squared, 0))
        with np.errstate(divide="ignore", invalid="ignore"):
            t_star = np.abs(estimates[0] - h * estimates[1]) * bread / length
        t_star = np.nan_to_num(t_star, nan=0.0, posinf=np.inf)
        above = int((t_star > abs(h) * bread / meat * (1 + 1e-10)).sum())
        # listed patterns hold the seen one; random draws do not, and it is counted with them so that no p-value is 0
        return above / v.shape[1] if used_seed is None else (above + 1) / (v.shape[1] + 1)

    low, high = (_edge(p_at, beta, side * meat / bread) for side in (-1, 1)) if interval else (None, None)
    return Inference(
        name=f"wild-{kind}",
        p_value=p_at(0.0),
        ci_low=low,
        ci_high=high,
        draws=v.shape[1],
        seed=used_seed,
    )


def _edge(p_at: Callable[[float], float], beta: float, step: float) -> float | None:
    """The null value on one side of the estimate where the p-value falls below 5%; None when 40 steps do not reach it."""
    inside, outside = 0.0, 2.0
    while p_at(beta + outside * step) > 0.05:
        inside, outside = outside, outside * 1.6
        if outside > 40:
            return None
    for _ in range(24):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if p_at(beta + middle * step) > 0.05 else (inside, middle)
    return beta + outside * step
