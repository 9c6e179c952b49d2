"""Shares of rows lost by stream and arm, before and after launch, and where they are lost.

Belongs here: the arithmetic that every deterministic check shares: what stands in `kept` of what stood in `whole`.
Does not belong here: what the two columns are (each check says), what a share is worth (`pounds`).

Where the same rows were counted twice there is no sampling noise in a share. Where a share of rows has a property (no price, no
link) there is: then the practice is the unit, and the noise of the step widens the range.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import COMPARED as COMPARED
from pipeline.assurance.arithmetic.coded import Cells, CodedRows, coded, share_missing
from pipeline.assurance.arithmetic.place import locate
from pipeline.assurance.arithmetic.pounds import Range, Valuation, statistical_verdict
from pipeline.assurance.window import Window
from pipeline.vocabulary import STREAMS, FindingVerdict

#: a sampled share that is worth a word though it is immaterial
WORTH_A_WORD = 0.005

#: the same of rows that were counted twice: there is no noise in them, so that little is left to chance but a straggler
COUNTED_TWICE = 0.001
STRAGGLERS = 1

#: a difference of the arms in all years that no mix of providers makes, and the rows at which chance (1% usual) makes none
#: either
GROSS_LEVEL = 0.05
GROSS_ROWS = 400

#: (stream, arm) -> the same rows were counted twice
ALWAYS = {(stream, arm): True for stream in STREAMS for arm in COMPARED}

#: two-sided level of the range around a sampled share: 24 such ranges a run (6 cells, 4 years) fail a clean city in 0.5%
SAMPLED_LEVEL = 0.0002


@dataclass(frozen=True, slots=True)
class Loss:
    """What one arm lost of one stream.

    before, after : shares lost in the baseline months and in the contract year (negative: more kept than there were).
    cost_before, cost_after : the same of what there should have been, in cost where it is known of both, else in rows.
    own_step, own_level : what this arm lost of its cost beyond the other, after minus before, and in both periods.
    common_step : what both arms lost alike, after minus before.
    noise : standard error of own_step with the practice as unit, both arms' noise in it.
    whole_before, whole_after : what the shares are shares of. gap_before, gap_after : whole less kept.
    provider : the provider that carries the loss, several joined by '+'; None where it is spread.
    kind : the same of kinds of contact in words; None where it is spread, or kinds were not given.
    """

    stream: str
    arm: str
    before: float
    after: float
    cost_before: float
    cost_after: float
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
    gap_before: int = 0
    gap_after: int = 0
    kind: str | None = None

    @property
    def step(self) -> float:
        return self.after - self.before

    @property
    def level(self) -> float:
        """The larger of the two shares."""
        return max(self.after, self.before, key=abs)

    @property
    def is_gross(self) -> bool:
        """Whether this arm lacks much more than the other in the baseline already, in rows enough that it is no chance."""
        return abs(self.own_level) >= GROSS_LEVEL and self.whole_before >= GROSS_ROWS

    @property
    def is_seen(self) -> bool:
        """Whether two counts of the same rows differ by more than stragglers, in the baseline or in the contract year."""
        pairs = ((self.before, self.gap_before), (self.after, self.gap_after))
        return any(abs(share) >= COUNTED_TWICE and abs(gap) > STRAGGLERS for share, gap in pairs)


def losses(frame: pd.DataFrame, window: Window) -> dict[tuple[str, str], Loss]:
    """Losses by (stream, arm).

    frame : columns arm, practice, stream, provider, month, whole, kept (integers), and pod and department_type where kinds of
    contact are to be told apart; months outside the window are not looked at.
    """
    return losses_of(coded(frame, window), window, exact={})


def losses_of(
    rows: CodedRows, window: Window, cost: CodedRows | None = None, exact: Mapping[tuple[str, str], bool] = ALWAYS
) -> dict[tuple[str, str], Loss]:
    """`losses` of rows that are coded already and were counted twice.

    cost : the same in pence, where a row lost is worth its own cost. exact : (stream, arm) -> whether they are the same rows.
    """
    found: dict[tuple[str, str], Loss] = {}
    for stream in STREAMS:
        cells = {arm: rows.of(stream, arm) for arm in COMPARED}
        shares = {arm: [cells[arm].share(inside) for inside in (cells[arm].before, cells[arm].after)] for arm in COMPARED}
        missing = {arm: _missing(cells[arm], cost.of(stream, arm) if cost else None) for arm in COMPARED}
        step = {arm: after - before for arm, (before, after) in missing.items()}
        common, level = _common(step), _common({arm: before for arm, (before, _) in missing.items()})
        noisy = {arm: cost.of(stream, arm) if cost else cells[arm] for arm in COMPARED}
        noise = sum(noisy[arm].noise(step[arm]) ** 2 for arm in COMPARED) ** 0.5
        practices = min(len(np.unique(cells[arm].practice)) for arm in COMPARED)
        for arm in COMPARED:
            mine = cells[arm]
            before, after = shares[arm]
            place = locate(mine, window, before, after, exact=exact.get((stream, arm), False))
            periods = (("before", mine.before), ("after", mine.after))
            whole = {when: int(mine.whole[inside].sum()) for when, inside in periods}
            kept = {when: int(mine.kept[inside].sum()) for when, inside in periods}
            found[stream, arm] = Loss(
                stream=stream,
                arm=arm,
                before=before,
                after=after,
                cost_before=missing[arm][0],
                cost_after=missing[arm][1],
                own_step=step[arm] - common,
                own_level=missing[arm][0] - level,
                common_step=common,
                noise=noise,
                practices=practices,
                whole_before=whole["before"],
                whole_after=whole["after"],
                provider=place.provider,
                first_month=place.first_month,
                last_month=place.last_month,
                gap_before=whole["before"] - kept["before"],
                gap_after=whole["after"] - kept["after"],
                kind=place.kind,
            )
    return found


def _missing(rows: Cells, cost: Cells | None) -> tuple[float, float]:
    """What is missing of what should be there, before and after, in cost where both sides carry any, else in rows."""
    found = []
    for when in ("before", "after"):
        used = rows
        if cost is not None:
            inside = getattr(cost, when)
            used = cost if cost.whole[inside].any() and cost.kept[inside].any() else rows
        inside = getattr(used, when)
        found.append(share_missing(float(used.whole[inside].sum()), float(used.kept[inside].sum())))
    return found[0], found[1]


def worth(loss: Loss, value: Valuation) -> Range:
    """GBP of a loss. What both arms lost alike hides that part of the true saving too, told with the intervention's loss."""
    own = value.of_share(loss.stream, loss.arm, loss.own_step, loss.own_level)
    if loss.arm != "intervention":
        return own
    common = value.of_common(loss.stream, loss.common_step)
    return Range(own.point + common.point, own.low + common.low, own.high + common.high)


def deterministic_verdict(worth: Range, materiality_gbp: float, share: float) -> FindingVerdict:
    """Fail when any end of the range lies outside materiality: rows known to be lost can be delivered again.

    `share` is what deserves a word though it is immaterial.
    """
    if worth.worst > materiality_gbp:
        return "fail"
    return "inform" if abs(share) >= WORTH_A_WORD else "pass"


def counted_twice_verdict(worth: Range, materiality_gbp: float, loss: Loss) -> FindingVerdict:
    """`deterministic_verdict` where the same rows were counted twice: all but stragglers deserves a word."""
    verdict = deterministic_verdict(worth, materiality_gbp, 0.0)
    return "inform" if verdict == "pass" and loss.is_seen else verdict


def sampled_worth(loss: Loss, value: Valuation) -> Range:
    """GBP of a loss whose share is sampled: the range is that of the noise of practices, at SAMPLED_LEVEL.

    What both arms lost is told at the target saving.
    """
    from scipy.stats import t

    own = value.of_share(loss.stream, loss.arm, loss.own_step, loss.own_level)
    common = value.of_common(loss.stream, loss.common_step).point if loss.arm == "intervention" else 0.0
    half = 0.0
    if loss.practices >= 2:
        quantile = float(t.isf(SAMPLED_LEVEL / 2, loss.practices - 1))
        half = abs(value.of_share(loss.stream, loss.arm, quantile * loss.noise).point)
    return Range(own.point + common, own.low + common - half, own.high + common + half)


def sampled_verdict(worth: Range, materiality_gbp: float, loss: Loss) -> FindingVerdict:
    """Wholly outside materiality fails, wholly inside passes (informs on a real step), otherwise undetermined.

    A gross difference of the arms in all years shows no step: it fails as soon as it may be material.
    """
    verdict = statistical_verdict(worth, materiality_gbp)
    if verdict != "fail" and loss.is_gross:
        return deterministic_verdict(worth, materiality_gbp, loss.own_level)
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


def _common(by_arm: Mapping[str, float]) -> float:
    """The part that both arms share: the smaller of two shares of the same sign, otherwise nothing."""
    one, other = by_arm["intervention"], by_arm["control"]
    if one * other <= 0:
        return 0.0
    return one if abs(one) < abs(other) else other
