"""A finding: what a check saw, where, what to ask the supplier, and what it is worth.

Belongs here: the shape of a finding and its identity. Does not belong here: how findings arise (the checks) or what they
close (`pipeline.assurance.gate`).
"""

from dataclasses import asdict, dataclass
from typing import Any

from pipeline.documents import canonical_sha256
from pipeline.vocabulary import FindingVerdict


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of a gate's findings (DESIGN, The result).

    saving_effect_gbp : measured minus true saving, GBP total of the intervention arm in the contract year; negative
        understates the saving. Before unblinding it is baseline cost x share of rows lost.
    payment_effect_gbp : the change of payment at the protocol's target saving.
    reach_gbp : of a statistical check, the smallest fault it finds nineteen times in twenty; None where counts are exact or
        nothing of the stream could be worth materiality.
    The `_low` and `_high` are the interval of each; None where it has no pounds.
    """

    check: str
    verdict: FindingVerdict
    message: str
    stream: str | None = None
    arm: str | None = None
    provider: str | None = None
    first_month: str | None = None
    last_month: str | None = None
    question_for_supplier: str | None = None
    saving_effect_gbp: float | None = None
    saving_effect_gbp_low: float | None = None
    saving_effect_gbp_high: float | None = None
    payment_effect_gbp: float | None = None
    payment_effect_gbp_low: float | None = None
    payment_effect_gbp_high: float | None = None
    reach_gbp: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for result.json."""
        return asdict(self)

    @property
    def sha256(self) -> str:
        """Identity for waivers: a finding that has changed in any respect is another finding."""
        return canonical_sha256(self.as_dict() | {"verdict": None})
