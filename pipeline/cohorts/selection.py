"""Who was referred: the people referred against the eligible beside them, by what they were before launch ('creaming').

Belongs here: need, age, sex and cost before launch by how far people came. Does not belong here: anything after launch but the
dates of referral, engagement and high engagement.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

from pipeline.cohorts.exposure import DATES
from pipeline.study import Study

#: groups in the order of a reader; the last three lie within one another
GROUPS = ("control", "not_referred", *DATES)
#: measure to its words
MEASURES = {
    "need": "listed registers held, mean (three or more as three)",
    "older": "share in the oldest age band",
    "female": "share women",
    "cost": "cost a head and year before launch, £",
    "without_cost": "share without any cost in that time",
}


@dataclass(frozen=True, slots=True)
class Selected:
    """One measure by group (a mean or a share; None where nobody). difference, low, high : referred less not referred, within
    the same practices, with the 95% interval of practices; None with fewer than two. people : of each group."""

    measure: str
    values: dict[str, float | None]
    people: dict[str, int]
    difference: float | None
    low: float | None
    high: float | None


def selected(cells: pd.DataFrame, *, study: Study) -> list[Selected]:
    """Every measure of MEASURES by group. cells : `selection_counts.selection_cells`."""
    scale = {"cost": 12 / 100 / len(study.baseline_months)}
    names = [*DATES]
    groups = {
        "control": cells[cells["reached"] == "control"],
        "not_referred": cells[cells["reached"] == "not_referred"],
        **{name: cells[cells["reached"].isin(names[place:])] for place, name in enumerate(names)},
    }
    people = {group: int(part["people"].sum()) for group, part in groups.items()}
    rows = []
    for measure in MEASURES:
        per = scale.get(measure, 1.0)
        values = {
            group: float(part[measure].sum()) / people[group] * per if people[group] else None for group, part in groups.items()
        }
        rows.append(Selected(measure, values, people, *_within_practices(groups, measure, per)))
    return rows


def _within_practices(
    groups: dict[str, pd.DataFrame], measure: str, per: float
) -> tuple[float | None, float | None, float | None]:
    """Mean over practices of referred less not referred, weighted alike, with Student's interval."""
    means = []
    for group in ("referred", "not_referred"):
        sums = groups[group].groupby("practice")[[measure, "people"]].sum()
        means.append(sums[measure] / sums["people"] * per)
    apart = (means[0] - means[1]).dropna().to_numpy()
    if len(apart) < 2:
        return None, None, None
    middle = float(apart.mean())
    half = float(t.isf(0.025, len(apart) - 1)) * float(np.std(apart, ddof=1)) / float(np.sqrt(len(apart)))
    return middle, middle - half, middle + half


def sentence(rows: list[Selected]) -> str:
    """What the programme's records say about selection, in one sentence."""
    clear = [row for row in rows if row.low is not None and row.high is not None and (row.low > 0 or row.high < 0)]
    if not any(row.people["referred"] for row in rows):
        return "Nobody had been referred."
    named = "; ".join(MEASURES[row.measure].removesuffix(", £") for row in clear)
    return (
        "People referred differ from the other eligible people of their practices, by more than practices differ by chance, "
        f"in {len(clear)} of {len(rows)} measures taken before launch{': ' + named if named else ''}. Deprivation is not among "
        "them: no deprivation by area was delivered."
    )
