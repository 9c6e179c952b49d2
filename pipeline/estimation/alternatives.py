"""The primary effect judged in other ways: rows of the same shape beside it, never instead of it.

Belongs here: other inferences for the same figure, and whether they disagree. Does not belong here: other figures
(`sensitivity`).
"""

from typing import Any

from pipeline.estimation.did import DidEstimate
from pipeline.estimation.estimates import as_row
from pipeline.study import Study

NAMES = {
    "wild-rademacher": "Restricted wild cluster bootstrap (two-point weights)",
    "wild-webb": "Restricted wild cluster bootstrap (six-point weights)",
    "permutation": "Studentised permutation of practices",
    "crv1": "Clustered sandwich (CRV1), t(practices - 1)",
}
NOTES = {
    "permutation": "Exact only had practices been drawn at random, which a side of a city is not; it gives no interval.",
    "crv1": "Rejects a true null somewhat too often with this many practices; shown for comparison with other software.",
}


def rows(primary: DidEstimate, *, study: Study, person_years: float | None = None) -> list[dict[str, Any]]:
    """One row an inference beside the primary one, of the same effect. Empty where the interval is refused."""
    return [
        as_row(
            primary,
            study=study,
            primary=False,
            person_years=person_years,
            name=NAMES[beside.name],
            inference=beside.name,
            standard_error=beside.standard_error,
            ci_low=beside.ci_low,
            ci_high=beside.ci_high,
            p_value=beside.p_value,
            minimum_detectable_gbp=None,
            note=NOTES.get(beside.name),
        )
        for beside in primary.beside
    ]


def disagreement(primary: DidEstimate) -> str | None:
    """A sentence where another inference draws the line of 5% on the other side; None where all agree or none is printed."""
    if primary.p_value is None:
        return None
    leading = primary.p_value < 0.05
    other = [b.name for b in primary.beside if b.p_value is not None and (b.p_value < 0.05) != leading]
    if not other:
        return None
    side = "below" if leading else "not below"
    return f"The p-value of {primary.inference} is {side} 5%; that of {', '.join(other)} lies on the other side."
