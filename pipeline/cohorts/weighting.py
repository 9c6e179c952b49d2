"""Weights that make comparators like the people served: entropy balancing, or the odds of a propensity score.

Belongs here: from a design (cells of covariates with counts) to one weight a comparator, and how far the two overlap.
Does not belong here: outcomes, which nothing here may see; whether the result is alike (`pipeline.cohorts.balance`).

Entropy balancing (Hainmueller 2012, Political Analysis 20(1)): of all weights under which the comparators' means equal those of
the served, the ones nearest to equal weights. The dual is convex and smooth with one unknown a constraint; scipy minimises it.
Covariates are few and discrete, so that cells stand for people exactly. Nothing is drawn, so there is no seed.
"""

import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize

from pipeline.calendar import financial_year, month_name

Floats = NDArray[np.float64]

#: largest miss of a constraint, as a share of the people served
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Weighted:
    """weight : (rows,) of the design, a person's weight: 1 for somebody served, 0 for a comparator that stands for nobody.
    served : (rows,) truth. effective : comparators that equal weights would need for the same precision (Kish). reason : why
    there are no weights, else None."""

    weight: Floats
    served: NDArray[np.bool_]
    effective: float
    reason: str | None


def weigh(design: pd.DataFrame, levels: pd.DataFrame, *, level: int, method: str) -> Weighted:
    """Weights of one quarter's design for the people who had reached at least `level`.

    design, levels : of `risk_sets.RiskSets`, the design of one quarter. In every index month the comparators weigh as much as
    the people served in it.
    """
    served, pool = (design["level"] >= level).to_numpy(), (design["level"] == 0).to_numpy()
    none = Weighted(np.where(served, 1.0, 0.0), served, 0.0, None)
    if not served.any():
        return replace(none, reason="nobody had reached it before the quarter began")
    cells = cells_of(design, levels, level=level)
    usable, lacking = _common(cells)
    if lacking:
        return replace(none, reason=f"no comparator has {lacking}, which people served have")
    cells = cells[usable]
    treated, base = (cells[name].to_numpy(dtype=float) for name in ("treated", "pool"))
    if method == "entropy":
        columns = indicators(cells, [*levels.columns.drop("index_month")])
        _, month = np.unique(cells["index_month"].to_numpy(), return_inverse=True)
        mass = entropy(columns, month, base, treated @ columns, np.bincount(month, weights=treated).astype(float))
    else:
        mass = odds(cells)
    if mass is None:
        return replace(none, reason="no weights make the comparators' means those of the people served")
    each = np.zeros(len(levels))
    each[cells.index] = np.divide(mass, base, out=np.zeros_like(mass), where=base > 0)
    weight = np.where(served, 1.0, np.where(pool, each[design["cell"]], 0.0))
    people, of_pool = design["people"].to_numpy(dtype=float), np.where(pool, weight, 0.0)
    return Weighted(weight, served, float((of_pool @ people) ** 2 / (of_pool**2 @ people)), None)


def cells_of(design: pd.DataFrame, levels: pd.DataFrame, *, level: int) -> pd.DataFrame:
    """`levels` with people served (`treated`) and comparators (`pool`), practices together; cells with nobody left out."""
    size, at = len(levels), design["cell"].to_numpy()
    counts = {
        name: np.bincount(at, weights=design["people"].where(here, 0).to_numpy(dtype=float), minlength=size)
        for name, here in (("treated", design["level"] >= level), ("pool", design["level"] == 0))
    }
    found = levels.assign(**counts)
    return found[(found["treated"] > 0) | (found["pool"] > 0)]


def _common(cells: pd.DataFrame) -> tuple[NDArray[np.bool_], str | None]:
    """Cells of which every level is one that people served have, and in words a level that only they have."""
    keep = np.ones(len(cells), dtype=bool)
    for name in cells.columns.drop(["treated", "pool"]):
        sums = cells.groupby(name)[["treated", "pool"]].sum()
        lacking = sums[(sums["treated"] > 0) & (sums["pool"] == 0)]
        if len(lacking):
            level = lacking.index[0]
            return keep, f"{name} {month_name(int(level)) if name == 'index_month' else level}"
        keep &= cells[name].isin(sums.index[sums["treated"] > 0]).to_numpy()
    return keep, None


def indicators(levels: pd.DataFrame, names: list[str]) -> Floats:
    """(cells, k) columns of 0 and 1: all but the first level of every covariate named."""
    values = {name: levels[name].to_numpy() for name in names}
    columns = [(held == level).astype(float) for held in values.values() for level in np.unique(held)[1:]]
    return np.column_stack(columns) if columns else np.zeros((len(levels), 0))


def entropy(columns: Floats, month: NDArray[np.intp], base: Floats, target: Floats, totals: Floats) -> Floats | None:
    """(cells,) mass whose months sum to `totals` and whose columns to `target`, nearest to base by relative entropy; or None.

    columns : (cells, k). month : (cells,) code of the index month. base : (cells,) people. target : (k,) and totals : (months,)
    sums over the people served. Given the multipliers of the columns those of the months are known, so that what is minimised
    is the convex sum over months of total x log(sum of base exp(columns lambda)), less lambda target: k unknowns.
    """
    people = float(totals.sum())

    def mass(lagrange: Floats) -> Floats:
        raised = base * np.exp(np.clip(columns @ lagrange, -50, 50))
        return np.asarray(raised * (totals / np.bincount(month, weights=raised, minlength=len(totals)))[month])

    def value(lagrange: Floats) -> float:
        raised = base * np.exp(np.clip(columns @ lagrange, -50, 50))
        logs = np.log(np.bincount(month, weights=raised, minlength=len(totals)))
        return float(totals @ logs - lagrange @ target) / people

    def gradient(lagrange: Floats) -> Floats:
        return np.asarray((mass(lagrange) @ columns - target) / people)

    def curvature(lagrange: Floats) -> Floats:
        now = mass(lagrange)
        means = np.column_stack([np.bincount(month, weights=now * column, minlength=len(totals)) for column in columns.T])
        return np.asarray(((columns.T * now) @ columns - (means.T / totals) @ means) / people)

    if columns.shape[1] == 0:
        return mass(np.zeros(0))
    found = minimize(
        value,
        np.zeros(len(target)),
        jac=gradient,
        hess=curvature,
        method="trust-exact",
        options={"gtol": 1e-10, "maxiter": 500},
    )
    missed = float(np.abs(gradient(found.x)).max(initial=0.0))
    return mass(found.x) if missed <= TOLERANCE else None


@dataclass(frozen=True, slots=True)
class Propensity:
    """How likely each cell's people were to be served, by a logit on the covariates and the financial year of the index month.

    score : (cells,). overlap : share of the people served, and of the comparators, whose preference score lies between .3 and
    .7: the score rid of how common being served is (Walker and others 2013, Comparative Effectiveness Research 3).
    """

    score: Floats
    served_in_equipoise: float
    comparators_in_equipoise: float


def propensity(cells: pd.DataFrame) -> Propensity | None:
    """cells : `cells_of`. None where the logit has no finite maximum."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    names = [*cells.columns.drop(["index_month", "treated", "pool"])]
    years = cells.assign(year=[financial_year(month_name(int(month))) for month in cells["index_month"]])
    columns = np.column_stack([np.ones(len(cells)), indicators(years, ["year", *names])])
    treated, pool = (cells[name].to_numpy(dtype=float) for name in ("treated", "pool"))
    try:
        with warnings.catch_warnings():  # a saturated logit fits exactly, and says so
            warnings.simplefilter("ignore")
            fitted = GLM(np.column_stack([treated, pool]), columns, family=Binomial()).fit()
    except (PerfectSeparationError, np.linalg.LinAlgError):
        return None
    score = np.asarray(fitted.predict(columns), dtype=float)
    if not fitted.converged or not np.isfinite(score).all():
        return None
    common = treated.sum() / pool.sum()
    preference = score / (1 - score) / common
    middle = (preference / (1 + preference) >= 0.3) & (preference / (1 + preference) <= 0.7)
    return Propensity(score, float(treated[middle].sum() / treated.sum()), float(pool[middle].sum() / pool.sum()))


def odds(cells: pd.DataFrame) -> Floats | None:
    """(cells,) comparators' mass by the odds of the propensity, each index month scaled to the people served in it."""
    found = propensity(cells)
    if found is None:
        return None
    mass = cells["pool"] * found.score / (1 - found.score)
    sums = pd.DataFrame({"mass": mass, "treated": cells["treated"]}).groupby(cells["index_month"]).transform("sum")
    return np.asarray((mass * sums["treated"] / sums["mass"]).to_numpy(dtype=float))
