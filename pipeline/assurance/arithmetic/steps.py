"""A step between the arms, read as a fault: its pounds, its verdict, and the smallest that would have been found.

Belongs here: one step and many (Holm 1979). Does not belong here: how steps are measured (`contrasts`), words (the checks).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import stdtr, stdtrit

from pipeline.assurance.arithmetic.pounds import Range, Valuation, statistical_verdict
from pipeline.vocabulary import FindingVerdict

#: the fault printed as reach is missed once in twenty times
MISSED = 0.05


@dataclass(frozen=True, slots=True)
class Step:
    """Intervention minus control of the change from one period to another.

    difference : of mean practice-level log changes (`relative`) or of changes of a share.
    arm : whose figures moved; it is the one that fell behind unless the other has plainly risen.
    provider, kind : the place within the stream, None where it is all of it.
    adds : the share is one of rows too many, not of rows lost.
    part : arm -> share of the stream's cost that the step is a step of; 1 where it is not named.
    """

    stream: str
    quantity: str
    relative: bool
    difference: float
    standard_error: float
    df: float
    practices: Mapping[str, int]
    arm: str
    first_month: str | None = None
    last_month: str | None = None
    provider: str | None = None
    kind: str | None = None
    population: str = "not_eligible"
    adds: bool = False
    part: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tested:
    """A step with its range in pounds at the level at which it was judged.

    reach : GBP of the smallest fault that is found nineteen times in twenty; infinite where none could be.
    """

    step: Step
    worth: Range
    verdict: FindingVerdict
    reach: float


def reach_of(tested: Tested) -> float | None:
    """The reach as a finding carries it, in whole pennies."""
    return None if tested.reach == float("inf") else round(tested.reach, 2)


def holm(steps: Sequence[Step], value: Valuation, family_level: float) -> list[Tested]:
    """Test every step against materiality, smallest p first at level / (number left), until one is not wholly outside."""
    ranked = sorted(
        steps, key=lambda step: (p_beyond(step, value), step.stream, step.quantity, step.provider or "", step.kind or "")
    )
    tested: list[Tested] = []
    level = family_level / max(len(ranked), 1)
    stopped = False
    for position, step in enumerate(ranked):
        if not stopped:
            level = family_level / (len(ranked) - position)
        one = judged(step, value, level)
        stopped = stopped or one.verdict != "fail"
        if stopped and one.verdict == "fail":
            one = Tested(step, one.worth, "undetermined", one.reach)
        tested.append(one)
    return tested


def judged(step: Step, value: Valuation, level: float) -> Tested:
    """One step at a two-sided level."""
    half = quantile(level / 2, step.df) * step.standard_error
    ends = [pounds(step, value, step.difference + sign * half) for sign in (-1, 1)]
    worth = Range(pounds(step, value, step.difference), min(ends), max(ends))
    return Tested(step, worth, statistical_verdict(worth, value.materiality_gbp), reach(step, value, level))


def quantile(tail: float, df: float) -> float:
    """What Student's t of `df` degrees of freedom exceeds with probability `tail`."""
    return -float(stdtrit(df, tail))


def p_beyond(step: Step, value: Valuation) -> float:
    """Two-sided p of a fault no larger than materiality."""
    over = abs(step.difference) - edge(step, value, step.difference)
    if not step.standard_error:
        return 0.0 if over > 0 else 1.0
    return min(1.0, 2 * float(stdtr(step.df, -over / step.standard_error)))


def edge(step: Step, value: Valuation, towards: float) -> float:
    """Smallest |difference| in the direction of `towards` that is worth materiality; infinite if none can be."""
    whole = _whole(step, value, towards)
    share = value.materiality_gbp / whole if whole else float("inf")
    if step.relative:
        return float(-np.log1p(-share)) if share < 1 else float("inf")
    return share


def pounds(step: Step, value: Valuation, difference: float) -> float:
    """GBP of an arm difference (intervention minus control) of the step, read as a loss of the arm that fell behind."""
    arm = behind(step, difference)
    share = 1 - float(np.exp(-abs(difference))) if step.relative else min(abs(difference), 1.0)
    return value.of_share(step.stream, arm, (-share if step.adds else share) * step.part.get(arm, 1.0)).point


def reach(step: Step, value: Valuation, level: float) -> float:
    """Found nineteen times in twenty: materiality, the critical value and the 95% quantile added up."""
    needed = (quantile(level / 2, step.df) + quantile(MISSED, step.df)) * step.standard_error
    edges = {sign: edge(step, value, sign) for sign in (-1, 1)}
    found = [abs(pounds(step, value, sign * (needed + least))) for sign, least in edges.items() if least != float("inf")]
    return min(found) if found else float("inf")


def behind(step: Step, difference: float) -> str:
    """Whose rows are missing: the arm that has fallen behind (or, for a share of what is lost, the one that has risen)."""
    fell = "control" if difference > 0 else "intervention"
    if step.relative:
        return fell
    return "intervention" if fell == "control" else "control"


def mover(difference: float, treated: float, control: float, *, relative: bool) -> str:
    """The arm that moved: the other one than `behind` only where its own change is at least twice the other's."""
    fell = "control" if difference > 0 else "intervention"
    first = fell if relative else ("intervention" if fell == "control" else "control")
    own = {"intervention": abs(treated), "control": abs(control)}
    other = "intervention" if first == "control" else "control"
    return other if own[other] >= 2 * own[first] else first


def _whole(step: Step, value: Valuation, towards: float) -> float:
    """GBP of all that the arm which fell behind can lose."""
    arm = behind(step, towards)
    return value.cost.get((step.stream, arm), 0.0) * step.part.get(arm, 1.0) * value.heads["intervention"]
