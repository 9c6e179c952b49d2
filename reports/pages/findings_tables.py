"""What the checks of a gate found: worst first, by verdict, the first ones in full; in one sentence a check what passed.

Belongs here: the full list of a gate's findings with their pounds and questions. Does not belong here: which findings bear on
the figure (`reports.doubts`), what the checks cannot see (`blind_spots`). Nothing is lost by grouping: result.json holds every
finding.
"""

import re
from itertools import groupby
from typing import Any

from reports import doubts, wording
from reports.blocks import Block, Column, Entry, Items, Subheading, Table, Text
from reports.questions import supplier_of

#: in what order a reader wants the findings of a gate, and the words over each group
GROUPS = {
    "fail": "Closes the gate", "not_evaluated": "Could not be evaluated", "waived": "Waived by both sides",
    "undetermined": "Undetermined: the data allow both that nothing is wrong and that something that matters is",
    "adjust": "Adjusted for", "inform": "For information",
}  # fmt: skip
IN_FULL = 10
NOTE = (
    "Pounds: what the finding, read as a fault, adds to the year's measured figure (negative makes it too low) and to the "
    "payment had the target been met; in brackets the range that the data allow, for the payment over all plausible effects."
)
#: what stands in pounds or as reach beside the sentence is not said twice
_POUNDS_SAID = re.compile(
    r"[;,] (?:read as a fault it|which|what the other arm does not share) (?:under|over)states the saving by about [^;.]*?\)"
    r"|; read as a fault it moves the measured saving by up to £[\d,]+ either way"
)
#: "A&E, control: " or "Outpatients: " before what was seen there
_PLACE = re.compile(r"^[^:.]{1,60}: ")


def findings_of(result: dict[str, Any], gate: str) -> list[Block]:
    """Everything that one gate found. gate : 'data' or 'design'."""
    findings = result["gates"][gate]["findings"]
    blocks: list[Block] = [Subheading(f"What the {gate} gate found")]
    if not findings:
        return [*blocks, Text("No finding: the gate was not judged.")]
    order, shut = list(GROUPS), result["gates"][gate]["verdict"] == "fail"
    told = [finding for finding in findings if finding["verdict"] == "inform" and not doubts.stake(finding)]
    ranked = sorted(
        (finding for finding in findings if finding["verdict"] != "pass" and finding not in told),
        key=lambda finding: (order.index(finding["verdict"]), not doubts.seen_undecided(finding), -doubts.stake(finding)),
    )
    if ranked:
        blocks.append(Text(NOTE))
    counted = {verdict: sum(finding["verdict"] == verdict for finding in ranked) for verdict in order}
    for verdict, group in groupby(ranked[:IN_FULL], key=lambda finding: finding["verdict"]):
        blocks.append(Text(f"{GROUPS[verdict]} ({counted[verdict]})", emphasis=True))
        blocks += [_entry(result, finding, ranked.index(finding) + 1, shut=shut) for finding in group]
    if len(ranked) > IN_FULL:
        blocks.append(_rest(result, gate, ranked))
    if told:
        blocks.append(Text(f"For information, without pounds ({len(told)})", emphasis=True))
        blocks.append(Items(tuple(wording.capital(finding["message"]) for finding in told)))
    return [*blocks, *_passed(findings)]


def _entry(result: dict[str, Any], finding: dict[str, Any], number: int, *, shut: bool) -> Entry:
    lines = [("What it saw", _seen(finding)), ("In pounds", _in_pounds(finding))]
    question = finding["question_for_supplier"]
    if question:
        lines.append((f"Ask {supplier_of(result, finding['stream'])}", question))
    if finding["verdict"] == "undetermined":
        lines.append(("Reach", reach_of(finding) or "this check does not say what it could have found."))
    if shut and finding["verdict"] in ("fail", "not_evaluated") and finding.get("id"):
        lines.append(("To waive it", f"both parties sign for {finding['id'][:12]}"))
    months = wording.span(finding["first_month"], finding["last_month"])
    when = "" if months == wording.NO_VALUE else f", {months}"
    title = f"{number}. {wording.capital(wording.where(finding))}{when}: {wording.check(finding['check'])}"
    return Entry(title, tuple(lines))


def reach_of(finding: dict[str, Any]) -> str:
    """What the check says that it could have found; '' where it says nothing."""
    found = doubts.REACH.search(finding["message"])
    return found[0] if found else ""


def _seen(finding: dict[str, Any]) -> str:
    return _POUNDS_SAID.sub("", doubts.told(finding))


def _in_pounds(finding: dict[str, Any]) -> str:
    figure, payment = _effect(finding, "saving"), _effect(finding, "payment")
    if wording.NO_VALUE in (figure, payment) and figure == payment:
        return doubts.NO_POUNDS
    return f"the year's figure {figure}; the payment at the target {payment}."


def _effect(finding: dict[str, Any], what: str) -> str:
    effect, low, high = (finding.get(f"{what}_effect_gbp{end}") for end in ("", "_low", "_high"))
    if effect is None:
        return wording.NO_VALUE
    told, ends = wording.about(effect), (wording.about(low), wording.about(high))
    return told if wording.NO_VALUE in ends or ends[0] == ends[1] else f"{told} ({ends[0]} to {ends[1]})"


def _rest(result: dict[str, Any], gate: str, ranked: list[dict[str, Any]]) -> Table:
    rows = []
    for number, finding in enumerate(ranked[IN_FULL:], IN_FULL + 1):
        question = finding["question_for_supplier"]
        months = wording.span(finding["first_month"], finding["last_month"])
        place = wording.capital(wording.where(finding)) + ("" if months == wording.NO_VALUE else f", {months}")
        rows.append(
            (
                str(number),
                f"{place}: {wording.check(finding['check'])}",
                wording.VERDICT_WORDS[finding["verdict"]],
                _PLACE.sub("", _seen(finding)) + (f" Ask: {question}" if question else ""),
                _effect(finding, "saving").replace("£", ""),
                _effect(finding, "payment").replace("£", ""),
            )
        )
    return Table(
        f"{gate.capitalize()} gate: the other {len(rows)} of {len(ranked)} findings that did not simply pass",
        (
            Column("No."),
            Column("Where, when and check"),
            Column("Verdict"),
            Column("What it saw"),
            Column("Year's figure, £", "right"),
            Column("Payment at target, £", "right"),
        ),
        tuple(rows),
        widths=(0.5, 2.3, 1.5, 4.0, 1.6, 1.5),
    )


def _passed(findings: list[dict[str, Any]]) -> list[Block]:
    """One sentence a check."""
    passed = [finding for finding in findings if finding["verdict"] == "pass"]
    if not passed:
        return [Text("No check passed.")]
    checks = list(dict.fromkeys(finding["check"] for finding in passed))
    said = tuple(
        _together(check, [f for f in passed if f["check"] == check], sum(f["check"] == check for f in findings))
        for check in checks
    )
    return [Text(f"Passed ({len(passed)} of {len(findings)})", emphasis=True), Items(said)]


def _together(check: str, passed: list[dict[str, Any]], of: int) -> str:
    """A check's passes: what all of them saw alike, or else the one with most at stake."""
    told = {_PLACE.sub("", finding["message"]) for finding in passed}
    if len(passed) == 1:
        seen = passed[0]["message"]
    elif len(told) == 1:
        seen = f"in each, {told.pop()}"
    else:
        widest = max(passed, key=lambda finding: abs(finding["saving_effect_gbp"] or 0.0))
        seen = f"{'with most at stake' if widest['saving_effect_gbp'] else 'for example'}, {widest['message']}"
    return f"{wording.capital(wording.check(check))}, {len(passed)} of {of} passed: {seen}"
