"""The questions that a closed gate puts to suppliers, the one with most at stake first.

Belongs here: who is asked what about which stream, arm, provider and months, and what hangs on the answer.
Does not belong here: how a finding arises (`pipeline.assurance`), how the list looks (`reports.pages`).
"""

from dataclasses import dataclass
from typing import Any

from reports import wording
from reports.doubts import stake

NOBODY_NAMED = "the supplier of the data"


@dataclass(frozen=True, slots=True)
class Question:
    """One numbered question. The pounds are None where the finding has none."""

    supplier: str
    text: str
    where: str
    months: str
    saving_effect_gbp: float | None
    payment_effect_gbp: float | None


def questions(result: dict[str, Any]) -> list[Question]:
    """Every question of a finding that blocks, most at stake first; then those of findings that were not evaluated."""
    findings = [finding for gate in ("data", "design") for finding in result["gates"][gate]["findings"]]
    asked = [f for f in findings if f["verdict"] in ("fail", "not_evaluated") and f["question_for_supplier"]]
    asked.sort(key=lambda finding: (finding["verdict"] != "fail", -stake(finding)))
    return [
        Question(
            supplier=supplier_of(result, finding["stream"]),
            text=finding["question_for_supplier"],
            where=wording.where(finding),
            months=wording.span(finding["first_month"], finding["last_month"]),
            saving_effect_gbp=finding["saving_effect_gbp"],
            payment_effect_gbp=finding["payment_effect_gbp"],
        )
        for finding in asked
    ]


def supplier_of(result: dict[str, Any], stream: str | None) -> str:
    """Who sent the stream's extract last; every supplier's name when the finding has no stream."""
    inputs = result["run"]["inputs"]
    if stream is not None:
        inputs = [item for item in inputs if item["dataset"] == wording.DATASET_OF_STREAM[stream]]
        last = max(inputs, key=lambda item: (item["received"], item["last_month"]), default=None)
        return last["supplier"] if last else NOBODY_NAMED
    names = sorted({item["supplier"] for item in inputs})
    return " and ".join(names) if 0 < len(names) <= 2 else NOBODY_NAMED
