"""What cost did among the people served, against weighted comparators: a difference of changes by practice.

Belongs here: from cells with fixed weights to an estimate with its interval, behind both gates. Does not belong here: who the
comparators are and how they are weighed (`pipeline.cohorts`), which never see what is read here.

A practice's change is its weighted cost a head and year in the quarters followed, less that in the months before the trigger.
The effect is the mean change of the served less that of the comparators, by weighted person-time. The practice is the unit, the
weights count as known. It is an effect on the people served in their own time, not on an eligible head, and never what is paid.
"""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipeline.assurance.gate import Bindings, Verdict
from pipeline.errors import InternalError
from pipeline.estimation.did import DidEstimate, require_both
from pipeline.estimation.estimates import as_row
from pipeline.estimation.inference import choose, minimum_detectable, t_row
from pipeline.estimation.partial import partial_out
from pipeline.estimation.variance import leave_one_out
from pipeline.study import Study

ESTIMATOR = "matched_changes"
DENOMINATOR = "person_year_served"
NAMES = {"referred": "People referred", "engaged": "People engaged", "high_engaged": "People high-engaged"}

#: person-months to a person-year, pence to a pound
_TO_GBP_A_YEAR = 12 / 100


def matched_effect(
    cells: pd.DataFrame,
    *,
    contract_year: str,
    persons: int,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> DidEstimate:
    """cells : practice, served (bool), weight (of a person), months_before, months_after, pence_before, pence_after.

    persons : people served and their comparators, each once. effect : GBP a person served and year; negative is a saving.
    observed_mean : of the people served after. Interval: CV3 over practices with t(practices - 1), refused with fewer than five
    practices on a side. Raises like `did.contract_year_effect`.
    """
    require_both(
        data_verdict=data_verdict, design_verdict=design_verdict, contract_year=contract_year, bindings=bindings, on=on
    )
    rows = practice_changes(cells)
    sides = {True: rows[rows["served"]], False: rows[~rows["served"]]}
    counts = {"intervention": len(sides[True]), "control": len(sides[False])}
    if 0 in counts.values():
        raise InternalError("A matched estimate was asked for with nobody served, or no comparators.")
    names, cluster = np.unique(rows["practice"].to_numpy().astype(str), return_inverse=True)
    fit = partial_out(
        y=rows["change"].to_numpy(dtype=float),
        d=rows["served"].to_numpy(dtype=float),
        weights=rows["time"].to_numpy(dtype=float),
        factors=[],
        cluster=cluster.astype(np.intp),
    )
    choice = choose(n_treated=counts["intervention"], n_control=counts["control"])
    leading, detectable, without = None, None, {}
    if choice.refused_reason is None:
        left_out = leave_one_out(fit)
        without = dict(zip(map(str, names), map(float, left_out.without), strict=True))
        leading = t_row(name="cv3", estimate=fit.beta, standard_error=left_out.standard_error, df=fit.n_clusters - 1)
        detectable = minimum_detectable(standard_error=left_out.standard_error, df=fit.n_clusters - 1)
    observed = float(np.average(sides[True]["after"], weights=sides[True]["time"]))
    return DidEstimate(
        contract_year=contract_year,
        outcome="cost",
        pod="all",
        effect=fit.beta,
        standard_error=leading.standard_error if leading else None,
        df=leading.df if leading else None,
        ci_low=leading.ci_low if leading else None,
        ci_high=leading.ci_high if leading else None,
        p_value=leading.p_value if leading else None,
        inference=leading.name if leading else "refused",
        refused_reason=choice.refused_reason,
        choice=choice.reason,
        beside=(),
        observed_mean=observed,
        counterfactual_mean=observed - fit.beta,
        minimum_detectable_gbp=detectable,
        without=without,
        heads={"persons": persons},
        practices=counts,
    )


def matched_row(found: DidEstimate, *, study: Study, population: str, cells: pd.DataFrame) -> dict[str, Any]:
    """The estimate as a row of `alternatives`. person_years : of the people served, in the quarters followed."""
    rule = study.cohorts.matching
    who = "eligible people of the control" if rule.comparators == "control" else "people of the same practices not yet referred"
    how = "entropy balancing" if rule.weights == "entropy" else "propensity odds"
    return as_row(
        found,
        study=study,
        primary=False,
        person_years=int(cells.loc[cells["served"], "months_after"].sum()) / 12,
        name=f"{NAMES[population]}, against weighted comparators",
        population=population,
        estimator=ESTIMATOR,
        denominator=DENOMINATOR,
        note=f"Against {who} at risk of referral in the same months, by {how}; per head served, not eligible; not paid on.",
    )


def practice_changes(cells: pd.DataFrame) -> pd.DataFrame:
    """practice, served, before, after, change (GBP a person-year), time (weighted person-months after); a row a practice and
    side with time before and after. Integers until the weight, then `math.fsum`-free sums in a fixed order of rows."""
    ordered = cells.sort_values([*cells.columns], kind="stable")
    sums = ["months_before", "months_after", "pence_before", "pence_after"]
    weighed = ordered[["practice", "served"]].assign(**{name: ordered[name] * ordered["weight"] for name in sums})
    found = weighed.groupby(["practice", "served"], sort=True)[sums].sum().reset_index()
    found = found[(found["months_before"] > 0) & (found["months_after"] > 0)]
    before = found["pence_before"] / found["months_before"] * _TO_GBP_A_YEAR
    after = found["pence_after"] / found["months_after"] * _TO_GBP_A_YEAR
    return pd.DataFrame(
        {
            "practice": found["practice"],
            "served": found["served"],
            "before": before,
            "after": after,
            "change": after - before,
            "time": found["months_after"],
        }
    ).reset_index(drop=True)
