"""The result object of one contract year: everything that is published, once.

Belongs here: assembling and validating it, for a run that estimated and for one that was stopped at a gate.
Does not belong here: computing any part of it, and how it looks (`reports`). Counts of people and rows pass through the
disclosure rule that the caller gives, since this object is itself published.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jsonschema
import pandas as pd

from data_contracts import FOLDER
from pipeline.assurance.gate import Verdict
from pipeline.code_version import code_version
from pipeline.contracts import contracts_sha256
from pipeline.errors import InternalError
from pipeline.estimation.decomposition import PARTS
from pipeline.settlement.characteristics import RuleCharacteristics
from pipeline.settlement.current_prices import CurrentSaving
from pipeline.settlement.parts import saving_parts
from pipeline.settlement.payment import Payment, pounds
from pipeline.settlement.saving import Saving
from pipeline.study import Study
from pipeline.study_folder import StudyFolder

#: the disclosure rule: a count to the count that may be published (reports.disclosure.disclosed_count)
Disclose = Callable[[int], int | str]

ARM_COLUMNS = ("intervention", "control", "unassigned")

#: decimals that figures are published with: identities hold to this after rounding
PLACES = 9


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """data_contracts/result.schema.json."""
    document: dict[str, Any] = json.loads((FOLDER / "result.schema.json").read_text(encoding="utf-8"))
    return document


def validated(result: dict[str, Any]) -> dict[str, Any]:
    """The result itself, rounded to PLACES, if it fits its schema. Raises InternalError naming the place that does not."""
    rounded: dict[str, Any] = _rounded(result)
    problem = next(iter(jsonschema.Draft202012Validator(schema()).iter_errors(rounded)), None)
    if problem is not None:
        raise InternalError(f"result.json does not fit its schema at {'/'.join(map(str, problem.absolute_path)) or 'the top'}.")
    return rounded


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise InternalError("A figure of the result is not a number.")
        return round(value, PLACES) + 0.0  # no negative zero
    if isinstance(value, Mapping):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return value


def gate_section(verdict: Verdict | None) -> dict[str, Any]:
    """A verdict with its findings, each with the id that a waiver names."""
    if verdict is None:
        return {"verdict": "not_evaluated", "findings": []}
    return {"verdict": verdict.verdict, "findings": [{**f.as_dict(), "id": f.sha256} for f in verdict.findings]}


def study_section(folder: StudyFolder, price_edition: str | None) -> dict[str, Any]:
    """What was studied, in words and numbers of the protocol."""
    study = folder.study
    ages, registers = study.eligible.age, ", ".join(study.eligible.registers)
    return {
        "name": study.study,
        "rehearsal": any(a.rehearsal for a in folder.approvals),
        "launch": study.calendar.launch.isoformat(),
        "baseline": [study.baseline_months[0], study.baseline_months[-1]],
        "contract_years": list(study.calendar.contract_years),
        "population": f"aged {ages[0]}-{ages[1]} and on a register ({registers}) of a study practice on {study.eligible.at}",
        "estimand": (
            "average effect on secondary-care cost per baseline eligible head of the intervention practices, in the contract "
            "year, at constant prices"
        ),
        "price_base": study.prices.base,
        "price_edition": price_edition,
        "target_gbp_per_head": study.plausible.target_gbp_per_head,
        "materiality_gbp": study.plausible.materiality_gbp,
        "practices": {
            "intervention": len(study.arms.intervention),
            "control": len(study.arms.control),
            "wider": len(study.arms.wider),
        },
        "absent": dict(study.requires.absent),
        "known_breaks": [{"month": known.month, "what": known.what} for known in study.known_breaks],
    }


def run_section(folder: StudyFolder, contract_year: str, disclose: Disclose) -> dict[str, Any]:
    """What the run rests on: inputs, hashes, code, seeds, day."""
    inputs = [
        {
            "dataset": d.dataset,
            "sha256": d.fingerprint,
            "supplier": d.supplier,
            "first_month": d.first_month,
            "last_month": d.last_month,
            "received": d.received.isoformat(),
            "status": d.status,
            "rows": disclose(d.receipt.rows_in),
            "quarantined": disclose(sum(q.rows for q in d.receipt.quarantined)),
        }
        for d in folder.in_force
    ]
    return {
        "run_id": folder.run_id(contract_year),
        "code_version": code_version(),
        "on": folder.on.isoformat(),
        "inputs": inputs,
        "protocol_sha256": folder.study.sha256,
        "terms_sha256": folder.terms.sha256,
        "contracts_sha256": contracts_sha256(),
        "seeds": folder.study.seeds.model_dump(),
        "provisional": any(d.status == "provisional" for d in folder.in_force),
    }


def attrition_section(attrition: pd.DataFrame, disclose: Disclose) -> list[dict[str, Any]]:
    """A row an exclusion step, arms side by side, disclosed. attrition : step, kind, reason, arm, people."""
    rows: dict[tuple[int, str, str], dict[str, Any]] = {}
    ordered = attrition.sort_values(["step", "kind", "reason", "arm"], kind="stable")
    for line in records(ordered, ["step", "kind", "reason", "arm", "people"]):
        step = {"step": line["step"], "kind": line["kind"], "reason": line["reason"]}
        row = rows.setdefault((line["step"], line["kind"], line["reason"]), step | dict.fromkeys(ARM_COLUMNS, 0))
        arm = line["arm"] if line["arm"] in ("intervention", "control") else "unassigned"
        row[arm] += line["people"]
    return [row | {arm: disclose(row[arm]) for arm in ARM_COLUMNS} for row in rows.values()]


def payment_section(folder: StudyFolder, owed: Payment, rule: RuleCharacteristics | None) -> dict[str, Any]:
    """The proposed payment, clause by clause; its `statement` is a sentence, and sentences are the reports' work."""
    terms = folder.terms
    interim = any(d.status == "provisional" for d in folder.in_force)
    threshold = terms.outcome_b.threshold.gbp_per_head
    return {
        "status": "proposed",
        "amount_gbp": str(owed.amount_gbp),
        "clause": owed.clause,
        "interim": interim,
        "illustrative": terms.illustrative,
        "clauses": [
            {
                "clause": step.clause,
                "says": step.says,
                "before_gbp": f"{step.before_gbp:.2f}",
                "after_gbp": f"{step.after_gbp:.2f}",
            }
            for step in owed.steps
        ],
        "threshold_gbp_per_head": float(threshold),
        "characteristics": None
        if rule is None
        else {
            "p_paid_no_effect": rule.p_paid_no_effect,
            "p_unpaid_target": rule.p_unpaid_target,
            "expected_payment_no_effect_gbp": rule.expected_payment_no_effect_gbp,
            "expected_payment_target_gbp": rule.expected_payment_target_gbp,
            "note": rule.note,
        },
    }


def withheld_section(folder: StudyFolder) -> dict[str, Any]:
    """No payment, and the clauses that say who bears a gate that stays shut; its `statement` is the reports' work."""
    shut = folder.terms.shut_gate
    quarterly = shut.interim_payment
    says = {
        "nothing_due": "nothing is due",
        "target_saving_deemed": "the target saving is deemed",
        "last_settled_saving_deemed": "the last settled saving is deemed",
    }[shut.fallback.rule]
    clauses = [
        (quarterly.clause, f"while a gate is shut, {pounds(quarterly.gbp_per_quarter)} a quarter is paid on account"),
        (shut.interest.clause, f"interest on what is later found due runs at {shut.interest.annual_rate:.1%} a year"),
        (shut.days_to_cure.clause, f"the supplier has {shut.days_to_cure.days} days to cure"),
        (shut.fallback.clause, f"if it is not cured by then, {says}"),
        (shut.supplier_fault.clause, f"a fault of the data supplier is borne by: {shut.supplier_fault.borne_by}"),
        (shut.waivers.clause, "a finding may be waived only by the signatures of both parties"),
    ]
    return {
        "status": "withheld",
        "amount_gbp": None,
        "clause": shut.days_to_cure.clause,
        "interim": False,
        "illustrative": folder.terms.illustrative,
        "clauses": [{"clause": c, "says": s, "before_gbp": None, "after_gbp": None} for c, s in clauses],
        "threshold_gbp_per_head": float(folder.terms.outcome_b.threshold.gbp_per_head),
        "characteristics": None,
    }


def saving_section(
    saving: Saving, low: float | None, high: float | None, current: CurrentSaving | None = None
) -> dict[str, Any]:
    """The saving; its interval is the effect's with the sign turned. low, high : of the effect, £ a head.

    current : what it would be at the year's own prices, which is never what is paid.
    """
    return {
        "gbp": str(saving.gbp),
        "gbp_per_head": saving.gbp_per_head,
        "gbp_per_head_low": None if high is None else -high,
        "gbp_per_head_high": None if low is None else -low,
        "percent": saving.percent,
        "counterfactual_mean": saving.counterfactual_mean,
        "observed_mean": saving.observed_mean,
        "heads": saving.heads,
        "at_current_prices": None
        if current is None
        else {"gbp": str(current.gbp), "ratio": current.ratio, "share_priced": current.share_priced, "paid_on": False},
    }


def decomposition_section(parts: Sequence[Mapping[str, Any]], saving: Saving, study: Study) -> dict[str, Any] | None:
    """The saving by point of delivery and part, in pence that add to it; None where nothing was split.

    parts : `pipeline.estimation.decomposition.rows`. Pounds a head are positive where they save, like those of the saving; rows
    of `all` are sums of the others, and `mix_unpriced` and `mix_unknown` stand in `mix`.
    """
    if not parts:
        return None
    effects: dict[str, dict[str, float]] = {}
    for row in parts:
        if row["pod"] != "all" and row["part"] in PARTS:
            effects.setdefault(row["pod"], {})[row["part"]] = row["effect_gbp_per_head"]
    pence = saving_parts(saving.gbp, effects, heads=saving.heads)
    pence["all"] = {part: sum((split[part] for split in pence.values()), Decimal(0)) for part in PARTS}
    return {
        "reference_months": [study.baseline_months[0], study.baseline_months[-1]],
        "saving_gbp": {pod: str(sum(split.values(), Decimal(0))) for pod, split in pence.items()},
        "rows": [
            {
                "pod": row["pod"],
                "part": row["part"],
                "gbp": str(pence[row["pod"]][row["part"]]) if row["part"] in PARTS else None,
                "gbp_per_head": -row["effect_gbp_per_head"],
                "gbp_per_head_low": None if row["ci_high"] is None else -row["ci_high"],
                "gbp_per_head_high": None if row["ci_low"] is None else -row["ci_low"],
            }
            for row in parts
        ],
    }


def signatures_section(folder: StudyFolder) -> dict[str, Any]:
    """Approvals that count for this protocol and these terms, and waivers in force."""
    hashes = {folder.study.sha256, folder.terms.sha256, contracts_sha256()}
    return {
        "approvals": [
            a.model_dump(mode="json", exclude_none=True)
            for a in folder.approvals
            if a.what != "waiver" and a.sha256 in hashes and a.date <= folder.on
        ],
        "waivers": [
            {
                "finding": w.finding_sha256,
                "expires": w.expires.isoformat(),
                "reason": w.reason,
                "signed_by": list(w.signed_by),
                "organisations": list(w.organisations),
                "signed_on": [on.isoformat() for on in w.signed_on],
            }
            for w in folder.waivers
        ],
    }


def records(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of a small frame as plain data: missing values become null, numpy scalars become numbers."""
    return [
        {str(k): None if pd.isna(v) else (v.item() if hasattr(v, "item") else v) for k, v in row.items()}
        for row in frame[list(columns)].to_dict("records")
    ]
