"""Contacts of a village before and after launch, and the way from them to volume, mix and price.

Belongs here: builders, and the product's own steps in order. Does not belong here: any expected value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from cohorts_village import engine_table, village
from estimation_city import gates

from pipeline import panel, tables
from pipeline.estimation import decomposition as parts
from pipeline.estimation.did import contract_year_effect
from pipeline.panel.after_launch import cells_after_launch, heads_after_launch, valued_cells_after_launch
from pipeline.panel.measures import VALUED
from pipeline.pricing import decomposition as kinds
from pipeline.pricing.reference_prices import pod_prices, reference_prices
from pipeline.store import Store
from pipeline.study import Study

YEAR = "2015-16"


def study(**clauses: Any) -> Study:
    """The village, compared with the twelve months before launch."""
    return village(**{"estimand": {"baseline_months": 12}} | clauses)


def people(practices: Mapping[str, int]) -> list[dict[str, Any]]:
    """That many people of one stratum in each practice, observed throughout."""
    return [
        {
            "person": f"{practice}-{n}",
            "practice": practice,
            "age_band": "40-54",
            "need": 1,
            "observed_from": "2010-04",
        }
        for practice, number in practices.items()
        for n in range(number)
    ]


def contact(person: str, month: str, pod: str, currency: str, pence: int | None, **more: Any) -> dict[str, Any]:
    """One priced contact; without pence it has no price."""
    return {
        "stream": {"ae": "ae", "non_elective": "apc", "elective": "apc"}.get(pod, "op"),
        "person": person,
        "month": month,
        "pod": pod,
        "currency": currency,
        "price_state": "priced" if pence is not None else "missing",
        "price_reason": "written for the test",
        "price_pence": pence,
        "department_type": "",
        "bed_days": 0,
    } | more


@dataclass(frozen=True)
class Decomposed:
    """found : effects by point of delivery and part, £ a head and year; cost : the paid effect by point of delivery."""

    found: dict[str, dict[str, float]]
    cost: dict[str, float]
    split: parts.Decomposition
    references: pd.DataFrame


def decomposed(store: Store, contacts: Iterable[Mapping[str, Any]], who: list[dict[str, Any]], protocol: Study) -> Decomposed:
    """Every step as the assets take it."""
    rows = [dict(row) | {"activity_key": str(n)} for n, row in enumerate(contacts)]
    priced = kinds.with_kind(engine_table(store, "activity", rows, tables.PRICED_ACTIVITY))
    members = engine_table(store, "people", who, tables.PEOPLE)
    references = reference_prices(panel.kind_sums(priced, members, study=protocol))
    valued = kinds.at_reference(priced, store.get(store.put_frame("kinds", references, ("pod", "kind"))))
    before = {"study": protocol, "first": protocol.baseline_months[0], "last": protocol.baseline_months[-1]}
    given: dict[str, Any] = {"study": protocol, "contract_year": YEAR} | gates(YEAR)
    heads = [panel.heads(members, **before).execute(), heads_after_launch(members, **given).execute()]
    at_reference = [
        panel.valued_cells(valued, members, **before).execute(),
        valued_cells_after_launch(valued, members, **given).execute(),
    ]
    cells = [panel.cells(priced, members, **before).execute(), cells_after_launch(priced, members, **given).execute()]
    paid = pd.concat(panel.paid_cells(c, h, study=protocol) for c, h in zip(cells, heads, strict=True))
    weighted = pd.concat(
        panel.paid_cells(c, h, study=protocol, measures=VALUED) for c, h in zip(at_reference, heads, strict=True)
    )
    split = parts.decomposition(weighted, paid, prices=pod_prices(references), **given)
    return Decomposed(
        found={pod: {part: row.effect for part, row in found.items()} for pod, found in split.effects.items()},
        cost={
            pod: contract_year_effect(paid, outcome="cost", pod=pod, resample=False, **given).effect for pod in split.effects
        },
        split=split,
        references=references,
    )
