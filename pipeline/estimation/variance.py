"""Cluster-robust variances of one partialled-out coefficient: CRV1, CR1S, CR2 and the jackknife CV3.

Belongs here: closed forms. Does not belong here: resampling (`wild`, `permutation`) and the choice between them (`inference`).
Weights are taken as precision weights: the working model of CR2 has variance 1 / weight.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve

from pipeline.errors import UsageError
from pipeline.estimation.inference import Inference, t_row
from pipeline.estimation.partial import Partialled, Vector


@dataclass(frozen=True, slots=True)
class Jackknife:
    """without : (n_clusters,) the estimate with each cluster left out. standard_error : CV3, centred on the full estimate."""

    without: Vector
    standard_error: float


def _need_two(fit: Partialled) -> None:
    if fit.n_clusters < 2:
        raise UsageError("There is one cluster only, so nothing shows how much clusters differ.", "Cluster on a finer column.")


def _sandwich(fit: Partialled, n: int, k: int) -> float:
    _need_two(fit)
    g = fit.n_clusters
    if n <= k:
        raise UsageError(f"{n} rows are too few for {k} coefficients.", "Use a panel with more rows than coefficients.")
    factor = g / (g - 1) * (n - 1) / (n - k)
    meat = float((fit.scores**2).sum())
    return float(np.sqrt(factor * meat)) / fit.bread


def crv1(fit: Partialled, *, collapsed_from: tuple[int, int] | None = None) -> Inference:
    """Liang and Zeger 1986 with G/(G-1) x (n-1)/(n-k), fixed effects nested in clusters not counted in k, t(G-1): the
    convention of R fixest and of pyfixest. collapsed_from : n and k of the panel of which `fit` holds the exact collapse."""
    n, k = collapsed_from or (fit.n, fit.k_nested)
    return t_row(name="crv1", estimate=fit.beta, standard_error=_sandwich(fit, n, k), df=fit.n_clusters - 1)


def cr1s(fit: Partialled) -> Inference:
    """The same with every fixed effect counted in k: Stata's `regress, cluster()` and CR1S of clubSandwich."""
    return t_row(name="cr1s", estimate=fit.beta, standard_error=_sandwich(fit, fit.n, fit.k_all), df=fit.n_clusters - 1)


def cr2(fit: Partialled) -> Inference:
    """Bias-reduced linearisation (Bell and McCaffrey 2002) with Satterthwaite degrees of freedom, fixed effects by
    Pustejovsky and Tipton 2018: adjustment (I - H_gg)^(-1/2), generalised inverse where it is singular."""
    _need_two(fit)
    design = np.column_stack([fit.basis, fit.d_tilde / np.sqrt(fit.bread)])
    u_hat, order = fit.u_hat, np.argsort(fit.cluster, kind="stable")
    edges = np.searchsorted(fit.cluster[order], np.arange(fit.n_clusters + 1))
    scores, lengths = np.empty(fit.n_clusters), np.empty(fit.n_clusters)
    loads = np.empty((fit.n_clusters, design.shape[1]))
    for g in range(fit.n_clusters):
        rows = order[edges[g] : edges[g + 1]]
        x_g, d_g = design[rows], fit.d_tilde[rows]
        left, singular, _ = np.linalg.svd(x_g, full_matrices=False)
        slack = 1 - singular**2
        stretch = np.where(slack > 1e-10, 1 / np.sqrt(np.where(slack > 1e-10, slack, 1)), 0.0)
        adjusted = d_g + left @ ((stretch - 1) * (left.T @ d_g))
        scores[g], lengths[g], loads[g] = adjusted @ u_hat[rows], adjusted @ adjusted, x_g.T @ adjusted
    spread = (loads**2).sum(axis=1)
    squares = (lengths**2).sum() - 2 * (lengths * spread).sum() + ((loads.T @ loads) ** 2).sum()
    df = float((lengths - spread).sum() ** 2 / squares)
    return t_row(name="cr2", estimate=fit.beta, standard_error=float(np.sqrt((scores**2).sum())) / fit.bread, df=df)


def _solve(gram: Vector, sides: Vector) -> Vector:
    """gram^-1 sides for a symmetric gram; the generalised inverse where it is near singular (a period only one cluster has)."""
    try:
        root = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        root = np.zeros_like(gram)
    if np.diag(root).min(initial=1.0) > 1e-3:
        return np.asarray(cho_solve((root, True), sides, check_finite=False))
    return np.asarray(np.linalg.pinv(gram, rcond=1e-11, hermitian=True) @ sides)


def leave_one_out(fit: Partialled) -> Jackknife:
    """The estimate without each cluster in turn, exactly, and CV3 = (G-1)/G x sum of squared differences from the estimate
    (MacKinnon, Nielsen and Webb 2023). Raises UsageError where a cluster carries the identification alone."""
    _need_two(fit)
    g_all, root = fit.n_clusters, np.sqrt(fit.bread)
    design = np.column_stack([fit.d_tilde / root, fit.basis])
    order = np.argsort(fit.cluster, kind="stable")
    edges = np.searchsorted(fit.cluster[order], np.arange(g_all + 1))
    cross = design.T @ fit.y_tilde
    without = np.empty(g_all)
    for g in range(g_all):
        rows = order[edges[g] : edges[g + 1]]
        x_g = design[rows]
        gram, moment = np.eye(design.shape[1]) - x_g.T @ x_g, cross - x_g.T @ fit.y_tilde[rows]
        solved = _solve(gram[1:, 1:], np.column_stack([gram[1:, 0], moment[1:]]))
        left_over = gram[0, 0] - gram[0, 1:] @ solved[:, 0]
        if left_over < 1e-9:
            raise UsageError(
                "Without one of the clusters there is no effect left to estimate, so there is no jackknife.",
                "At least two treated and two untreated clusters are needed.",
            )
        without[g] = (moment[0] - gram[0, 1:] @ solved[:, 1]) / left_over / root
    spread = float(((without - fit.beta) ** 2).sum())
    return Jackknife(without=without, standard_error=float(np.sqrt((g_all - 1) / g_all * spread)))


def cv3(fit: Partialled) -> Inference:
    """The cluster jackknife with t(G-1)."""
    row = leave_one_out(fit)
    return t_row(name="cv3", estimate=fit.beta, standard_error=row.standard_error, df=fit.n_clusters - 1)
