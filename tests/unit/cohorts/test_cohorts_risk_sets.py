"""Risk sets of hand-written people: who stands in which month, what the trigger counts, and no immortal time."""

from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pytest
from cohorts_village import cohort_of, engine_table, village

from pipeline.calendar import month_name, month_number
from pipeline.cohorts.risk_sets import at_risk, risk_sets
from pipeline.store import Store
from pipeline.study import Study

MONTHS = ibis.schema({"person": "string", "unplanned": "int64", "cost_pence": "int64", "month_number": "int64"})
BASE = {"born": "1955-01-01", "registers": [["DM", "2005-01-01", None]], "sex": "2"}


def person(name: str, practice: str, **more: Any) -> dict[str, Any]:
    return BASE | {"person": name, "registrations": [[practice, "2001-01-01", None]]} | more


PEOPLE = [
    person("july", "A80001", referrals=[["2015-07-10", "2015-07-20"]]),
    person("november", "A80001", referrals=[["2015-11-10", None]]),
    person("january", "A80002", referrals=[["2016-01-10", "2016-02-20"]]),
    person("never", "A80002"),
    person("stays", "A80101"),
    person("dies", "A80101", died="2015-09-12"),
    person("left", "A80102", registrations=[["A80102", "2001-01-01", "2015-06-20"]]),
    person("leaves", "A80102", registrations=[["A80102", "2001-01-01", "2015-11-20"]]),
    person("new", "A80102", registrations=[["A80102", "2014-08-01", None]]),
]
#: person, month, unplanned contacts, pence
ACTIVITY = [
    ("july", "2014-12", 1, 100), ("july", "2015-01", 1, 200), ("july", "2015-06", 1, 400), ("july", "2015-07", 5, 800),
    ("july", "2015-10", 0, 1000), ("july", "2016-03", 1, 2000), ("stays", "2012-12", 1, 50), ("stays", "2013-01", 0, 70),
    ("stays", "2014-12", 2, 3000), ("stays", "2015-02", 9, 10), ("stays", "2015-12", 0, 5000), ("november", "2015-10", 1, 7),
    ("november", "2015-11", 1, 9000),
]  # fmt: skip


def setting(store: Store, **matching: Any) -> tuple[Study, ir.Table, ir.Table]:
    study = village(cohorts={"matching": matching})
    rows = [
        {"person": who, "month_number": month_number(month), "unplanned": n, "cost_pence": pence}
        for who, month, n, pence in ACTIVITY
    ]
    return study, cohort_of(store, PEOPLE, study).people, engine_table(store, "months", rows, MONTHS)


def sets_of(store: Store, **matching: Any) -> pd.DataFrame:
    study, people, months = setting(store, **matching)
    found = at_risk(people, months, study=study).execute()
    return found.assign(index=found["index_month"].map(month_name))


def members(found: pd.DataFrame, *, referred: bool) -> dict[str, set[str]]:
    part = found[found["referred"] == referred]
    return {str(month): set(rows["person"]) for month, rows in part.groupby("index")}


def test_who_stands_in_which_month(store: Store) -> None:
    """`left` was gone before July; `dies` is there in July and not in November; `leaves` is there while registered. `new` came
    in August 2014: a year of observation is complete in August 2015, so from the set of November on."""
    found = sets_of(store)
    assert members(found, referred=True) == {"2015-07": {"july"}, "2015-11": {"november"}, "2016-01": {"january"}}
    assert members(found, referred=False) == {
        "2015-07": {"stays", "dies", "leaves"},
        "2015-11": {"stays", "leaves", "new"},
        "2016-01": {"stays", "new"},
    }


def test_people_not_yet_referred_stand_beside_those_who_are(store: Store) -> None:
    found = sets_of(store, comparators="not_yet_referred")
    assert members(found, referred=False) == {
        "2015-07": {"november", "january", "never"},
        "2015-11": {"january", "never"},
        "2016-01": {"never"},
    }


def test_the_trigger_is_the_six_months_before(store: Store) -> None:
    """July: January and June count, December and July itself do not. Of `stays` in July 9 of February, three or more as three;
    in November and January none of its contacts lie in the six months before."""
    found = sets_of(store).set_index(["person", "index"])["trigger"]
    assert found["july", "2015-07"] == 2
    assert [int(found["stays", month]) for month in ("2015-07", "2015-11", "2016-01")] == [3, 0, 0]
    assert found["november", "2015-11"] == 1
    shorter = sets_of(store, trigger_months=1).set_index(["person", "index"])["trigger"]
    assert (shorter["july", "2015-07"], shorter["stays", "2015-07"]) == (1, 0)


def test_cost_before_ends_where_the_trigger_begins(store: Store) -> None:
    """Of July 2015 the 24 months January 2013 to December 2014: 70 + 3,000 of `stays`, and 100 of `july`."""
    found = sets_of(store).set_index(["person", "index"])["pence_before"]
    assert found["stays", "2015-07"] == 3070
    assert found["july", "2015-07"] == 100


def year(store: Store, **matching: Any) -> pd.DataFrame:
    study, people, months = setting(store, **matching)
    risk = risk_sets(at_risk(people, months, study=study), months, study=study, contract_year="2015-16")
    joined = risk.design.join(risk.outcome)
    return joined.assign(quarter=joined["quarter"].map(month_name), index=joined["index_month"].map(month_name))


def test_a_quarter_counts_for_who_was_there_when_it_began(store: Store) -> None:
    """From July: quarters of October and January. `dies` died in September and is in neither, as nobody served could be;
    `leaves` is there in October and November."""
    found = year(store)
    of_july = found[found["index"] == "2015-07"].set_index(["quarter", "practice", "trigger"]).sort_index()
    assert sorted(set(of_july.index.get_level_values("quarter"))) == ["2015-10", "2016-01"]
    october = of_july.loc["2015-10"]
    assert october.index.tolist() == [("A80001", 2), ("A80101", 3), ("A80102", 0)]
    assert october["months_after"].tolist() == [3, 3, 2]
    assert october["pence_after"].tolist() == [1000, 5000, 0]
    assert october["months_before"].tolist() == [24, 24, 24]
    assert of_july.loc["2016-01"].index.tolist() == [("A80001", 2), ("A80101", 3)]
    assert of_july.loc["2016-01"]["pence_after"].tolist() == [2000, 0]
    of_january = found[found["index"] == "2016-01"]
    assert of_january.empty  # the year ends with the quarter in which they were referred


def test_levels_are_what_had_been_reached_before_the_quarter(store: Store) -> None:
    found = year(store).set_index(["index", "quarter", "practice"])["level"]
    assert found["2015-07", "2015-10", "A80001"] == 2  # engaged in July
    assert found["2015-11", "2016-01", "A80001"] == 1  # referred and never seen


@pytest.mark.parametrize(("rule", "months", "pence"), [("censor", 1, 7), ("keep", 3, 9007)])
def test_a_comparator_who_is_referred_later(store: Store, rule: str, months: int, pence: int) -> None:
    """`november` stands beside `july`; in the quarter of October it is not yet referred for one month."""
    found = year(store, comparators="not_yet_referred", later_referred=rule)
    mine = found[(found["index"] == "2015-07") & (found["quarter"] == "2015-10") & (found["practice"] == "A80001")]
    comparator = mine[mine["level"] == 0].iloc[0]
    assert (comparator["months_after"], comparator["pence_after"]) == (months, pence)
    later = found[(found["index"] == "2015-07") & (found["quarter"] == "2016-01") & (found["level"] == 0)]
    assert ("A80001" in set(later["practice"])) == (rule == "keep")


def test_people_are_counted_once_and_registers_by_cell(store: Store) -> None:
    study, people, months = setting(store)
    risk = risk_sets(at_risk(people, months, study=study), months, study=study, contract_year="2015-16")
    # `dies` is in no quarter; comparators are stays, leaves and new
    assert risk.persons == {"comparator": 3, "referred": 2, "engaged": 1, "high_engaged": 0}
    assert (risk.design["on_DM"] == risk.design["people"]).all()
    assert (risk.design["on_AST"] == 0).all()
