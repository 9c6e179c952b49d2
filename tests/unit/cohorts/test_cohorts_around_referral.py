"""Cost around the referral against a walk month by month, and who was referred by what they were before launch."""

import random
from datetime import date
from typing import Any

import ibis
import pandas as pd
import pytest
from cohorts_village import cohort_of, engine_table, village

from pipeline.calendar import month_number
from pipeline.cohorts import selection
from pipeline.cohorts.around_referral import before_after_cells, path_counts
from pipeline.cohorts.referral_path import path
from pipeline.cohorts.risk_sets import at_risk
from pipeline.cohorts.selection_counts import selection_cells
from pipeline.store import Store

MONTHS = ibis.schema({"person": "string", "unplanned": "int64", "cost_pence": "int64", "month_number": "int64"})
LAST = month_number("2017-03")
NEVER = 10**6


def people(n: int = 120) -> list[dict[str, Any]]:
    draw = random.Random(9)
    rows = []
    for number in range(n):
        arm = draw.choice(["A80001", "A80002", "A80101", "A80102"])
        month = draw.randrange(2015 * 12 + 5, 2016 * 12 + 6)
        referral = date(month // 12, month % 12 + 1, 10).isoformat()
        served = arm < "A80100" and draw.random() < 0.6
        gone = draw.choice([None, None, None, "2016-08-15"])
        rows.append(
            {
                "person": f"p{number:03d}", "born": "1955-01-01", "sex": draw.choice(["1", "2"]),
                "died": draw.choice([None] * 9 + ["2016-02-02"]),
                "registrations": [[arm, "2001-01-01", gone]], "registers": [["DM", "2005-01-01", None]],
                "referrals": [[referral, referral if draw.random() < 0.7 else None]] if served else [],
            }
        )  # fmt: skip
    return rows


def activity(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    draw = random.Random(10)
    return [
        {"person": row["person"], "month_number": month, "unplanned": draw.choice([0, 0, 1]),
         "cost_pence": draw.randrange(100, 9000)}
        for row in rows
        for month in range(2010 * 12 + 3, LAST + 1)
        if draw.random() < 0.3
    ]  # fmt: skip


def test_the_path_month_by_month(store: Store) -> None:
    """People referred: the mean over their person-months in each quarter of event time, walked one month at a time. Covariates
    are one trigger level only here, so that `eligible` and `matched` are one: comparators, each index month weighing as much as
    the people referred in it."""
    study = village(cohorts={"matching": {"covariates": ["need"]}})
    rows = people()
    spent = activity(rows)
    cohort = cohort_of(store, rows, study).people
    months = engine_table(store, "months", spent, MONTHS)
    sets = at_risk(cohort, months, study=study, last=LAST)
    found = {
        point.quarter: point for point in path(*path_counts(sets, months, study=study, last=LAST), rule=study.cohorts.matching)
    }

    pence = {(row["person"], row["month_number"]): row["cost_pence"] for row in spent}
    frame = cohort.execute()
    number = lambda text: month_number(text) if isinstance(text, str) else NEVER  # noqa: E731
    kept = [
        (
            r.person,
            r.arm,
            number(r.lost_from),
            number(r.died_in),
            number(str(r.referred_on)[:7]) if r.referred_on is not pd.NaT else NEVER,
        )
        for r in frame.itertuples()
    ]
    served = [(p, lost, died, m) for p, arm, lost, died, m in kept if m < lost and m <= died and m <= LAST]
    assert len(served) > 30
    for quarter in (-8, -3, -1, 0, 2, 6):
        total = time = 0
        for who, lost, _, m in served:
            for month in range(m + 3 * quarter, m + 3 * quarter + 3):
                if month < min(lost, LAST + 1):
                    total, time = total + pence.get((who, month), 0), time + 1
        assert found[quarter].referred == pytest.approx(total / time / 100)

        top = bottom = 0.0
        for m in sorted({m for *_, m in served}):
            pool = [(p, lost) for p, arm, lost, died, _ in kept if arm == "control" and lost > m and died >= m]
            weight = sum(1 for *_, other in served if other == m) / len(pool)
            for who, lost in pool:
                for month in range(m + 3 * quarter, m + 3 * quarter + 3):
                    if month < min(lost, LAST + 1):
                        top, bottom = top + weight * pence.get((who, month), 0), bottom + weight
        assert found[quarter].eligible == pytest.approx(top / bottom / 100)
        assert found[quarter].matched == pytest.approx(found[quarter].eligible)


def test_before_and_after_of_the_engaged_month_by_month(store: Store) -> None:
    study = village()
    rows = people()
    spent = activity(rows)
    cohort = cohort_of(store, rows, study).people
    months = engine_table(store, "months", spent, MONTHS)
    found = before_after_cells(at_risk(cohort, months, study=study), months, study=study, contract_year="2016-17")
    pence = {(row["person"], row["month_number"]): row["cost_pence"] for row in spent}
    first = month_number("2016-04")
    expected: dict[str, list[int]] = {}
    for r in cohort.execute().itertuples():
        if pd.isna(r.engaged_on):
            continue
        m, e = month_number(str(r.referred_on)[:7]), month_number(str(r.engaged_on)[:7])
        lost = month_number(r.lost_from) if isinstance(r.lost_from, str) else NEVER
        after = [month for month in range(max(first, e + 1), LAST + 1) if month < lost]
        if not after:
            continue
        row = expected.setdefault(r.practice, [0, 0, 0, 0, 0])
        before = range(m - 12, m)
        add = (
            1,
            12,
            len(after),
            sum(pence.get((r.person, t), 0) for t in before),
            sum(pence.get((r.person, t), 0) for t in after),
        )
        expected[r.practice] = [a + b for a, b in zip(row, add, strict=True)]
    columns = ["people", "months_before", "months_after", "pence_before", "pence_after"]
    assert {r["practice"]: [int(r[c]) for c in columns] for r in found.to_dict("records")} == expected
    assert found["people"].sum() > 20


def test_few_people_have_no_path(store: Store) -> None:
    study = village()
    rows = people(40)
    keep = [row for row in rows if not row["referrals"]] + [row for row in rows if row["referrals"]][:7]
    cohort = cohort_of(store, keep, study).people
    months = engine_table(store, "months", activity(keep), MONTHS)
    points = path(
        *path_counts(at_risk(cohort, months, study=study), months, study=study, last=LAST), rule=study.cohorts.matching
    )
    assert points
    assert all(point.referred is None and point.eligible is None and point.matched is None for point in points)


def test_selection_by_hand(store: Store) -> None:
    """A80001: two referred with need 1 and 3 of whom one woman, two not with need 1 each; A80002: one and one. Referred: need
    5/3; not referred 3/3 = 1. Within practices (2 - 1) and (1 - 1): mean .5."""
    study = village(estimand={"baseline_months": 12})
    three = [["DM", "2005-01-01", None], ["AST", "2005-01-01", None], ["EP", "2005-01-01", None]]
    base = {"born": "1955-01-01", "registers": three[:1], "sex": "1"}
    went = {"referrals": [["2015-06-01", "2015-07-01"]]}
    rows = [
        base | went | {"person": "a", "registrations": [["A80001", "2001-01-01", None]], "sex": "2"},
        base | went | {"person": "b", "registrations": [["A80001", "2001-01-01", None]], "registers": three},
        base | {"person": "c", "registrations": [["A80001", "2001-01-01", None]]},
        base | {"person": "d", "registrations": [["A80001", "2001-01-01", None]]},
        base | {"person": "e", "registrations": [["A80002", "2001-01-01", None]], "referrals": [["2016-06-01", None]]},
        base | {"person": "f", "registrations": [["A80002", "2001-01-01", None]]},
        base | {"person": "g", "registrations": [["A80101", "2001-01-01", None]]},
    ]
    spent = [
        ("a", "2014-04", 12000),
        ("a", "2014-03", 99),
        ("b", "2015-03", 2400),
        ("c", "2014-12", 3600),
        ("g", "2015-01", 500),
    ]
    months = engine_table(
        store,
        "months",
        [{"person": who, "month_number": month_number(m), "unplanned": 0, "cost_pence": pence} for who, m, pence in spent],
        MONTHS,
    )
    cohort = cohort_of(store, rows, study).people
    cells = selection_cells(cohort, months, study=study, by=date(2016, 3, 31))
    found = {row.measure: row for row in selection.selected(cells, study=study)}
    assert found["need"].people == {"control": 1, "not_referred": 4, "referred": 2, "engaged": 2, "high_engaged": 0}
    cells = selection_cells(cohort, months, study=study, by=date(2017, 3, 31))
    found = {row.measure: row for row in selection.selected(cells, study=study)}
    assert found["need"].people == {"control": 1, "not_referred": 3, "referred": 3, "engaged": 2, "high_engaged": 0}
    assert found["need"].values == {
        "control": 1.0, "not_referred": 1.0, "referred": pytest.approx(5 / 3), "engaged": 2.0, "high_engaged": None,
    }  # fmt: skip
    assert found["need"].difference == pytest.approx(0.5)
    assert found["cost"].values["referred"] == pytest.approx((120 + 24) / 3)  # twelve months: a head and year is a head
    assert found["cost"].values["not_referred"] == pytest.approx(12.0)
    assert found["without_cost"].values["referred"] == pytest.approx(1 / 3)
    assert found["female"].values["engaged"] == 0.5
    assert "Deprivation is not among them" in selection.sentence(list(found.values()))
