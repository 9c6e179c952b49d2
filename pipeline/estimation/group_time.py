"""Group-time effects of staggered starts without covariates (Callaway and Sant'Anna 2021), by differences of means.

Belongs here: ATT(g,t) with its influence function, against never-treated or not-yet-treated units; base period the one before
(varying before the start, the last untreated one after it), as in R `did`. Does not belong here: averages over them
(`group_time_averages`), covariates, anticipation. Standard errors are asymptotic: pointwise, normal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.errors import UsageError
from pipeline.estimation.balanced_panel import BalancedPanel, balance, label, normal_row
from pipeline.estimation.group_time_averages import averages
from pipeline.estimation.panel_columns import PanelColumns
from pipeline.estimation.partial import Vector

#: R `did` warns at about this size: with fewer units the group's own variance is a guess
SMALL_GROUP = 5


@dataclass(frozen=True, slots=True)
class GroupTimeEffects:
    """att_gt : a row a group and time. aggregates : simple, dynamic, calendar, group; all but simple with their parts. A
    cluster that holds treated units and controls counts as both."""

    att_gt: tuple[dict[str, Any], ...]
    aggregates: Mapping[str, dict[str, Any]]
    n_rows: int
    n_clusters: int
    n_treated_clusters: int
    n_control_clusters: int
    notes: tuple[str, ...]
    rows_dropped: Mapping[str, int]


def attributable(panel: BalancedPanel, *, group: int, time: int, base: int, controls: np.ndarray) -> tuple[float, Vector]:
    """ATT(g,t) and its (units,) influence function: change since base of the group, less that of the controls."""
    change = panel.y[:, time] - panel.y[:, base]
    parts, influence = [], np.zeros(len(change))
    for sign, members in ((1.0, panel.onset == group), (-1.0, controls)):
        weight = panel.weights * members
        mean = float(weight @ change) / float(weight.sum())
        parts.append(sign * mean)
        influence += sign * weight / weight.mean() * (change - mean)
    return sum(parts), influence


def group_time_effects(columns: PanelColumns, *, control: str) -> GroupTimeEffects:
    """Every ATT(g,t) that has controls, and its averages. Raises UsageError where control units are missing altogether."""
    panel = balance(columns)
    periods = len(panel.names)
    if control == "never" and not (panel.onset == periods).any():
        raise UsageError("There are no never-treated units.", "Use --control notyet.")
    found: list[tuple[int, int, float, Vector]] = []
    rows, without = [], 0
    for group in sorted({int(g) for g in panel.onset if g < periods}):
        for time in range(1, periods):
            base = group - 1 if time >= group else time - 1
            later = (panel.onset > max(time, base)) & (panel.onset != group)
            controls = panel.onset == periods if control == "never" else later
            if not controls.any():
                without += 1
                continue
            effect, influence = attributable(panel, group=group, time=time, base=base, controls=controls)
            found.append((group, time, effect, influence))
            names = {"group": label(panel.names[group]), "time": label(panel.names[time])}
            rows.append(names | normal_row(effect, influence, panel.cluster))
    # never treated, or untreated still when the first group starts
    latest = periods - 1 if control == "never" else int(panel.onset.min())
    notes = list(panel.notes)
    if without:
        notes.append(f"{without} group-times left out: nobody is untreated then.")
    small = [g for g in {int(g) for g in panel.onset if g < periods} if (panel.onset == g).sum() < SMALL_GROUP]
    if small:
        notes.append(f"{len(small)} groups have fewer than {SMALL_GROUP} units: their standard errors are too small.")
    return GroupTimeEffects(
        att_gt=tuple(rows),
        aggregates=averages(panel, found),
        n_rows=panel.y.size,
        n_clusters=int(panel.cluster.max()) + 1,
        n_treated_clusters=len(np.unique(panel.cluster[panel.onset < periods])),
        n_control_clusters=len(np.unique(panel.cluster[panel.onset > latest])),
        notes=tuple(notes),
        rows_dropped=panel.rows_dropped,
    )
