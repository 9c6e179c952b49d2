"""The reference population: people of the same practices whom the programme cannot reach.

Belongs here: steps of the not-eligible people's rows, cost a row and unpriced share, arm against arm, as evidence of a fault
upstream of both routes. Does not belong here: the eligible (never read here), deterministic evidence (`routes`).

The practice is the unit. The noise is the larger of what practices show now and what they showed at placebo dates before
launch, never Poisson, plus what whole areas show among themselves. All stream x quantity steps of one contract year are one
family (Holm 1979); its level is the contract's 1% spent evenly over the contract years, so that a whole run is wrongly closed
in far fewer cases. A step is a data fault or an area shock: both forbid the comparison, only the first can be mended.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

from pipeline.assurance.finding import Finding
from pipeline.assurance.pounds import Range, Valuation, statistical_verdict
from pipeline.assurance.reference_steps import QUANTITIES, Step, reference_steps
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import about, span
from pipeline.vocabulary import STREAMS

CHECK = "reference"

#: false alarms that the family may raise over the whole contract (method.md section 6)
FAMILY_LEVEL = 0.01

QUANTITY_WORDS = {"rows": "rows a person-month", "cost_per_row": "cost a priced row", "unpriced_share": "share without a price"}


@dataclass(frozen=True, slots=True)
class Tested:
    """A step with its range in pounds at the level at which Holm's procedure came to it.

    reach : GBP of the smallest fault that this test finds four times in five.
    """

    step: Step
    worth: Range
    verdict: str
    reach: float


def check(
    feed: pd.DataFrame,
    person_months: pd.DataFrame,
    wider: pd.DataFrame | None,
    *,
    arm_of: dict[str, str],
    window: Window,
    value: Valuation,
    contract_years: int,
) -> list[Finding]:
    """One finding a stream and quantity.

    feed : practice, month, stream, population, rows, cost_pence, unpriced_rows. person_months : practice, month, population,
    person_months. wider : area, practice, month, stream, rows, person_months of the wider pool before launch, or None.
    Only rows of the population `not_eligible` are read.
    """
    theirs = feed[feed["population"] == "not_eligible"]
    time = person_months[person_months["population"] == "not_eligible"]
    if theirs.empty or time.empty:
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                message="No rows of the practices' not-eligible people were delivered, so a fault before both routes cannot be "
                "looked for. Remedy: ask for practice_activity and practice_population of population not_eligible.",
            )
        ]
    steps = reference_steps(theirs, time, wider, arm_of=arm_of, window=window)
    tested = _holm(list(steps.values()), value, FAMILY_LEVEL / max(contract_years, 1))
    found: list[Finding] = []
    for stream in STREAMS:
        for quantity in QUANTITIES:
            one = tested.get((stream, quantity))
            found.append(_untested(stream, quantity) if one is None else _finding(one, window, value))
    return found


def _holm(steps: list[Step], value: Valuation, family_level: float) -> dict[tuple[str, str], Tested]:
    """Test every step against materiality, smallest p first at level / (number left), until one is not wholly outside."""
    ranked = sorted(steps, key=lambda step: (_p_beyond(step, value), step.stream, step.quantity))
    tested: dict[tuple[str, str], Tested] = {}
    level = family_level / max(len(ranked), 1)
    stopped = False
    for position, step in enumerate(ranked):
        if not stopped:
            level = family_level / (len(ranked) - position)
        worth = _worth(step, value, level)
        verdict = statistical_verdict(worth, value.materiality_gbp)
        stopped = stopped or verdict != "fail"
        if stopped and verdict == "fail":
            verdict = "undetermined"
        tested[step.stream, step.quantity] = Tested(step, worth, verdict, _reach(step, value, level))
    return tested


def _p_beyond(step: Step, value: Valuation) -> float:
    """Two-sided p of a fault no larger than materiality."""
    over = abs(step.difference) - _edge(step, value, step.difference)
    if not step.standard_error:
        return 0.0 if over > 0 else 1.0
    return min(1.0, 2 * float(t.sf(over / step.standard_error, step.df)))


def _edge(step: Step, value: Valuation, towards: float) -> float:
    """Smallest |difference| in the direction of `towards` that is worth materiality; infinite if none can be."""
    arm = _arm_of_fault(step, towards)
    whole = value.cost.get((step.stream, arm), 0.0) * value.heads["intervention"]
    share = value.materiality_gbp / whole if whole else float("inf")
    if step.relative:
        return float(-np.log1p(-share)) if share < 1 else float("inf")
    return share


def _arm_of_fault(step: Step, difference: float) -> str:
    """Whose rows are missing: the arm that has fallen behind (or, for a share without price, the one that has risen)."""
    fell = "control" if difference > 0 else "intervention"
    if step.relative:
        return fell
    return "intervention" if fell == "control" else "control"


def _pounds(step: Step, value: Valuation, difference: float) -> float:
    """GBP of an arm difference (intervention minus control) of the step, read as a loss of the arm that fell behind."""
    arm = _arm_of_fault(step, difference)
    share = 1 - float(np.exp(-abs(difference))) if step.relative else min(abs(difference), 1.0)
    return value.of_share(step.stream, arm, share).point


def _worth(step: Step, value: Valuation, level: float) -> Range:
    half = float(t.isf(level / 2, step.df)) * step.standard_error
    ends = [_pounds(step, value, step.difference + sign * half) for sign in (-1, 1)]
    return Range(_pounds(step, value, step.difference), min(ends), max(ends))


def _reach(step: Step, value: Valuation, level: float) -> float:
    """Found four times in five: materiality, the critical value and the 80% quantile added up."""
    needed = (float(t.isf(level / 2, step.df)) + float(t.isf(0.2, step.df))) * step.standard_error
    edges = {sign: _edge(step, value, sign) for sign in (-1, 1)}
    found = [abs(_pounds(step, value, sign * (needed + edge))) for sign, edge in edges.items() if edge != float("inf")]
    return min(found) if found else float("inf")


def _finding(tested: Tested, window: Window, value: Valuation) -> Finding:
    step = tested.step
    quantity = QUANTITY_WORDS[step.quantity]
    behind = _arm_of_fault(step, step.difference)
    apart = 100 * (1 - np.exp(-abs(step.difference)) if step.relative else abs(step.difference))
    said = f"fell {apart:.1f}% behind" if step.relative else f"rose {apart:.2f} percentage points above"
    reach = about(tested.reach) if tested.reach != float("inf") else "none, the whole stream being immaterial"
    message = (
        f"{opening(step.stream)}, {quantity} of not-eligible people: from the baseline to {window.contract_year} the {behind} "
        f"practices {said} the other arm ({step.practices['intervention']} intervention, {step.practices['control']} "
        "control); read "
        f"as a fault it {value.moves(tested.worth)}; the smallest fault this would find four times in five is {reach}."
    )
    verdict = tested.verdict
    arm = _arm_of_fault(step, step.difference) if verdict == "fail" else None
    return Finding(
        check=CHECK,
        verdict="fail" if verdict == "fail" else "pass" if verdict == "pass" else "undetermined",
        stream=step.stream,
        arm=arm,
        first_month=step.first_month if verdict == "fail" else None,
        last_month=step.last_month if verdict == "fail" else None,
        message=message,
        question_for_supplier=None
        if verdict != "fail"
        else f"{opening(step.stream)} of the {arm} practices changed for people whom no programme served ({quantity}, "
        f"{span(step.first_month, step.last_month)}). What changed in the feed, in coding, or in the services of that area?",
        **value.columns(tested.worth),
    )


def _untested(stream: str, quantity: str) -> Finding:
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=stream,
        message=f"{opening(stream)}, {QUANTITY_WORDS[quantity]} of not-eligible people: too few practices of an arm "
        "have rows in "
        "both periods to compare; whether the rows are there at all is judged by completeness and by the rows a person-month.",
    )
