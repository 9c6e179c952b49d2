"""Places that were never delivered: a provider or kind of contact of which one arm has hardly any rows in all years.

Belongs here: gross differences of the mix before launch, within a stream. Does not belong here: the level of whole streams
(`level`), steps (`places`), anything after launch.

A fault in all years shows no step. Arms may use hospitals differently, so that only what cannot be their choice is a fault: a
provider whom an arm's other patients use and its eligible people hardly at all; a kind of contact that one arm hardly has, in
all or at a provider that both use; a provider that serves an arm in other streams, and in this one the other arm only.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted, Floats
from pipeline.assurance.arithmetic.pounds import Valuation
from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import span
from pipeline.vocabulary import STREAMS

CHECK = "completeness"

#: a gross difference fails below this part of what is expected: among the people of one arm, and from the other arm
FAILS_WITHIN, FAILS_BETWEEN = 0.25, 0.1

#: places where fewer rows are expected are left alone: at 100 a quarter is more than seven Poisson deviations off
LEAST_ROWS = 100

#: a provider with a smaller part of an arm's other streams may well not offer this one
LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Gap:
    """A place that one arm hardly has. missing : share of the arm's stream that would be there."""

    provider: str | None
    kind: str | None
    missing: float
    why: str


class Mix(NamedTuple):
    """Rows of one stream before launch: population (POPULATIONS), arm (COMPARED), kind of the stream, provider."""

    rows: Floats
    kinds: tuple[str, ...]
    others: Floats  # the other streams' rows by arm and provider


def check(counts: Counted, *, window: Window, value: Valuation) -> list[Finding]:
    """One finding a stream that has rows; one an arm where places are missing."""
    found = []
    for stream in STREAMS:
        mix = _mix(counts, stream, window)
        if not mix.rows.any():
            continue
        off = [
            _finding(stream, arm, gaps, window, value)
            for at, arm in enumerate(COMPARED)
            if (gaps := _gaps(mix, at, counts.providers))
        ]
        found += off or [_calm(stream)]
    return found


def _mix(counts: Counted, stream: str, window: Window) -> Mix:
    before = counts.rows[:, :, counts.within(window.before)].sum(axis=2)
    arms = np.stack([before[:, mask].sum(axis=1) for mask in (counts.treated, counts.control)], axis=1)
    of = counts.of_stream(stream)
    names = tuple(kind.words for kind in counts.kinds if kind.stream == stream)
    return Mix(arms[:, :, of], names, arms[:, :, ~of].sum(axis=(0, 2)))


def _gaps(mix: Mix, arm: int, providers: tuple[str, ...]) -> list[Gap]:
    """Gaps of one arm (position in COMPARED), each place once, the coarsest first."""
    other = 1 - arm
    everybody = mix.rows.sum(axis=0)
    gaps = []
    for j, provider in enumerate(providers):
        gaps += _within(mix.rows.sum(axis=2), j, arm, provider, None)
        if mix.others[arm].sum() and mix.others[arm, j] >= LEAST_SHARE * mix.others[arm].sum() and mix.others[other, j]:
            usual = [_share(everybody[a].sum(axis=0)[j], everybody[a].sum()) for a in (arm, other)]
            beside = [_share(mix.others[a, j], mix.others[a].sum()) for a in (arm, other)]
            expected = beside[0] * usual[1] / beside[1]
            gaps += _between(usual[0], expected, everybody[arm].sum(), provider, None, "which serves them in other streams")
    for k, kind in enumerate(mix.kinds):
        gaps += _within(mix.rows.sum(axis=3), k, arm, None, kind)
        own, theirs = (_share(everybody[a, k].sum(), everybody[a].sum()) for a in (arm, other))
        gaps += _between(own, theirs, everybody[arm].sum(), None, kind, "which the other arm has")
        for j, provider in enumerate(providers):
            at = everybody[:, :, j].sum(axis=1)
            own, theirs = (_share(everybody[a, k, j], at[a]) for a in (arm, other))
            part = _share(at[arm], everybody[arm].sum())
            gaps += _between(own * part, theirs * part, everybody[arm].sum(), provider, kind, "which the other arm has there")
    return gaps


def _within(rows: Floats, place: int, arm: int, provider: str | None, kind: str | None) -> list[Gap]:
    """Eligible against not-eligible people of one arm, beside the same ratio in the other; rows by population, arm, place."""
    shares = rows[:, :, place] / np.maximum(rows.sum(axis=2), 1.0)
    eligible, others = shares[POPULATIONS.index("eligible")], shares[POPULATIONS.index("not_eligible")]
    if not others.all():
        return []
    ratio = eligible / others
    expected = float(others[arm] * ratio[1 - arm])
    whole = float(rows[POPULATIONS.index("eligible"), arm].sum())
    if expected * whole < LEAST_ROWS or eligible[arm] >= FAILS_WITHIN * expected:
        return []
    return [Gap(provider, kind, expected - float(eligible[arm]), "which their other patients use")]


def _between(own: float, expected: float, whole: float, provider: str | None, kind: str | None, why: str) -> list[Gap]:
    if expected * whole < LEAST_ROWS or own >= FAILS_BETWEEN * expected:
        return []
    return [Gap(provider, kind, expected - own, why)]


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else 0.0


def _finding(stream: str, arm: str, gaps: list[Gap], window: Window, value: Valuation) -> Finding:
    lead = max(gaps, key=lambda gap: gap.missing)
    providers = "+".join(sorted({gap.provider for gap in gaps if gap.provider})) if lead.provider or not lead.kind else None
    where = ", ".join(filter(None, [f"provider {providers}" if providers else "", lead.kind or ""]))
    pounds = value.of_share(stream, arm, 0.0, min(lead.missing, 1.0))
    material = pounds.worst > value.materiality_gbp
    return Finding(
        check=CHECK,
        verdict="fail" if material else "inform",
        stream=stream,
        arm=arm,
        provider=providers,
        first_month=window.before[0],
        last_month=window.after[-1],
        message=f"{opening(stream, arm)}: hardly any rows before launch at {where}, {lead.why}; about "
        f"{100 * lead.missing:.0f}% of "
        f"the stream would be expected there. A fault in all years shows no step, {value.words(pounds)}.",
        question_for_supplier=f"{opening(stream)} rows of the {arm} practices at {where} are all but absent in every "
        "year before "
        f"launch ({span(window.before[0], window.before[-1])}), {lead.why}. Is that provider's or department's "
        "submission left out "
        "of the feed for these practices?",
        **value.columns(pounds),
    )


def _calm(stream: str) -> Finding:
    return Finding(
        check=CHECK,
        verdict="pass",
        stream=stream,
        message=f"{opening(stream)}: before launch no provider and no kind of contact is all but absent in one arm "
        "that its other "
        "patients, its other streams or the other arm would lead one to expect.",
    )
