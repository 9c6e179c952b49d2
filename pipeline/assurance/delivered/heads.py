"""The same people counted by two routes: the cohort built from registrations and registers against the aggregates.

Belongs here: eligible heads in the month of the eligibility date, by practice. Does not belong here: their contacts (`routes`).

Registers that lack a disease, leavers never taken off, bought-in or invented people, practices recoded: each leaves another
number of people than the supplier counted before selection, while every contact of those who remain may still agree.
"""

from collections.abc import Mapping

import pandas as pd

from pipeline.assurance.arithmetic.coded import COMPARED, share_lost
from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.arithmetic.shares import deterministic_verdict
from pipeline.assurance.finding import Finding
from pipeline.prose import month as month_in_words
from pipeline.vocabulary import STREAMS

CHECK = "routes"

#: practices named in a finding; more are counted
NAMED = 3


def check(
    heads: Mapping[str, int], person_months: pd.DataFrame, *, arm_of: dict[str, str], at: str, value: Valuation
) -> list[Finding]:
    """One finding an arm; not evaluated where the aggregates count nobody in the month `at` (YYYY-MM).

    heads : practice -> eligible heads. person_months : practice, month, person_months of the eligible.

    What people wrongly in or out of an arm do to the difference is not known: their costs may have moved by the protocol's
    largest plausible share, and that is the range.
    """
    there = person_months[person_months["month"] == at]
    counted = {str(practice): int(n) for practice, n in there.groupby("practice")["person_months"].sum().items()}
    return [_finding(arm, heads, counted, arm_of, at, value) for arm in COMPARED]


def _finding(
    arm: str, heads: Mapping[str, int], counted: Mapping[str, int], arm_of: dict[str, str], at: str, value: Valuation
) -> Finding:
    practices = sorted(practice for practice, of in arm_of.items() if of == arm)
    feed, cohort = (sum(source.get(practice, 0) for practice in practices) for source in (counted, heads))
    when = month_in_words(at)
    if not feed:
        return Finding(
            check=CHECK,
            verdict="not_evaluated",
            arm=arm,
            message=f"The aggregates count no eligible people of the {arm} practices in {when}, so the cohort has no second "
            "count. Remedy: ask for practice_population of population eligible for that month.",
        )
    lost = share_lost(feed, cohort)
    pounds = _worth(arm, lost, value)
    off = [practice for practice in practices if counted.get(practice, 0) != heads.get(practice, 0)]
    verdict = deterministic_verdict(pounds, value.materiality_gbp, lost)
    verdict = "inform" if off and verdict == "pass" else verdict
    ratio = f"{100 * cohort / feed:.2f}%"
    if not off:
        message = f"Eligible people, {arm}: cohort and aggregates count the same heads in {when}, practice by practice."
    else:
        message = (
            f"Eligible people, {arm}: the cohort holds {ratio} of the heads that the aggregates count in {when}; "
            f"other numbers at {_places(off)}; this {value.moves(pounds)}."
        )
    question = (
        f"gp_registration and qof_register give {ratio} of the eligible people of the {arm} practices that your "
        f"practice_population counts in {when} ({_places(off)}). Were registrations, registers or practice codes changed, "
        "left out or added between the two, and which is right?"
    )
    return Finding(
        check=CHECK,
        verdict=verdict,
        arm=arm,
        first_month=at if off else None,
        last_month=at if off else None,
        message=message,
        question_for_supplier=question if off else None,
        **value.columns(pounds),
    )


def _worth(arm: str, lost: float, value: Valuation) -> Range:
    each = [value.of_share(stream, arm, 0.0, lost) for stream in STREAMS]
    return Range(sum(one.point for one in each), sum(one.low for one in each), sum(one.high for one in each))


def _places(practices: list[str]) -> str:
    rest = len(practices) - NAMED
    noun = "practice" if len(practices) == 1 else "practices"
    return f"{noun} {', '.join(practices[:NAMED])}" + (f" and {rest} more" if rest > 0 else "")
