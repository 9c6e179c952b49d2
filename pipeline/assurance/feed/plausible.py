"""Size: a step of the eligible people's rows that no programme of this protocol could cause.

Belongs here: the change of arm against arm held against the protocol's largest plausible effect. Does not belong here: any
statement of how large the change is.

Sealed: whether it lies wholly beyond the plausible is all that is said. The pounds of a failing step are a bound, rounded down
to whole twentieths of the stream's cost, so that the interval of the effect cannot be read off them.
"""

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.contrasts import contrasts, year_periods
from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted, Floats
from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.arithmetic.steps import MISSED, quantile
from pipeline.assurance.feed.area_variance import area_variances
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import about, span
from pipeline.vocabulary import STREAMS

CHECK = "plausible"

#: false alarms of one contract year, over the streams, were the true effect the largest that is plausible
FAMILY_LEVEL = 0.0005

#: a bound in pounds is told in whole steps of this share of the stream's cost
TOLD_TO = 0.05


def check(counts: Counted, wider: pd.DataFrame | None, *, window: Window, value: Valuation) -> list[Finding]:
    """One finding a stream: fail where the step, with the practices' noise, lies wholly beyond the plausible in either sign."""
    mine = POPULATIONS.index("eligible")
    periods = year_periods(window, counts.months)
    member = np.array([[kind.stream == stream for stream in STREAMS] for kind in counts.kinds], dtype=float)
    rows = periods.sums(counts.rows[mine].sum(axis=3) @ member.reshape(len(counts.kinds), len(STREAMS)), 1)
    time = periods.sums(counts.person_months[mine], 1)
    tested = contrasts(_change(rows, time), counts.treated, counts.control, area_variances(wider, window)[0])
    level = FAMILY_LEVEL / len(STREAMS)
    largest = -float(np.log1p(-value.effect_share_max))
    found = []
    for at, stream in enumerate(STREAMS):
        difference, error, df = (float(part[at]) for part in (tested.difference, tested.standard_error, tested.df))
        if np.isnan(difference):
            found.append(_untested(stream))
            continue
        half = quantile(level / 2, df) * error
        excess = abs(difference) - half - largest
        arm = "control" if difference > 0 else "intervention"
        over = 1 - float(np.exp(-excess)) if excess > 0 else 0.0
        if abs(value.of_share(stream, arm, over).point) > value.materiality_gbp:
            found.append(_beyond(stream, arm, over, window, value))
        else:
            found.append(_within(stream, half + quantile(MISSED, df) * error, window, value))
    return found


def _change(rows: tuple[Floats, Floats], time: tuple[Floats, Floats]) -> Floats:
    """Log change of rows a person-month; half a row where none is left, nan where there was none before."""
    with np.errstate(divide="ignore", invalid="ignore"):
        before, after = (np.log(np.maximum(r, 0.5)) - np.log(t)[..., None] for r, t in zip(rows, time, strict=True))
        return np.where((rows[0] > 0) & np.isfinite(before) & np.isfinite(after), after - before, np.nan)


def _beyond(stream: str, arm: str, over: float, window: Window, value: Valuation) -> Finding:
    whole = value.of_share(stream, arm, 1.0).point
    told = int(over / TOLD_TO) * TOLD_TO
    least = told * whole if told else float(np.sign(whole)) * value.materiality_gbp
    bound = Range(least, min(least, whole), max(least, whole))
    return Finding(
        check=CHECK,
        verdict="fail",
        stream=stream,
        arm=arm,
        first_month=window.after[0],
        last_month=window.after[-1],
        message=f"{opening(stream)}: the eligible people's rows of the two arms moved apart by more, chance included, than the "
        f"largest effect that the protocol calls plausible ({100 * value.effect_share_max:g}%); what lies beyond it "
        "is worth at "
        f"least {about(abs(least))}. How far they moved is not shown.",
        question_for_supplier=f"{opening(stream)} rows of eligible patients changed by more in one arm than any "
        "programme could "
        f"cause ({span(window.after[0], window.after[-1])}; the {arm} practices have too few, or the others too many). Which "
        "patients, sites or months does the feed leave out, or count twice?",
        **value.columns(bound),
    )


def _within(stream: str, apart: float, window: Window, value: Valuation) -> Finding:
    """apart : what is needed beyond the plausible to be found; it tells of noise only."""
    share = 1 - float(np.exp(-apart))
    least = value.materiality_gbp + abs(value.of_share(stream, "control", share).point)
    return Finding(
        check=CHECK,
        verdict="pass",
        stream=stream,
        message=f"{opening(stream)}: the eligible people's rows of the two arms did not move apart by more than the "
        "largest effect "
        f"that the protocol calls plausible ({100 * value.effect_share_max:g}%) from the baseline to {window.contract_year}; "
        f"nineteen times in twenty this would find a fault of about {about(least)} on top of such an effect.",
    )


def _untested(stream: str) -> Finding:
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=stream,
        message=f"{opening(stream)}: too few practices of an arm have eligible people's rows in both periods, so that "
        "their size "
        "cannot be judged; completeness judges whether they are there.",
    )
