"""The trusts' own monthly A&E return against the A&E rows of the feed: rows lost before both routes were drawn.

Belongs here: the feed's share of a provider's returned attendances, before and after launch. Does not belong here: extract
against feed (`routes`), which sees nothing of what both lack.

The feed holds the patients of the practices it is drawn for, the return everybody's, so their share is below one but steady:
what moves attendances moves both. A step in it, provider by provider, is rows lost (or counted twice) upstream of both
routes. Its noise is that of baseline quarters and years, never Poisson's.

Sealing: the rows of all practices of the feed at a provider are no arm's outcome, and are read as a share of the return only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import COMPARED, codes_of, kind_in_words
from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.feed.return_shares import ShareStep, share_steps
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.prose import about, from_to, number
from pipeline.study import Study

CHECK = "trust_return"
GRAIN = ("provider", "month", "department_type")

#: an arm is named where its step is this part of the half-width of a 95% range: one side at ten in a hundred
STANDS_OUT = 0.65


@dataclass(frozen=True, slots=True)
class Held:
    """What the arms hold of one provider (and department type): of its feed rows, and of the arm's own A&E rows."""

    of_provider: Mapping[str, float]
    of_arm: Mapping[str, float]


def returned(trust_return: ir.Table, feed_counts: ir.Table, study: Study) -> pd.DataFrame:
    """provider, month, department_type, attendances (of the return), rows (of the feed, all people of all its practices):
    int64.

    trust_return : `pipeline.cleaning.trust_return.TRUST_RETURN`. Cells that were not returned are left out; a cell of the
    return without feed rows has rows 0.
    """
    practices = [*study.arms.intervention, *study.arms.control, *study.arms.wider]
    mine = feed_counts.filter(feed_counts.stream == "ae", feed_counts.population == "all", feed_counts.practice.isin(practices))
    rows = (
        mine.mutate(department_type=mine.department_type.fill_null(""))
        .group_by(list(GRAIN))
        .agg(rows=ibis._.rows.fill_null(0).sum().cast("int64"))
        .execute()
    )
    stated = trust_return.filter(trust_return.month <= study.last_month).execute()
    both = stated.merge(rows, on=list(GRAIN), how="left")
    both["rows"] = both["rows"].fillna(0).astype("int64")
    both = both[both["provider"].isin(rows["provider"].unique())]
    return both[[*GRAIN, "attendances", "rows"]].sort_values(list(GRAIN), ignore_index=True)


def check(
    returns: pd.DataFrame | None,
    feed: pd.DataFrame,
    *,
    arm_of: Mapping[str, str],
    window: Window,
    value: Valuation,
    carried: Range | None = None,
) -> list[Finding]:
    """A finding for each provider (or department type of it) whose share stepped; one for all the others.

    returns : `returned`. feed : practice, month, stream, provider, population, rows of the compared practices, and
    department_type where it is known; read in the baseline only, for what each arm holds of a provider. carried : the arms'
    step in the cost of people whom no programme served (`carried_over`): the return does not say whose rows a trust's are, this
    says whose they likelier are.
    """
    if returns is None or returns.empty:
        return [
            Finding(
                check=CHECK,
                verdict="inform",
                stream="ae",
                message="The trusts' monthly A&E return was not delivered, so that A&E rows which both the extract and the "
                "aggregates lack are seen only by what statistics can tell of the other people of the same practices. Remedy: "
                "deliver trust_return, the published monthly A&E attendances by provider.",
            )
        ]
    steps = share_steps(returns, window)
    if not steps:
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                stream="ae",
                message="The trusts' return covers too few months before launch, or none of "
                f"{window.contract_year}: at least two years and a year are compared. Remedy: deliver trust_return for them.",
            )
        ]
    baseline = _baseline_rows(feed, arm_of, window)
    whole = {step.provider: step for step in steps if step.department_type is None}
    beyond = [step for step in steps if step.is_beyond]
    told = [step for step in beyond if step.department_type is None or not whole[step.provider].is_beyond]
    found = [_stepped(step, _held(baseline, step), window, value, carried) for step in told]
    quiet = [step for step in whole.values() if not step.is_beyond]
    return [*found, *_quiet(quiet, baseline, window, value)]


def _baseline_rows(feed: pd.DataFrame, arm_of: Mapping[str, str], window: Window) -> pd.DataFrame:
    """arm, provider, department_type ('' where it is not told), rows of all people's A&E in the baseline."""
    everybody = feed["population"] == "all"
    seen = (codes_of(feed["stream"], ("ae",)) == 0) & (codes_of(feed["month"], window.before) >= 0)
    seen &= everybody.to_numpy(dtype=bool) if everybody.any() else np.ones(len(feed), dtype=bool)
    mine = feed[seen]
    mine = mine.assign(arm=mine["practice"].map(dict(arm_of)))
    by = ["arm", "provider", *(["department_type"] if "department_type" in mine else [])]
    return mine.groupby(by, as_index=False)["rows"].sum()


def _held(baseline: pd.DataFrame, step: ShareStep) -> Held:
    """Shares of the baseline's all-people A&E rows (`_baseline_rows`)."""
    there = baseline["provider"] == step.provider
    if step.department_type is not None and "department_type" in baseline:
        there &= baseline["department_type"] == step.department_type
    mine = {arm: float(baseline.loc[there & (baseline["arm"] == arm), "rows"].sum()) for arm in COMPARED}
    every = {arm: float(baseline.loc[baseline["arm"] == arm, "rows"].sum()) for arm in COMPARED}
    return Held(
        of_provider={arm: mine[arm] / step.rows_before if step.rows_before else 0.0 for arm in COMPARED},
        of_arm={arm: mine[arm] / every[arm] if every[arm] else 0.0 for arm in COMPARED},
    )


def _worth(lost: float, held: Held, value: Valuation) -> Range:
    """Pounds of a part of a provider's feed rows lost: even over all its practices, or all of them of one arm or of neither."""
    even, ends = 0.0, [0.0]
    for arm in COMPARED:
        even += value.of_share("ae", arm, lost * held.of_arm[arm]).point
        if held.of_provider[arm] > 0:
            own = float(np.clip(lost / held.of_provider[arm], -1.0, 1.0)) * held.of_arm[arm]
            reach = value.of_share("ae", arm, own)
            ends += [reach.low, reach.high]
    return Range(even, min(ends), max(ends))


def _place(step: ShareStep) -> str:
    return "" if step.department_type is None else f", {kind_in_words('ae', step.department_type)}"


def _whose(step: ShareStep, carried: Range | None) -> str | None:
    """The arm that likelier lost the rows (or has them twice), None where neither stands out."""
    if carried is None or abs(carried.point) <= STANDS_OUT * (carried.high - carried.low) / 2:
        return None
    return "control" if (carried.point < 0) == (step.lost > 0) else "intervention"


def _stepped(step: ShareStep, held: Held, window: Window, value: Valuation, carried: Range | None) -> Finding:
    own, least = _worth(step.lost, held, value), _worth(step.nearest, held, value)
    when = from_to(step.first_month, step.last_month) if step.first_month else f"in {window.contract_year}"
    more = "fewer" if step.lost > 0 else "more"
    arms = " and ".join(f"{100 * held.of_provider[arm]:.0f}% to the {arm}" for arm in COMPARED)
    arm = _whose(step, carried)
    pounds, whose = own, "whose rows they are is not known"
    if arm and carried:  # the other providers' steps may be below what the return can tell: the stream's own figure holds them
        pounds = Range(carried.point, min(carried.low, own.low), max(carried.high, own.high))
        whose = f"whose rows they are is not known, by the other people's cost likelier the {arm}'s"
    only = "" if step.carried_by is None else f" Nearly all of it lies in {kind_in_words('ae', step.carried_by)}."
    return Finding(
        check=CHECK,
        verdict="fail" if least.worst > value.materiality_gbp else "inform",
        stream="ae",
        arm=arm,
        provider=step.provider,
        first_month=step.first_month,
        last_month=step.last_month,
        message=f"A&E, provider {step.provider}{_place(step)}: against the trust's own monthly return the feed holds "
        f"{number(100 * abs(step.lost), 1)}% {more} rows than in the baseline ({number(100 * step.near, 1)} to "
        f"{number(100 * step.far, 1)}%), {when}.{only} Before launch {arms} practices; {whose}, and "
        "if "
        f"all are one arm's this {value.moves(Range(0.0, own.low, own.high))}.",
        question_for_supplier=f"Provider {step.provider} returned its A&E attendances{_place(step)} {when} to the national "
        f"collection, and your feed holds {number(100 * abs(step.lost), 1)}% {more} of them than before. Which submissions "
        "were "
        f"{'not loaded' if step.lost > 0 else 'loaded twice'}, and for which practices?",
        **value.columns(pounds),
    )


def _quiet(steps: Sequence[ShareStep], baseline: pd.DataFrame, window: Window, value: Valuation) -> list[Finding]:
    """What the providers without a step could still hide, in one finding."""
    if not steps:
        return []
    hidden = [(step, _worth(step.reach, _held(baseline, step), value)) for step in steps]
    step, pounds = max(hidden, key=lambda pair: pair[1].worst)
    providers = ", ".join(each.provider for each in steps)
    reach = Range(0.0, pounds.low, pounds.high)
    return [
        Finding(
            check=CHECK,
            verdict="pass" if pounds.worst <= value.materiality_gbp else "undetermined",
            stream="ae",
            message=f"A&E, providers {providers}: in {window.contract_year} the feed holds the same part of the trusts' own "
            "return as "
            f"before launch. A change of less than {number(100 * step.reach, 1)}% of a provider's rows ({step.provider}) may "
            "not "
            f"have been seen; if all of it were one arm's it would be worth up to {about(reach.worst)}.",
            reach_gbp=round(reach.worst, 2),
            **value.columns(reach),
        )
    ]
