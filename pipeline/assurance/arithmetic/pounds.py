"""What a fault is worth: pounds of the measured saving, and pounds of the payment.

Belongs here: turning a share of rows lost into GBP, and GBP into a verdict against the contract's materiality.
Does not belong here: how a share is found (the checks), the payment rule itself (handed in as a function).

Rule (method.md section 6): before unblinding the pounds of a fault are baseline cost x share of rows lost. Rows lost in the
control make its cost, and so the measured saving, too low (negative); rows lost in the intervention make it too high.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from pipeline.calendar import month_number
from pipeline.prose import about
from pipeline.study import Study
from pipeline.vocabulary import STREAMS, FindingVerdict

#: payment for a total saving of the intervention arm in one contract year, both GBP
Payment = Callable[[Decimal], Decimal]

#: points at which the plausible range of true savings is tried when the largest effect on the payment is sought
GRID = 41


@dataclass(frozen=True, slots=True)
class Range:
    """GBP, total of the intervention arm in the contract year: the value and its extremes."""

    point: float
    low: float
    high: float

    @property
    def worst(self) -> float:
        return max(abs(self.low), abs(self.high))


@dataclass(frozen=True, slots=True)
class Valuation:
    """What the streams cost before launch, and the protocol's measures of importance.

    cost : (stream, arm) -> GBP a head a year in the baseline months, at constant prices.
    drift : stream -> how far the cost of the contract year may lie from the baseline cost it is valued at, as a share: the
        largest deviation of one baseline year from the baseline's mean, or the trend of those years drawn out to the contract
        year (a cohort closed once grows older, and dearer), whichever is more.
    borrowed : (stream, arm) whose own baseline cost is itself missing, so that the other arm's stands in.
    row_cost : stream -> GBP a priced row before launch, both arms together.
    heads : arm -> baseline heads.
    """

    cost: Mapping[tuple[str, str], float]
    drift: Mapping[str, float]
    borrowed: frozenset[tuple[str, str]]
    row_cost: Mapping[str, float]
    heads: Mapping[str, int]
    target_gbp: float
    largest_gbp: float
    effect_share_max: float
    materiality_gbp: float
    payment: Payment | None

    def of_share(self, stream: str, arm: str, step: float, level: float = 0.0) -> Range:
        """GBP of a share of rows lost: `step` is lost after minus before launch, `level` is lost in both.

        What is lost alike in both periods has no expected effect on the difference, but its change over time is not seen: it
        may have moved by the protocol's largest plausible share, and that is the range.
        """
        worth = self.cost.get((stream, arm), 0.0) * self.heads["intervention"]
        point = (-step if arm == "control" else step) * worth
        reach = abs(point) * self.drift.get(stream, 0.0) + abs(level) * worth * self.effect_share_max
        return Range(point, point - reach, point + reach)

    def of_common(self, stream: str, step: float) -> Range:
        """GBP of a share lost alike in both arms after launch: it shrinks the true saving, and unequal costs do not cancel.

        The saving is not known: the value is told at the target, the ends at none and at the largest plausible one.
        """
        both = self.cost.get((stream, "intervention"), 0.0) - self.cost.get((stream, "control"), 0.0)
        total = sum(self.cost.get((s, "intervention"), 0.0) for s in STREAMS)
        part = self.cost.get((stream, "intervention"), 0.0) / total if total else 0.0
        apart = both * self.heads["intervention"]
        point, none, most = (step * (apart - saving * part) for saving in (self.target_gbp, 0.0, self.largest_gbp))
        return Range(point, min(none, most), max(none, most))

    def columns(self, worth: Range) -> dict[str, Any]:
        """The pounds columns of a finding: saving effect and payment effect with their extremes, in whole pennies."""
        said: dict[str, Any] = {
            "saving_effect_gbp": _pennies(worth.point),
            "saving_effect_gbp_low": _pennies(worth.low),
            "saving_effect_gbp_high": _pennies(worth.high),
        }
        if self.payment is not None:
            paid = self._payment_effect(worth)
            said |= {
                "payment_effect_gbp": _pennies(paid.point),
                "payment_effect_gbp_low": _pennies(paid.low),
                "payment_effect_gbp_high": _pennies(paid.high),
            }
        return said

    def moves(self, worth: Range) -> str:
        """What the pounds do, as the end of a sentence."""
        if worth.worst < 1:
            return "is worth less than £1"
        if abs(worth.point) < 1:
            return f"moves the measured saving by up to {about(worth.worst)} either way"
        says = "understates" if worth.point < 0 else "overstates"
        return f"{says} the saving by about {about(abs(worth.point))} ({_ends(worth)})"

    def words(self, worth: Range) -> str:
        """The same as a clause that can follow a comma."""
        return f"which {self.moves(worth)}"

    def _payment_effect(self, worth: Range) -> Range:
        pay = self.payment
        assert pay is not None

        def change(true: float, effect: float) -> float:
            return float(pay(_money(true + effect)) - pay(_money(true)))

        truths = [self.largest_gbp * i / (GRID - 1) for i in range(GRID)] + [self.target_gbp]
        changes = [change(true, effect) for true in truths for effect in (worth.low, worth.point, worth.high)]
        return Range(change(self.target_gbp, worth.point), min(changes), max(changes))


def valuation(
    *,
    study: Study,
    extract: pd.DataFrame,
    feed: pd.DataFrame,
    person_months: pd.DataFrame,
    heads: Mapping[str, int],
    payment: Payment | None = None,
    contract_year: str | None = None,
) -> Valuation:
    """Value the streams from the months before launch only.

    extract, feed : practice, month, stream, rows, unpriced_rows, cost_pence of the eligible by either route; where they differ
    the larger cost is the better witness of what a whole stream costs.
    person_months : practice, month, person_months of the eligible; heads : practice -> baseline heads. contract_year : that
    is to be valued; None draws no trend out.
    """
    arm_of = study.arm_of
    before = set(study.baseline_months)
    routes = [frame[frame["month"].isin(before)].assign(arm=lambda f: f["practice"].map(arm_of)) for frame in (extract, feed)]
    rows = routes[0]
    time = person_months[person_months["month"].isin(before)].assign(arm=lambda f: f["practice"].map(arm_of))
    years = {month: position // 12 for position, month in enumerate(reversed(study.baseline_months))}
    exposure = time.groupby("arm")["person_months"].sum()
    yearly_time = time.assign(year=time["month"].map(years)).groupby("year")["person_months"].sum()
    pence = pd.concat([route.groupby(["stream", "arm"])["cost_pence"].sum() for route in routes]).groupby(level=[0, 1]).max()
    yearly = rows.assign(year=rows["month"].map(years)).groupby(["stream", "year"])["cost_pence"].sum()

    ahead = 0.0 if contract_year is None else years_ahead(study, contract_year, len(study.baseline_months) // 12)
    cost: dict[tuple[str, str], float] = {}
    drift: dict[str, float] = {}
    row_cost: dict[str, float] = {}
    borrowed: set[tuple[str, str]] = set()
    for stream in STREAMS:
        own = {
            arm: float(pence.get((stream, arm), 0)) / 100 * 12 / float(exposure[arm]) if exposure.get(arm, 0) else 0.0
            for arm in ("intervention", "control")
        }
        for arm, other in (("intervention", "control"), ("control", "intervention")):
            # less than half of the other arm's level is not a level to value a loss at: it may be what is missing
            if own[arm] < own[other] / 2:
                borrowed.add((stream, arm))
            cost[stream, arm] = own[other] if (stream, arm) in borrowed else own[arm]
        rates = [
            float(yearly.get((stream, year), 0)) / float(total)
            for year, total in yearly_time.items()
            if total and sum(1 for y in years.values() if y == year) == 12
        ]
        mean = sum(rates) / len(rates) if rates else 0.0
        deviation = max(abs(rate / mean - 1) for rate in rates) if mean else 0.0
        drift[stream] = max(deviation, yearly_trend(rates[::-1]) * ahead / mean if mean else 0.0)
        of_stream = rows[rows["stream"] == stream]
        priced = int(of_stream["rows"].sum() - of_stream["unpriced_rows"].sum())
        row_cost[stream] = float(of_stream["cost_pence"].sum()) / 100 / priced if priced else 0.0

    by_arm = {
        arm: sum(n for practice, n in heads.items() if arm_of.get(practice) == arm) for arm in ("intervention", "control")
    }
    treated = by_arm["intervention"]
    return Valuation(
        cost=cost,
        drift=drift,
        borrowed=frozenset(borrowed),
        row_cost=row_cost,
        heads=by_arm,
        target_gbp=study.plausible.target_gbp_per_head * treated,
        largest_gbp=study.plausible.effect_share_max * treated * sum(cost[stream, "intervention"] for stream in STREAMS),
        effect_share_max=study.plausible.effect_share_max,
        materiality_gbp=study.plausible.materiality_gbp,
        payment=payment,
    )


def yearly_trend(rates: list[float]) -> float:
    """Size of the change a year by least squares over whole years in order; 0 where there are fewer than three."""
    if len(rates) < 3:
        return 0.0
    middle = (len(rates) - 1) / 2
    spread = sum((place - middle) ** 2 for place in range(len(rates)))
    return abs(sum((place - middle) * rate for place, rate in enumerate(rates)) / spread)


def years_ahead(study: Study, contract_year: str, whole_years: int) -> float:
    """Years from the middle of the baseline's whole years to the middle of the contract year."""
    first = month_number(study.contract_year_months(contract_year)[0])
    return (first - month_number(study.baseline_months[-1]) - 1) / 12 + 0.5 + whole_years / 2


def statistical_verdict(worth: Range, materiality_gbp: float) -> FindingVerdict:
    """Interval wholly outside materiality fails, wholly inside passes, otherwise it is undetermined (method.md section 6)."""
    if worth.low > materiality_gbp or worth.high < -materiality_gbp:
        return "fail"
    return "pass" if worth.worst < materiality_gbp else "undetermined"


def _ends(worth: Range) -> str:
    """The range in words: 'anything from £51,000 too little to £33,000 too much', or a plain one on one side of nothing."""
    if worth.low < 0 < worth.high:
        return f"anything from {about(-worth.low)} too little to {about(worth.high)} too much"
    return f"from {' to '.join(about(end) for end in sorted((abs(worth.low), abs(worth.high))))}"


def _money(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def _pennies(value: float) -> float:
    return round(value, 2) + 0.0
