"""Sections of the result on prices: where they come from, what they would be currently, and the supplier's beside ours.

Belongs here: putting counts and pence of `pipeline.pricing` through the disclosure rule, and what a shut gate may show of them.
Does not belong here: computing any of it, the rest of the result (`pipeline.result`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.pricing.outside import OUTSIDE
from pipeline.pricing.reconciliation import KEYS, TOTALS
from pipeline.pricing.supplier_causes import CAUSES
from pipeline.result import Disclose, records

#: causes that too few rows have to be told one by one
FEW = "few_rows"
FEW_WORDS = "causes of few rows each, together"

SOURCE_KEYS = ["stream", "arm", "financial_year"]


def share(part: int, whole: int, disclose: Disclose) -> float | None:
    """Of counts as they may be shown; null where either may not."""
    shown_part, shown_whole = disclose(part), disclose(whole)
    return shown_part / shown_whole if isinstance(shown_part, int) and isinstance(shown_whole, int) and shown_whole else None


def by_arm_section(sources: pd.DataFrame, disclose: Disclose) -> list[dict[str, Any]]:
    """Shares of the eligible people's rows by stream, arm and year. sources : `pipeline.pricing.summary.price_sources`."""
    counts = ["rows", "list_rows", "fallback_rows", "current_rows"]
    return [
        {key: row[key] for key in SOURCE_KEYS}
        | {f"{name}_share": share(row[f"{name}_rows"], row["rows"], disclose) for name in ("list", "fallback", "current")}
        for row in records(sources, [*SOURCE_KEYS, *counts])
    ]


def current_section(states: pd.DataFrame, disclose: Disclose) -> list[dict[str, Any]]:
    """Rows by stream, year and what became of their current price. states : `pipeline.pricing.summary.current_states`."""
    dated = states[states["financial_year"].notna()]
    keys = ["stream", "financial_year", "has_price", "reason"]
    return [row | {"rows": disclose(row["rows"])} for row in records(dated, [*keys, "rows"])]


def reasons_section(reasons: pd.DataFrame, disclose: Disclose) -> list[dict[str, Any]]:
    """Share of each arm's rows of a stream by state and reason.

    reasons : `pipeline.pricing.summary.reasons_by_arm`, of rows before launch alone: kinds of care are told by them.
    """
    whole = {key: int(rows) for key, rows in reasons.groupby(["stream", "arm"])["rows"].sum().items()}
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for line in records(reasons, ["stream", "arm", "price_state", "reason", "rows"]):
        if line["arm"] not in ("intervention", "control"):
            continue
        key = (line["stream"], line["price_state"], line["reason"])
        empty = {"intervention_share": 0.0, "control_share": 0.0}
        row = rows.setdefault(key, dict(zip(("stream", "price_state", "reason"), key, strict=True)) | empty)
        row[f"{line['arm']}_share"] = share(line["rows"], whole[line["stream"], line["arm"]], disclose)
    return [rows[key] for key in sorted(rows)]


def outside_section(shares: pd.DataFrame) -> list[dict[str, Any]]:
    """Shares of each arm's cost before launch that rules outside the price rule would reach: rates, which need no control.

    shares : `pipeline.pricing.outside.outside_shares`.
    """
    of_arm = {row["arm"]: row for row in records(shares, ["arm", "cost_pence", *OUTSIDE])}

    def of(arm: str, what: str) -> float | None:
        row = of_arm.get(arm)
        return row[what] / row["cost_pence"] if row and row["cost_pence"] else None

    return [
        {"what": what, "says": says} | {f"{arm}_share": of(arm, what) for arm in ("intervention", "control")}
        for what, says in OUTSIDE.items()
    ]


def reconciliation_section(
    by_cause: pd.DataFrame, disclose: Disclose, *, contract_year: str, gates_open: bool
) -> list[dict[str, Any]]:
    """The supplier's cost less our price by stream, arm and financial year, and what of it each cause makes.

    by_cause : `pipeline.pricing.reconciliation.by_cause`. Months from launch on are shown of this contract year only, and only
    behind open gates. Pounds are exact; causes of fewer rows than may be told are told together, so that the causes still add
    up to the difference. Where even together they are too few, the difference is not shown.
    """
    shown = by_cause[~by_cause["after_launch"] | (gates_open & (by_cause["financial_year"] == contract_year))]
    shown = shown[shown["arm"].isin(["intervention", "control"])]
    found = []
    for key, part in shown.groupby(KEYS, sort=True):
        lines = records(part, [*TOTALS, "cause", "cause_rows", "pence"])
        whole = lines[0]
        causes = _told([line for line in lines if line["cause"]], disclose)
        row = dict(zip(KEYS, key, strict=True)) | {"rows": disclose(whole["rows"])}
        if causes is None or not isinstance(row["rows"], int):
            money: dict[str, Any] = dict.fromkeys(("our_gbp", "supplier_gbp", "difference_gbp"))
            found.append(row | money | {"causes": []})
            continue
        money = {f"{name}_gbp": _gbp(whole[f"{name}_pence"]) for name in ("our", "supplier", "difference")}
        told = [
            {
                "cause": c["cause"],
                "says": CAUSES.get(c["cause"], FEW_WORDS),
                "rows": disclose(c["cause_rows"]),
                "gbp": _gbp(c["pence"]),
            }
            for c in causes
        ]
        found.append(row | money | {"causes": told})
    return found


def _told(lines: Sequence[Mapping[str, Any]], disclose: Disclose) -> list[Mapping[str, Any]] | None:
    """The causes that may be told, with one line for the few; None where all of them together are too few."""
    few = [line for line in lines if not isinstance(disclose(line["cause_rows"]), int)]
    told = [line for line in lines if line not in few]
    while few and not isinstance(disclose(sum(line["cause_rows"] for line in few)), int):
        if not told:
            return None
        least = min(told, key=lambda line: line["cause_rows"])
        told.remove(least)
        few.append(least)
    together = {
        "cause": FEW,
        "cause_rows": sum(line["cause_rows"] for line in few),
        "pence": sum(line["pence"] for line in few),
    }
    return [*told, together] if few else told


def _gbp(pence: int) -> str:
    """Exact pounds of pence: -1234 is '-12.34'."""
    pounds, rest = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}{pounds}.{rest:02d}"
