"""Results made up for tests of the reports: every number in them is invented, round, and says nothing of any city.

Belongs here: a small result that validates against the schema, and its parts.
Does not belong here: expected sentences (they stand in the tests).
"""

from typing import Any

from unit.reports.example_parts import split

from pipeline.calendar import months

YEAR = "2018-19"
HASH = "ab" * 32
SUPPLIER = "Made-Up Commissioning Support Unit"


def finding(check: str, verdict: str, message: str, **more: Any) -> dict[str, Any]:
    """A finding with every key of the schema, empty unless given."""
    keys = ("stream", "arm", "provider", "first_month", "last_month", "question_for_supplier")
    effects = [f"{what}_effect_gbp{end}" for what in ("saving", "payment") for end in ("", "_low", "_high")]
    empty = dict.fromkeys((*keys, *effects))
    return empty | {"check": check, "verdict": verdict, "message": message} | more


def estimate(pod: str, effect: float, half: float, *, outcome: str = "cost", primary: bool = False) -> dict[str, Any]:
    return {
        "name": f"{outcome} {pod}",
        "population": "eligible",
        "outcome": outcome,
        "pod": pod,
        "unit": "gbp" if outcome == "cost" else "contacts",
        "effect_gbp_per_head": effect,
        "standard_error": half / 2,
        "ci_low": effect - half,
        "ci_high": effect + half,
        "interval": "practice",
        "area_ci_low": None,
        "area_ci_high": None,
        "p_value": 0.5,
        "inference": "CV3, t(23)",
        "estimator": "practice_month_cells",
        "price_base": "2016-17",
        "denominator": "baseline_head",
        "n_persons": 28000,
        "person_years": 27000.0,
        "n_practices": {"intervention": 13, "control": 11},
        "minimum_detectable_gbp": half * 1.4,
        "refused_reason": None,
        "primary": primary,
    }


def _quarters(last: str) -> list[str]:
    return months("2013-04", last)[::3]


def series_to(last: str) -> dict[str, Any]:
    cost, study = [], []
    for place, month in enumerate(_quarters(last)):
        after = month >= "2015-04"
        name = f"{month[:4]} Q{(int(month[5:]) + 2) // 3}"
        for arm, level in (("intervention", 290.0), ("control", 280.0)):
            bump = 3.0 * (place % 4)
            cost.append(
                {
                    "quarter": name,
                    "first_month": month,
                    "arm": arm,
                    "gbp_per_head": level + bump - (18.0 if after and arm == "intervention" else 0.0),
                }
            )
        reference = month == "2015-01"
        effect = 0.0 if reference else (-70.0 if after else 4.0) + 5.0 * (place % 3)
        study.append(
            {
                "quarter": name,
                "first_month": month,
                "effect_gbp_per_head": effect,
                "reference": reference,
                "ci_low": None if reference else effect - 90.0,
                "ci_high": None if reference else effect + 90.0,
            }
        )
    baseline = [
        {"measure": "Age, years", "intervention": 58.1, "control": 57.6, "difference": 0.5},
        {"measure": "Registers, mean", "intervention": 1.42, "control": 1.39, "difference": 0.03},
        {"measure": "Cost a head and year, £", "intervention": 1160.0, "control": 1120.0, "difference": 40.0},
    ]
    return {"cost_per_head": cost, "event_study": study, "baseline": baseline}


def _completeness(last: str) -> list[dict[str, Any]]:
    return [
        {
            "stream": stream,
            "arm": arm,
            "month": month,
            "route_ratio": 0.999,
            "state": "both",
            "reference_ratio": 1.0 + 0.02 * (place % 3 - 1),
        }
        for stream in ("apc", "ae", "op")
        for arm in ("intervention", "control")
        for place, month in enumerate(months("2013-04", last))
    ]


def _inputs() -> list[dict[str, Any]]:
    rows = []
    for dataset in ("hes_apc", "hes_ae", "hes_op", "practice_activity"):
        for year in ("2017-18", "2018-19"):
            first = f"{year[:4]}-04"
            last = f"{int(year[:4]) + 1}-03"
            rows.append(
                {
                    "dataset": dataset,
                    "sha256": HASH,
                    "supplier": SUPPLIER,
                    "first_month": first,
                    "last_month": last,
                    "received": f"{int(year[:4]) + 1}-07-15",
                    "status": "final",
                    "rows": 26120,
                    "quarantined": 15,
                }
            )
    return rows


def paid() -> dict[str, Any]:
    """A saving of £120 a head whose interval leaves zero, above the threshold: £630,000.00 is owed."""
    estimates = [
        estimate("all", -120.0, 80.0, primary=True),
        estimate("non_elective", -60.0, 60.0),
        estimate("elective", -20.0, 30.0),
        estimate("day_case", -5.0, 12.0),
        estimate("ae", -15.0, 9.0),
        estimate("op_first", -8.0, 9.0),
        estimate("op_follow_up", -12.0, 14.0),
        estimate("all", -0.02, 0.015, outcome="unplanned_admissions"),
    ]
    data = [
        finding("control_totals", "pass", "36 of 36 delivery notes agree with what was counted."),
        finding(
            "routes",
            "pass",
            "A&E of the control holds 99.9% of the feed's rows.",
            stream="ae",
            arm="control",
            saving_effect_gbp=-1500.0,
            payment_effect_gbp=-525.0,
        ),
        finding(
            "reference",
            "undetermined",
            "A&E rows of people who are not eligible moved by 1%: the smallest fault it would have found is £150,000.",
            stream="ae",
            arm="control",
            saving_effect_gbp=20000.0,
            saving_effect_gbp_low=-90000.0,
            saving_effect_gbp_high=150000.0,
            payment_effect_gbp=7000.0,
            payment_effect_gbp_low=-31500.0,
            payment_effect_gbp_high=52500.0,
        ),
    ]
    design = [
        finding(
            "pre_trend",
            "inform",
            "The arms' trends before launch differ by £4 a head by 2018-19 (interval £-60 to £68); "
            "the smallest difference it could have found is £90 a head.",
            saving_effect_gbp=60000.0,
            saving_effect_gbp_low=-900000.0,
            saving_effect_gbp_high=1020000.0,
        ),
        finding("balance", "pass", "Age, need and cost at baseline differ by less than chance would have it."),
    ]
    return {
        "schema": "outcomeb/result/1",
        "study": {
            "name": "made-up-city",
            "rehearsal": True,
            "launch": "2015-04-01",
            "baseline": ["2013-04", "2015-03"],
            "contract_years": ["2015-16", "2016-17", "2017-18", "2018-19"],
            "population": "people aged 40 to 74 on at least one listed register at 31 March 2015",
            "estimand": "mean change in secondary-care cost per baseline head and year",
            "price_base": "2016-17",
            "price_edition": "a made-up workbook",
            "target_gbp_per_head": 86.0,
            "materiality_gbp": 25000.0,
            "practices": {"intervention": 13, "control": 11, "wider": 0},
            "absent": {"ecds": "one A&E feed throughout", "gp_contact": "not delivered"},
        },
        "contract_year": YEAR,
        "run": {
            "run_id": "cd" * 32,
            "code_version": "ef" * 32,
            "on": "2019-07-15",
            "inputs": _inputs(),
            "protocol_sha256": HASH,
            "terms_sha256": HASH,
            "contracts_sha256": HASH,
            "seeds": {"bootstrap": 1, "permutation": 2, "simulation": 3},
            "provisional": False,
        },
        "gates": {"data": {"verdict": "pass", "findings": data}, "design": {"verdict": "pass", "findings": design}},
        "estimates": estimates,
        "saving": {
            "gbp": "1800000.00",
            "gbp_per_head": 120.0,
            "gbp_per_head_low": 40.0,
            "gbp_per_head_high": 200.0,
            "percent": 10.0,
            "counterfactual_mean": 1200.0,
            "observed_mean": 1080.0,
            "heads": 15000,
        },
        "decomposition": split(120.0, 80.0),
        "payment": {
            "status": "proposed",
            "amount_gbp": "630000.00",
            "clause": "7.2",
            "statement": "Made up: £630,000.00 is owed.",
            "interim": False,
            "illustrative": True,
            "threshold_gbp_per_head": 43.0,
            "clauses": [
                {
                    "clause": "7.3",
                    "says": "the threshold of £43.00 a head is reached",
                    "before_gbp": "1800000.00",
                    "after_gbp": "1800000.00",
                },
                {"clause": "7.2", "says": "35% is paid", "before_gbp": "1800000.00", "after_gbp": "630000.00"},
                {
                    "clause": "7.5",
                    "says": "not more than £750,000.00 in a year",
                    "before_gbp": "630000.00",
                    "after_gbp": "630000.00",
                },
            ],
            "characteristics": {
                "p_paid_no_effect": 0.14,
                "p_unpaid_target": 0.16,
                "expected_payment_no_effect_gbp": 51000.0,
                "expected_payment_target_gbp": 430000.0,
                "note": "One contract year by itself.",
            },
        },
        "alternatives": [],
        "contamination": {"status": "not_evaluated", "sentence": "No exposure register was delivered.", "rows": []},
        "sensitivity": [
            {
                "name": "24 months of baseline",
                "effect_gbp_per_head": -110.0,
                "ci_low": -195.0,
                "ci_high": -25.0,
                "p_value": 0.01,
                "says": "a shorter baseline",
            },
            {"name": "placebo launch dates", "effect_gbp_per_head": None, "says": "1 of 12 placebo dates was rejected at 5%."},
        ],
        "attrition": [
            {
                "step": 1,
                "reason": "registered with a study practice at baseline",
                "intervention": 91230,
                "control": 80115,
                "unassigned": 0,
            },
            {"step": 2, "reason": "aged 40 to 74", "intervention": 38560, "control": 33975, "unassigned": 0},
            {"step": 3, "reason": "on a listed register", "intervention": 15000, "control": 13020, "unassigned": "*"},
        ],
        "bridge": None,
        "data": {
            "completeness": _completeness("2019-03"),
            "control_totals": [],
            "fallback_share": None,
            "accounting": [
                {"dataset": "hes_ae", "fate": "kept", "reason": None, "clause": None, "rows": 118430},
                {
                    "dataset": "hes_ae",
                    "fate": "merged",
                    "reason": "submitted twice",
                    "clause": "cleaning.duplicates",
                    "rows": 120,
                },
                {"dataset": "hes_ae", "fate": "quarantined", "reason": "no arrival date", "clause": "contract", "rows": "*"},
            ],
            "repairs": [
                {"dataset": "hes_ae", "fate": "kept", "reason": "", "clause": "", "rows": 118430},
                {
                    "dataset": "hes_ae",
                    "fate": "merged",
                    "reason": "submitted twice",
                    "clause": "cleaning.duplicates",
                    "rows": 120,
                },
                {"dataset": "hes_ae", "fate": "quarantined", "reason": "no arrival date", "clause": "contract", "rows": "*"},
                {"dataset": "hes_ae", "fate": "refused", "reason": "AEKEY is missing", "clause": "", "rows": 10},
                {
                    "dataset": "hes_ae",
                    "fate": "rewritten",
                    "reason": "white space around codes is stripped",
                    "clause": "",
                    "rows": 45,
                },
            ],
            "price_states": [
                {"stream": "ae", "price_state": "priced", "reason": "", "rows": 117200},
                {"stream": "ae", "price_state": "ungroupable", "reason": "HRG UZ01Z", "rows": 1230},
            ],
        },
        "series": series_to("2019-03"),
        "signatures": {
            "approvals": [
                {
                    "what": "terms",
                    "sha256": HASH,
                    "name": "REHEARSAL A. Person",
                    "role": "Director",
                    "organisation": "Example Group",
                    "date": "2015-03-01",
                    "reason": "rehearsal",
                }
            ],
            "waivers": [],
        },
    }
