"""What a report may say at the top: the statement, and how sure it is.

Belongs here: the rules of wording for headlines, as pure functions of the result.
Does not belong here: what could be wrong and the three lights (`reports.doubts`, `reports.lights`), figures, layout.

The rule that matters most: where the interval holds zero, or there is none, no headline claims a saving or a reduction; it
says that the data do not by themselves show one (report.md, First page).
"""

from decimal import Decimal
from typing import Any, Literal

from reports import waivers, wording
from reports.questions import questions

#: the one phrase in which the word may stand although the interval holds zero
NOT_SHOWN = "the data do not by themselves show a saving"

Shown = Literal["lower", "higher", "neither", "no interval"]


def shown(result: dict[str, Any]) -> Shown:
    """What the interval of the paid figure shows by itself: cost lower, higher, neither (it holds zero), or no interval."""
    saving = result["saving"]
    low, high = (None, None) if saving is None else (saving["gbp_per_head_low"], saving["gbp_per_head_high"])
    if low is None or high is None:
        return "no interval"
    return "lower" if low > 0 else "higher" if high < 0 else "neither"


def closed_gate(result: dict[str, Any]) -> str | None:
    """'data' or 'design' when that gate is shut, the data gate first; None when both are open."""
    for gate in ("data", "design"):
        if result["gates"][gate]["verdict"] not in ("pass", "waived"):
            return gate
    return None


def statement(result: dict[str, Any], *, questions_at: str = "see page 2") -> str:
    """The first sentence of the report: one amount and its status, or why there is none.

    questions_at : how the reader finds the questions for suppliers; a document that can point puts its pointer here.
    """
    payment = result["payment"]
    if payment["amount_gbp"] is None or payment["status"] == "withheld":
        return _withheld(result, questions_at)
    amount, owed = Decimal(payment["amount_gbp"]), wording.exact(payment["amount_gbp"])
    below = _below_threshold(result) if amount == 0 else None
    if below:
        return below
    clause = f" under clause {payment['clause']}" if payment["clause"] else ""
    year = f"For contract year {result['contract_year']}"
    if amount < 0:
        return f"{year} the investor owes {wording.exact(-amount)}{clause} ({status(result)})."
    if amount == 0:
        return f"{year} {owed} is owed{clause} ({status(result)})."
    if shown(result) == "lower":
        return f"{year} the commissioner owes {owed}{clause} ({status(result)})."
    return f"{year} {owed} is owed{clause} although {NOT_SHOWN} ({status(result)})."


def _withheld(result: dict[str, Any], questions_at: str) -> str:
    gate = closed_gate(result)
    if gate is None:
        return f"No payment can be calculated for contract year {result['contract_year']}: the figure is withheld."
    closed = f"No payment can be calculated: the {gate} gate is closed."
    asked = questions(result)
    if not asked:
        return f"{closed} No question for a supplier arises; what closed it stands among the findings, {questions_at}."
    return f"{closed} Question 1 is for {asked[0].supplier}, {questions_at}."


def _below_threshold(result: dict[str, Any]) -> str | None:
    """The sentence for nothing owed because the threshold was not reached; None when that is not the reason."""
    saving, threshold = result["saving"], result["payment"]["threshold_gbp_per_head"]
    if saving is None or threshold is None or saving["gbp_per_head"] >= threshold:
        return None
    mark, owed = wording.pounds(threshold), "£0.00 is owed:"
    per_head = saving["gbp_per_head"]
    if per_head < 0:
        measured = f"measured cost is {wording.pounds(-per_head)} a head above what it would have been without the programme"
        said = f"{owed} {measured}, and the threshold is {mark} below it"
        return said + (f"; {NOT_SHOWN}." if shown(result) != "higher" else ".")
    if shown(result) == "lower":
        return f"{owed} the measured saving of {wording.pounds(per_head)} a head is below the threshold of {mark}."
    difference = f"the measured difference of {wording.pounds(per_head)} a head"
    return f"{owed} {difference} is below the threshold of {mark}, and {NOT_SHOWN}."


def status(result: dict[str, Any]) -> str:
    """How firm the amount is: '(proposed, interim, on provisional data received to 30 June 2019)' without the brackets."""
    parts = [result["payment"]["status"]]
    if result["payment"].get("interim"):
        parts.append("interim")
    if waivers.resting_on(result):
        parts.append("resting on a waiver by both parties")
    kind = "provisional" if result["run"]["provisional"] else "final"
    return ", ".join([*parts, f"on {kind} data received to {wording.day(received_to(result))}"])


def received_to(result: dict[str, Any]) -> str:
    """The last day on which anything this result rests on was received, or the day of the run when nothing was."""
    return max((item["received"] for item in result["run"]["inputs"]), default=result["run"]["on"])


def compatible_with(result: dict[str, Any]) -> str | None:
    """The interval in words; None when nothing was estimated."""
    saving = result["saving"]
    if saving is None:
        return None
    low, high = saving["gbp_per_head_low"], saving["gbp_per_head_high"]
    if low is None or high is None:
        reason = primary(result).get("refused_reason")
        return "No interval could be calculated" + (f": {reason.rstrip('.')}." if reason else ".")
    if low > 0:
        return f"The data are compatible with anything from {wording.pounds(low)} to {wording.pounds(high)} a head less cost."
    if high < 0:
        return f"The data are compatible with anything from {wording.pounds(-high)} to {wording.pounds(-low)} a head more cost."
    more, less = wording.pounds(-low), wording.pounds(high)
    return f"The data are compatible with anything from {more} a head more cost to {less} a head less cost."


def primary(result: dict[str, Any]) -> dict[str, Any]:
    """The one estimate that is paid on; an empty dict in a blocked run."""
    return next((row for row in result["estimates"] if row["primary"]), {})


def interval_label(result: dict[str, Any]) -> str:
    """What kind of interval it is and what it cannot see (method.md section 3)."""
    if primary(result).get("interval") == "area":
        return "area-level 95% interval: it allows for shocks shared by one side of the city"
    return "practice-level 95% interval: it does not see a shock shared by one side of the city"


def how_sure(result: dict[str, Any]) -> list[str]:
    """The sentences under the mark on the line: interval, reach, and what the rule does when the truth is known."""
    said = [compatible_with(result) or "Nothing was estimated, so there is no interval and nothing to be sure of."]
    if result["saving"] is None:
        return said
    said.append(wording.capital(interval_label(result)) + ".")
    reach = primary(result).get("minimum_detectable_gbp")
    said.append(
        "How small a change this comparison could have found was not calculated."
        if reach is None
        else f"The smallest change it could have found in four cases of five is {wording.pounds(reach)} a head."
    )
    odds = result["payment"]["characteristics"]
    if not odds or odds.get("p_paid_no_effect") is None or odds.get("p_unpaid_target") is None:
        return [*said, "How often this rule pays when nothing happened was not calculated for this result."]
    nothing, target = wording.percent(odds["p_paid_no_effect"]), wording.percent(odds["p_unpaid_target"])
    goal = wording.pounds(result["study"]["target_gbp_per_head"])
    said.append(
        f"This rule pays in {nothing} of cases when nothing happened, and pays nothing in {target} when {goal} was met."
    )
    return said


def what_changed(result: dict[str, Any]) -> list[str]:
    """Since the last version, by cause, in pounds: the three largest causes of the bridge, or that there is none."""
    bridge = result["bridge"]
    if bridge is None:
        return ["Not told: this version of the software calculates no bridge to an earlier version of this report."]
    causes = sorted(bridge.get("causes", []), key=lambda cause: (-abs(Decimal(str(cause["gbp"]))), cause["cause"]))
    if not causes:
        return ["An earlier version exists; this result does not say what changed since."]
    said = [f"{cause['cause']}: {wording.exact(str(cause['gbp']))}" for cause in causes[:3]]
    rest = sum((Decimal(str(cause["gbp"])) for cause in causes[3:]), Decimal(0))
    return [*said, f"{len(causes) - 3} smaller causes together: {wording.exact(rest)}"] if len(causes) > 3 else said
