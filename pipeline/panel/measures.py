"""Which figures a practice-month has: cost by point of delivery, and the activity outcomes.

Belongs here: the list of measures and their integer sums by stratum. Does not belong here: denominators
(`pipeline.panel.paid`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.errors import InternalError
from pipeline.vocabulary import ACTIVITY_OUTCOMES, GP_CONTACT, PODS

#: practice, month, age_band, need
Stratum = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a practice-month.

    counts : the column of `pipeline.tables` CELLS or VALUED_CELLS that is summed, over the points of delivery `pods`.
    per_unit : integers to one unit of the figure: 100 pence a pound, 1 contact a contact.
    """

    outcome: str
    pod: str
    counts: str
    pods: tuple[str, ...]
    per_unit: int


MEASURES: tuple[Measure, ...] = (
    *(Measure("cost", pod, "cost_pence", (pod,), 100) for pod in PODS),
    Measure("cost", "all", "cost_pence", PODS, 100),
    *(
        Measure(outcome, "all", "bed_days" if outcome == "bed_days" else "contacts", pods, 1)
        for outcome, pods in ACTIVITY_OUTCOMES.items()
    ),
)


#: figures of `pipeline.tables.VALUED_CELLS`, by point of delivery, from which the parts of an effect are made: contacts, GBP
VALUED: tuple[Measure, ...] = tuple(
    Measure(outcome, pod, counts, (pod,), per_unit)
    for pod in PODS
    for outcome, counts, per_unit in (
        ("contacts", "contacts", 1),
        ("cost", "cost_pence", 100),
        ("reference_value", "reference_value", 100_000_000),
        ("unpriced", "unpriced", 1),
        ("unknown_contacts", "unknown_contacts", 1),
        ("unknown_cost", "unknown_pence", 100),
    )
)

#: every point of delivery that cells may name
_COUNTED = (*PODS, GP_CONTACT)


def measured(cells: pd.DataFrame, measures: Sequence[Measure] = MEASURES) -> dict[Stratum, tuple[int, ...]]:
    """Exact integer sums of every measure by stratum, in the order of `measures`; strata without contacts are absent."""
    unknown = sorted(set(cells["pod"]) - set(_COUNTED))
    if unknown:
        raise InternalError(f"Cells name points of delivery that do not exist: {', '.join(map(str, unknown))}.")
    sums: dict[Stratum, list[int]] = defaultdict(lambda: [0] * len(measures))
    adds = {pod: [(n, m.counts) for n, m in enumerate(measures) if pod in m.pods] for pod in _COUNTED}
    columns = ["practice", "month", "age_band", "need", "pod", *dict.fromkeys(m.counts for m in measures)]
    for practice, month, age_band, need, pod, *values in cells[columns].itertuples(index=False, name=None):
        value = dict(zip(columns[5:], values, strict=True))
        total = sums[practice, month, age_band, int(need)]
        for place, counted in adds[pod]:
            total[place] += int(value[counted])
    return {stratum: tuple(total) for stratum, total in sums.items()}
