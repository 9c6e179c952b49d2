"""Level as well as break: a fault in all years shows no step, so the level before launch is judged too.

Belongs here: rows per person-month before launch, of the eligible against the same practices' other people, and of everybody
in an arm against the wider pool or the other arm. Does not belong here: anything after launch.

Practices differ in need, so only a gross difference is a fault: less than half of what the comparison leads one to expect.
Published A&E attendances per head differ between neighbouring areas by about a third at most, never by a factor of two.
"""

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.counted import places_of, sums_of
from pipeline.assurance.arithmetic.pounds import Valuation
from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import span
from pipeline.vocabulary import STREAMS, FindingVerdict

CHECK = "completeness"
FAILS_BELOW = 0.5
INFORMS_BELOW = 0.75


def check(
    feed: pd.DataFrame,
    person_months: pd.DataFrame,
    wider: pd.DataFrame | None,
    *,
    arm_of: dict[str, str],
    window: Window,
    value: Valuation,
) -> list[Finding]:
    """One finding a stream and arm.

    feed : practice, month, stream, population, rows. person_months : practice, month, population, person_months.
    wider : stream, population, rows, person_months of the wider pool before launch, or None (then the other arm stands in);
    several rows of one stream and population are added up.
    """
    rate = _rates(feed, person_months, arm_of, window)
    pool = _pool(wider)
    found: list[Finding] = []
    for stream in STREAMS:
        for arm, other in (("intervention", "control"), ("control", "intervention")):
            inside = _ratio(
                _ratio(rate.get((stream, arm, "eligible")), rate.get((stream, arm, "not_eligible"))),
                _ratio(rate.get((stream, other, "eligible")), rate.get((stream, other, "not_eligible"))),
            )
            against = "wider pool" if stream in pool else "other arm"
            outside = _ratio(rate.get((stream, arm, "all")), pool.get(stream) or rate.get((stream, other, "all")))
            found.append(_finding(stream, arm, inside, outside, against, window, value))
    return found


def _finding(
    stream: str, arm: str, inside: float | None, outside: float | None, against: str, window: Window, value: Valuation
) -> Finding:
    known = [ratio for ratio in (inside, outside) if ratio is not None]
    if not known:
        return Finding(
            check=CHECK,
            verdict="inform",
            stream=stream,
            arm=arm,
            message=f"{opening(stream, arm)}: the level before launch was not judged, for want of rows of other people to "
            "compare with.",
        )
    lowest = min(known)
    verdict: FindingVerdict = "fail" if lowest < FAILS_BELOW else "inform" if lowest < INFORMS_BELOW else "pass"
    terms = (
        (inside, "of the other arm's ratio of eligible to other patients"),
        (outside, f"of the {against}'s rate for all people"),
    )
    said = [f"{100 * ratio:.0f}% {term}" for ratio, term in terms if ratio is not None]
    message = f"{opening(stream, arm)}: rows a head before launch stand at {' and at '.join(said)}"
    if verdict != "fail":
        return Finding(check=CHECK, verdict=verdict, stream=stream, arm=arm, message=f"{message}.")
    pounds = value.of_share(stream, arm, 0.0, 1 - lowest)
    return Finding(
        check=CHECK,
        verdict="fail",
        stream=stream,
        arm=arm,
        first_month=window.before[0],
        last_month=window.after[-1],
        message=f"{message}: a fault in all years shows no step, {value.words(pounds)}.",
        question_for_supplier=f"{opening(stream)} rows a head of the {arm} practices stand at {100 * lowest:.0f}% of what "
        "comparable people have, "
        f"in every year before launch ({span(window.before[0], window.before[-1])}). Which sites, departments or patients "
        "does the feed leave out?",
        **value.columns(pounds),
    )


def _rates(
    feed: pd.DataFrame, person_months: pd.DataFrame, arm_of: dict[str, str], window: Window
) -> dict[tuple[str, str, str], float]:
    """Rows a person-month before launch by (stream, arm, population); 0 where people are there and rows are not."""
    populations = ("eligible", "not_eligible", "all")
    practices = sorted(practice for practice, arm in arm_of.items() if arm in COMPARED)
    arms = np.array([COMPARED.index(arm_of[practice]) for practice in practices] + [-1])

    def places(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        before = places_of(frame["month"], window.before) >= 0
        people = places_of(frame["population"], populations)
        return np.where(before, people, -1), arms[places_of(frame["practice"], practices)]

    people, arm = places(feed)
    stream = places_of(feed["stream"], STREAMS)
    counted = sums_of((len(populations), len(COMPARED), len(STREAMS)), (people, arm, stream), feed["rows"])
    who, where = places(person_months)
    exposed = sums_of((len(populations), len(COMPARED)), (who, where), person_months["person_months"])
    return {
        (STREAMS[s], COMPARED[a], populations[p]): float(counted[p, a, s] / exposed[p, a])
        for p, a, s in np.ndindex(counted.shape)
        if exposed[p, a]
    }


def _pool(wider: pd.DataFrame | None) -> dict[str, float]:
    """Rows a person-month of all people in the wider pool, by stream, where it has any."""
    if wider is None:
        return {}
    sums = wider[wider["population"] == "all"].groupby("stream")[["rows", "person_months"]].sum()
    known = sums[(sums["rows"] > 0) & (sums["person_months"] > 0)]
    return {str(stream): float(rate) for stream, rate in (known["rows"] / known["person_months"]).items()}


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None
