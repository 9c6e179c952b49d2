"""Recorded breaks: a change of coding, tariff or feed that everybody knows of differs by provider, hence by arm.

Belongs here: the arms' difference of the step at a recorded month, as it is and at one mix of providers and departments.
Does not belong here: unrecorded steps (`reference`, `shape`), the eligible (never read here).

Direct standardisation: each arm's change is taken provider by provider and department by department, and weighed with the rows
of both arms together before the break. The noise is that of leaving out one practice at a time (jackknife, Tukey 1958), now or
at placebo dates before launch, whichever is larger.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted, Floats
from pipeline.assurance.arithmetic.pounds import Valuation
from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.arithmetic.steps import Step, Tested, judged, reach_of
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import about
from pipeline.prose import month as month_in_words
from pipeline.study import KnownBreak
from pipeline.vocabulary import STREAMS

CHECK = "known_breaks"

#: false alarms of one contract year, over breaks, streams and both quantities
FAMILY_LEVEL = 0.0005

#: months on each side; fewer than a quarter of a year say nothing
LEAST_MONTHS, MOST_MONTHS = 3, 12

#: cells that both arms use must hold this part of the rows, or one mix says nothing of the other
COVERED = 0.8

QUANTITIES = {"rows": "rows a person-month", "cost_per_row": "cost a priced row"}


class Sides(NamedTuple):
    """Rows, priced rows and pence by practice and cell, and person-months by practice, before and after."""

    rows: tuple[Floats, Floats]
    priced: tuple[Floats, Floats]
    pence: tuple[Floats, Floats]
    time: tuple[Floats, Floats]


def check(counts: Counted, breaks: Sequence[KnownBreak], *, window: Window, value: Valuation) -> list[Finding]:
    """One finding a break, stream and quantity; one that passes where the protocol records no break in these months."""
    mine = [one for one in breaks if _at(one, counts) is not None]
    if not mine:
        return [
            Finding(
                check=CHECK,
                verdict="pass",
                message="The protocol records no change of coding, tariff or feed in the months that bear on "
                f"{window.contract_year}.",
            )
        ]
    level = FAMILY_LEVEL / (len(mine) * len(STREAMS) * len(QUANTITIES))
    return [
        _finding(one, stream, quantity, counts, window, value, level)
        for one in mine
        for stream in STREAMS
        for quantity in QUANTITIES
    ]


def differences(
    counts: Counted, stream: str, quantity: str, at: int, back: int, ahead: int
) -> tuple[float, float, float, float]:
    """At position `at`: crude and standardised difference of the arms' log steps, its jackknife variance, share covered."""
    sides = _sides(counts, stream, at, back, ahead)
    arms = (counts.treated, counts.control)
    pooled = sides.rows[0].sum(axis=0)
    there = [_there(sides, mask, quantity) for mask in arms]
    both = there[0] & there[1]
    covered = float(pooled[both].sum() / pooled.sum()) if pooled.sum() else 0.0
    if not both.any():
        return float("nan"), float("nan"), float("nan"), covered
    weights = pooled[both] / pooled[both].sum()
    crude = _log_step(sides, arms[0], quantity, None, None) - _log_step(sides, arms[1], quantity, None, None)
    standard = [_log_step(sides, mask, quantity, both, weights) for mask in arms]
    variance = 0.0
    for mask in arms:
        members = np.flatnonzero(mask)
        left_out = []
        for practice in members:
            others = mask.copy()
            others[practice] = False
            left_out.append(_log_step(sides, others, quantity, both, weights))
        known = np.array([one for one in left_out if np.isfinite(one)])
        n = len(known)
        variance += float((n - 1) / n * ((known - known.mean()) ** 2).sum()) if n > 1 else float("nan")
    return crude, standard[0] - standard[1], variance, covered


def _at(one: KnownBreak, counts: Counted) -> int | None:
    """Position of the break's month, where enough months lie on both sides."""
    if one.month not in counts.months:
        return None
    at = counts.months.index(one.month)
    return at if min(at, len(counts.months) - at) >= LEAST_MONTHS else None


def _sides(counts: Counted, stream: str, at: int, back: int, ahead: int) -> Sides:
    theirs, kinds = POPULATIONS.index("not_eligible"), counts.of_stream(stream)
    departments = sorted({kind.department_type for kind in counts.kinds if kind.stream == stream})
    of = [kind.department_type for kind in counts.kinds if kind.stream == stream]
    member = np.array([[name == department for name in of] for department in departments], dtype=float)

    def cells(figure: Floats) -> tuple[Floats, Floats]:
        mine = figure[theirs][:, :, kinds]
        found = []
        for months in (slice(at - back, at), slice(at, at + ahead)):
            added = np.einsum("dk,pkj->pdj", member, mine[:, months].sum(axis=1)).reshape(len(mine), -1)
            found.append(added)
        return found[0], found[1]

    time = counts.person_months[theirs]
    exposed = time[:, at - back : at].sum(axis=1), time[:, at : at + ahead].sum(axis=1)
    return Sides(cells(counts.rows), cells(counts.rows - counts.unpriced), cells(counts.cost_pence), exposed)


def _there(sides: Sides, mask: "np.ndarray", quantity: str) -> "np.ndarray":
    if quantity == "rows":
        return np.asarray(sides.rows[0][mask].sum(axis=0) > 0)
    return np.logical_and.reduce([side[mask].sum(axis=0) > 0 for side in (*sides.priced, *sides.pence)])


def _log_step(sides: Sides, mask: "np.ndarray", quantity: str, cells: "np.ndarray | None", weights: Floats | None) -> float:
    """Log of an arm's step; over `cells` weighed by `weights`, or of all rows together."""
    upper, lower = (sides.rows, sides.time) if quantity == "rows" else (sides.pence, sides.priced)
    with np.errstate(divide="ignore", invalid="ignore"):
        if cells is None or weights is None:
            rate = [u[mask].sum() / w[mask].sum() for u, w in zip(upper, lower, strict=True)]
            return float(np.log(rate[1] / rate[0]))
        if quantity == "rows":
            rates = [u[mask][:, cells].sum(axis=0) / w[mask].sum() for u, w in zip(upper, lower, strict=True)]
            return float(np.log((weights * rates[1] / rates[0]).sum()))
        costs = [u[mask][:, cells].sum(axis=0) / w[mask][:, cells].sum(axis=0) for u, w in zip(upper, lower, strict=True)]
        return float(np.log((weights * costs[1]).sum() / (weights * costs[0]).sum()))


def _step(counts: Counted, stream: str, quantity: str, at: int, window: Window) -> tuple[float, Step | None]:
    """Crude difference, and the standardised step; None where it cannot be had."""
    back, ahead = min(at, MOST_MONTHS), min(len(counts.months) - at, MOST_MONTHS)
    crude, difference, variance, covered = differences(counts, stream, quantity, at, back, ahead)
    if not np.isfinite(difference) or not np.isfinite(variance) or covered < COVERED:
        return crude, None
    before = np.flatnonzero(counts.within(window.before))
    dates = [d for d in range(int(before[0]) + back, int(before[-1]) + 2 - ahead, MOST_MONTHS) if abs(d - at) >= MOST_MONTHS]
    placebos = [differences(counts, stream, quantity, date, back, ahead) for date in dates]
    known = [(one[1], one[2]) for one in placebos if np.isfinite(one[1]) and np.isfinite(one[2])]
    noise = [variance]
    if known:
        noise += [sum(v for _, v in known) / len(known), sum(d**2 for d, _ in known) / len(known)]
    practices = {arm: int(mask.sum()) for arm, mask in zip(COMPARED, (counts.treated, counts.control), strict=True)}
    arm = "control" if difference > 0 else "intervention"
    df = float(sum(practices.values()) - 2)
    return crude, Step(stream, quantity, True, difference, max(noise) ** 0.5, df, practices, arm)


def _finding(
    one: KnownBreak, stream: str, quantity: str, counts: Counted, window: Window, value: Valuation, level: float
) -> Finding:
    at = _at(one, counts)
    assert at is not None
    crude, step = _step(counts, stream, quantity, at, window)
    when, last = month_in_words(one.month), counts.months[min(at + MOST_MONTHS, len(counts.months)) - 1]
    what = f"{opening(stream)}, {QUANTITIES[quantity]} at the recorded break of {when} ({one.what})"
    if step is None:
        return Finding(
            check=CHECK,
            verdict="undetermined",
            stream=stream,
            first_month=one.month,
            last_month=last,
            message=f"{what}: the arms share too few providers and departments with not-eligible people's rows on "
            "both sides to be "
            "brought to one mix, so whether the break was common to both is not known.",
            question_for_supplier=f"Which providers changed in {when} ({one.what}), and on which day each?",
        )
    tested: Tested = judged(step, value, level)
    off = tested.verdict == "fail"
    reach = about(tested.reach) if tested.reach != float("inf") else "none, the whole stream being immaterial"
    return Finding(
        check=CHECK,
        verdict=tested.verdict,
        stream=stream,
        arm=step.arm if off else None,
        first_month=one.month,
        last_month=last,
        message=f"{what}: among not-eligible people the step of the arms differs by {_percent(crude)} as delivered and by "
        f"{_percent(step.difference)} at one mix of providers and departments (intervention against control); read as a fault "
        f"the latter {value.moves(tested.worth)}; the smallest this would find nineteen times in twenty is {reach}.",
        question_for_supplier=f"{opening(stream)} of the {step.arm} practices changed otherwise in {when} "
        f"({one.what}) than the "
        "other arm's at the same providers and departments. Was the change made on another day, by another rule, or "
        "in part only?"
        if off
        else None,
        reach_gbp=reach_of(tested),
        **value.columns(tested.worth),
    )


def _percent(log: float) -> str:
    share = 100 * float(np.expm1(log)) if np.isfinite(log) else float("nan")
    return f"{share:+.1f}%".replace("-", "−") if np.isfinite(share) else "an unknown amount"
