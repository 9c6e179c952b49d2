"""Did the control stay a control? First form: control people in the programme's own records, and what is not known.

Belongs here: findings about exposure of the control. Does not belong here: corrected estimates, counting referrals
(`pipeline.cohorts.exposure`).
"""

import pandas as pd

from pipeline.assurance.finding import Finding
from pipeline.study import Study

CHECK = "contamination"


def check(
    referred: pd.DataFrame | None, heads: dict[str, int], *, study: Study, contract_year: str, exposure_register: bool
) -> list[Finding]:
    """Control people referred up to the end of `contract_year`, and whether other programmes are known.

    referred : arm, year, referred (`cohorts.exposure.referred_by_arm`), or None when not delivered. heads : arm -> heads.
    """
    return [_crossed(referred, heads, contract_year), _others(study, exposure_register)]


def _crossed(referred: pd.DataFrame | None, heads: dict[str, int], contract_year: str) -> Finding:
    if referred is None:
        return Finding(
            check=CHECK,
            verdict="not_evaluated",
            message="No programme referrals were delivered, so control people whom the programme served cannot be counted. "
            "Remedy: deliver programme_referral.",
        )
    so_far = referred[(referred["arm"] == "control") & (referred["year"] <= contract_year)]
    people = int(so_far["referred"].sum())
    # a message is published: exact numbers of few people are not (the rule of reports.disclosure)
    who = "No" if people == 0 else "Fewer than eight" if people < 8 else f"About {100 * people / heads['control']:.1f}% of the"
    return Finding(
        check=CHECK,
        verdict="inform" if people else "pass",
        arm="control",
        message=f"{who} eligible control people stand in the programme's referrals up to the end of {contract_year}; anybody "
        "who does stays in the control, as assigned.",
        question_for_supplier="Which link workers served patients of control practices, and since when?" if people else None,
    )


def _others(study: Study, exposure_register: bool) -> Finding:
    if exposure_register:
        return Finding(
            check=CHECK,
            verdict="not_evaluated",
            arm="control",
            message="An exposure register was delivered, and this version does not read it yet: other programmes in the "
            "control are not accounted for.",
        )
    why = study.requires.absent.get("exposure_register", "no reason given in the protocol").removeprefix("not delivered: ")
    return Finding(
        check=CHECK,
        verdict="not_evaluated",
        arm="control",
        message=f"No exposure register was delivered ({why}): whether other social prescribing opened in the control is not "
        "known, and would make the measured saving too small. Remedy: deliver exposure_register.",
    )
