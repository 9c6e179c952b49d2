"""The reference population: people of the same practices whom the programme cannot reach.

Belongs here: steps of the not-eligible people's rows, cost a row and unpriced share, arm against arm, as evidence of a fault
upstream of both routes. Does not belong here: the eligible (never read here), deterministic evidence (`routes`).

The practice is the unit. The noise is the larger of what practices show now and what they showed at placebo dates before
launch, never Poisson, plus what whole areas show among themselves. All stream x quantity steps of one contract year are one
family (Holm 1979); its 1% is spent over the looks at the year's data, half of what is left at each. A step is a data fault or
an area shock: both forbid the comparison, only the first can be mended. Providers and departments only localise what was found.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted
from pipeline.assurance.arithmetic.dating import fault_span
from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.arithmetic.steps import Tested, behind, holm, reach_of
from pipeline.assurance.feed.carried_over import told
from pipeline.assurance.feed.carriers import departments_of, providers_of
from pipeline.assurance.feed.reference_steps import QUANTITIES, reference_steps
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import about, span
from pipeline.vocabulary import STREAMS

CHECK = "reference"

#: false alarms that the family may raise over all looks at one contract year (method.md section 6)
FAMILY_LEVEL = 0.01

QUANTITY_WORDS = {
    "rows": "rows a person-month",
    "rows_beside": "rows beside the same practices' other streams",
    "cost_per_row": "cost a priced row",
    "unpriced_share": "share without a price",
}


def level_at(look: int) -> float:
    """What look number `look` (from 1) at a contract year's data may spend: 1% x 2^-look, so that all looks spend 1%."""
    return FAMILY_LEVEL * 0.5 ** max(look, 1)


def check(
    counts: Counted,
    wider: pd.DataFrame | None,
    *,
    window: Window,
    value: Valuation,
    carried: Mapping[str, Range],
    look: int = 1,
) -> list[Finding]:
    """One finding a stream and quantity.

    wider : area, practice, month, stream, rows, person_months of the wider pool before launch, or None. look : how many times
    data of this contract year have been delivered. carried : `carried_over` of the same counts, what a step that fails comes
    to; rows that fell in every stream alike are told at their own pounds, since beside one another nothing fell. Only figures
    of the population `not_eligible` are read.
    """
    theirs = POPULATIONS.index("not_eligible")
    if not counts.rows[theirs].any() or not counts.person_months[theirs].any():
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                message="No rows of the practices' not-eligible people were delivered, so a fault before both routes cannot be "
                "looked for. Remedy: ask for practice_activity and practice_population of population not_eligible.",
            )
        ]
    steps = reference_steps(counts, wider, window=window)
    tested = {(one.step.stream, one.step.quantity): one for one in holm(list(steps.values()), value, level_at(look))}
    found: list[Finding] = []
    for stream in STREAMS:
        for quantity in QUANTITIES:
            one = tested.get((stream, quantity))
            beside = tested.get((stream, "rows_beside"))
            alike = quantity == "rows" and (beside is None or beside.verdict != "fail")
            worth = {} if alike else carried
            found.append(_untested(stream, quantity) if one is None else _finding(one, counts, window, value, worth))
    return found


def _finding(tested: Tested, counts: Counted, window: Window, value: Valuation, carried: Mapping[str, Range]) -> Finding:
    step = tested.step
    quantity = QUANTITY_WORDS[step.quantity]
    off = tested.verdict == "fail"
    provider = providers_of(step, counts, window) if off else None
    places = departments_of(step, counts, window) if off else ()
    where = (f", carried by provider {provider}" if provider else "") + (f", in {' and '.join(places)}" if places else "")
    reach = about(tested.reach) if tested.reach != float("inf") else "none, the whole stream being immaterial"
    verdict, worth = told(tested, carried, value) if off else (tested.verdict, tested.worth)
    message = (
        f"{opening(step.stream)}, {quantity} of not-eligible people: from the baseline to {window.contract_year} the "
        f"{step.arm} "
        f"practices {_moved(tested)} ({step.practices['intervention']} intervention, {step.practices['control']} control)"
        f"{where}; read as a fault it {value.moves(worth)}; the smallest fault this would find nineteen times in twenty "
        f"is {reach}."
    )
    if not off:
        return Finding(
            check=CHECK,
            verdict=tested.verdict,
            stream=step.stream,
            message=message,
            reach_gbp=reach_of(tested),
            **value.columns(tested.worth),
        )
    first, last = fault_span(step, counts, window, provider.split("+") if provider else ())
    return Finding(
        check=CHECK,
        verdict=verdict,
        stream=step.stream,
        arm=step.arm,
        provider=provider,
        first_month=first,
        last_month=last,
        message=message,
        question_for_supplier=f"{opening(step.stream)} of the {step.arm} practices changed for people whom no programme served "
        f"({quantity}{where}, {span(first, last)}). What changed in the feed, in coding, or in the services of that area?",
        reach_gbp=reach_of(tested),
        **value.columns(worth),
    )


def _moved(tested: Tested) -> str:
    step = tested.step
    share = 1 - np.exp(-abs(step.difference)) if step.relative else abs(step.difference)
    fell = behind(step, step.difference) == step.arm if step.relative else behind(step, step.difference) != step.arm
    if step.relative:
        return (
            f"fell {100 * share:.1f}% behind the other arm"
            if fell
            else f"rose, which leaves the other arm {100 * share:.1f}% behind"
        )
    return f"{'fell' if fell else 'rose'} {100 * share:.2f} percentage points {'below' if fell else 'above'} the other arm"


def _untested(stream: str, quantity: str) -> Finding:
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=stream,
        message=f"{opening(stream)}, {QUANTITY_WORDS[quantity]} of not-eligible people: too few practices of an arm "
        "have rows in both periods to compare; whether the rows are there at all is judged by completeness and by the rows a "
        "person-month.",
    )
