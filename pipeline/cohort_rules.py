"""The protocol's clauses on cohorts: who counts as high-engaged, and how comparators of referred people are found.

Belongs here: `cohorts:` of study.yaml as a validated model, each choice with its safe default and source. Does not belong here:
eligibility and dates (`pipeline.study`), applying any of it (`pipeline.cohorts`).
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Covariate = Literal["age_band", "need", "sex", "trigger", "cost_before"]


class Part(BaseModel):
    """Base of these clauses, strict as those of `pipeline.study`, which imports this file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HighEngagement(Part):
    """High-engaged from the day of the n-th link-worker contact, if that falls within so many months of the first.

    contacts : days with a contact. No published definition of high engagement gives a number; chosen: eight, one about every
        nine weeks of the period.
    within_months : 18, the average stay on the programme (National Academy for Social Prescribing, 28 November 2024).
    types : kinds of contact that count (CONTACT_TYPE as delivered); empty means all.
    """

    contacts: int = Field(default=8, ge=2)
    within_months: int = Field(default=18, ge=1)
    types: list[str] = []


class Matching(Part):
    """Comparators of people the programme served; never what is paid.

    comparators : `control`, eligible people of the control practices, where referral was not to be had; or
        `not_yet_referred`, eligible people of the intervention practices who had not been referred by that month.
    later_referred : what becomes of a comparator who is referred later: `censor` counts nothing from that month on, `keep`
        counts on, as an intention to treat would.
    weights : entropy balancing (Hainmueller 2012), or the odds of a propensity score.
    covariates : what is balanced. `trigger` is the number of unplanned contacts (emergency admissions and A&E attendances)
        in the trigger_months before the referral month, three or more as one: people are referred at a bad spell, so their
        comparators must have had one (Nuffield Trust, North Somerset). The months of the trigger are never in the outcome.
    before_months : months that a change is counted from; they end where the trigger begins.
    cost_before_reason : `cost_before` may only be balanced with a written reason: matching on the outcome's level before
        biases a difference of changes (Daw and Hatfield 2018, Health Services Research 53(6)).
    """

    comparators: Literal["control", "not_yet_referred"] = "control"
    later_referred: Literal["censor", "keep"] = "censor"
    weights: Literal["entropy", "propensity"] = "entropy"
    covariates: tuple[Covariate, ...] = ("age_band", "need", "sex", "trigger")
    trigger_months: int = Field(default=6, ge=1, le=24)
    before_months: int = Field(default=24, ge=6)
    cost_before_reason: str | None = None

    @model_validator(mode="after")
    def _never_on_the_outcome_unsaid(self) -> "Matching":
        if not self.covariates or len(set(self.covariates)) != len(self.covariates):
            raise ValueError("covariates must name at least one, each once")
        if ("cost_before" in self.covariates) != bool(self.cost_before_reason):
            raise ValueError(
                "covariates may hold cost_before only with cost_before_reason, and the reason only with it: matching on the "
                "outcome's level before biases a difference of changes"
            )
        return self


class CohortRules(Part):
    """entry : `closed`, the cohort is closed once at eligible.at; `open_each_april`, beside it a cohort re-based every April is
    formed by the same rule, and its inflow compared between the arms. What is paid stays on the closed one."""

    entry: Literal["closed", "open_each_april"] = "closed"
    high_engaged: HighEngagement = HighEngagement()
    matching: Matching = Matching()
