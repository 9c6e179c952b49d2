"""One made-up result of each kind a reader can meet, made from `example_result`: every number in them is invented.

Belongs here: what differs between a paid, an uncertain, a small and a blocked result. Does not belong here: expected sentences.
"""

from typing import Any

from unit.reports.example_parts import split
from unit.reports.example_result import estimate, finding, paid, series_to


def holds_zero() -> dict[str, Any]:
    """£60 a head, interval from £20 more to £140 less: above the threshold, so that £315,000.00 is owed all the same."""
    result = paid()
    _figure(result, 60.0, 80.0)
    result["payment"] |= {"amount_gbp": "315000.00", "statement": "Made up: £315,000.00 is owed."}
    result["payment"]["clauses"] = [
        {
            "clause": "7.3",
            "says": "the threshold of £43.00 a head is reached",
            "before_gbp": "900000.00",
            "after_gbp": "900000.00",
        },
        {"clause": "7.2", "says": "35% is paid", "before_gbp": "900000.00", "after_gbp": "315000.00"},
    ]
    result["run"]["provisional"] = result["payment"]["interim"] = True
    return result


def below_threshold() -> dict[str, Any]:
    """£21 a head with an interval from £2 to £40, below the threshold of £43: nothing is owed."""
    result = paid()
    _figure(result, 21.0, 19.0)
    result["payment"] |= {"amount_gbp": "0.00", "clause": "7.3", "statement": "Made up: nothing is owed."}
    result["payment"]["clauses"] = [
        {"clause": "7.3", "says": "below the threshold of £43.00 a head", "before_gbp": "315000.00", "after_gbp": "0.00"},
        {"clause": "7.2", "says": "35% is paid", "before_gbp": "0.00", "after_gbp": "0.00"},
    ]
    return result


def _figure(result: dict[str, Any], per_head: float, half: float) -> None:
    """Set the paid figure, in the estimate and in the saving alike; 15,000 heads, £1,080 observed."""
    result["estimates"][0] = estimate("all", -per_head, half, primary=True)
    result["decomposition"] = split(per_head, half)
    result["saving"] |= {
        "gbp": f"{per_head * 15000:.2f}",
        "gbp_per_head": per_head,
        "gbp_per_head_low": per_head - half,
        "gbp_per_head_high": per_head + half,
        "percent": 100 * per_head / (1080 + per_head),
        "counterfactual_mean": 1080 + per_head,
    }


def blocked() -> dict[str, Any]:
    """A&E of the control missing from launch, by both routes: the data gate is closed and nothing is estimated."""
    result = paid()
    question = "Please deliver A&E attendances of the control from April 2015 to March 2019, or say why none were sent."
    result["gates"]["data"] = {
        "verdict": "fail",
        "findings": [
            finding(
                "completeness",
                "fail",
                "A&E of the control is empty from April 2015: no row in extract or feed.",
                stream="ae",
                arm="control",
                first_month="2015-04",
                last_month="2019-03",
                question_for_supplier=question,
                saving_effect_gbp=-1650000.0,
                saving_effect_gbp_low=-1700000.0,
                saving_effect_gbp_high=-1600000.0,
                payment_effect_gbp=-451500.0,
                payment_effect_gbp_low=-750000.0,
                payment_effect_gbp_high=0.0,
            ),
            finding("linkage", "not_evaluated", "Linkage could not be judged where there are no rows."),
            finding("control_totals", "pass", "36 of 36 delivery notes agree with what was counted."),
        ],
    }
    result["gates"]["design"] = {"verdict": "not_evaluated", "findings": []}
    result["estimates"] = []
    for key in ("saving", "decomposition", "alternatives", "sensitivity", "bridge"):
        result[key] = None
    result["payment"] |= {
        "status": "withheld",
        "amount_gbp": None,
        "clause": None,
        "clauses": [],
        "characteristics": None,
        "statement": "Made up: withheld under clause 9.",
    }
    for row in result["data"]["completeness"]:
        if (row["stream"], row["arm"]) == ("ae", "control") and row["month"] >= "2015-04":
            row |= {"route_ratio": None, "state": "neither", "reference_ratio": 0.0}
    result["series"] = series_to("2015-03")
    return result


def waived() -> dict[str, Any]:
    """£630,000.00 is owed although A&E of the control lost rows: both sides signed for it, and for a finding that is gone."""
    result = paid()
    lost = finding(
        "routes",
        "waived",
        "A&E of the control holds 97.0% of the feed's rows.",
        stream="ae",
        arm="control",
        first_month="2018-04",
        last_month="2018-06",
        saving_effect_gbp=-40000.0,
        payment_effect_gbp=-14000.0,
    )
    result["gates"]["data"]["verdict"] = "waived"
    result["gates"]["data"]["findings"].insert(0, lost | {"id": "12" * 32})
    signed = {
        "expires": "2019-12-31",
        "reason": "small, and the supplier answers by then",
        "signed_by": ["A. One", "B. Two"],
        "organisations": ["Example Group", "Example Fund"],
        "signed_on": ["2019-07-20", "2019-07-22"],
    }
    result["signatures"]["waivers"] = [signed | {"finding": "12" * 32}, signed | {"finding": "34" * 32}]
    return result


def every_kind() -> dict[str, dict[str, Any]]:
    """The five kinds by name."""
    return {
        "paid": paid(),
        "holds_zero": holds_zero(),
        "below_threshold": below_threshold(),
        "blocked": blocked(),
        "waived": waived(),
    }
