"""What the checks of a gate found: in full what did not simply pass, in one row a check what did.

Belongs here: both tables, with the pounds in columns. Does not belong here: which findings bear on the figure
(`reports.doubts`). Nothing is lost by grouping: result.json holds every finding.
"""

import re
from typing import Any

from reports import wording
from reports.blocks import Block, Column, Table

#: in what order a reader wants the findings of a gate
_FIRST = ("fail", "not_evaluated", "waived", "undetermined", "adjust", "inform", "pass")

#: "A&E, control: " or "Outpatients: " before what was seen there
_POUNDS_SAID = re.compile(
    r"[;,] (?:read as a fault it|which|what the other arm does not share) (?:under|over)states the saving by about [^;.]*?\)"
)
_PLACE = re.compile(r"^[^:.]{1,60}: ")


def findings_of(findings: list[dict[str, Any]], gate: str) -> list[Block]:
    """Tables of one gate's findings. gate : 'Data gate' or 'Design gate'."""
    ranked = sorted(findings, key=lambda finding: _FIRST.index(finding["verdict"]))
    tables: list[Block] = []
    open_ones = tuple(_row(finding) for finding in ranked if finding["verdict"] != "pass")
    if open_ones:
        tables.append(
            Table(
                f"{gate}: what did not simply pass",
                (
                    Column("Check"),
                    Column("Verdict"),
                    Column("What it saw"),
                    Column("Year's figure, £", "right"),
                    Column("Payment at target, £", "right"),
                ),
                open_ones,
                note="Pounds: what the finding, read as a fault, adds to the year's measured figure (negative makes it too "
                "low) and to the payment had the target been met; in brackets the range that the data allow, for the payment "
                "over all plausible effects.",
                widths=(1.3, 1.3, 4.8, 1.5, 1.5),
            )
        )
    passed = [finding for finding in ranked if finding["verdict"] == "pass"]
    if passed:
        checks = list(dict.fromkeys(finding["check"] for finding in passed))
        rows = tuple(
            _together(check, [f for f in passed if f["check"] == check], sum(f["check"] == check for f in findings))
            for check in checks
        )
        columns = (Column("Check"), Column("Passed", "right"), Column("What it saw"))
        note = "One row a check; result.json holds every finding."
        tables.append(Table(f"{gate}: what passed", columns, rows, note=note, widths=(1.5, 1.0, 7.0)))
    return tables


def _row(finding: dict[str, Any]) -> tuple[str, ...]:
    # what stands in the columns is not said twice
    seen = _POUNDS_SAID.sub("", finding["message"])
    return (
        wording.check(finding["check"]),
        wording.VERDICT_WORDS[finding["verdict"]],
        seen,
        _effect(finding, "saving"),
        _effect(finding, "payment"),
    )


def _effect(finding: dict[str, Any], what: str) -> str:
    effect, low, high = (finding.get(f"{what}_effect_gbp{end}") for end in ("", "_low", "_high"))
    if effect is None:
        return wording.NO_VALUE
    told = wording.about(effect)
    if low is not None and high is not None and round(low) != round(high):
        told += f" ({wording.about(low)} to {wording.about(high)})"
    return told.replace("£", "")


def _together(check: str, passed: list[dict[str, Any]], of: int) -> tuple[str, ...]:
    """A check's passes: what all of them saw alike, or else the one with most at stake."""
    told = {_PLACE.sub("", finding["message"]) for finding in passed}
    if len(passed) == 1:
        seen = passed[0]["message"]
    elif len(told) == 1:
        seen = f"In each: {told.pop()}"
    else:
        widest = max(passed, key=lambda finding: abs(finding["saving_effect_gbp"] or 0.0))
        seen = f"{'With most at stake' if widest['saving_effect_gbp'] else 'For example'}: {widest['message']}"
    return wording.check(check), f"{len(passed)} of {of}", seen
