"""What could be wrong, and the three lights.

Belongs here: which findings bear on the figure and in what words; the light of each gate with its sentence and its power.
Does not belong here: the amount and how sure it is (`reports.sentences`).
"""

import re
from typing import Any, Literal

from reports import wording
from reports.blocks import Light

#: how a finding's verdict is introduced on the first page; a plain pass bears on nothing
_BEARS = {
    "fail": "Closes the gate",
    "waived": "Waived by both sides",
    "not_evaluated": "Not evaluated",
    "undetermined": "Undetermined",
    "adjust": "Adjusted for",
    "inform": "For information",
}

NO_POUNDS = "It has not been put into pounds."

#: the checks that say what a gate could have found
_POWER_CHECKS = {"data": ("reference",), "design": ("pre_trend",)}

LightState = Literal["yes", "no", "on a waiver", "in doubt", "not known"]
#: the part of a check's sentence that says what it could have found
_REACH = re.compile(r"the smallest .*", re.IGNORECASE | re.DOTALL)

_STATES: dict[str, LightState] = {"pass": "yes", "waived": "on a waiver", "fail": "no", "not_evaluated": "not known"}


def bearing(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Findings that bear on the figure: what closes, is waived or was not evaluated first; then the largest pounds first.

    Findings on contamination are left to its light, which stands on the same page.
    """
    findings = [finding for gate in ("data", "design") for finding in result["gates"][gate]["findings"]]
    bears = [f for f in findings if f["verdict"] in _BEARS and (f["verdict"] != "inform" or _stake(f) > 0)]
    rank = {"fail": 0, "waived": 1, "not_evaluated": 2}
    ours = [finding for finding in bears if finding["check"] != "contamination" or finding["verdict"] in ("fail", "waived")]
    return sorted(ours, key=lambda finding: (rank.get(finding["verdict"], 3), -_stake(finding)))


def _stake(finding: dict[str, Any]) -> float:
    effects = [finding.get(f"{what}_effect_gbp{end}") for what in ("payment", "saving") for end in ("", "_low", "_high")]
    return max((abs(effect) for effect in effects if effect is not None), default=0.0)


def doubt(finding: dict[str, Any]) -> str:
    """One finding as one entry: its standing, its sentence, its pounds. What it could have found stands with the lights."""
    reach = _REACH.search(finding["message"])
    told = finding["message"][: reach.start()].rstrip(" ;.,") + "." if reach and reach.start() else finding["message"]
    return f"{_BEARS.get(finding['verdict'], 'Passed')}: {told} {stake(finding)}".strip()


def stake(finding: dict[str, Any]) -> str:
    """What the finding is worth, in pounds, unless its own sentence says so; or that it has not been put into pounds."""
    said = "saving by" in finding["message"]
    effect, payment = finding["saving_effect_gbp"], finding["payment_effect_gbp"]
    parts = [] if effect is None or said else [f"the year's measured figure {_moved(effect)}{_range(finding, 'saving')}"]
    if payment is not None:
        parts.append(f"the payment at the target {_moved(payment)}{_range(finding, 'payment')}")
    if not parts:
        return "" if said else NO_POUNDS
    sure = "Uncorrected" if finding["verdict"] in ("fail", "waived") else "Taken at its word"
    return f"{sure}, it leaves {' and '.join(parts)}."


def _moved(effect: float) -> str:
    return "unmoved" if round(effect) == 0 else f"{wording.about(abs(effect))} too {'high' if effect > 0 else 'low'}"


def _range(finding: dict[str, Any], what: str) -> str:
    low, high = finding.get(f"{what}_effect_gbp_low"), finding.get(f"{what}_effect_gbp_high")
    if low is None or high is None or round(low) == round(high):
        return ""
    over = ", over all plausible effects" if what == "payment" else ""
    return f" ({wording.about(low)} to {wording.about(high)}{over})"


def what_could_be_wrong(result: dict[str, Any], *, at_most: int = 3) -> list[str]:
    """The first page's list; how many more there are is said, never left out."""
    bears = bearing(result)
    said = [doubt(finding) for finding in bears[:at_most]]
    if len(bears) > at_most:
        said.append(f"{len(bears) - at_most} more findings bear on the figure; all stand under Data.")
    said += [waiver_sentence(waiver) for waiver in result["signatures"]["waivers"]]
    return said or [
        "No open finding bears on this figure, and no waiver is in force. What no check here can see stands under Method."
    ]


def waiver_sentence(waiver: dict[str, Any]) -> str:
    """A waiver in force: why, until when, who signed."""
    who = waiver.get("signed_by") or [waiver.get("name", "")]
    names = " and ".join(str(name) for name in who if name) or "nobody named"
    until = f" until {wording.day(str(waiver['expires']))}" if waiver.get("expires") else ""
    return f"Waiver in force{until}, signed by {names}: {str(waiver.get('reason', 'no reason given')).rstrip('.')}."


def lights(result: dict[str, Any]) -> list[Light]:
    """Data fit to compare; groups fair to compare; control uncontaminated: each with its sentence and its power."""
    return [
        _gate_light(result, "data", "Data fit to compare"),
        _gate_light(result, "design", "Groups fair to compare"),
        _contamination_light(result),
    ]


def _contamination_light(result: dict[str, Any]) -> Light:
    """Evaluated is not yet uncontaminated: the light says yes only where every finding on it passed."""
    contamination = result["contamination"]
    name, sentence = "Control uncontaminated", contamination["sentence"]
    if contamination["status"] == "not_evaluated":
        return Light(name, "not known", sentence, "What was not looked at has no power to find anything.")
    seen = [f["verdict"] for f in result["gates"]["design"]["findings"] if f["check"] == "contamination"]
    passed = bool(seen) and all(verdict == "pass" for verdict in seen)
    whole = contamination["status"] == "evaluated"
    state: LightState = "no" if "fail" in seen else "yes" if passed and whole else "in doubt"
    return Light(name, state, sentence, str(contamination.get("power") or "It was not measured."))


def _gate_light(result: dict[str, Any], gate: str, name: str) -> Light:
    judged = result["gates"][gate]
    findings = judged["findings"]
    if judged["verdict"] == "not_evaluated":
        sentence = f"The {gate} gate was not judged."
        if gate == "design" and result["gates"]["data"]["verdict"] not in ("pass", "waived"):
            sentence = "Not judged: the data gate is closed, and data come first."
    else:
        by = {verdict: sum(1 for f in findings if f["verdict"] == verdict) for verdict in wording.VERDICT_WORDS}
        told = [f"{n} {wording.VERDICT_WORDS[verdict]}" for verdict, n in by.items() if n]
        opened = {"pass": "open", "waived": "open on a signed waiver", "fail": "closed"}[judged["verdict"]]
        sentence = f"The {gate} gate is {opened}; findings: {', '.join(told) or 'none'}."
    return Light(name=name, state=_STATES[judged["verdict"]], sentence=sentence, power=_power(gate, findings))


def _power(gate: str, findings: list[dict[str, Any]]) -> str:
    """What this gate could have missed, in the words of the check that measured it, where that is widest."""
    measured = [f for f in findings if f["check"] in _POWER_CHECKS[gate] and f["verdict"] != "not_evaluated"]
    if not measured:
        return "It was not measured."
    widest = max(measured, key=_stake)
    reach = _REACH.search(widest["message"])
    told = wording.capital(reach[0]) if reach else widest["message"]
    return f"{wording.capital(wording.where(widest))}: {told}" if gate == "data" else told
