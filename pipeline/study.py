"""The study protocol: arms, practices, dates, populations, prices, estimand, what is required.

Belongs here: `study.yaml` as a validated, hashed model, and the facts that follow from it alone.
Does not belong here: money terms (`pipeline.settlement.terms`), anything read from data.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.calendar import financial_year, month_number, month_of, months, previous_month, year_months
from pipeline.cohort_rules import CohortRules
from pipeline.documents import canonical_sha256, read_model

PracticeCode = Annotated[str, Field(pattern=r"^[A-Z]\d{5}$")]
MonthText = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
YearText = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
ProviderCode = Annotated[str, Field(pattern=r"^[A-Z0-9]{3}$")]
AdmissionMethod = Annotated[str, Field(pattern=r"^[0-9][0-9A-D]$")]
Grouper = Literal["HRG4", "HRG4+"]

#: checks that a protocol may not leave out (DESIGN, Study and terms): they can be waived, never removed
CHECK_FLOOR = ("routes", "completeness", "pre_trend")


class Part(BaseModel):
    """Base of every clause: unknown keys are errors, values cannot be changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Arms(Part):
    intervention: list[PracticeCode] = Field(min_length=1)
    control: list[PracticeCode] = Field(min_length=1)
    wider: list[PracticeCode] = []


class Calendar(Part):
    baseline: tuple[MonthText, MonthText]
    launch: date
    contract_years: list[YearText] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Calendar":
        if month_number(self.baseline[0]) > month_number(self.baseline[1]):
            raise ValueError("baseline ends before it begins")
        if month_number(self.baseline[1]) >= month_number(month_of(self.launch)):
            raise ValueError("baseline must end before the launch month")
        if self.launch.day != 1:
            raise ValueError("launch must be the first of a month: cells are monthly")
        for year in self.contract_years:
            if month_number(year_months(year)[0]) < month_number(month_of(self.launch)):
                raise ValueError(f"contract year {year} begins before launch")
        return self


class Eligible(Part):
    age: tuple[int, int]
    registers: list[str] = Field(min_length=1)
    at: date


class Prices(Part):
    """The constant price base, and how rows that it cannot price are valued.

    grouper_by_year : financial year to the grouper whose HRGs its rows carry; years not named carry those of `grouper`.
    """

    base: YearText
    grouper: Grouper
    fallback: Literal["none", "pod_los_band"] = "none"
    grouper_by_year: dict[YearText, Grouper] = {}

    @model_validator(mode="after")
    def _years_run_on(self) -> "Prices":
        for year in self.grouper_by_year:
            if (int(year[:4]) + 1) % 100 != int(year[5:]):
                raise ValueError(f"grouper_by_year: {year} is not a financial year")
        return self

    def grouper_of(self, year: str) -> Grouper:
        """The grouper whose HRGs the rows of a financial year carry."""
        return self.grouper_by_year.get(year, self.grouper)

    @property
    def years_of_another_grouper(self) -> list[str]:
        """Financial years whose HRGs the price list of `base` does not know, whatever the code."""
        return sorted(year for year, grouper in self.grouper_by_year.items() if grouper != self.grouper)


class Estimand(Part):
    population: Literal["eligible", "referred", "engaged", "high_engaged"] = "eligible"
    pod: str = "all"
    denominator: Literal["baseline_head", "person_year"] = "baseline_head"
    baseline_months: int = Field(default=24, ge=12)
    estimator: Literal["practice_month_cells"] = "practice_month_cells"
    inference: str = "auto"


class Requires(Part):
    datasets: list[str]
    checks: list[str]
    absent: dict[str, str] = {}

    @model_validator(mode="after")
    def _floor(self) -> "Requires":
        missing = [check for check in CHECK_FLOOR if check not in self.checks]
        if missing:
            raise ValueError(f"checks must include {', '.join(missing)}: they can be waived but not removed")
        return self


class Plausible(Part):
    effect_share_max: float = Field(gt=0, lt=1)
    target_gbp_per_head: float = Field(gt=0)
    materiality_gbp: float = Field(gt=0)


class KnownBreak(Part):
    """A change of coding, tariff or feed that everybody knows of: marked in figures, not explained away."""

    month: MonthText
    what: str = Field(min_length=1)


class Seeds(Part):
    bootstrap: int
    permutation: int
    simulation: int


class CleaningRules(Part):
    """Choices of `pipeline.cleaning`; the defaults are those argued in files_and_pricing section 4."""

    duplicates: Literal["latest_then_most_complete", "most_complete_then_latest"] = "latest_then_most_complete"
    ae_duplicate_minutes: int = 60
    #: provider to the month from which its A&E attendances are taken from ECDS; before it, and where no month is named, from
    #: HES A&E (and from ECDS what HES A&E does not hold)
    ecds_from: dict[ProviderCode, MonthText] = {}
    #: days between discharge from one provider and admission to the next within which a transfer is one continuous spell: 2 in
    #: the HSCIC's Provider Spells Methodology (2014) as UKHSA epidm applies it; HFAnalyticsLab/HES_pipeline allows 3
    continuous_spell_days: int = Field(default=2, ge=0, le=30)
    #: whether rows that are alike but for their record key are one contact (a resubmission under another key)
    same_contact_under_another_key: Literal["merged", "kept"] = "merged"
    #: whether an episode without ADMIDATE takes EPISTART for it, where it is the first of its spell and not transferred in
    admission_date_from_first_episode: bool = True
    #: an appointment whose outcome is not known (ATTENDED 9 or empty)
    outpatient_outcome_not_known: Literal["out_of_scope", "counted"] = "out_of_scope"
    #: attendances by telephone or video (FIRSTATT 3, 4; WF01C, WF01D, WF02C, WF02D): they have no national price either way
    outpatients_not_face_to_face: Literal["counted", "out_of_scope"] = "counted"
    #: GP contacts of one person, practice, day and kind: one, or as many as rows
    gp_contacts_of_one_day: Literal["one_a_kind", "every_row"] = "one_a_kind"
    #: kinds of GP contact (CONTACT_TYPE, lower case) that count; none named, all do
    gp_contact_kinds: tuple[str, ...] = ()


class PricingRules(Part):
    """Choices of `pipeline.pricing`, each a branch of files_and_pricing section 2 that a protocol may set.

    The defaults are the published rule as read there; where that rests on professional knowledge rather than on a file, the
    comment says `not in the workbooks`.
    """

    #: a multi-episode spell without a spell HRG: no price, or the dearest HRG of its episodes as a stated proxy
    multi_episode_without_spell_hrg: Literal["unpriced", "highest_episode"] = "unpriced"
    missing_mff: Literal["null"] | float = "null"
    #: the reduced short-stay emergency price: from this age at admission, up to this length of stay (not in the workbooks)
    short_stay_minimum_age: int = Field(default=19, ge=0)
    short_stay_maximum_days: int = Field(default=1, ge=0)
    #: ADMIMETH that take the non-elective price and never the short-stay one: maternity, transfer, birth (not in the workbooks)
    other_non_elective_methods: tuple[AdmissionMethod, ...] = ("31", "32", "81", "82", "83")
    #: CLASSPAT 2 is lawful with an elective admission alone; with another one the spell counts as length of stay 0
    day_case_class_not_elective: Literal["length_of_stay_0", "unpriced"] = "length_of_stay_0"
    #: CLASSPAT that have no national price (3, 4 regular attenders, 5 delivery only, 8) and are to be priced like 1 or 2
    patient_class_priced_as: dict[Literal["3", "4", "5", "8"], Literal["1", "2"]] = {}
    #: a type 3 A&E attendance without an HRG (not in the workbooks)
    type_3_without_hrg: Literal["flat", "unpriced"] = "flat"
    #: A&E attendances of category 2; whether they count as unplanned is an outcome's choice, not a price's
    planned_attendances: Literal["priced", "out_of_scope"] = "priced"
    #: people who left A&E before treatment or refused it (disposal 12, 13) keep an HRG
    left_before_treatment: Literal["priced", "no_price"] = "priced"
    #: an outpatient HRG other than an attendance whose procedure price is `-` (not in the workbooks)
    procedure_hrg_without_price: Literal["attendance", "no_price"] = "attendance"
    #: pence of an attendance that is not face to face: null, or a price agreed locally (sheet 6 of 2016/17 suggests 2300)
    not_face_to_face_pence: int | None = Field(default=None, ge=0)
    #: first day of each length-of-stay band of the fall-back: 0, 1, 2-3, 4-7, 8-14, 15 days and more
    fallback_bands_from: tuple[int, ...] = (0, 1, 2, 4, 8, 15)

    @model_validator(mode="after")
    def _groups_apart(self) -> "PricingRules":
        taken = [method for method in self.other_non_elective_methods if method in ("11", "12", "13") or method[0] == "2"]
        if taken:
            raise ValueError(f"other_non_elective_methods: {', '.join(taken)} is an elective or an emergency admission")
        return self

    @model_validator(mode="after")
    def _bands_rise(self) -> "PricingRules":
        starts = self.fallback_bands_from
        if not starts or starts[0] != 0 or list(starts) != sorted(set(starts)):
            raise ValueError("fallback_bands_from must begin with 0 and rise")
        return self


class Study(Part):
    """study.yaml. `sha256` is the hash of its meaning; approvals count for that exact hash only."""

    schema_: Literal["outcomeb/study/1"] = Field(alias="schema")
    study: str = Field(min_length=1)
    arms: Arms
    areas: dict[str, list[PracticeCode]]
    calendar: Calendar
    eligible: Eligible
    prices: Prices
    estimand: Estimand
    requires: Requires
    plausible: Plausible
    negative_controls: list[dict[str, Any]] = []
    known_breaks: list[KnownBreak] = []
    seeds: Seeds
    cleaning: CleaningRules = CleaningRules()
    pricing: PricingRules = PricingRules()
    cohorts: CohortRules = CohortRules()

    @model_validator(mode="after")
    def _consistent(self) -> "Study":
        everyone = [p for arm in (self.arms.intervention, self.arms.control, self.arms.wider) for p in arm]
        twice = sorted({p for p in everyone if everyone.count(p) > 1})
        if twice:
            raise ValueError(f"practice in two arms or twice: {', '.join(twice)}")
        placed = [p for practices in self.areas.values() for p in practices]
        twice = sorted({p for p in placed if placed.count(p) > 1})
        if twice:
            raise ValueError(f"practice in two areas: {', '.join(twice)}")
        homeless = sorted(set(everyone) - set(placed))
        if homeless:
            raise ValueError(f"practice without an area: {', '.join(homeless[:5])}")
        if self.eligible.at >= self.calendar.launch:
            raise ValueError("eligible.at must lie before launch: later registration never creates eligibility")
        if self.estimand.baseline_months > len(self.baseline_period):
            raise ValueError("estimand.baseline_months is longer than calendar.baseline")
        if self.cleaning.ecds_from and "ecds" in self.requires.absent:
            raise ValueError("cleaning.ecds_from takes attendances from ecds, which requires.absent says is not delivered")
        without_price = set(self.prices.years_of_another_grouper)
        if self.prices.fallback != "none" and {financial_year(month) for month in self.baseline_period} <= without_price:
            raise ValueError(
                "prices.fallback is a mean of the baseline's prices, and prices.grouper_by_year leaves no year of the baseline "
                f"to price by {self.prices.grouper}"
            )
        return self

    @property
    def sha256(self) -> str:
        return canonical_sha256(self.model_dump(mode="json", by_alias=True))

    @property
    def arm_of(self) -> dict[str, str]:
        """Practice code to arm."""
        arms = {"intervention": self.arms.intervention, "control": self.arms.control, "wider": self.arms.wider}
        return {practice: arm for arm, practices in arms.items() for practice in practices}

    @property
    def area_of(self) -> dict[str, str]:
        """Practice code to area."""
        return {practice: area for area, practices in self.areas.items() for practice in practices}

    @property
    def launch_month(self) -> str:
        return month_of(self.calendar.launch)

    @property
    def baseline_period(self) -> list[str]:
        """Every month of calendar.baseline: what is delivered and cleaned before launch."""
        return months(*self.calendar.baseline)

    @property
    def baseline_months(self) -> list[str]:
        """The last `estimand.baseline_months` months of the baseline: what the estimate compares with."""
        return self.baseline_period[-self.estimand.baseline_months :]

    def contract_year_months(self, year: str) -> list[str]:
        """The twelve months of one contract year."""
        return year_months(year)

    @property
    def last_month(self) -> str:
        return max(year_months(year)[-1] for year in self.calendar.contract_years)

    @property
    def pre_launch_last_month(self) -> str:
        return previous_month(self.launch_month)


def read_study(folder: Path) -> Study:
    """The protocol of a study folder. Raises ProtocolInvalid with file, line and clause."""
    return read_model(folder / "study.yaml", Study)
