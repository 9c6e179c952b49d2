"""Waivers as a report prints them: which findings it goes on in spite of, who signed for that, when, why and until when.

Belongs here: telling waivers that this result rests on from those that nothing rests on, and their sentences.
Does not belong here: whether a waiver counts (`pipeline.approvals`, `pipeline.assurance.gate`).

A waiver names a finding by its hash: when the finding has changed, or the data were mended, nothing rests on it any more.
"""

from typing import Any

from reports import wording

Waived = tuple[dict[str, Any], dict[str, Any]]


def resting_on(result: dict[str, Any]) -> list[Waived]:
    """Waivers in force with the finding that each lets pass, data gate first."""
    signed = {waiver["finding"]: waiver for waiver in result["signatures"]["waivers"]}
    findings = [finding for gate in ("data", "design") for finding in result["gates"][gate]["findings"]]
    return [(signed[f["id"]], f) for f in findings if f["verdict"] == "waived" and f.get("id") in signed]


def void(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Waivers in force that no finding of this result needs."""
    used = {waiver["finding"] for waiver, _ in resting_on(result)}
    return [waiver for waiver in result["signatures"]["waivers"] if waiver["finding"] not in used]


def banner(result: dict[str, Any]) -> str:
    """What the head of every page says; '' when this result rests on no waiver."""
    waived = resting_on(result)
    if not waived:
        return ""
    ends = wording.day(min(str(waiver["expires"]) for waiver, _ in waived))
    count = "a waived finding" if len(waived) == 1 else f"{len(waived)} waived findings"
    return f"Rests on {count}, signed by both parties until {ends}"


def sentence(waiver: dict[str, Any], finding: dict[str, Any] | None = None) -> str:
    """A waiver: of what, until when, who signed for whom and on which day, and why."""
    signed = zip(waiver["signed_by"], waiver.get("organisations") or ["", ""], waiver.get("signed_on") or ["", ""], strict=True)
    told = []
    for name, organisation, on in signed:
        beside = [organisation, wording.day(str(on)) if on else ""]
        inside = ", ".join(part for part in beside if part)
        told.append(f"{name} ({inside})" if inside else str(name))
    until, why = wording.day(str(waiver["expires"])), str(waiver["reason"]).rstrip(".")
    if finding is None:
        return (
            f"Nothing here rests on the waiver of finding {waiver['finding'][:12]}, in force until {until}, signed by "
            f"{' and '.join(told)}: the finding it names has changed or is gone."
        )
    months = wording.span(finding["first_month"], finding["last_month"])
    when = "" if months == wording.NO_VALUE else f", {months}"
    what = f"{wording.where(finding)}{when} ({wording.check(finding['check'])})"
    return f"Waiver in force until {until} of {what}, signed by {' and '.join(told)}: {why}."
