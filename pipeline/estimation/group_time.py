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
from pipeline.estimation.balanced_panel import balance, label, normal_row
from pipeline.estimation.cross_sections import cross_sections
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


def group_time_effects(columns: PanelColumns, *, control: str) -> GroupTimeEffects:
    """Every ATT(g,t) that has controls, and its averages. Raises UsageError where control units are missing altogether."""
    alone = int(columns.unit.max()) + 1 == len(columns.y)
    panel = cross_sections(columns) if alone else balance(columns)
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
            measured = panel.attributable(group=group, time=time, base=base, controls=controls) if controls.any() else None
            if measured is None:
                without += 1
                continue
            effect, influence = measured
            found.append((group, time, effect, influence))
            names = {"group": label(panel.names[group]), "time": label(panel.names[time])}
            rows.append(names | normal_row(effect, influence, panel.cluster))
    # never treated, or untreated still when the first group starts
    latest = periods - 1 if control == "never" else int(panel.onset.min())
    notes = list(panel.notes)
    if without:
        notes.append(f"{without} group-times left out: nobody is untreated then{', or seen' if alone else ''}.")
    small = [g for g in {int(g) for g in panel.onset if g < periods} if (panel.onset == g).sum() < SMALL_GROUP]
    if small:
        members = "rows" if alone else "units"
        notes.append(f"{len(small)} groups have fewer than {SMALL_GROUP} {members}: their standard errors are too small.")
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
