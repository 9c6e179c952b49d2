"""What could be wrong: which findings bear on the figure, in one plain sentence each with its pounds.

Belongs here: choosing, grouping and wording the first page's doubts; waivers in force.
Does not belong here: the three lights (`reports.lights`), the full list of findings (`reports.pages.data_page`), the amount
and how sure it is (`reports.sentences`).
"""

import re
from collections.abc import Iterable
from typing import Any

from reports import waivers, wording

Finding = dict[str, Any]

NO_POUNDS = "It has not been put into pounds."

#: verdicts that bear on the figure, the gravest first; a plain pass bears on nothing
_RANK = {"fail": 0, "waived": 1, "not_evaluated": 2, "undetermined": 3, "adjust": 3, "inform": 3}
_OPENING = {"undetermined": "Seen, but whether it matters is undetermined",
            "fail": "Closes the gate", "waived": "Waived by both sides", "not_evaluated": "Not evaluated",
            "adjust": "Adjusted for", "inform": "For information"}  # fmt: skip

#: what a check does, as the subject of "cannot rule out"
_DOES = {
    "reference": "Comparing people who are not eligible",
    "pricing": "Counting the rows without a price",
    "linkage": "Counting the rows linked to a person",
    "routes": "Comparing extract and feed",
    "mix": "Comparing the mix of kinds of contact",
    "places": "Looking provider by provider",
    "shape": "Looking for sharp steps",
    "reconciliation": "Recounting the supplier's prices",
}

#: the part of a check's sentence that says what it could have found; it stands with the lights
REACH = re.compile(
    r"(?:of the faults that [^;.]*? )?(?:the smallest |\w+ times in \w+ (?:a fault|this would find) ).*",
    re.IGNORECASE | re.DOTALL,
)


def bearing(result: dict[str, Any]) -> list[Finding]:
    """Findings that bear on the figure: what closes, is waived or was not evaluated first; then what was seen though it is
    undetermined; then the largest pounds first.

    Findings on contamination are left to its light, which stands on the same page.
    """
    findings = [finding for gate in ("data", "design") for finding in result["gates"][gate]["findings"]]
    bears = [f for f in findings if f["verdict"] in _RANK and (f["verdict"] != "inform" or stake(f) > 0)]
    ours = [finding for finding in bears if finding["check"] != "contamination" or finding["verdict"] in ("fail", "waived")]
    return sorted(ours, key=lambda finding: (_RANK[finding["verdict"]], not seen_undecided(finding), -stake(finding)))


def seen_undecided(finding: Finding) -> bool:
    """Whether an undetermined finding has a range that leaves zero out: something is there, only its weight is not known."""
    low, high = finding["saving_effect_gbp_low"], finding["saving_effect_gbp_high"]
    return finding["verdict"] == "undetermined" and low is not None and high is not None and (low > 0 or high < 0)


def stake(finding: Finding, *, of: Iterable[str] = ("payment", "saving")) -> float:
    """The largest pounds that stand in a finding, whatever their sign; 0 where it has none."""
    effects = [finding.get(f"{what}_effect_gbp{end}") for what in of for end in ("", "_low", "_high")]
    return max((abs(effect) for effect in effects if effect is not None), default=0.0)


def what_could_be_wrong(result: dict[str, Any], *, at_most: int = 4) -> list[str]:
    """The first page's list; how many findings are left off is said, never left out."""
    groups = list(_grouped(bearing(result)).values())
    said = [_sentence(group, result["contract_year"]) for group in groups[:at_most]]
    left = sum(len(group) for group in groups[at_most:])
    if left:
        said.append(f"{left} more findings bear on the figure; all stand under Data.")
    said += [waivers.sentence(waiver, finding) for waiver, finding in waivers.resting_on(result)]
    return said or [
        "No open finding bears on this figure, and no waiver is in force. What no check here can see stands under Method."
    ]


def _grouped(findings: list[Finding]) -> dict[tuple[Any, ...], list[Finding]]:
    """Findings of one sentence: what closes, by the place where it was seen; what a check could not decide, by the check."""
    groups: dict[tuple[Any, ...], list[Finding]] = {}
    for number, finding in enumerate(findings):
        verdict = finding["verdict"]
        place = finding["stream"], finding["arm"], finding["first_month"], finding["last_month"]
        alone = verdict in ("inform", "adjust", "not_evaluated", "waived") or (verdict == "fail" and not any(place))
        alone = alone or seen_undecided(finding)
        key = (verdict, number) if alone else (verdict, *place) if verdict == "fail" else (verdict, finding["check"])
        groups.setdefault(key, []).append(finding)
    return groups


def _sentence(group: list[Finding], contract_year: str) -> str:
    first = group[0]
    if first["verdict"] == "undetermined" and not seen_undecided(first):
        return undecided(group)
    if first["check"] == "pre_trend" and first["verdict"] == "inform" and first["saving_effect_gbp"] is not None:
        return drifting(first, contract_year)
    others = sorted({wording.check(finding["check"]) for finding in group[1:]} - {wording.check(first["check"])})
    also = f" The same gap shows in: {', '.join(others)}." if others else ""
    return f"{_OPENING[first['verdict']]}: {told(first)} {in_pounds(first)}".strip() + also


def undecided(group: list[Finding]) -> str:
    """What one check could not rule out, stream by stream, and how far the payment could move with it."""
    does = _DOES.get(group[0]["check"], f"The check on {wording.check(group[0]['check'])}")
    worst: dict[str, float] = {}
    for finding in group:
        where = wording.STREAM_WORDS.get(finding["stream"] or "", "")
        worst[where] = max(worst.get(where, 0.0), stake(finding, of=("saving",)))
    most = [
        f"{wording.about(gbp)}{f' in {where}' if where else ''}"
        for where, gbp in sorted(worst.items(), key=lambda w: -w[1])
        if gbp
    ]
    if not most:
        return f"{does} decides nothing. {NO_POUNDS}"
    paid = max(stake(finding, of=("payment",)) for finding in group)
    moves = f"; the payment could move by up to {wording.about(paid)}" if paid else ""
    return f"{does} cannot rule out a fault that moves the year's figure by up to {_listed(most)}{moves}."


def drifting(finding: Finding, contract_year: str) -> str:
    """What a drift before launch would do if it went on."""
    low, high = finding["saving_effect_gbp_low"], finding["saving_effect_gbp_high"]
    unsure = low is not None and high is not None and low < 0 < high
    ends = f" (anything from {wording.about(-low)} too low to {wording.about(high)} too high)" if unsure else ""
    chance = ", which may be chance" if unsure else ""
    paid = finding["payment_effect_gbp"]
    moved = f" and the payment, had the target been met, {too(paid)}" if paid is not None else ""
    return (
        f"Before launch the arms' costs were moving apart{chance}: had that gone on to {contract_year}, it alone would leave "
        f"the year's figure {too(finding['saving_effect_gbp'])}{ends}{moved}."
    )


def told(finding: Finding) -> str:
    """The finding's own sentence without what it could have found, which stands with the lights."""
    reach = REACH.search(finding["message"])
    return finding["message"][: reach.start()].rstrip(" ;:.,") + "." if reach and reach.start() else str(finding["message"])


def in_pounds(finding: Finding) -> str:
    """What the finding does to the year's figure, unless its sentence says so, and to the payment; or that it has no pounds."""
    said = "saving by" in finding["message"]
    effect, payment = finding["saving_effect_gbp"], finding["payment_effect_gbp"]
    parts = [] if effect is None or said else [f"the year's figure {too(effect)}"]
    if payment is not None:
        parts.append(f"the payment, had the target been met, {too(payment)}")
    if not parts:
        return "" if said else NO_POUNDS
    return f"Uncorrected, it leaves {' and '.join(parts)}."


def too(effect: float) -> str:
    """'£298,000 too low'; 'as it is' where nothing moves."""
    return "as it is" if round(effect) == 0 else f"{wording.about(abs(effect))} too {'high' if effect > 0 else 'low'}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"
