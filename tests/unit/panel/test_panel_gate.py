"""Months from launch on come into being only behind both gates."""

import ast
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cohorts_village import engine_table, village

import pipeline
from pipeline import panel, tables
from pipeline.assurance.finding import Finding
from pipeline.assurance.gate import Bindings, judge
from pipeline.errors import ApprovalMissing, DataGateClosed, DesignGateClosed, UsageError
from pipeline.panel.after_launch import (
    activity_account_after_launch,
    cells_after_launch,
    heads_after_launch,
    valued_cells_after_launch,
)
from pipeline.store import Store

BOUND = Bindings("d" * 64, "p" * 64, "c" * 64, "w" * 64)
ON = date(2017, 7, 15)
PERSON = {
    "person": "a",
    "practice": "A80001",
    "age_band": "40-54",
    "need": 1,
    "observed_from": "2010-04",
}  # observed throughout


def verdict(gate: Any, outcome: Any = "pass", *, year: str = "2015-16", bindings: Bindings = BOUND) -> Any:
    finding = Finding(check="routes", verdict=outcome, message="written for the test")
    return judge(
        gate=gate, contract_year=year, findings=[finding], required_checks=["routes"], waivers=[], bindings=bindings, on=ON
    )


def behind(**changes: Any) -> dict[str, Any]:
    opened = {
        "study": village(),
        "contract_year": "2015-16",
        "data_verdict": verdict("data"),
        "design_verdict": verdict("design"),
        "bindings": BOUND,
        "on": ON,
    }
    return opened | changes


def inputs(store: Store) -> tuple[Any, Any]:
    rows = [
        {"person": "a", "stream": "ae", "pod": "ae", "month": month, "price_state": "priced", "price_pence": 100, "bed_days": 0}
        for month in ("2015-03", "2015-04", "2016-03", "2016-04")
    ]
    people = engine_table(store, "people", [PERSON], tables.PEOPLE)
    return engine_table(store, "activity", rows, tables.PRICED_ACTIVITY), people


@pytest.mark.parametrize("last", ["2015-04", "2016-03", "2019-03"])
def test_months_after_launch_need_verdicts(store: Store, last: str) -> None:
    activity, people = inputs(store)
    asked = {"study": village(), "first": "2015-01", "last": last}
    for ask in (
        lambda: panel.heads(people, **asked),
        lambda: panel.cells(activity, people, **asked),
        lambda: panel.activity_account(activity, people, **asked),
        lambda: panel.valued_cells(activity, people, **asked),
    ):
        with pytest.raises(DataGateClosed, match="launch is 2015-04"):
            ask()


def test_open_gates_give_the_year_and_nothing_else(store: Store) -> None:
    activity, people = inputs(store)
    cells = cells_after_launch(activity, people, **behind()).execute()
    assert sorted(cells["month"]) == ["2015-04", "2016-03"]
    heads = heads_after_launch(people, **behind()).execute()
    assert (heads["month"].min(), heads["month"].max(), len(heads)) == ("2015-04", "2016-03", 12)
    account = activity_account_after_launch(activity, people, **behind())
    assert account["rows"].tolist() == [2, 2]  # two months of the year, two outside it


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"data_verdict": None}, DataGateClosed),
        ({"design_verdict": None}, DesignGateClosed),
        ({"data_verdict": verdict("data", "fail")}, DataGateClosed),
        ({"data_verdict": verdict("data", "not_evaluated")}, DataGateClosed),
        ({"design_verdict": verdict("design", "fail")}, DesignGateClosed),
        ({"data_verdict": verdict("design")}, DataGateClosed),
        ({"data_verdict": verdict("data", year="2016-17")}, DataGateClosed),
        ({"contract_year": "2016-17"}, DataGateClosed),
        ({"data_verdict": verdict("data", bindings=Bindings("x", "p" * 64, "c" * 64, "w" * 64))}, DataGateClosed),
        ({"contract_year": "2017-18"}, UsageError),
    ],
    ids=[
        "no data",
        "no design",
        "data shut",
        "not evaluated",
        "design shut",
        "other gate",
        "other year",
        "year",
        "bound",
        "none",
    ],
)
def test_anything_less_than_two_open_gates_is_refused(store: Store, changes: dict[str, Any], error: type[Exception]) -> None:
    activity, people = inputs(store)
    with pytest.raises(error):
        cells_after_launch(activity, people, **behind(**changes))
    with pytest.raises(error):
        heads_after_launch(people, **behind(**changes))
    with pytest.raises(error):
        activity_account_after_launch(activity, people, **behind(**changes))
    with pytest.raises(error):
        valued_cells_after_launch(activity, people, **behind(**changes))


def test_an_expired_waiver_no_longer_opens(store: Store) -> None:
    from pipeline.approvals import Waiver

    finding = Finding(check="routes", verdict="fail", message="written for the test")
    waiver = Waiver(finding.sha256, date(2017, 8, 1), "for the test", ("one", "two"))
    waived = judge(
        gate="data", contract_year="2015-16", findings=[finding], required_checks=[], waivers=[waiver], bindings=BOUND, on=ON
    )
    _, people = inputs(store)
    assert heads_after_launch(people, **behind(data_verdict=waived)).count().execute() == 12
    with pytest.raises(ApprovalMissing):
        heads_after_launch(people, **behind(data_verdict=waived, on=date(2017, 8, 2)))


def test_only_the_two_panels_reach_the_sums() -> None:
    """The sums ask for no verdict: nothing else in the project may import them."""
    root = Path(pipeline.__file__).parents[1]
    importers = set()
    for folder in ("pipeline", "assets", "reports"):
        for path in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import) and any(name.name == "pipeline.panel.sums" for name in node.names):
                    importers.add(path.name)
                if isinstance(node, ast.ImportFrom) and (
                    node.module == "pipeline.panel.sums"
                    or (node.module == "pipeline.panel" and any(name.name == "sums" for name in node.names))
                ):
                    importers.add(path.name)
    assert importers == {"to_launch.py", "after_launch.py"}
