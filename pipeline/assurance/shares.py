"""Shares of rows lost by stream and arm, before and after launch, and where they are lost.

Belongs here: the arithmetic that every deterministic check shares: what stands in `kept` of what stood in `whole`.
Does not belong here: what the two columns are (each check says), what a share is worth (`pipeline.assurance.pounds`).

Where the same rows were counted twice there is no sampling noise in a share. Where a share of rows has a property (no price, no
link) there is: then the practice is the unit, and the noise of the step widens the range.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.assurance.pounds import Range, Valuation, statistical_verdict
from pipeline.assurance.window import Window, fault_months
from pipeline.vocabulary import STREAMS, FindingVerdict

COMPARED = ("intervention", "control")

#: a share that is worth a word though it is immaterial, and the least at which a month counts as off
WORTH_A_WORD = 0.005

#: two-sided level of the range around a sampled share: 24 such ranges a run (6 cells, 4 years) fail a clean city in 0.5%
SAMPLED_LEVEL = 0.0002

#: a provider carries a loss when this part of the lost rows is its own and the others lose hardly any of theirs
CARRIES = 0.9


@dataclass(frozen=True, slots=True)
class Loss:
    """What one arm lost of one stream.

    before, after : shares lost in the baseline months and in the contract year (negative: more kept than there were).
    own_step, own_level : what this arm lost beyond the other, after minus before, and in both periods.
    common_step : what both arms lost alike, after minus before.
    noise : standard error of own_step with the practice as unit, both arms' noise in it.
    whole_before, whole_after : what the shares are shares of.
    """

    stream: str
    arm: str
    before: float
    after: float
    own_step: float
    own_level: float
    common_step: float
    noise: float
    practices: int
    whole_before: int
    whole_after: int
    provider: str | None
    first_month: str | None
    last_month: str | None

    @property
    def step(self) -> float:
        return self.after - self.before


def losses(frame: pd.DataFrame, window: Window) -> dict[tuple[str, str], Loss]:
    """Losses by (stream, arm).

    frame : columns arm, practice, stream, provider, month, whole, kept (integers); months outside the window are not looked at.
    """
    seen = frame[frame["month"].isin(window.watched) & frame["arm"].isin(COMPARED)]
    found: dict[tuple[str, str], Loss] = {}
    for stream in STREAMS:
        cells = {arm: seen[(seen["stream"] == stream) & (seen["arm"] == arm)] for arm in COMPARED}
        before = {arm: _share(cells[arm], window.before) for arm in COMPARED}
        after = {arm: _share(cells[arm], window.after) for arm in COMPARED}
        step = {arm: after[arm] - before[arm] for arm in COMPARED}
        common = _common(step)
        level = _common(before)
        noise = sum(_noise(cells[arm], window, step[arm]) ** 2 for arm in COMPARED) ** 0.5
        practices = min(cells[arm]["practice"].nunique() for arm in COMPARED)
        for arm in COMPARED:
            run, provider = _where(cells[arm], window, before[arm], after[arm])
            found[stream, arm] = Loss(
                stream=stream,
                arm=arm,
                before=before[arm],
                after=after[arm],
                own_step=step[arm] - common,
                own_level=before[arm] - level,
                common_step=common,
                noise=noise,
                practices=practices,
                whole_before=_whole(cells[arm], window.before),
                whole_after=_whole(cells[arm], window.after),
                provider=provider,
                first_month=run[0] if run else None,
                last_month=run[1] if run else None,
            )
    return found


def worth(loss: Loss, value: Valuation, *, shrinks_effect: bool = True) -> Range:
    """GBP of a loss. `shrinks_effect`: what both arms lost alike also hides that part of the true saving."""
    own = value.of_share(loss.stream, loss.arm, loss.own_step, loss.own_level)
    if loss.arm != "intervention" or not shrinks_effect:
        return own
    common = value.of_common(loss.stream, loss.common_step)
    return Range(own.point + common, own.low + common, own.high + common)


def deterministic_verdict(worth: Range, materiality_gbp: float, share: float) -> FindingVerdict:
    """Fail when any end of the range lies outside materiality: rows known to be lost can be delivered again.

    `share` is what deserves a word though it is immaterial.
    """
    if worth.worst > materiality_gbp:
        return "fail"
    return "inform" if abs(share) >= WORTH_A_WORD else "pass"


def sampled_worth(loss: Loss, value: Valuation) -> Range:
    """GBP of a loss whose share is sampled: the range is widened by the noise of practices, at SAMPLED_LEVEL."""
    from scipy.stats import t

    exact = worth(loss, value)
    if loss.practices < 2:
        return exact
    half = value.of_share(loss.stream, loss.arm, float(t.isf(SAMPLED_LEVEL / 2, loss.practices - 1)) * loss.noise).point
    return Range(exact.point, exact.low - abs(half), exact.high + abs(half))


def sampled_verdict(worth: Range, materiality_gbp: float, loss: Loss) -> FindingVerdict:
    """Wholly outside materiality fails, wholly inside passes (informs on a real step), otherwise undetermined."""
    verdict = statistical_verdict(worth, materiality_gbp)
    beyond_chance = worth.low > 0 or worth.high < 0
    return "inform" if verdict == "pass" and beyond_chance and abs(loss.step) >= WORTH_A_WORD else verdict


def fault_columns(loss: Loss, verdict: FindingVerdict) -> dict[str, Any]:
    """Where a finding lies: provider and months only when there is something to find there."""
    if verdict in ("pass", "undetermined"):
        return {"stream": loss.stream, "arm": loss.arm}
    return {
        "stream": loss.stream,
        "arm": loss.arm,
        "provider": loss.provider,
        "first_month": loss.first_month,
        "last_month": loss.last_month,
    }


def share_lost(whole: int, kept: int) -> float:
    """Part of the larger of the two that the other lacks: 1 when nothing was kept, -1 when there was nothing to keep."""
    larger = max(whole, kept)
    return (whole - kept) / larger if larger else 0.0


def _whole(cells: pd.DataFrame, months: tuple[str, ...]) -> int:
    return int(cells.loc[cells["month"].isin(months), "whole"].sum())


def _share(cells: pd.DataFrame, months: tuple[str, ...]) -> float:
    inside = cells[cells["month"].isin(months)]
    return share_lost(int(inside["whole"].sum()), int(inside["kept"].sum()))


def _noise(cells: pd.DataFrame, window: Window, step: float) -> float:
    """Standard error of an arm's step over its practices, each weighted by its rows after launch (ratio estimator)."""
    inside = cells[cells["month"].isin(window.judged)]
    period = inside["month"].isin(window.after).map({True: "after", False: "before"})
    sums = inside.groupby(["practice", period])[["whole", "kept"]].sum().unstack(fill_value=0)
    if sums.empty or len(sums) < 2 or ("whole", "after") not in sums or ("whole", "before") not in sums:
        return 0.0
    shares = {when: 1 - sums["kept", when] / sums["whole", when].where(sums["whole", when] > 0) for when in ("before", "after")}
    weight = sums["whole", "after"] / max(int(sums["whole", "after"].sum()), 1)
    apart = (shares["after"] - shares["before"] - step).fillna(0.0) * weight
    squares = float((apart.to_numpy(dtype=float) ** 2).sum())
    return (squares * len(sums) / (len(sums) - 1)) ** 0.5


def _common(by_arm: Mapping[str, float]) -> float:
    """The part that both arms share: the smaller of two shares of the same sign, otherwise nothing."""
    one, other = by_arm["intervention"], by_arm["control"]
    if one * other <= 0:
        return 0.0
    return one if abs(one) < abs(other) else other


def _where(cells: pd.DataFrame, window: Window, before: float, after: float) -> tuple[tuple[str, str] | None, str | None]:
    """Run of months in which the share is off, and the one provider that carries it."""
    largest = max(before, after, key=abs)
    if abs(largest) < WORTH_A_WORD:
        return None, None
    sign = 1 if largest > 0 else -1
    monthly = cells.groupby("month")[["whole", "kept"]].sum()
    least = max(WORTH_A_WORD, abs(largest) / 2)
    off = [str(month) for month, whole, kept in monthly.itertuples() if sign * share_lost(int(whole), int(kept)) >= least]
    run = fault_months(off, window)
    if run is None:
        return None, None
    inside = cells[(cells["month"] >= run[0]) & (cells["month"] <= run[1])]
    by_provider = inside.groupby("provider")[["whole", "kept"]].sum()
    return run, _carrier(by_provider)


def _carrier(by_provider: pd.DataFrame) -> str | None:
    if len(by_provider) < 2:
        return None
    lost = (by_provider["whole"] - by_provider["kept"]).abs()
    if not lost.sum():
        return None
    first = str(lost.idxmax())
    others = by_provider.drop(index=first)
    own = abs(share_lost(int(by_provider.loc[first, "whole"]), int(by_provider.loc[first, "kept"])))
    theirs = abs(share_lost(int(others["whole"].sum()), int(others["kept"].sum())))
    return first if lost[first] >= CARRIES * lost.sum() and theirs <= (1 - CARRIES) * own else None
