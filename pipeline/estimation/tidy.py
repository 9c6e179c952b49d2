"""The estimators on any tidy panel, for replication: what `outcomeb estimate` computes.

Belongs here: one call from a data frame to an estimate with its inferences. Does not belong here: the study's own estimate,
which needs open gates (`did`).
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import UsageError
from pipeline.estimation import group_time, variance
from pipeline.estimation.balanced_panel import before_last_start
from pipeline.estimation.estimands import CONVENTIONS, GROUP_TIME, estimand_of
from pipeline.estimation.inference import Choice, Inference, choose
from pipeline.estimation.panel_columns import PanelColumns, onsets, read_columns
from pipeline.estimation.partial import Partialled, partial_out
from pipeline.estimation.permutation import studentised_permutation
from pipeline.estimation.unit_deltas import collapse, hc3_of_changes
from pipeline.estimation.wild import wild_cluster

METHODS = ("crv1", "cr1s", "cr2", "hc3", "cv3", "wild-rademacher", "wild-webb", "permutation")
CONTROLS = ("never", "notyet")
EXACT = "The clusters are fitted exactly, so nothing shows how sure the estimate is. Look for constant or copied rows."
ONE_AN_ARM = (
    "There is one cluster in an arm, which is fitted exactly, so nothing shows how sure the estimate is. Cluster on what was "
    "sampled or dealt to the arms (a person, a store, a practice)."
)
SCHEMA = "outcomeb/estimate/1"


@dataclass(frozen=True, slots=True)
class PanelEstimate:
    """An effect in units of yname, with the inference that leads and all that were asked for.

    standard_error, p_value, ci_low, ci_high : of `inference`; None with `refused_reason` where none may be believed.
    estimator, estimand : name and sentence of `pipeline.estimation.estimands`; conventions : a sentence an inference.
    n : rows used of rows_read, rows_dropped by reason. att_gt, aggregates : only with gname.
    """

    estimator: str
    estimand: str
    estimate: float
    standard_error: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    inference: str
    refused_reason: str | None
    n: int
    n_clusters: int
    n_treated_clusters: int
    inferences: tuple[Inference, ...]
    conventions: Mapping[str, str]
    notes: tuple[str, ...]
    rows_read: int
    rows_dropped: Mapping[str, int]
    att_gt: tuple[dict[str, Any], ...] | None = None
    aggregates: Mapping[str, dict[str, Any]] | None = field(default=None)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for --json: data_contracts/estimate.schema.json."""
        return {"schema": SCHEMA} | asdict(self)


def estimate_panel(
    frame: pd.DataFrame,
    *,
    yname: str,
    idname: str,
    tname: str | None = None,
    treated: str | None = None,
    cluster: str | None = None,
    weights: str | None = None,
    gname: str | None = None,
    control: str = "never",
    inference: str = "auto",
    seed: int = 20150401,
    draws: int = 9999,
) -> PanelEstimate:
    """Two-way fixed effects of idname and tname; a difference in means without tname; group-time effects with gname.

    treated : 0/1, true/false, yes/no, or the first treated period of the unit (0 or, where no 0 stands, empty for never);
    gname likewise, with no anticipation, on units seen in every period, as R `did` does unless told otherwise. cluster :
    default idname; without tname, each row by itself where ids do not tell units apart. weights : precision weights. Raises
    UsageError with reason and count for what cannot be estimated. Point estimates equal linearmodels' and statsmodels'
    (tests/properties).
    """
    if inference not in ("auto", "all", *METHODS):
        raise UsageError(f"'{inference}' is no inference.", f"Choose auto, all or one of {', '.join(METHODS)}.")
    if control not in CONTROLS:
        raise UsageError(f"'{control}' is no control group.", "Choose never or notyet.")
    if draws < 99:
        raise UsageError(f"{draws} draws are too few.", "Use 99 or more; 9999 is the default.")
    if seed < 0:
        raise UsageError("The seed is negative.", "Use 0 or more.")
    if control == "notyet" and gname is None:
        raise UsageError("--control belongs to group-time effects.", "Give --gname, or leave --control out.")
    columns = read_columns(
        frame, yname=yname, idname=idname, tname=tname, treated=treated, cluster=cluster, weights=weights, gname=gname
    )
    if gname is not None:
        return _staggered(columns, control=control, inference=inference)
    if tname and int(columns.unit.max()) + 1 == len(columns.y):
        raise UsageError(
            f"Every '{idname}' is seen once, so unit effects leave nothing to estimate.",
            "For repeated cross-sections give the group that is treated as --idname.",
        )
    factors = [columns.unit, columns.period] if tname else []
    fit = partial_out(y=columns.y, d=columns.d, weights=columns.weights, factors=factors, cluster=columns.cluster)
    n_treated, n_control = arms(columns)
    choice = choose(n_treated=n_treated, n_control=n_control)
    if fits_exactly(fit, columns):
        why = ONE_AN_ARM if min(n_treated, n_control) == 1 else EXACT
        choice = replace(choice, inference="refused", reason=EXACT, refused_reason=why)
        if inference not in ("auto", "all"):
            raise UsageError(f"The estimate is {fit.beta:.10g}, with no '{inference}'. {why}", "Leave --inference at auto.")
    ways = _inferences(fit, columns, choice=choice, inference=inference, seed=seed, draws=draws)
    rows, notes = ways[0], (*staggered_note(columns), *ways[1])
    head = _headline(rows, choice=choice, inference=inference)
    refused = choice.refused_reason if inference in ("auto", "all") else None
    if choice.refused_reason and refused is None:
        notes = (*notes, f"Asked for by name, against advice. {choice.refused_reason}")
    kind = estimand_of(columns)
    return PanelEstimate(
        estimator=kind.name,
        estimand=kind.says,
        estimate=fit.beta,
        standard_error=head.standard_error,
        ci_low=head.ci_low,
        ci_high=head.ci_high,
        p_value=head.p_value,
        inference=head.name,
        refused_reason=refused,
        n=fit.n,
        n_clusters=fit.n_clusters,
        n_treated_clusters=n_treated,
        inferences=rows,
        conventions={row.name: CONVENTIONS[row.name] for row in rows},
        notes=(*columns.notes, *notes),
        rows_read=columns.rows_read,
        rows_dropped=columns.dropped,
    )


def arms(columns: PanelColumns) -> tuple[int, int]:
    """Clusters with treated rows, and clusters with untreated rows in a period in which somebody is treated: a cluster that
    starts late, or holds both kinds of unit, counts in both."""
    treated_then = np.bincount(columns.period, weights=columns.d) > 0
    beside = (columns.d == 0) & treated_then[columns.period]
    return len(np.unique(columns.cluster[columns.d == 1])), len(np.unique(columns.cluster[beside]))


def fits_exactly(fit: Partialled, columns: PanelColumns) -> bool:
    """True where the clusters' scores are nothing but rounding: a constant outcome, copied rows, one cluster an arm."""
    size = float(np.sqrt(columns.weights @ columns.y**2))
    return fit.n_clusters > 1 and float(np.sqrt((fit.scores**2).sum())) <= 1e-13 * np.sqrt(fit.bread) * size


def staggered_note(columns: PanelColumns) -> tuple[str, ...]:
    """A sentence where units start at different times, for then two-way fixed effects average over more than one contrast."""
    if columns.onset is None:
        return ()
    dates = len(np.unique(columns.onset[columns.onset < len(columns.period_names)]))
    if dates < 2:
        return ()
    return (f"Units are first seen treated in {dates} periods: later ones are also compared with earlier ones; see --gname.",)


def _headline(rows: tuple[Inference, ...], *, choice: Choice, inference: str) -> Inference:
    if inference not in ("auto", "all"):
        return rows[0]
    if choice.refused_reason:
        return Inference(name="refused")
    return next((row for row in rows if row.name == choice.inference), Inference(name="refused"))


def _inferences(
    fit: Partialled, columns: PanelColumns, *, choice: Choice, inference: str, seed: int, draws: int
) -> tuple[tuple[Inference, ...], tuple[str, ...]]:
    """The rows asked for, and a note for each that is not to be had here (an error where it was asked for by name)."""
    if choice.reason == EXACT:
        return (), ()
    onset = onsets(d=columns.d, period=columns.period, group=columns.cluster) if columns.ordered else None

    def permuted() -> Inference:
        if onset is None:
            raise UsageError("Treatment is not one lasting start a cluster: histories cannot be permuted.", "Choose another.")
        # a difference in means has one period: start 0 is treated, start 1 never
        return studentised_permutation(fit, onset=onset, period=columns.period, draws=draws, seed=seed)

    def on_changes() -> Inference:
        if len(columns.period_names) == 1:
            if fit.n_clusters < fit.n:
                raise UsageError("HC3 takes rows as independent, but rows share a cluster.", "Choose another.")
            return hc3_of_changes(change=columns.y, treated=columns.d, weights=columns.weights)
        if onset is None:
            raise UsageError("HC3 on changes needs one lasting start a cluster.", "Choose another.")
        change, arm, weight = collapse(
            y=columns.y, weights=columns.weights, unit=columns.cluster, period=columns.period, onset=onset
        )
        return hc3_of_changes(change=change, treated=arm, weights=weight)

    ways: dict[str, Callable[[], Inference]] = {
        "crv1": lambda: variance.crv1(fit),
        "cr1s": lambda: variance.cr1s(fit),
        "cr2": lambda: variance.cr2(fit),
        "hc3": on_changes,
        "cv3": lambda: variance.cv3(fit),
        "wild-rademacher": lambda: wild_cluster(fit, kind="rademacher", draws=draws, seed=seed),
        "wild-webb": lambda: wild_cluster(fit, kind="webb", draws=draws, seed=seed),
        "permutation": permuted,
    }
    if inference in METHODS:
        return (ways[inference](),), ()
    if inference == "auto":
        if choice.refused_reason:
            return (), ()
        wanted: tuple[str, ...] = ("cv3", f"wild-{choice.wild_weights}", "permutation")
    else:
        wanted = METHODS
    rows, notes = [], []
    for name in wanted:
        try:
            rows.append(ways[name]())
        except UsageError as reason:
            notes.append(f"{name}: {reason.message}")
    return tuple(rows), tuple(notes)


def _staggered(columns: PanelColumns, *, control: str, inference: str) -> PanelEstimate:
    if inference not in ("auto", "all"):
        raise UsageError(f"'{inference}' is not available with --gname.", "Leave --inference at auto (influence functions).")
    columns = before_last_start(columns) if control == "notyet" else columns
    effects = group_time.group_time_effects(columns, control=control)
    simple = effects.aggregates["simple"]
    known = ("standard_error", "p_value", "ci_low", "ci_high")
    exact = simple["standard_error"] <= 1e-13 * float(np.abs(columns.y).max())
    row = Inference("influence-function", **({} if exact else {key: simple[key] for key in known}))
    few = choose(n_treated=effects.n_treated_clusters, n_control=effects.n_control_clusters).refused_reason
    refused = EXACT if exact else few
    head = Inference("refused") if refused else row
    return PanelEstimate(
        estimator=GROUP_TIME.name,
        estimand=GROUP_TIME.says,
        estimate=simple["estimate"],
        standard_error=head.standard_error,
        ci_low=head.ci_low,
        ci_high=head.ci_high,
        p_value=head.p_value,
        inference=head.name,
        refused_reason=refused,
        n=effects.n_rows,
        n_clusters=effects.n_clusters,
        n_treated_clusters=effects.n_treated_clusters,
        inferences=(row,),
        conventions={row.name: CONVENTIONS[row.name]},
        notes=(*columns.notes, *effects.notes),
        rows_read=columns.rows_read,
        rows_dropped={**columns.dropped, **effects.rows_dropped},
        att_gt=effects.att_gt,
        aggregates=effects.aggregates,
    )
