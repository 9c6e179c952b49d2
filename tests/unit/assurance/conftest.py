"""A town whose every practice-month is the same, so that each expected figure can be worked out by hand.

Belongs here: the town and ways to damage it. Does not belong here: any expected value.

6 intervention and 5 control practices, 100 eligible and 900 other people each, 24 baseline months (2013-04 to 2015-03), two
contract years. Every practice-month holds, for the eligible, 8 A&E rows at £100 (provider ZT1 6, ZT2 2), 4 admitted at £1,000
(ZT1) and 20 outpatient rows at £50 (ZT1); nine times as many for the others. Nobody dies or moves; of 100 people published on a
register 60 are of the ages delivered; the trusts return 1,000 (ZT1) and 400 (ZT2) attendances a month, of which the feed holds
11 x 60 and 11 x 20. So A&E costs 8 x 12 x £100 / 100 = £96 a head a
year, admitted care £480, outpatients £120; the intervention has 600 heads.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from pipeline.assurance.delivered.profiles import OF_ALL_ROWS, QUANTITIES
from pipeline.assurance.evidence import DataEvidence
from pipeline.calendar import months
from pipeline.study import Study

TREATED = [f"A8000{n}" for n in range(1, 7)]
CONTROLS = [f"A8010{n}" for n in range(1, 6)]
ROWS = {("ae", "ZT1"): 6, ("ae", "ZT2"): 2, ("apc", "ZT1"): 4, ("op", "ZT1"): 20}
PRICE = {"ae": 10_000, "apc": 100_000, "op": 5_000}
POD = {"ae": "ae", "apc": "non_elective", "op": "op_first"}
#: shares of rows as a calendar makes them, in round numbers
SHARES = {"weekend": 0.25, "overnight": 0.25, "past_12th": 0.6}
PARTS = {"eligible": 1, "not_eligible": 9, "all": 10}
PERIOD = months("2013-04", "2017-03")


class Cells:
    """Stands in for pipeline.contracts.ExpectedCells."""

    def __init__(self, stream: str, least: float, unpriced: float = 0.1) -> None:
        self.stream = stream
        self.arms = ("intervention", "control")
        self.minimum_rows_per_1000_heads_month = least
        self.maximum_unpriced_share = unpriced


@dataclass(frozen=True)
class Totals:
    """Stands in for pipeline.deliveries.Receipt."""

    dataset: str
    fingerprint: str
    first_month: str
    last_month: str
    declared: dict[str, Any]
    measured: dict[str, Any]
    status: str = "final"


@pytest.fixture
def study() -> Study:
    return Study.model_validate(
        {
            "schema": "outcomeb/study/1",
            "study": "town",
            "arms": {"intervention": TREATED, "control": CONTROLS, "wider": []},
            "areas": {"west": TREATED, "east": CONTROLS},
            "calendar": {"baseline": ["2013-04", "2015-03"], "launch": "2015-04-01", "contract_years": ["2015-16", "2016-17"]},
            "eligible": {"age": [40, 74], "registers": ["CHD"], "at": "2015-03-31"},
            "prices": {"base": "2016-17", "grouper": "HRG4"},
            "estimand": {"baseline_months": 24},
            "requires": {"datasets": [], "checks": ["routes", "completeness", "pre_trend"]},
            "plausible": {"effect_share_max": 0.3, "target_gbp_per_head": 86, "materiality_gbp": 1000},
            "seeds": {"bootstrap": 1, "permutation": 2, "simulation": 3},
        }
    )


def _rows(parts: dict[str, int]) -> pd.DataFrame:
    table = [
        (practice, month, stream, POD[stream], "01" if stream == "ae" else "", provider, population, n * times)
        for practice in TREATED + CONTROLS
        for month in PERIOD
        for (stream, provider), n in ROWS.items()
        for population, times in parts.items()
    ]
    frame = pd.DataFrame(
        table, columns=["practice", "month", "stream", "pod", "department_type", "provider", "population", "rows"]
    )
    frame["cost_pence"] = frame["rows"] * frame["stream"].map(PRICE)
    return frame.assign(unpriced_rows=0)


@pytest.fixture
def town(study: Study) -> DataEvidence:
    extract = _rows({"eligible": 1}).drop(columns="population")
    extract = extract.assign(supplier_rows=extract["rows"], supplier_cost_pence=extract["cost_pence"])
    feed = _rows(PARTS)
    population = pd.DataFrame(
        [
            (practice, month, name, 100 * times)
            for practice in TREATED + CONTROLS
            for month in PERIOD
            for name, times in PARTS.items()
        ],
        columns=["practice", "month", "population", "person_months"],
    )
    time = population[population["population"] == "eligible"].drop(columns="population").assign(deaths=0)
    published = pd.DataFrame(
        [(practice, "CHD", 60, 100) for practice in TREATED + CONTROLS],
        columns=["practice", "register", "delivered", "published"],
    )
    returns = pd.DataFrame(
        [
            (provider, month, "01", stated, rows)
            for provider, stated, rows in (("ZT1", 1000, 660), ("ZT2", 400, 220))
            for month in PERIOD
        ],
        columns=["provider", "month", "department_type", "attendances", "rows"],
    )  # fmt: skip
    totals = {"rows": 100, "sums": {"COST_GBP": "10000.00"}}
    profile = pd.DataFrame(
        [
            (practice, month, stream, quantity, int(n * SHARES.get(quantity, 0)), n)
            for practice in TREATED + CONTROLS
            for month in PERIOD
            for stream, n in {"ae": 8, "apc": 4, "op": 20}.items()
            for quantity in (QUANTITIES if stream == "apc" else OF_ALL_ROWS)
        ],
        columns=["practice", "month", "stream", "quantity", "part", "whole"],
    )
    return DataEvidence(
        study=study,
        profile=profile,
        heads=dict.fromkeys(TREATED + CONTROLS, 100),
        extract=extract,
        feed=feed.assign(rows_linked=feed["rows"]),
        population=population.assign(deaths=0),
        wider=None,
        receipts=(Totals("hes_ae", "f" * 64, "2015-04", "2016-03", totals, totals),),
        expected=(Cells("ae", 20), Cells("apc", 10), Cells("op", 50)),
        payment=lambda saving: max(Decimal(0), saving) / 2,
        person_time=time,
        register_counts=published,
        returns=returns,
    )


@pytest.fixture
def damage() -> Callable[..., DataEvidence]:
    """Multiply figures of the cells that `where` picks, in the named table."""

    def damaged(
        evidence: DataEvidence, table: str, where: Callable[[pd.DataFrame], "pd.Series[bool]"], **times: float
    ) -> DataEvidence:
        frame = getattr(evidence, table).copy()
        picked = where(frame)
        assert picked.any()
        for column, factor in times.items():
            frame.loc[picked, column] = (frame.loc[picked, column] * factor).round().astype("int64")
        if table in ("feed", "extract"):
            frame = frame[(frame["rows"] > 0)]
        return replace(evidence, **{table: frame})

    return damaged


@pytest.fixture
def control_ae() -> Callable[[pd.DataFrame], "pd.Series[bool]"]:
    """The control's A&E from launch on."""
    return lambda f: f["practice"].isin(CONTROLS) & (f["stream"] == "ae") & (f["month"] >= "2015-04")
