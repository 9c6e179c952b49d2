"""Did the arms lose people alike? Shares of each step by arm, against what practices differ by chance.

Belongs here: the comparison and its verdict, which informs and never closes a gate. Does not belong here: counting
(`attrition`, `leaving`), how a share is printed (`reports`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import t

from pipeline.cohorts.leaving import STATES

ARMS = ("intervention", "control")
#: what is compared of `leaving.states_at_year_end`: words, and the states that are counted together
BY_YEAR_END: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("died by the end of the year", ("died_before", "died_in_year")),
    ("left by the end of the year", ("left_before", "left_in_year")),
    ("moved to another practice of the same arm", ("within_arm",)),
    ("moved to a practice of another arm", ("other_arm",)),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One share by arm. difference, low, high : intervention less control, a share, with the 95% interval; None where an arm
    has fewer than two practices. verdict : `pass` when the interval holds zero, `inform` when it does not, `not_evaluated`.
    gbp : what a difference in deaths is worth in the year, GBP of the intervention arm; else None."""

    what: str
    of: str
    intervention: float | None
    control: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: Literal["pass", "inform", "not_evaluated"]
    practices: int
    people: tuple[int, int]
    gbp: float | None = None


def compare(counts: pd.DataFrame, *, what: str, of: str) -> Compared:
    """counts : practice, arm, people, out_of, a row a practice. The share of an arm is its people over its out_of.

    The practice is the unit: the interval is Student's t on the practices' own shares, with the practices of the smaller arm
    less one degrees of freedom, so that a share that practices differ in by themselves is no finding.
    """
    here = counts[counts["arm"].isin(ARMS) & (counts["out_of"] > 0)]
    arms = {arm: here[here["arm"] == arm] for arm in ARMS}
    people = tuple(int(part["people"].sum()) for part in arms.values())
    whole = {arm: int(part["out_of"].sum()) for arm, part in arms.items()}
    share = {arm: int(part["people"].sum()) / whole[arm] if whole[arm] else None for arm, part in arms.items()}
    treated, control = share["intervention"], share["control"]
    if treated is None or control is None or min(len(part) for part in arms.values()) < 2:
        return Compared(what, of, treated, control, None, None, None, "not_evaluated", len(here), (people[0], people[1]))
    spread = [np.var((part["people"] / part["out_of"]).to_numpy(), ddof=1) / len(part) for part in arms.values()]
    half = float(t.isf(0.025, min(len(part) for part in arms.values()) - 1)) * float(np.sqrt(sum(spread)))
    difference = treated - control
    verdict: Literal["pass", "inform"] = "inform" if abs(difference) > half else "pass"
    return Compared(
        what, of, treated, control, difference, difference - half, difference + half, verdict, len(here), (people[0], people[1])
    )


def before_launch(by_practice: pd.DataFrame) -> list[Compared]:
    """Every exclusion of people with a study practice, as a share of those that the steps before had left in.

    by_practice : `attrition.by_practice`. The last row is the share that was eligible in the end.
    """
    if by_practice.empty:
        return []
    wide = by_practice.pivot_table(index=["practice", "arm"], columns="step", values="people", aggfunc="sum", fill_value=0)
    reasons = by_practice.drop_duplicates("step").set_index("step")
    left_in = wide.sum(axis=1)
    everybody, found = left_in.copy(), []
    for step in sorted(wide.columns):
        kept = reasons.loc[step, "kind"] == "kept"
        out_of = everybody if kept else left_in
        counts = pd.DataFrame({"people": wide[step], "out_of": out_of}).reset_index()
        of = "people with a study practice at the date" if kept else "those left in until then"
        found.append(compare(counts, what=str(reasons.loc[step, "reason"]), of=of))
        left_in = left_in - wide[step]
    return found


def by_year_end(states: pd.DataFrame, *, cost_a_head: float) -> list[Compared]:
    """BY_YEAR_END as shares of the cohort. states : `leaving.states_at_year_end`. cost_a_head : GBP a head and year before
    launch; the head of somebody who died stays and costs nothing, so that is what a difference in deaths is worth."""
    heads = states.groupby(["practice", "arm"])["people"].sum()
    found = []
    for what, together in BY_YEAR_END:
        assert set(together) <= set(STATES)
        mine = states[states["state"].isin(together)].groupby(["practice", "arm"])["people"].sum()
        counts = pd.DataFrame({"people": mine.reindex(heads.index, fill_value=0), "out_of": heads}).reset_index()
        row = compare(counts, what=what, of="the cohort")
        if "died_in_year" in together and row.difference is not None:
            intervention = int(heads[heads.index.get_level_values("arm") == "intervention"].sum())
            row = _worth(row, row.difference * intervention * cost_a_head)
        found.append(row)
    return found


def _worth(row: Compared, gbp: float) -> Compared:
    return Compared(**{name: getattr(row, name) for name in row.__slots__ if name != "gbp"}, gbp=gbp)


def sentence(rows: Sequence[Compared], *, materiality_gbp: float) -> str:
    """The verdict on all of them in one sentence, with what chance alone would have shown."""
    seen = [row for row in rows if row.verdict != "not_evaluated"]
    apart = [row for row in seen if row.verdict == "inform"]
    if not seen:
        return "Attrition by arm was not evaluated: an arm has fewer than two practices."
    said = (
        f"{len(apart)} of {len(seen)} shares differ between the arms by more than practices differ by chance, where chance "
        f"alone would show about {len(seen) * 0.05:.1f}."
    )
    named = f" They are: {'; '.join(row.what for row in apart)}." if apart else ""
    deaths = next((row for row in rows if row.gbp is not None), None)
    if deaths is None or deaths.gbp is None:
        return said + named
    more = "more than" if abs(deaths.gbp) > materiality_gbp else "within"
    return f"{said}{named} The difference in deaths is worth £{abs(deaths.gbp):,.0f} of the year's cost, {more} materiality."
