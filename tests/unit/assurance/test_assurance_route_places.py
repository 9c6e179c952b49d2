"""Where two counts differ: months, providers, kinds; small losses, rows that only moved. The town is that of conftest."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.assurance.assess import assess_data
from pipeline.assurance.evidence import DataEvidence
from pipeline.assurance.finding import Finding

CONTROLS_FROM = "A80100"
GRAIN = ["practice", "month", "stream", "pod", "department_type", "provider"]


def routes(town: DataEvidence, year: str = "2016-17") -> list[Finding]:
    return [f for f in assess_data(town, year) if f.check == "routes" and f.verdict != "pass"]


def year(f: pd.DataFrame) -> "pd.Series[bool]":
    return f["month"] >= "2016-04"


def control(f: pd.DataFrame, stream: str = "ae") -> "pd.Series[bool]":
    return (f["practice"] > CONTROLS_FROM) & (f["stream"] == stream)


@pytest.mark.parametrize(
    ("first", "last", "times"),
    [
        ("2016-04", "2016-04", 0), ("2016-09", "2016-09", 0), ("2017-03", "2017-03", 0), ("2017-01", "2017-03", 0.5),
        ("2016-04", "2016-06", 0.5), ("2016-04", "2017-03", 0.5), ("2015-04", "2017-03", 0.5), ("2015-11", "2017-03", 0.5),
        ("2014-12", "2015-03", 0), ("2013-04", "2017-03", 0.5), ("2013-04", "2013-05", 0.5),
    ],
)  # fmt: skip
def test_the_months_of_a_short_run_are_named_exactly(town, damage, first: str, last: str, times: float) -> None:
    hurt = damage(
        town, "extract", lambda f: control(f) & (f["month"] >= first) & (f["month"] <= last), rows=times, cost_pence=times
    )
    (found,) = routes(hurt)
    assert (found.arm, found.first_month, found.last_month) == ("control", first, last)


def test_a_month_within_a_run_that_is_spotless_by_chance_does_not_cut_it(town, damage) -> None:
    run = lambda f: control(f) & (f["month"] >= "2016-06") & (f["month"] != "2016-11")  # noqa: E731
    (found,) = routes(damage(town, "extract", run, rows=0.5, cost_pence=0.5))
    assert (found.first_month, found.last_month) == ("2016-06", "2017-03")


def with_provider(town: DataEvidence, times: int) -> DataEvidence:
    """A third A&E provider, ZT3, a copy of ZT2 `times` as large by both routes."""

    def more(frame: pd.DataFrame) -> pd.DataFrame:
        third = frame[(frame["provider"] == "ZT2")].assign(provider="ZT3")
        numbers = third.select_dtypes("number").columns
        third[numbers] *= times
        return pd.concat([frame, third], ignore_index=True)

    return replace(town, extract=more(town.extract), feed=more(town.feed))


def test_two_of_three_providers_are_named_together(town, damage) -> None:
    lost = lambda f: control(f) & year(f) & f["provider"].isin(["ZT1", "ZT3"])  # noqa: E731
    (found,) = routes(damage(with_provider(town, 2), "extract", lost, rows=0.5, cost_pence=0.5))
    assert found.provider == "ZT1+ZT3"
    every = lambda f: control(f) & year(f)  # noqa: E731
    (found,) = routes(damage(with_provider(town, 2), "extract", every, rows=0.5, cost_pence=0.5))
    assert found.provider is None


def in_kinds(town: DataEvidence, share: dict[str, tuple[int, int]]) -> DataEvidence:
    """Evidence by kind: every row of a stream becomes rows of two kinds, `share` of each of them (numbers of rows)."""
    pods = {
        "ae": (("ae", "01"), ("ae", "03")),
        "apc": (("non_elective", ""), ("day_case", "")),
        "op": (("op_first", ""), ("op_follow_up", "")),
    }

    def split(frame: pd.DataFrame) -> pd.DataFrame:
        parts = []
        for stream, kinds in pods.items():
            mine = frame[frame["stream"] == stream]
            whole = sum(share[stream])
            for (pod, department), part in zip(kinds, share[stream], strict=True):
                figures = {name: mine[name] * part // whole for name in mine.select_dtypes("number").columns}
                parts.append(mine.assign(pod=pod, department_type=department, **figures))
        return pd.concat(parts, ignore_index=True)

    kinds = split(town.feed).drop(columns="rows_linked")
    extract = split(town.extract)
    people = kinds[kinds["population"] == "eligible"]
    return replace(
        town,
        kinds=kinds[kinds["population"] != "all"],
        extract_kinds=extract.assign(people=extract["rows"]),
        feed_people=people[GRAIN].assign(people=people["rows"].to_numpy()),
    )


@pytest.fixture
def by_kind(town) -> DataEvidence:
    return in_kinds(town, {"ae": (1, 1), "apc": (3, 1), "op": (1, 1)})


def test_the_town_by_kind_agrees(by_kind) -> None:
    assert not routes(by_kind)


def test_day_cases_not_delivered_are_named(by_kind, damage) -> None:
    # one of four admissions of a practice-month is a day case
    lost = lambda f: control(f, "apc") & year(f) & (f["pod"] == "day_case")  # noqa: E731
    kept = damage(by_kind, "extract_kinds", lost, rows=0, cost_pence=0, people=0)
    kept = replace(kept, extract_kinds=kept.extract_kinds[kept.extract_kinds["rows"] > 0])
    (found,) = routes(kept)
    assert (found.verdict, found.saving_effect_gbp) == ("fail", pytest.approx(-0.25 * 480 * 600))
    assert "Nearly all of the difference lies in day cases" in found.message
    assert "day cases" in (found.question_for_supplier or "")


def test_one_type_of_department_is_named(by_kind, damage) -> None:
    lost = lambda f: control(f) & year(f) & (f["department_type"] == "03")  # noqa: E731
    kept = damage(by_kind, "extract_kinds", lost, rows=0, cost_pence=0, people=0)
    (found,) = routes(kept)
    assert "A&E of department type 03" in found.message


def test_rows_recoded_into_another_kind_with_equal_sums_are_found(by_kind) -> None:
    moved = by_kind.extract_kinds.copy()
    here = control(moved, "apc") & year(moved) & (moved["pod"] == "non_elective")
    moved.loc[here, ["rows", "people"]] -= 1  # of three
    moved.loc[control(moved, "apc") & year(moved) & (moved["pod"] == "day_case"), ["rows", "people"]] += 1
    (found,) = routes(replace(by_kind, extract_kinds=moved))
    assert (found.verdict, found.stream, found.arm) == ("inform", "apc", "control")
    assert (found.first_month, found.last_month) == ("2016-04", "2017-03")
    assert "25.00% of the rows of 2016-17 stand in another kind of contact" in found.message
    assert "from emergency and other non-elective admissions to day cases" in found.message


def test_rows_moved_between_months_of_a_year_are_found(town) -> None:
    moved = town.extract.copy()
    figures = ["rows", "cost_pence", "supplier_rows", "supplier_cost_pence"]
    here = control(moved) & (moved["provider"] == "ZT1")
    moved.loc[here & (moved["month"] == "2016-08"), figures] //= 2
    late = here & (moved["month"] == "2016-09")
    moved.loc[late, figures] = moved.loc[late, figures] * 3 // 2
    (found,) = routes(replace(town, extract=moved))
    assert (found.verdict, found.first_month, found.last_month) == ("inform", "2016-08", "2016-09")
    assert "another month" in found.message  # 3 of 96 rows of a practice-year: 3.125%
    assert "3.12%" in found.message


def test_rows_moved_between_practices_of_an_arm_are_found(town) -> None:
    moved = town.extract.copy()
    stray = control(moved, "op") & year(moved) & (moved["practice"] == "A80101")
    taken = control(moved, "op") & year(moved) & (moved["practice"] == "A80102")
    figures = ["rows", "cost_pence", "supplier_rows", "supplier_cost_pence"]
    moved.loc[stray, figures] //= 2
    moved.loc[taken, figures] = moved.loc[taken, figures] * 3 // 2
    (found,) = routes(replace(town, extract=moved))
    assert "another practice" in found.message
    assert "from A80101 to A80102" in found.message


def test_the_same_rows_given_to_other_people_are_found(by_kind) -> None:
    people = by_kind.extract_kinds.copy()
    hit = control(people, "op") & year(people)
    people.loc[hit, "people"] -= 1  # of ten a cell
    (found,) = routes(replace(by_kind, extract_kinds=people))
    assert (found.verdict, found.stream, found.arm) == ("inform", "op", "control")
    assert "10.00% of people" in found.message
    assert (found.first_month, found.last_month) == ("2016-04", "2017-03")


@pytest.mark.parametrize("heads", [13_000, 4_333])
def test_one_per_cent_of_a_year_lost_at_random_is_always_found(town, heads: int) -> None:
    """Rows of an arm of so many heads, A&E 0.85, admitted 0.46 and outpatients 3.2 a head and year; 1 in 100 lost by chance.

    Even of 0.46 x 4,333 = 1,993 admissions 20 are lost on average; fewer than 2, the least to be told, has a chance of 5e-8.
    """
    rng = np.random.default_rng(heads)
    rate = {"ae": 0.85, "apc": 0.46, "op": 3.2}
    scale = {(stream, provider): heads * rate[stream] / 12 / 5 * share for (stream, provider), share in {
        ("ae", "ZT1"): 0.75, ("ae", "ZT2"): 0.25, ("apc", "ZT1"): 1.0, ("op", "ZT1"): 1.0}.items()}  # fmt: skip
    missed = 0
    for _ in range(20):
        feed, extract = town.feed.copy(), town.extract.copy()
        mean = [scale[key] for key in zip(extract["stream"], extract["provider"], strict=True)]
        rows = rng.poisson(mean)
        kept = np.where(
            control(extract, "ae") | control(extract, "apc") | control(extract, "op"), rng.binomial(rows, 0.99), rows
        )
        kept = np.where(year(extract), kept, rows)
        price = extract["cost_pence"] // extract["rows"]
        extract = extract.assign(rows=kept, cost_pence=kept * price, supplier_rows=kept, supplier_cost_pence=kept * price)
        eligible = feed["population"] == "eligible"
        feed.loc[eligible, "rows"] = rows
        feed.loc[eligible, "cost_pence"] = rows * price.to_numpy()
        found = routes(replace(town, extract=extract, feed=feed))
        seen = {f.stream for f in found if f.arm == "control" and f.first_month is not None and f.first_month >= "2016-04"}
        missed += not seen >= {"ae", "apc", "op"}
    assert missed == 0


def test_a_straggler_is_not_worth_a_word(town) -> None:
    one = town.extract.copy()
    place = one.index[control(one) & year(one) & (one["rows"] == 6)][0]
    one.loc[place, ["rows", "supplier_rows"]] -= 1
    one.loc[place, ["cost_pence", "supplier_cost_pence"]] -= 10_000
    assert not routes(replace(town, extract=one))
    one.loc[place, ["rows", "supplier_rows"]] -= 1
    one.loc[place, ["cost_pence", "supplier_cost_pence"]] -= 10_000
    (found,) = routes(replace(town, extract=one))  # 2 of 480 rows
    assert (found.verdict, found.first_month, found.last_month) == ("inform", "2016-04", "2016-04")
