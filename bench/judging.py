"""Was a planted fault found, where, and at what price? One city with a fault held against the same city without it.

Belongs here: what counts as found, localised and rightly valued. Does not belong here: planting (`pipeline.rehearsal.faults`),
the tables (`bench.faults`).

Found: a finding that informs, fails or could not be evaluated and that the clean city does not have, by check, stream, arm and
provider. Localised: one such finding names the fault's stream and arm, its provider where it strikes one, and its first and
last month to within one. Valued: the pounds of the new findings lie within a tenth of the truth, or their range holds it, or
neither they nor the truth come to a tenth of materiality. The pounds are those of rows and prices by two routes, where the
routes differ; else of rows without a price, where they shut the gate; else of the largest finding. A fault before both routes
is in no difference of them, and what a finding says of the supplier's own cost column is no pounds of the study.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.assurance.evidence import DataEvidence
from pipeline.assurance.finding import Finding
from pipeline.assurance.two_routes.routes import GRAIN
from pipeline.calendar import month_number
from pipeline.rehearsal.faults.fault import Fault

Key = tuple[str, str | None, str | None, str | None]
TELLS = ("inform", "fail", "not_evaluated")
#: faults of some months of every year, and the months without a trace that part one run from the next
COMES_BACK = ("late_months_half_delivered",)
LONGEST_GAP = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """valued is None where the fault has no pounds of the study's own cost, localised where nothing was found."""

    found: bool
    shut: bool
    localised: bool | None
    valued: bool | None
    stated_gbp: float
    checks: tuple[str, ...]


def key_of(finding: Finding) -> Key:
    return finding.check, finding.stream, finding.arm, finding.provider


def new_findings(findings: Sequence[Finding], clean: Sequence[Finding]) -> list[Finding]:
    """Findings that tell something and that the clean city does not have."""
    known = {key_of(finding) for finding in clean if finding.verdict in TELLS}
    return [finding for finding in findings if finding.verdict in TELLS and key_of(finding) not in known]


def judged(
    findings: Sequence[Finding],
    clean: Sequence[Finding],
    fault: Fault,
    *,
    months: tuple[str, str],
    truth_gbp: float | None,
    materiality_gbp: float,
    required: Sequence[str],
) -> Outcome:
    """months : the fault's first and last. truth_gbp : measured minus true saving, if any. required : checks that may not fail
    to be evaluated."""
    new = new_findings(findings, clean)
    localised = any(_names(finding, fault, *months) for finding in new) if new else None
    stated, low, high = _stated(new, of_routes=fault.route != "feed")
    valued = None
    if truth_gbp is not None and new:
        valued = abs(stated - truth_gbp) <= 0.1 * abs(truth_gbp) or low <= truth_gbp <= high
        valued = valued or max(abs(stated), abs(truth_gbp)) < 0.1 * materiality_gbp
    shut = any(f.verdict == "fail" or (f.verdict == "not_evaluated" and f.check in required) for f in new)
    return Outcome(bool(new), shut, localised, valued, stated, tuple(sorted({finding.check for finding in new})))


def months_struck(seen: DataEvidence, clean: DataEvidence, fault: Fault, *, until: str) -> tuple[str, str] | None:
    """First and last month in which the counts differ, up to `until`; None when none does.

    Of a fault that comes back every winter only the last run counts.
    """
    extract = fault.on("extract")
    keys = list(GRAIN) if extract else [*GRAIN, "population"]
    frames = [one.extract_kinds if extract else one.kinds for one in (seen, clean)]
    traces = [_trace(frame, keys) for frame in frames if frame is not None]
    assert frames[1] is not None
    names = [str(name) for name in frames[1]["month"].cat.categories]
    numbers = [month_number(name) for name, *both in zip(names, *traces, strict=True) if both[0] != both[1] and name <= until]
    if not numbers:
        return None
    run = [numbers[-1]]
    for number in reversed(numbers[:-1]):
        if fault.name in COMES_BACK and run[-1] - number > LONGEST_GAP:
            break
        run.append(number)
    return month_text(run[-1]), month_text(run[0])


def _trace(frame: pd.DataFrame, keys: Sequence[str]) -> list[float]:
    """A number a month that any change of a figure in any of its cells changes; columns of keys are categorical."""
    cell = np.zeros(len(frame), dtype=np.int64)
    for key in keys:
        cell = cell * 256 + frame[key].cat.codes.to_numpy(dtype=np.int64)
    weight = (cell * 2_654_435_761) % 1_048_573 + 1
    figures = sum(frame[name].to_numpy(dtype=np.int64) * (i + 1) for i, name in enumerate(frame.select_dtypes("number")))
    months = frame["month"].cat
    return [float(v) for v in np.bincount(months.codes, weight * figures, len(months.categories))]


def _names(finding: Finding, fault: Fault, first: str, last: str) -> bool:
    """Whether the finding says where the fault lies."""
    if fault.place.stream != "all" and fault.contacts is not None and finding.stream not in (fault.place.stream, None):
        return False
    if fault.place.arm != "both" and finding.arm != fault.place.arm:
        return False
    if fault.place.provider is not None and fault.place.provider not in (finding.provider or "").split("+"):
        return False
    if fault.people is not None:
        return True  # people are judged at a date: which months their rows lack is not the question
    if finding.first_month is None or finding.last_month is None:
        return False
    return abs(month_number(finding.first_month) - month_number(first)) <= 1 and (
        abs(month_number(finding.last_month) - month_number(last)) <= 1
    )


def _stated(new: Sequence[Finding], *, of_routes: bool) -> tuple[float, float, float]:
    """Point, low and high, over streams and arms. A check of all streams together, or of an arm that it cannot name, stands in
    only where no other has pounds of its own."""
    valued = [finding for finding in new if finding.saving_effect_gbp is not None]
    if not of_routes:
        valued = [f for f in valued if f.check not in ("routes", "reconciliation")] or valued
    valued = [f for f in valued if _size(f) >= 1] or valued  # rows that moved at the same price say nothing of pounds
    everywhere: set[tuple[str | None, str | None]] = {(finding.stream, finding.arm) for finding in valued}
    places = {place for place in everywhere if None not in place} or {p for p in everywhere if p[0] is not None} or everywhere
    point = low = high = 0.0
    for place in sorted(places, key=str):
        here = [finding for finding in valued if (finding.stream, finding.arm) == place]
        routes = [finding for finding in here if finding.check == "routes"]
        without_price = [finding for finding in here if finding.check == "pricing" and finding.verdict == "fail"]
        for one in routes or without_price or [max(here, key=_size)]:
            said = one.saving_effect_gbp or 0.0
            point += said
            low += min(one.saving_effect_gbp_low or 0.0, said)
            high += max(one.saving_effect_gbp_high or 0.0, said)
    return point, low, high


#: what a fault before both routes shows in, as the checks word it; faults of rows unless named
SHOWS_IN = {
    "hrg_blank": ("share without a price",),
    "hrg_ungroupable": ("share without a price",),
    "control_ae_unpriced": ("share without a price",),
    "hrg_upcoded": ("cost a row of the same kind", "cost a priced row"),
    "ae_grouped_by_default": ("cost a row of the same kind", "cost a priced row"),
    "emergencies_as_elective": ("mix of cheap and dear",),
    "day_cases_as_ordinary": ("mix of cheap and dear",),
    "departments_as_minor": ("mix of cheap and dear",),
    "departments_as_major": ("mix of cheap and dear",),
    "first_as_follow_up": ("mix of cheap and dear",),
    "follow_up_as_first": ("mix of cheap and dear",),
}
ROWS = ("rows a person-month", "rows beside", "monthly A&E return")


def printed_reach(clean: Sequence[Finding], fault: Fault) -> float | None:
    """The smallest fault of this kind that the clean city's report says would be found, GBP; None where it says none."""
    words = SHOWS_IN.get(fault.name, ROWS)
    known = [
        finding.reach_gbp
        for finding in clean
        if finding.reach_gbp is not None
        and finding.stream == fault.place.stream
        and any(word in finding.message for word in words)
    ]
    return min(known) if known else None


def month_text(number: int) -> str:
    """The month with this number (`month_number`)."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _size(finding: Finding) -> float:
    return max(abs(finding.saving_effect_gbp_low or 0.0), abs(finding.saving_effect_gbp_high or 0.0))
