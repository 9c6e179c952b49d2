"""Cost around the month of referral as a path: the peak that a referral follows upon, and the fall back after it.

Belongs here: pounds a head and month by quarter, of the people referred and of comparators without and with weights.
Does not belong here: counting (`around_referral`), drawing (`reports`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.cohort_rules import Matching
from pipeline.cohorts.around_referral import MONTHS_AROUND
from pipeline.cohorts.weighting import weigh

#: a mean over fewer people is not printed (reports.disclosure)
FEWEST = 8


@dataclass(frozen=True, slots=True)
class Point:
    """A quarter from the referral month on (0 holds it). GBP a head and month of the people referred, of all comparators in the
    same calendar months, and of the comparators as weighted; None on few people, or where there are no weights."""

    quarter: int
    referred: float | None
    eligible: float | None
    matched: float | None


def path(kinds: pd.DataFrame, sums: pd.DataFrame, *, rule: Matching) -> list[Point]:
    """kinds, sums : `around_referral.path_counts`. Weights are made once for everybody referred, as for a quarter's design."""
    names = ["index_month", *rule.covariates]
    kinds = kinds.sort_values([*names, "referred", "from_month", "stop"], kind="stable").reset_index(drop=True)
    named = kinds.groupby(names, sort=True)
    kinds["cell"], levels = named.ngroup(), named.size().index.to_frame(index=False)
    design = kinds.groupby(["cell", "referred"], sort=True)["people"].sum().reset_index()
    design["level"] = design["referred"].astype(int)
    if not design["level"].any():
        return []
    weights = weigh(design, levels, level=1, method=rule.weights)
    plain = weigh(design, levels[["index_month"]], level=1, method="entropy")
    of = design.assign(matched=weights.weight, eligible=plain.weight).set_index(["cell", "referred"])
    ordered = sums.sort_values(
        [*names, "referred", "place"], kind="stable"
    )  # sums of floats must not follow the engine's order
    pence = ordered.merge(levels.reset_index(names="cell"), on=names).set_index(["cell", "referred"])
    pence = pence.join(of[["matched", "eligible"]])
    time = kinds.set_index(["cell", "referred"]).join(of[["matched", "eligible"]])
    return [_point(place, time, pence, known=weights.reason is None) for place in range(2 * MONTHS_AROUND // 3)]


def _point(place: int, time: pd.DataFrame, pence: pd.DataFrame, *, known: bool) -> Point:
    """Overlap of each kind's months observed with the quarter, and the pence of the quarter, by side."""
    begin = time["index_month"].to_numpy() - MONTHS_AROUND + 3 * place
    seen = np.clip(np.minimum(begin + 3, time["stop"]) - np.maximum(begin, time["from_month"]), 0, 3) * time["people"]
    here = pence[pence["place"] == place]
    served = {
        name: frame.index.get_level_values("referred").to_numpy(dtype=bool)
        for name, frame in (("months", time), ("pence", here))
    }
    months = float(seen[served["months"]].sum())
    figures: list[float | None] = []
    for weight in (None, "eligible", "matched"):
        mine, paid = (served["months"], served["pence"]) if weight is None else (~served["months"], ~served["pence"])
        by = (1.0, 1.0) if weight is None else (time.loc[mine, weight], here.loc[paid, weight])
        lived, spent = float((seen[mine] * by[0]).sum()), float((here.loc[paid, "pence"] * by[1]).sum())
        printed = months >= 3 * FEWEST and lived > 0 and (weight != "matched" or known)
        figures.append(spent / lived / 100 if printed else None)
    return Point(place - MONTHS_AROUND // 3, *figures)
