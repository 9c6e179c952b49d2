"""The cohorts part of a made-up result: every number in it is invented. Belongs here: data only. Not: expected sentences."""

from typing import Any

GROUPS = ("control", "not_referred", "referred", "engaged", "high_engaged")


def compared(what: str, verdict: str = "pass", **figures: float | None) -> dict[str, Any]:
    shares = {"intervention": 0.1, "control": 0.08, "difference": 0.02, "low": -0.01, "high": 0.05, "gbp": None}
    return {"what": what, "of": "the cohort", "verdict": verdict} | shares | figures


def cohorts() -> dict[str, Any]:
    """An open run: everything there."""
    values = dict(zip(GROUPS, (1.4, 1.3, 1.5, 1.5, None), strict=True))
    people = dict(zip(GROUPS, (13020, 8500, 6500, 4400, "*"), strict=True))
    return {
        "definitions": [
            {"population": name, "version": "outcomeb/cohorts/1", "says": f"who is {name}", "sha256": "ab" * 32}
            for name in ("eligible", "referred", "engaged", "high_engaged")
        ],
        "attrition_compared": [compared("on no listed register"), compared("no date of birth", **dict.fromkeys(
            ("intervention", "control", "difference", "low", "high")))],
        "attrition_sentence": "0 of 2 shares differ.",
        "selection": [{"measure": "need", "says": "listed registers held, mean", "values": values, "people_by_group": people,
                       "difference": 0.2, "low": 0.1, "high": 0.3}],
        "selection_sentence": "People referred differ in 1 of 1 measures.",
        "served": {
            "states": [{"state": "died_before", "says": "died before the year", "intervention": 45, "control": "*"}],
            "compared": [compared("died by the end of the year", "inform", gbp=8000.0)],
            "sentence": "1 of 1 shares differ.",
            "weights": [{"population": "referred", "effective_share": 0.62, "served_in_equipoise": 0.8,
                         "comparators_in_equipoise": None, "quarters_without": []}],
            "not_estimated": [{"population": "high_engaged", "why": "fewer than 8 people"}],
            "balance": [
                {"covariate": "sex", "level": "2", "served": 0.45, "before": 0.48, "after": 0.45, "smd_before": -0.07,
                 "smd_after": 0.0, "chance": 0.11, "weighted_on": True, "verdict": "alike"},
                {"covariate": "register", "level": "OST", "served": None, "before": None, "after": None, "smd_before": None,
                 "smd_after": None, "chance": None, "weighted_on": False, "verdict": "alike"},
            ],
            "balance_sentence": "Without weights the largest standardised difference was 0.07.",
            "path": [{"quarter": q, "referred": 160.0 if q == -1 else 100.0, "eligible": 90.0, "matched": 110.0}
                     for q in range(-8, 8)],
            "before_after": {"people": 420, "before": 1600.0, "after": 900.0, "change": -700.0, "low": -990.0, "high": -410.0},
        },
    }  # fmt: skip
