"""The effect on cost told apart into volume, mix and price, by point of delivery, behind both gates.

Belongs here: the effect on each part and its interval. Does not belong here: the formula and its reference prices
(`pipeline.pricing.decomposition`), weights (`pipeline.panel`), pence (`pipeline.settlement.parts`).

A part of cost is linear in contacts and in the reference values of contacts, practice-month by practice-month, with the weights
of the paid denominator. So the difference-in-differences of a part is that of any cost, and the parts' effects add to the
effect on cost: volume is the effect on contacts a head at the price of before launch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from pipeline.assurance.gate import Bindings, Verdict
from pipeline.errors import InternalError
from pipeline.estimation.did import TOLERANCE, DidEstimate, contract_year_effect, require_both
from pipeline.study import Study
from pipeline.vocabulary import PODS

PARTS = ("volume", "mix", "price")
#: parts of mix: contacts without a price, and contacts whose kind had no price before launch
OF_MIX = ("mix_unpriced", "mix_unknown")
#: pence of a penny's millionths to GBP
_GBP = 100_000_000

_KEY = ["practice", "arm", "area", "month", "heads"]


@dataclass(frozen=True, slots=True)
class Decomposition:
    """effects : point of delivery (and `all`) to part to its estimate, £ a head and year, negative is a saving.

    Empty where no contact of these points of delivery occurs. The three PARTS of a point of delivery add to its effect on cost,
    those of all points of delivery to those of `all`; OF_MIX stand in `mix` already.
    """

    contract_year: str
    effects: Mapping[str, Mapping[str, DidEstimate]]


def part_cells(valued: pd.DataFrame, prices: Mapping[str, int]) -> pd.DataFrame:
    """Cells of every part as `contract_year_effect` takes them: `_KEY`, outcome, pod, per_head in GBP; `all` sums them.

    valued : `pipeline.panel.paid_cells` of `pipeline.panel.measures.VALUED`. prices : reference price of each point of
    delivery, millionths of a penny; one that the baseline never saw has none, and all its cost is mix.
    """
    wide = valued.pivot(index=[*_KEY, "pod"], columns="outcome", values="per_head").reset_index()
    price = wide["pod"].map(prices).fillna(0).astype(float) / _GBP
    volume = wide["contacts"] * price
    parts = {
        "volume": volume,
        "mix": wide["reference_value"] - volume,
        "price": wide["cost"] - wide["reference_value"],
        "mix_unpriced": -wide["unpriced"] * price,
        "mix_unknown": wide["unknown_cost"] - wide["unknown_contacts"] * price,
    }
    cells = pd.concat([wide[[*_KEY, "pod"]].assign(outcome=name, per_head=part) for name, part in parts.items()])
    total = cells.groupby([*_KEY, "outcome"], as_index=False)["per_head"].sum().assign(pod="all")
    return pd.concat([cells, total], ignore_index=True)


def decomposition(
    valued: pd.DataFrame,
    cells: pd.DataFrame,
    *,
    prices: Mapping[str, int],
    study: Study,
    contract_year: str,
    data_verdict: Verdict | None,
    design_verdict: Verdict | None,
    bindings: Bindings,
    on: date,
) -> Decomposition:
    """Effects of the parts of the points of delivery that the paid estimate holds (`estimand.pod`), and of `all` of these.

    valued, prices : as in `part_cells`. cells : `pipeline.panel.paid_cells`, of the same months: what is paid on. Raises the
    gates' errors before anything is formed, InternalError where parts do not add to the effect on cost within 1e-9.
    """
    gates: dict[str, Any] = {"data_verdict": data_verdict, "design_verdict": design_verdict, "bindings": bindings, "on": on}
    require_both(contract_year=contract_year, **gates)
    months = {*study.baseline_months, *study.contract_year_months(contract_year)}
    compared = valued[valued["month"].isin(months) & valued["arm"].isin(["intervention", "control"])]
    wanted = PODS if study.estimand.pod == "all" else (study.estimand.pod,)
    occurring = set(compared.loc[(compared["outcome"] == "contacts") & (compared["per_head"] != 0), "pod"])
    pods = [pod for pod in wanted if pod in occurring]
    asked: dict[str, Any] = {"study": study, "contract_year": contract_year, "resample": False} | gates
    parts = dict(list(part_cells(compared[compared["pod"].isin(pods)], prices).groupby(["outcome", "pod"])))

    def effect(part: str, pod: str) -> DidEstimate:
        return contract_year_effect(parts[part, pod], outcome=part, pod=pod, **asked)

    found = {pod: {part: effect(part, pod) for part in (*PARTS, *OF_MIX)} for pod in (("all", *pods) if pods else ())}
    cost = dict(list(cells[(cells["outcome"] == "cost") & cells["month"].isin(months)].groupby("pod")))
    for pod, split in found.items():
        whole = study.estimand.pod if pod == "all" else pod
        paid = contract_year_effect(cost[whole], outcome="cost", pod=whole, **asked).effect
        _require_sum(pod, [split[part].effect for part in PARTS], paid)
    return Decomposition(contract_year, found)


def rows(split: Decomposition) -> list[dict[str, Any]]:
    """Plain data: pod, part, effect_gbp_per_head, standard_error, ci_low, ci_high (null where the interval is refused)."""
    return [
        {
            "pod": pod,
            "part": part,
            "effect_gbp_per_head": found.effect,
            "standard_error": found.standard_error,
            "ci_low": found.ci_low,
            "ci_high": found.ci_high,
        }
        for pod, parts in split.effects.items()
        for part, found in parts.items()
    ]


def _require_sum(pod: str, parts: list[float], paid: float) -> None:
    """Price + volume + mix is the total (method.md section 1)."""
    if abs(sum(parts) - paid) > TOLERANCE * max(1.0, abs(paid), *map(abs, parts)):
        raise InternalError(f"Volume, mix and price of {pod} do not add to the effect on its cost.")
