"""Was a planted fault found, where, and at what price? One city with a fault held against the same city without it.

Belongs here: what counts as found, localised and rightly valued. Does not belong here: planting (`pipeline.rehearsal.faults`),
the tables (`bench.faults`).

Found: a finding that informs or fails and that the clean city does not have, by check, stream, arm and provider. Localised: one
such finding names the fault's stream and arm, its provider where it strikes one, and its first and last month to within one.
Valued: of the new findings with pounds, the largest of each stream and arm added up, either lies within a tenth of the truth or
its range holds it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.assurance.finding import Finding
from pipeline.calendar import month_number
from pipeline.rehearsal.faults.fault import Fault

Key = tuple[str, str | None, str | None, str | None]
TELLS = ("inform", "fail")


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
    findings: Sequence[Finding], clean: Sequence[Finding], fault: Fault, *, first: str, last: str, truth_gbp: float | None
) -> Outcome:
    """first, last : the fault's months among those that bear on the year. truth_gbp : measured minus true saving, if any."""
    new = new_findings(findings, clean)
    localised = any(_names(finding, fault, first, last) for finding in new) if new else None
    stated, low, high = _stated(new)
    valued = None
    if truth_gbp is not None and new:
        valued = abs(stated - truth_gbp) <= 0.1 * abs(truth_gbp) or low <= truth_gbp <= high
    shut = any(finding.verdict == "fail" for finding in new)
    return Outcome(bool(new), shut, localised, valued, stated, tuple(sorted({finding.check for finding in new})))


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


def _stated(new: Sequence[Finding]) -> tuple[float, float, float]:
    """Point, low and high, over streams and arms: rows and prices by two routes added up, else the largest finding there.

    A check of all streams together stands in only where no stream has pounds of its own.
    """
    valued = [finding for finding in new if finding.saving_effect_gbp is not None]
    everywhere: set[tuple[str | None, str | None]] = {(finding.stream, finding.arm) for finding in valued}
    places = {place for place in everywhere if place[0] is not None} or everywhere
    point = low = high = 0.0
    for place in sorted(places, key=str):
        here = [finding for finding in valued if (finding.stream, finding.arm) == place]
        routes = [finding for finding in here if finding.check == "routes"]
        for one in routes or [max(here, key=_size)]:
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


def _size(finding: Finding) -> float:
    return max(abs(finding.saving_effect_gbp_low or 0.0), abs(finding.saving_effect_gbp_high or 0.0))
