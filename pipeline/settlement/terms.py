"""The payment terms of outcome B as signed data: every clause has a reference, every parameter stands in the file.

Belongs here: `terms.yaml` as a validated, hashed model, and the illustrative example. Does not belong here: applying the
terms (`payment`), and any default for a parameter that moves money: a missing clause is refused, never assumed.
"""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pipeline.documents import canonical_sha256, read_model


def _exact(value: Any) -> Any:
    """Money and rates must be written as text: a YAML number has already lost its pennies."""
    if isinstance(value, float):
        raise ValueError("write it in quotes, for example '43.00': a bare decimal number is not exact")
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite():
        raise ValueError("write a number, for example '43.00'")
    return exact


Exact = Annotated[Decimal, BeforeValidator(_exact)]


class Clause(BaseModel):
    """Base of every clause: its reference in the contract, no unknown keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    clause: str = Field(min_length=1)


class Basis(Clause):
    """What figure is paid on. Other bases of method.md section 7 are refused by name until they are built."""

    value: Literal["point_estimate"]


class Share(Clause):
    share_of_saving: Exact = Field(ge=0, le=1)


class Threshold(Clause):
    """cliff: nothing below, everything above; marginal: only what lies above."""

    gbp_per_head: Exact = Field(ge=0)
    form: Literal["cliff", "marginal"]


class Floor(Clause):
    gbp: Exact


class Cap(Clause):
    gbp: Exact = Field(gt=0)


class Rounding(Clause):
    to_gbp: Exact = Field(gt=0)
    mode: Literal["half_up", "down"]


class PayingPopulation(Clause):
    value: Literal["eligible", "referred", "engaged", "high_engaged"]


class Provisional(Clause):
    """What a settlement on provisional data is, and when it is trued up."""

    interim: bool
    true_up_month: int = Field(ge=1, le=24)


class InterimWhileShut(Clause):
    gbp_per_quarter: Exact = Field(ge=0)


class Interest(Clause):
    annual_rate: Exact = Field(ge=0, le=1)


class DaysToCure(Clause):
    days: int = Field(ge=0)


class Fallback(Clause):
    """What is deemed when a shut gate is not cured in time."""

    rule: Literal["nothing_due", "target_saving_deemed", "last_settled_saving_deemed"]


class SupplierFault(Clause):
    borne_by: Literal["commissioner", "investor", "shared"]


class WaiverClause(Clause):
    signatures: Literal["both_parties"]


class ContaminationClause(Clause):
    rule: Literal["as_contracted"]
    payer_caused_borne_by: Literal["commissioner", "investor", "shared"]


class Party(BaseModel):
    """One side of the contract: an approval counts for the side whose organisation signed it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    organisation: str = Field(min_length=1)


class Parties(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    commissioner: Party
    investor: Party

    @model_validator(mode="after")
    def _two(self) -> "Parties":
        if self.commissioner.organisation == self.investor.organisation:
            raise ValueError("both sides name the same organisation: approvals could not be told apart")
        return self


class OutcomeB(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    population: PayingPopulation
    basis: Basis
    share: Share
    threshold: Threshold
    floor: Floor
    annual_cap: Cap
    cumulative_cap: Cap
    rounding: Rounding

    @model_validator(mode="after")
    def _caps(self) -> "OutcomeB":
        if self.annual_cap.gbp > self.cumulative_cap.gbp:
            raise ValueError(
                f"clause {self.annual_cap.clause} caps a year above what clause {self.cumulative_cap.clause} caps in all"
            )
        if self.floor.gbp > self.annual_cap.gbp:
            raise ValueError(f"clause {self.floor.clause} sets a floor above the cap of clause {self.annual_cap.clause}")
        return self


class ShutGate(BaseModel):
    """Who bears a gate that stays shut: terms without these clauses are refused (method.md section 7)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    interim_payment: InterimWhileShut
    interest: Interest
    days_to_cure: DaysToCure
    fallback: Fallback
    supplier_fault: SupplierFault
    waivers: WaiverClause


class Terms(BaseModel):
    """terms.yaml. `sha256` is the hash of its meaning; approvals count for that exact hash only."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal["outcomeb/terms/1"] = Field(alias="schema")
    contract: str = Field(min_length=1)
    illustrative: bool
    parties: Parties
    outcome_b: OutcomeB
    provisional: Provisional
    shut_gate: ShutGate
    contamination: ContaminationClause

    @property
    def sha256(self) -> str:
        return canonical_sha256(self.model_dump(mode="json", by_alias=True))


def read_terms(folder: Path) -> Terms:
    """The terms of a study folder. Raises ProtocolInvalid with file, line and clause."""
    return read_model(folder / "terms.yaml", Terms)


def illustrative_terms() -> dict[str, Any]:
    """Example terms as plain data, marked illustrative: the real contract is not public (domain.md section 8).

    Sizes: the envelope of the real bond was up to £10m over seven years, 70% of it on outcome B; 35% of a saving of £86 a
    head over some 14,300 heads is about £430,000 a year. The threshold is half the published saving of £86.
    """
    return {
        "schema": "outcomeb/terms/1",
        "contract": "Illustrative terms for outcome B (the real contract is not public)",
        "illustrative": True,
        "parties": {
            "commissioner": {"organisation": "Example Commissioning Group"},
            "investor": {"organisation": "Example Outcomes Investor"},
        },
        "outcome_b": {
            "population": {"clause": "4.1", "value": "eligible"},
            "basis": {"clause": "7.1", "value": "point_estimate"},
            "share": {"clause": "7.2", "share_of_saving": "0.35"},
            "threshold": {"clause": "7.3", "gbp_per_head": "43.00", "form": "cliff"},
            "floor": {"clause": "7.4", "gbp": "0.00"},
            "annual_cap": {"clause": "7.5", "gbp": "750000.00"},
            "cumulative_cap": {"clause": "7.6", "gbp": "2400000.00"},
            "rounding": {"clause": "7.7", "to_gbp": "0.01", "mode": "half_up"},
        },
        "provisional": {"clause": "8.1", "interim": True, "true_up_month": 13},
        "shut_gate": {
            "interim_payment": {"clause": "9.1", "gbp_per_quarter": "40000.00"},
            "interest": {"clause": "9.2", "annual_rate": "0.03"},
            "days_to_cure": {"clause": "9.3", "days": 90},
            "fallback": {"clause": "9.4", "rule": "target_saving_deemed"},
            "supplier_fault": {"clause": "9.5", "borne_by": "commissioner"},
            "waivers": {"clause": "9.6", "signatures": "both_parties"},
        },
        "contamination": {"clause": "10.1", "rule": "as_contracted", "payer_caused_borne_by": "commissioner"},
    }
