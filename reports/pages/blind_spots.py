"""What the checks cannot see: their reach, said as plainly as what they saw.

Belongs here: the box of the data page. Does not belong here: what was found (`findings_tables`), a light's power (`lights`).
"""

from typing import Any

from reports import wording
from reports.blocks import Box
from reports.lights import power

TITLE = "What these checks cannot see"
ALWAYS = (
    "A fault that is in the extract and in the feed, in both arms, in every year: nothing here differs from anything.",
    "A change from the launch on, on one side of the city, that looks like care: no check of data can tell it from an effect.",
)


def blind_spots(result: dict[str, Any]) -> Box:
    """Reach as measured in this run, what was not evaluated, and what no check of data can see."""
    findings = result["gates"]["data"]["findings"]
    items = []
    if findings:
        items.append(f"What is smaller than this: {power('data', findings)}")
    blind = list(dict.fromkeys(wording.check(f["check"]) for f in findings if f["verdict"] == "not_evaluated"))
    if blind:
        items.append(f"Whatever these would have found, as they could not be evaluated: {', '.join(blind)}.")
    undecided = sum(finding["verdict"] == "undetermined" for finding in findings)
    if undecided:
        many = "1 finding is" if undecided == 1 else f"{undecided} findings are"
        items.append(f"{many} undetermined: the data allow both that nothing is wrong and that something that matters is.")
    return Box(TITLE, (*items, *ALWAYS))
