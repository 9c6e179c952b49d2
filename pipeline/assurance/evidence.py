"""What the gates judge: small tables, aggregated on the engine once for all contract years.

Belongs here: gathering the aggregates the checks read. Does not belong here: any check.

Sealing: the wider pool is gathered before launch only; eligible and all-people aggregates after launch are gathered, because
ratios of routes need them, and no check may print them (method.md section 6, Blinding).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd

from pipeline.assurance.arithmetic.pounds import Payment
from pipeline.assurance.delivered import person_time, profiles, registers
from pipeline.assurance.delivered.completeness import ExpectedCell
from pipeline.assurance.delivered.control_totals import ControlTotals
from pipeline.assurance.feed import trust_return
from pipeline.assurance.two_routes import routes
from pipeline.study import Study

#: what the checks look at: routes.GRAIN without point of delivery and department type
CELL = ("practice", "month", "stream", "provider")

#: the finest aggregates of the feed that checks look at; a kind of contact is a point of delivery at a department type
KIND = ("practice", "month", "stream", "pod", "department_type", "provider", "population")
KIND_FIGURES = ("rows", "cost_pence", "unpriced_rows")


def no_kinds() -> pd.DataFrame:
    """The frame `kinds` without a row."""
    text = {name: pd.Series(dtype="str") for name in KIND}
    return pd.DataFrame({**text, **{name: pd.Series(dtype="int64") for name in KIND_FIGURES}})


@dataclass(frozen=True, slots=True)
class DataEvidence:
    """Evidence of the data gate.

    heads : practice -> baseline heads of the eligible.
    extract : `routes.extract_counts`, points of delivery and department types added up (CELL), without people.
    feed : CELL and population with rows, rows_linked, cost_pence, unpriced_rows, study practices only.
    population : practice, month, population, person_months, deaths (null where not filled), study practices only.
    wider : area, practice, month, stream, population, rows, person_months before launch; None without a wider pool.
    receipts : control totals of the deliveries in force. expected : pipeline.contracts.expected_cells().
    payment : payment for a total saving (GBP) in one year; None leaves payment effects out.
    kinds : KIND with rows, cost_pence, unpriced_rows, eligible and not_eligible people of study practices.
    profile : `profiles.extract_profile`.
    extract_kinds : `routes.extract_counts`; None leaves the routes compared as coarsely as `extract` is.
    feed_people : routes.GRAIN and people (PEOPLE_WITH_ACTIVITY) of the eligible, cells in which it was filled.
    person_time : `person_time.cohort_time`. register_counts : `registers.register_counts`, None when nothing was published.
    returns : `trust_return.returned`, None when not delivered.
    looks : contract year -> how many times its data were looked at (received dates of practice_activity deliveries that cover
        it, up to now); 1 where it is not given.
    """

    study: Study
    heads: Mapping[str, int]
    extract: pd.DataFrame
    feed: pd.DataFrame
    population: pd.DataFrame
    wider: pd.DataFrame | None
    receipts: Sequence[ControlTotals]
    expected: Sequence[ExpectedCell]
    payment: Payment | None = None
    kinds: pd.DataFrame = field(default_factory=no_kinds)
    profile: pd.DataFrame = field(default_factory=profiles.no_profile)
    looks: Mapping[str, int] = field(default_factory=dict)
    extract_kinds: pd.DataFrame | None = None
    feed_people: pd.DataFrame | None = None
    person_time: pd.DataFrame | None = None
    register_counts: pd.DataFrame | None = None
    returns: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What published registers are held against. Tables are tables.REGISTERS, REGISTRATIONS, cleaning.qof.PREVALENCE;
    year : `registers.published_year`."""

    registers: ir.Table
    registrations: ir.Table
    prevalence: ir.Table
    year: tuple[str, date]

    def counts(self, study: Study) -> pd.DataFrame:
        publication, on = self.year
        return registers.register_counts(
            self.registers, self.registrations, self.prevalence, study=study, publication=publication, on=on
        )


def gather(
    *,
    study: Study,
    priced: ir.Table,
    people: ir.Table,
    feed_counts: ir.Table,
    feed_population: ir.Table,
    receipts: Sequence[ControlTotals],
    expected: Sequence[ExpectedCell],
    payment: Payment | None = None,
    published: Published | None = None,
    returns: ir.Table | None = None,
) -> DataEvidence:
    """Aggregate on the engine. Tables are tables.PRICED_ACTIVITY, PEOPLE, FEED_COUNTS and FEED_POPULATION.

    returns : `pipeline.cleaning.trust_return.TRUST_RETURN`, None when not delivered.
    """
    kinds = _frame(routes.extract_counts(priced, people), routes.GRAIN)
    extract = _added_up(kinds.drop(columns="people"), CELL)
    heads = people.group_by("practice").agg(heads=ibis._.count()).order_by("practice").execute()
    return DataEvidence(
        study=study,
        heads={str(practice): int(n) for practice, n in heads.itertuples(index=False)},
        extract=extract,
        feed=_frame(study_feed(feed_counts, study), (*CELL, "population")),
        population=_frame(study_population(feed_population, study), ("practice", "month", "population")),
        wider=wider_pool(feed_counts, feed_population, study),
        receipts=tuple(receipts),
        expected=tuple(expected),
        payment=payment,
        kinds=_frame(study_kinds(feed_counts, study), KIND),
        profile=profiles.extract_profile(priced, people),
        extract_kinds=kinds,
        feed_people=_frame(eligible_people(feed_counts, study), routes.GRAIN),
        person_time=person_time.cohort_time(people, study),
        register_counts=None if published is None else published.counts(study),
        returns=None if returns is None else trust_return.returned(returns, feed_counts, study),
    )


def study_kinds(feed_counts: ir.Table, study: Study) -> ir.Table:
    """FEED_COUNTS of the compared practices' eligible and not-eligible people by kind of contact, age bands added up."""
    compared = [*study.arms.intervention, *study.arms.control]
    mine = feed_counts.filter(
        feed_counts.practice.isin(compared),
        feed_counts.month <= study.last_month,
        feed_counts.population.isin(["eligible", "not_eligible"]),
    )
    return (
        mine.mutate(department_type=mine.department_type.fill_null(""))
        .group_by(list(KIND))
        .agg(**{name: mine[name].fill_null(0).sum().cast("int64") for name in KIND_FIGURES})
    )


def study_feed(feed_counts: ir.Table, study: Study) -> ir.Table:
    """FEED_COUNTS of the compared practices, age bands added up."""
    compared = [*study.arms.intervention, *study.arms.control]
    mine = feed_counts.filter(feed_counts.practice.isin(compared), feed_counts.month <= study.last_month)
    return mine.group_by([*CELL, "population"]).agg(
        rows_linked=mine.rows_linked.sum().cast("int64"),  # null where it was not filled: that is not the same as none
        **{name: mine[name].fill_null(0).sum().cast("int64") for name in ("rows", "cost_pence", "unpriced_rows")},
    )


def eligible_people(feed_counts: ir.Table, study: Study) -> ir.Table:
    """PEOPLE_WITH_ACTIVITY of the compared practices' eligible people by routes.GRAIN, where it is filled.

    Age bands are added up: a person has one age in a month, and so stands in one band of a cell.
    """
    compared = [*study.arms.intervention, *study.arms.control]
    mine = feed_counts.filter(
        feed_counts.practice.isin(compared),
        feed_counts.month <= study.last_month,
        feed_counts.population == "eligible",
        feed_counts.people_with_activity.notnull(),
    )
    return (
        mine.mutate(department_type=mine.department_type.fill_null(""))
        .group_by(list(routes.GRAIN))
        .agg(people=ibis._.people_with_activity.sum().cast("int64"))
    )


def study_population(feed_population: ir.Table, study: Study) -> ir.Table:
    """Person-months and deaths of the compared practices, age bands added up; deaths null where no band has any filled."""
    compared = [*study.arms.intervention, *study.arms.control]
    mine = feed_population.filter(feed_population.practice.isin(compared), feed_population.month <= study.last_month)
    return mine.group_by(["practice", "month", "population"]).agg(
        person_months=mine.person_months.fill_null(0).sum().cast("int64"), deaths=mine.deaths.sum().cast("int64")
    )


def wider_pool(feed_counts: ir.Table, feed_population: ir.Table, study: Study) -> pd.DataFrame | None:
    """Rows and person-months of the wider pool before launch by practice, month, stream and population."""
    if not study.arms.wider:
        return None
    grain = ["practice", "month", "population"]
    before = study.pre_launch_last_month
    rows = feed_counts.filter(feed_counts.practice.isin(study.arms.wider), feed_counts.month <= before)
    time = feed_population.filter(feed_population.practice.isin(study.arms.wider), feed_population.month <= before)
    counted = rows.group_by([*grain, "stream"]).agg(rows=rows.rows.fill_null(0).sum().cast("int64"))
    exposed = time.group_by(grain).agg(person_months=time.person_months.fill_null(0).sum().cast("int64"))
    joined = counted.inner_join(exposed, grain).select(*grain, "stream", "rows", "person_months")
    frame = _frame(joined, (*grain, "stream"))
    return frame.assign(area=frame["practice"].map(study.area_of)) if len(frame) else None


def _added_up(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    figures = [name for name in frame.columns if name not in routes.GRAIN]
    return frame.groupby(list(by), as_index=False)[figures].sum()


def _frame(table: ir.Table, grain: Sequence[str]) -> pd.DataFrame:
    return table.order_by(list(grain)).execute().reset_index(drop=True)
