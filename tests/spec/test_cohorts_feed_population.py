"""A rehearsal village: eligible people found from its files against the person-months its feed declares.

`practice_population` is drawn by the rehearsal from its own simulated people, before any file is written and by other code;
the cohort is built from registrations and registers alone. Both must agree in every practice and month, before launch and
after, or the routes compare different people.
"""

from pathlib import Path

import ibis
import pandas as pd
import pytest

from pipeline import engine, tables
from pipeline.cleaning.registers import registers
from pipeline.cleaning.registrations import registrations
from pipeline.cohorts.eligible import EligibleCohort, eligible
from pipeline.panel.sums import head_counts
from pipeline.rehearsal.rehearse import rehearse
from pipeline.store import Store
from pipeline.study import Study, read_study


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    rehearse(folder, scale=0.03)
    return folder


@pytest.fixture(scope="module")
def study(city: Path) -> Study:
    return read_study(city)


@pytest.fixture(scope="module")
def cohort(city: Path, study: Study, tmp_path_factory: pytest.TempPathFactory) -> EligibleCohort:
    store = Store(tmp_path_factory.mktemp("store"))

    def delivered(dataset: str) -> ibis.Table:
        path = city / "deliveries" / dataset / f"{dataset}.csv"
        text = pd.read_csv(path, dtype="string", keep_default_na=False).replace("", None)
        aside = store.root / f"{dataset}.parquet"
        text.assign(DELIVERY="village", RECEIVED="2019-07-15", ROW_NO=range(1, len(text) + 1)).to_parquet(aside)
        rows = engine.read_parquet(store.con, [aside])
        return rows.cast(tables.ORIGIN)

    return eligible(
        registrations=registrations(delivered("gp_registration"), rules=study.cleaning).table,
        registers=registers(delivered("qof_register"), rules=study.cleaning).table,
        referrals=None,
        study=study,
    )


def test_person_months_are_those_of_the_feed(city: Path, study: Study, cohort: EligibleCohort) -> None:
    heads = head_counts(cohort.people, first="2010-04", last="2019-03").execute()
    alive = heads.assign(alive=heads["heads"] - heads["lost"] - heads["dead"])
    counted = alive.groupby(["practice", "month"])["alive"].sum()

    feed = pd.concat(pd.read_csv(path) for path in sorted((city / "deliveries").glob("practice_population*/*.csv")))
    ours = feed["PRACTICE_CODE"].isin(study.arms.intervention + study.arms.control)
    declared = feed[ours & (feed["POPULATION"] == "eligible")].groupby(["PRACTICE_CODE", "MONTH"])["PERSON_MONTHS"].sum()
    assert len(counted) == 24 * 108
    pd.testing.assert_series_equal(counted, declared, check_names=False, check_dtype=False)


def test_near_misses_leave_by_the_step_they_miss(cohort: EligibleCohort) -> None:
    """The rehearsal writes people too young, too old, on other registers, registered too late and gone before."""
    out = cohort.attrition.query("kind == 'out'").groupby("reason")["people"].sum()
    for words in ("younger", "older", "no listed register", "only after", "no longer registered"):
        assert sum(people for reason, people in out.items() if words in reason) > 0, words
