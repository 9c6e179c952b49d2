"""Averages of group-time effects: simple, dynamic, calendar and group (Callaway and Sant'Anna 2021, section 3).

Belongs here: the weights of each average and the part of the variance that comes from estimating them. Does not belong here:
the effects themselves (`group_time`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.errors import UsageError
from pipeline.estimation.balanced_panel import Sample, label, normal_row
from pipeline.estimation.partial import Vector

Effect = tuple[int, int, float, Vector]


def _weighted(panel: Sample, effects: Sequence[Effect]) -> tuple[float, Vector]:
    """Average by group share, with the influence of the estimated shares: d(p_k / sum p) added to the effects' own."""
    members = np.column_stack([panel.weights * (panel.onset == group) for group, *_ in effects])
    share = members.mean(axis=0)
    total = share.sum()
    att = np.array([effect[2] for effect in effects])
    own = np.column_stack([effect[3] for effect in effects]) @ (share / total)
    centred = members - share
    of_shares = centred @ att / total - centred.sum(axis=1) * float(share @ att) / total**2
    return float(share @ att / total), own + of_shares


def _plain(parts: Sequence[tuple[float, Vector]]) -> tuple[float, Vector]:
    return float(np.mean([part[0] for part in parts])), np.mean([part[1] for part in parts], axis=0)


def averages(panel: Sample, effects: Sequence[Effect]) -> dict[str, dict[str, Any]]:
    """Four averages; dynamic, calendar and group also `by` event time, time and group. dynamic averages event times from 0 on,
    each alike; calendar each time alike; group each group by its share. Raises UsageError where no effect is after a start."""
    after = [effect for effect in effects if effect[1] >= effect[0]]
    if not after:
        raise UsageError("No group is seen after its start beside untreated units.", "Look at --gname and --control.")

    def row(average: tuple[float, Vector]) -> dict[str, Any]:
        return normal_row(*average, panel.cluster)

    def event_time(effect: Effect) -> float:
        return float(panel.times[effect[1]] - panel.times[effect[0]])

    by_event = {
        e: _weighted(panel, [effect for effect in effects if event_time(effect) == e])
        for e in sorted({event_time(effect) for effect in effects})
    }
    by_time = {t: _weighted(panel, [f for f in after if f[1] == t]) for t in sorted({f[1] for f in after})}
    by_group = {g: _plain([f[2:] for f in after if f[0] == g]) for g in sorted({f[0] for f in after})}
    over_groups = _weighted(panel, [(g, g, *average) for g, average in by_group.items()])
    return {
        "simple": row(_weighted(panel, after)),
        "dynamic": row(_plain([average for e, average in by_event.items() if e >= 0]))
        | {"by": [{"event_time": label(str(e))} | row(average) for e, average in by_event.items()]},
        "calendar": row(_plain(list(by_time.values())))
        | {"by": [{"time": label(panel.names[t])} | row(average) for t, average in by_time.items()]},
        "group": row(over_groups)
        | {"by": [{"group": label(panel.names[g])} | row(average) for g, average in by_group.items()]},
    }
