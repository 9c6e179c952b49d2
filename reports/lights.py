"""The three lights of the first page: each with its sentence and its power, never alone.

Belongs here: the light of each gate and of contamination. Does not belong here: what bears on the figure (`reports.doubts`).
"""

import re
from typing import Any

from reports import wording
from reports.blocks import Light, LightState
from reports.doubts import REACH, stake

#: the checks that say what a gate could have found
_POWER_CHECKS = {"data": "reference", "design": "pre_trend"}
_STATES: dict[str, LightState] = {"pass": "yes", "waived": "on a waiver", "fail": "no", "not_evaluated": "not known"}
_POUNDS = re.compile(r"£([\d,]+)")
_ODDS = re.compile(r"\w+ times in \w+")
#: counts of findings by verdict, as a sentence goes on
_COUNTED = {
    "pass": "pass", "inform": "only inform", "undetermined": "cannot be decided", "adjust": "are adjusted for", "fail": "fail",
    "waived": "are waived", "not_evaluated": "could not be evaluated",
}  # fmt: skip

_ONE = {"pass": "passes", "inform": "only informs", "adjust": "is adjusted for", "fail": "fails", "waived": "is waived"}


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
    # what would remedy it stands on the page about it
    name, sentence = "Control uncontaminated", re.sub(r" Remedy: [^.]*\.", "", contamination["sentence"])
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
    state = _STATES[judged["verdict"]]
    if judged["verdict"] == "not_evaluated":
        sentence = f"The {gate} gate was not judged."
        if gate == "design" and result["gates"]["data"]["verdict"] not in ("pass", "waived"):
            sentence = "Not judged: the data gate is closed, and data come first."
    else:
        by = {verdict: sum(1 for f in findings if f["verdict"] == verdict) for verdict in _COUNTED}
        told = [
            f"{n} {_ONE.get(verdict, _COUNTED[verdict]) if n == 1 else _COUNTED[verdict]}" for verdict, n in by.items() if n
        ]
        opened = {"pass": "open", "waived": "open on a signed waiver", "fail": "closed"}[judged["verdict"]]
        sentence = f"The {gate} gate is {opened}; of {len(findings)} findings {', '.join(told) or 'none bears on it'}."
        # an open gate proves no more than its checks could decide
        if state == "yes" and any(f["verdict"] == "undetermined" or (f["verdict"] == "inform" and stake(f)) for f in findings):
            state = "yes, as far as seen"
    return Light(name=name, state=state, sentence=sentence, power=power(gate, findings))


def power(gate: str, findings: list[dict[str, Any]]) -> str:
    """What this gate could have missed, in the words of the check that measured it."""
    measured = [f for f in findings if f["check"] == _POWER_CHECKS[gate] and f["verdict"] != "not_evaluated"]
    if not measured:
        return "It was not measured."
    if gate == "data":
        return _power_by_stream(measured, exact=any(f["check"] == "routes" and f["verdict"] == "pass" for f in findings))
    message = max(measured, key=stake)["message"]
    reach = REACH.search(message)
    return wording.capital(reach[0]) if reach else str(message)


def _power_by_stream(measured: list[dict[str, Any]], *, exact: bool) -> str:
    """The smallest fault found in each stream by the check that finds least there."""
    least: dict[str, int] = {}
    odds = "four times in five"
    for finding in measured:
        reach = REACH.search(finding["message"])
        found = _POUNDS.search(reach[0]) if reach else None
        said = _ODDS.search(reach[0]) if reach else None
        odds = said[0] if said else odds
        if found:
            where = wording.STREAM_WORDS.get(finding["stream"] or "", "all streams together")
            least[where] = max(least.get(where, 0), int(found[1].replace(",", "")))
    if not least:
        return "It was not put into pounds."
    told = ", ".join(f"{wording.about(gbp)} in {where}" for where, gbp in sorted(least.items(), key=lambda entry: -entry[1]))
    counted = "Rows lost between feed and extract are counted one by one. " if exact else ""
    return f"{counted}A fault that is in both is found {odds} if it is worth at least {told}."
