"""Shares of rows lost by stream and arm, before and after launch, and where they are lost.

Belongs here: the arithmetic that every deterministic check shares: what stands in `kept` of what stood in `whole`.
Does not belong here: what the two columns are (each check says), what a share is worth (`pipeline.assurance.pounds`).

Where the same rows were counted twice there is no sampling noise in a share. Where a share of rows has a property (no price, no
link) there is: then the practice is the unit, and the noise of the step widens the range.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
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


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of one stream and arm as columns, all of one length: integer codes, counts (whole numbers), masks of months."""

    month: "np.ndarray"
    practice: "np.ndarray"
    provider: "np.ndarray"
    providers: tuple[str, ...]
    whole: "np.ndarray"
    kept: "np.ndarray"
    before: "np.ndarray"
    after: "np.ndarray"

    def share(self, rows: "np.ndarray") -> float:
        return share_lost(self.whole[rows].sum(), self.kept[rows].sum())

    def noise(self, step: float) -> float:
        """Standard error of the step over practices, each weighted by its rows after launch (ratio estimator)."""
        count = int(self.practice.max()) + 1 if len(self.practice) else 0
        if count < 2:
            return 0.0
        sums = {
            (name, when): np.bincount(self.practice[rows], values[rows], count)
            for name, values in (("whole", self.whole), ("kept", self.kept))
            for when, rows in (("before", self.before), ("after", self.after))
        }
        both = (sums["whole", "before"] > 0) & (sums["whole", "after"] > 0)
        if both.sum() < 2:
            return 0.0
        share = {when: 1 - sums["kept", when][both] / sums["whole", when][both] for when in ("before", "after")}
        weight = sums["whole", "after"][both] / sums["whole", "after"].sum()
        apart = (share["after"] - share["before"] - step) * weight
        return float(((apart**2).sum() * both.sum() / (both.sum() - 1)) ** 0.5)


def losses(frame: pd.DataFrame, window: Window) -> dict[tuple[str, str], Loss]:
    """Losses by (stream, arm).

    frame : columns arm, practice, stream, provider, month, whole, kept (integers); months outside the window are not looked at.
    """
    seen = frame[frame["month"].isin(window.watched) & frame["arm"].isin(COMPARED)]
    cells = {
        (stream, arm): _cells(seen[(seen["stream"] == stream) & (seen["arm"] == arm)], window)
        for stream in STREAMS
        for arm in COMPARED
    }
    found: dict[tuple[str, str], Loss] = {}
    for stream in STREAMS:
        before = {arm: cells[stream, arm].share(cells[stream, arm].before) for arm in COMPARED}
        after = {arm: cells[stream, arm].share(cells[stream, arm].after) for arm in COMPARED}
        step = {arm: after[arm] - before[arm] for arm in COMPARED}
        common, level = _common(step), _common(before)
        noise = sum(cells[stream, arm].noise(step[arm]) ** 2 for arm in COMPARED) ** 0.5
        practices = min(len(np.unique(cells[stream, arm].practice)) for arm in COMPARED)
        for arm in COMPARED:
            mine = cells[stream, arm]
            run, provider = _where(mine, window, before[arm], after[arm])
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
                whole_before=int(mine.whole[mine.before].sum()),
                whole_after=int(mine.whole[mine.after].sum()),
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


def share_lost(whole: float, kept: float) -> float:
    """Part of the larger of the two that the other lacks: 1 when nothing was kept, -1 when there was nothing to keep."""
    larger = max(whole, kept)
    return float((whole - kept) / larger) if larger else 0.0


def _cells(frame: pd.DataFrame, window: Window) -> Cells:
    month = pd.Index(window.watched).get_indexer(pd.Index(frame["month"]))
    practice = pd.factorize(frame["practice"], sort=True)[0]
    provider, providers = pd.factorize(frame["provider"], sort=True)
    at = np.array(window.watched, dtype=object)[month]
    return Cells(
        month=month,
        practice=practice,
        provider=provider,
        providers=tuple(str(name) for name in providers),
        whole=frame["whole"].to_numpy(dtype=float),  # whole numbers below 2**53: sums are exact
        kept=frame["kept"].to_numpy(dtype=float),
        before=np.isin(at, window.before),
        after=np.isin(at, window.after),
    )


def _common(by_arm: Mapping[str, float]) -> float:
    """The part that both arms share: the smaller of two shares of the same sign, otherwise nothing."""
    one, other = by_arm["intervention"], by_arm["control"]
    if one * other <= 0:
        return 0.0
    return one if abs(one) < abs(other) else other


def _where(cells: Cells, window: Window, before: float, after: float) -> tuple[tuple[str, str] | None, str | None]:
    """Run of months in which the share is off, and the one provider that carries it."""
    largest = max(before, after, key=abs)
    if abs(largest) < WORTH_A_WORD:
        return None, None
    sign = 1 if largest > 0 else -1
    least = max(WORTH_A_WORD, abs(largest) / 2)
    watched = len(window.watched)
    monthly = zip(
        window.watched,
        np.bincount(cells.month, cells.whole, watched),
        np.bincount(cells.month, cells.kept, watched),
        strict=True,
    )
    run = fault_months([month for month, whole, kept in monthly if sign * share_lost(whole, kept) >= least], window)
    if run is None:
        return None, None
    inside = (cells.month >= window.watched.index(run[0])) & (cells.month <= window.watched.index(run[1]))
    return run, _carrier(cells, inside)


def _carrier(cells: Cells, inside: "np.ndarray") -> str | None:
    """The one provider that carries nearly all of what was lost `inside`, where several supply."""
    names = len(cells.providers)
    supplies = np.bincount(cells.provider[inside], minlength=names) > 0
    if supplies.sum() < 2:
        return None
    whole = np.bincount(cells.provider[inside], cells.whole[inside], names)
    kept = np.bincount(cells.provider[inside], cells.kept[inside], names)
    lost = np.abs(whole - kept)
    first = int(np.argmax(lost))
    own = abs(share_lost(whole[first], kept[first]))
    theirs = abs(share_lost(whole.sum() - whole[first], kept.sum() - kept[first]))
    carries = lost[first] >= CARRIES * lost.sum() and theirs <= (1 - CARRIES) * own
    return cells.providers[first] if carries else None
