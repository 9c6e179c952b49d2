"""The protocol of a rehearsal: study.yaml as plain data.

Belongs here: the rehearsal's study. Does not belong here: the model that validates any study (`pipeline.study`), terms.
"""

from collections.abc import Sequence
from typing import Any

from pipeline.rehearsal.breaks.catalogue import with_breaks
from pipeline.rehearsal.city import City
from pipeline.rehearsal.parameters import Parameters


def study_document(
    p: Parameters, city: City, seed: int, breaks: Sequence[str] = (), *, gp_contacts: bool = False
) -> dict[str, Any]:
    """study.yaml of the city with this seed, in which these breaks happened. gp_contacts : they are delivered too."""
    listed = list(p.people["registers"])
    document: dict[str, Any] = {
        "schema": "outcomeb/study/1",
        "study": f"rehearsal-{seed}",
        "arms": {arm: city.of_arm(arm) for arm in ("intervention", "control", "wider")},
        "areas": city.areas_by_name(),
        "calendar": {
            "baseline": [p.months[0], p.months[p.launch - 1]],
            "launch": f"{p.months[p.launch]}-01",
            "contract_years": list(p.city["contract_years"]),
        },
        "eligible": {"age": [40, 74], "registers": listed, "at": "2015-03-31"},
        "prices": {"base": "2016-17", "grouper": "HRG4", "fallback": "none"},
        "estimand": {
            "population": "eligible", "pod": "all", "denominator": "baseline_head", "baseline_months": p.launch,
            "estimator": "practice_month_cells", "inference": "auto",
        },
        "requires": {
            "datasets": [
                "hes_apc", "hes_ae", "hes_op", "qof_register", "gp_registration", "practice_activity", "practice_population",
                "practice", "tariff", "programme_referral",
            ],
            "checks": [
                "control_totals", "routes", "completeness", "conservation", "linkage", "reconciliation", "pricing", "reference",
                "pre_trend",
            ],
            "absent": {
                "ecds": "one A&E feed throughout: the rehearsal's hospitals never changed to ECDS",
                "gp_contact": "not delivered: no GP contacts are simulated",
                "exposure_register": "not delivered: no other programme serves the rehearsal's control",
            },
        },
        "plausible": {"effect_share_max": 0.30, "target_gbp_per_head": 86, "materiality_gbp": 25000},
        "negative_controls": [
            {"name": "cataract", "stream": "apc", "hrgs": ["BZ02Z"],
             "reason": "planned surgery of the eye; a link worker moves neither lens nor waiting list"},
            {"name": "knee_replacement", "stream": "apc", "hrgs": ["HB21C", "HB22C"],
             "reason": "decided years before by the joint; the programme is too short to change it"},
            {"name": "hernia", "stream": "apc", "hrgs": ["FZ17C", "FZ18C"],
             "reason": "surgery of the abdominal wall, unrelated to long-term conditions or isolation"},
            {"name": "colonoscopy", "stream": "apc", "hrgs": ["FZ51Z"],
             "reason": "driven by screening and referral rules that are the same on both sides of the city"},
        ],
        "known_breaks": [],
        "seeds": {"bootstrap": 1, "permutation": 2, "simulation": 3},
    }  # fmt: skip
    if gp_contacts:
        del document["requires"]["absent"]["gp_contact"]
    return with_breaks(document, p, breaks)
