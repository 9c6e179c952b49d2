"""One treatment coefficient with its fixed effects partialled out, kept in the form that every variance needs.

Belongs here: the Frisch-Waugh-Lovell step (Frisch and Waugh 1933; Lovell 1963). Does not belong here: which standard error is
used (`variance`, `wild`, `permutation`) and where the columns come from (`panel_columns`, `changes`).

A factor nested in the clusters is taken out by weighted demeaning: no cluster's rows then bear on another's, and dropping or
reweighting whole clusters leaves it alone. What remains is held as an orthonormal basis, so that leverage, deletion of a
cluster and bootstrap draws are inner products of a few numbers a cluster. Exact, not an approximation, for any weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr

from pipeline.errors import UsageError

Vector = NDArray[np.float64]
Codes = NDArray[np.intp]

#: most numbers a dense basis may hold (rows x periods): 1.6 GB of memory
LARGEST_BASIS = 200_000_000


@dataclass(frozen=True, slots=True)
class Partialled:
    """y = d * beta + fixed effects + u after both sides were scaled by root weights and cleared of the fixed effects.

    y_tilde, d_tilde : (n,) residualised outcome and treatment
    basis : (n, p) orthonormal columns spanning the fixed effects that are not nested in clusters
    root_weights : (n,) square roots of the weights
    absorbed : (n,) codes of the factor that was demeaned away, or None
    cluster : (n,) codes 0 .. n_clusters-1
    k_nested, k_all : coefficients counted without and with the fixed effects nested in clusters
    """

    y_tilde: Vector
    d_tilde: Vector
    basis: Vector
    root_weights: Vector
    absorbed: Codes | None
    cluster: Codes
    n_clusters: int
    k_nested: int
    k_all: int

    @property
    def n(self) -> int:
        return len(self.y_tilde)

    @property
    def bread(self) -> float:
        """Sum of squares of the residualised treatment: the estimate is (d'y) / bread."""
        return float(self.d_tilde @ self.d_tilde)

    @property
    def beta(self) -> float:
        return float(self.d_tilde @ self.y_tilde) / self.bread

    @property
    def u_hat(self) -> Vector:
        """(n,) residuals, scaled by root weights."""
        return self.y_tilde - self.beta * self.d_tilde

    @property
    def scores(self) -> Vector:
        """(n_clusters,) sums of d_tilde x u_hat."""
        return self.by_cluster(self.d_tilde * self.u_hat)

    def by_cluster(self, values: Vector) -> Vector:
        """(n_clusters,) or (n_clusters, m): sums of the rows of (n,) or (n, m) by cluster."""
        return sums_by(values, codes=self.cluster, size=self.n_clusters)

    def residualise(self, columns: Vector) -> Vector:
        """(n, m) raw columns to the same scale and with the same fixed effects taken out."""
        within = demean(values=columns, codes=self.absorbed, root_weights=self.root_weights)
        return clear(within, self.basis)


def demean(*, values: Vector, codes: Codes | None, root_weights: Vector) -> Vector:
    """Weighted deviations from the mean of each code, times root weights. values (n,) or (n, m); the same shape comes back."""
    if codes is None:
        return (values.T * root_weights).T
    weights, size = root_weights**2, int(codes.max()) + 1
    means = (sums_by((values.T * weights).T, codes=codes, size=size).T / sums_by(weights, codes=codes, size=size)).T
    return ((values - means[codes]).T * root_weights).T


def sums_by(values: Vector, *, codes: Codes, size: int) -> Vector:
    """(size,) or (size, m): sums of the rows of (n,) or (n, m) by code. Every code below size must occur."""
    if values.ndim == 1:
        return np.asarray(np.bincount(codes, weights=values, minlength=size), dtype=float)
    order = np.argsort(codes, kind="stable")
    return np.asarray(np.add.reduceat(values[order], np.searchsorted(codes[order], np.arange(size)), axis=0))


def clear(values: Vector, basis: Vector) -> Vector:
    """Residuals of values on an orthonormal basis; done twice, since once loses digits."""
    for _ in range(2):
        values = values - basis @ (basis.T @ values)
    return values


def is_nested(codes: Codes, cluster: Codes) -> bool:
    """True when every level of the factor lies within one cluster."""
    first = np.full(int(codes.max()) + 1, -1, dtype=np.intp)
    first[codes[::-1]] = cluster[::-1]
    return bool((first[codes] == cluster).all())


def _basis(columns: Vector) -> Vector:
    """Orthonormal basis of the columns' span, redundant columns left out."""
    scale = np.linalg.norm(columns, axis=0)
    columns = columns[:, scale > 1e-12 * max(1.0, float(scale.max(initial=0.0)))]
    if columns.shape[1] == 0:
        return columns
    q, r, _ = qr(columns, mode="economic", pivoting=True)
    size = np.abs(np.diag(r))
    return np.ascontiguousarray(q[:, : int((size > 1e-9 * size[0]).sum())])


def partial_out(*, y: Vector, d: Vector, weights: Vector, factors: Sequence[Codes], cluster: Codes) -> Partialled:
    """Partial the factors (or an intercept where there is none) out of outcome and treatment.

    y, d, weights : (n,) floats, weights above 0. factors : codes (n,) of each fixed effect. cluster : codes (n,).
    Raises UsageError where treatment does not vary once the fixed effects are out, or the periods are too many to hold.
    """
    root = np.sqrt(weights)
    nested = [is_nested(codes, cluster) for codes in factors]
    chosen = nested.index(True) if True in nested else None
    absorbed = None if chosen is None else factors[chosen]
    others = [codes for j, codes in enumerate(factors) if j != chosen]
    sizes = [int(codes.max()) + 1 for codes in factors]
    width = sum(int(codes.max()) + 1 for codes in others) or 1
    if len(y) * width > LARGEST_BASIS:
        raise UsageError(f"{len(y)} rows with {width} fixed effects are too many to hold.", "Aggregate the panel first.")
    if others:
        dummies = np.concatenate([np.eye(int(codes.max()) + 1)[codes] for codes in others], axis=1)
        basis = _basis(demean(values=dummies, codes=absorbed, root_weights=root))
    else:
        basis = np.zeros((len(y), 0)) if absorbed is not None else _basis(root[:, None])
    d_raw = demean(values=d, codes=absorbed, root_weights=root)
    d_tilde = clear(d_raw, basis)
    if float(d_tilde @ d_tilde) <= 1e-12 * max(float((root * d) @ (root * d)), 1e-300):
        raise UsageError(
            "Treatment does not vary once the fixed effects are taken out, so it has no effect that could be estimated.",
            "Give 1 only to treated units from their first treated period on, and some rows that are not treated.",
        )
    k_all = 1 + (sum(sizes) - (len(sizes) - 1) if sizes else 1)
    return Partialled(
        y_tilde=clear(demean(values=y, codes=absorbed, root_weights=root), basis),
        d_tilde=d_tilde,
        basis=basis,
        root_weights=root,
        absorbed=absorbed,
        cluster=cluster,
        n_clusters=int(cluster.max()) + 1,
        k_nested=k_all - sum(size - 1 for size, inside in zip(sizes, nested, strict=True) if inside),
        k_all=k_all,
    )
