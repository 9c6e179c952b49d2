"""When rows are dated, repeated and priced: shares that a programme does not move, so that a step there is the data's.

Belongs here: after-minus-before of each share, arm against arm and in both arms alike. Does not belong here: counting them
(`profiles`), rows themselves (`routes`, `reference`).

Only repeated rows imply pounds and can fail: a row more of one person, stream and date is a row that was sent twice or split.
The others say where to look when they lie beyond chance. No share after launch is shown.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr

from pipeline.assurance.arithmetic.contrasts import Contrasts, alike, contrasts, year_periods
from pipeline.assurance.arithmetic.counted import Floats, Masks, places_of, sums_of
from pipeline.assurance.arithmetic.dating import span_of
from pipeline.assurance.arithmetic.pounds import Valuation
from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.arithmetic.steps import Step, Tested, holm, mover, reach_of
from pipeline.assurance.delivered.profiles import QUANTITIES
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window
from pipeline.assurance.wording import opening
from pipeline.prose import about, span
from pipeline.vocabulary import STREAM_NAMES, STREAMS

CHECK = "profile"

#: false alarms of one contract year that close, over the streams, and that only inform, over all shares
FAMILY_LEVEL = 0.0005
INFORMING_LEVEL = 0.01

REPEATED = "same_day_again"
WORDS = {
    "weekend": "rows dated on a Saturday or Sunday",
    "first_of_month": "rows dated on the first of a month",
    "past_12th": "rows dated after the twelfth of a month",
    "same_day_again": "further rows of the same person and day",
    "zero_price": "rows priced at nothing",
    "no_currency": "rows without a currency",
    "overnight": "emergency spells with a night in hospital",
}
ASK = {
    "weekend": "Did the date sent change from the day of contact to a day of booking, coding or billing?",
    "first_of_month": "Were dates set to the first of a month, as when only the month is known?",
    "past_12th": "Were day and month exchanged in some rows, or dates beyond the twelfth lost?",
    "same_day_again": "Were rows delivered twice, or spells, attendances or appointments split into several?",
    "zero_price": "Were these rows moved to another contract, or their currency to one that carries no price?",
    "no_currency": "Was the grouper run, and the field sent?",
    "overnight": "Did admission or discharge dates, or what counts as an admission, change?",
}


def check(profile: pd.DataFrame, *, arm_of: dict[str, str], window: Window, value: Valuation) -> list[Finding]:
    """A finding a stream for repeated rows, one for all the other shares, and one for each of them that is off.

    profile : `profiles.extract_profile`.
    """
    if profile.empty:
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                message="No dates, prices and currencies of the eligible people's rows were counted, so that repeated "
                "or redated "
                "rows cannot be looked for. Remedy: run the assurance group again.",
            )
        ]
    practices = sorted(practice for practice, arm in arm_of.items() if arm in COMPARED)
    treated, control = (np.array([arm_of[p] == arm for p in practices], dtype=bool) for arm in COMPARED)
    figures = _figures(profile, practices, window)
    change = _changes(figures, window)
    tested = contrasts(change, treated, control)
    shared = alike(change, treated | control)
    repeated = [s for at, stream in enumerate(STREAMS) if (s := _repeated(tested, at * len(QUANTITIES), stream)) is not None]
    judged = {one.step.stream: one for one in holm(repeated, value, FAMILY_LEVEL)}
    spans = _Spans(figures, (treated, control), window)
    found = [
        _finding(
            judged[stream],
            spans.of(at * len(QUANTITIES) + QUANTITIES.index(REPEATED), judged[stream].step.difference),
            window,
            value,
        )
        for at, stream in enumerate(STREAMS)
        if stream in judged
    ]
    failed = {stream for stream, one in judged.items() if one.verdict == "fail"}
    series = int((~np.isnan(tested.difference)).sum())
    level = INFORMING_LEVEL / max(2 * series, 1)
    for at, stream in enumerate(STREAMS):
        off = []
        for k, quantity in enumerate(QUANTITIES):
            i = at * len(QUANTITIES) + k
            if quantity == REPEATED and stream in failed:
                continue
            if _p(tested.difference[i], tested.standard_error[i], tested.df[i]) < level:
                arm = mover(float(tested.difference[i]), *(float(own) for own in tested.moved[:, i]), relative=False)
                off.append(_off(stream, quantity, arm, spans.of(i, float(tested.difference[i])), window))
            elif _p(shared[0][i], shared[1][i], shared[2][i]) < level:
                off.append(_off(stream, quantity, None, spans.alike(i, float(shared[0][i])), window))
        found += off or [_calm(stream)]
    return found


def _figures(profile: pd.DataFrame, practices: list[str], window: Window) -> tuple[Floats, Floats]:
    """Part and whole of each share, shape (practices, watched months, streams x quantities)."""
    shape = (len(practices), len(window.watched), len(STREAMS), len(QUANTITIES))
    at = tuple(
        places_of(profile[name], wanted)
        for name, wanted in (
            ("practice", practices), ("month", window.watched), ("stream", STREAMS), ("quantity", QUANTITIES)
        )
    )  # fmt: skip
    part, whole = (sums_of(shape, at, profile[name]).reshape(*shape[:2], -1) for name in ("part", "whole"))
    return part, whole


def _changes(figures: tuple[Floats, Floats], window: Window) -> Floats:
    """Change of each share, shape (comparisons, practices, streams x quantities); nan where there is nothing to share."""
    periods = year_periods(window, window.watched)
    part, whole = (periods.sums(figure, 1) for figure in figures)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = part[1] / whole[1] - part[0] / whole[0]
    return np.where((whole[0] > 0) & (whole[1] > 0), change, np.nan)


@dataclass(frozen=True, slots=True)
class _Spans:
    """Since when a share has moved, month by month: arm against arm, or in both alike."""

    figures: tuple[Floats, Floats]
    arms: tuple[Masks, Masks]
    window: Window

    def of(self, series: int, difference: float) -> tuple[str, str]:
        treated, control = (self._shares(series, mask) for mask in self.arms)
        return span_of(treated - control, difference, self.window.watched, self.window)

    def alike(self, series: int, change: float) -> tuple[str, str]:
        return span_of(self._shares(series, self.arms[0] | self.arms[1]), change, self.window.watched, self.window)

    def _shares(self, series: int, mask: Masks) -> Floats:
        part, whole = (figure[mask, :, series].sum(axis=0) for figure in self.figures)
        return np.asarray(part / np.maximum(whole, 1.0))


def _p(difference: float, error: float, df: float) -> float:
    """Two-sided p of no step at all; 1 where it cannot be told."""
    if np.isnan(difference) or np.isnan(error) or not error:
        return 0.0 if error == 0 and difference else 1.0
    return 2 * float(stdtr(df, -abs(difference) / error))


def _repeated(tested: Contrasts, first: int, stream: str) -> Step | None:
    i = first + QUANTITIES.index(REPEATED)
    difference = float(tested.difference[i])
    if np.isnan(difference):
        return None
    return Step(
        stream=stream,
        quantity=REPEATED,
        relative=False,
        difference=difference,
        standard_error=float(tested.standard_error[i]),
        df=float(tested.df[i]),
        practices={arm: int(n) for arm, n in zip(COMPARED, tested.practices[:, i], strict=True)},
        arm=mover(difference, *(float(own) for own in tested.moved[:, i]), relative=False),
        population="eligible",
        adds=True,
    )


def _finding(tested: Tested, months: tuple[str, str], window: Window, value: Valuation) -> Finding:
    step = tested.step
    what = f"{opening(step.stream)}, {WORDS[REPEATED]}"
    if tested.verdict != "fail":
        reach = about(tested.reach) if tested.reach != float("inf") else "none, the whole stream being immaterial"
        return Finding(
            check=CHECK,
            verdict=tested.verdict,
            stream=step.stream,
            message=f"{what}: their share did not step, arm against arm, beyond chance and materiality from the baseline to "
            f"{window.contract_year}; the smallest fault this would find nineteen times in twenty is {reach}.",
            reach_gbp=reach_of(tested),
            **value.columns(tested.worth),
        )
    return Finding(
        check=CHECK,
        verdict="fail",
        stream=step.stream,
        arm=step.arm,
        first_month=months[0],
        last_month=months[1],
        message=f"{what}: their share of the {step.arm} practices' rows stepped away from the other arm's from the baseline to "
        f"{window.contract_year}; read as rows too many or too few this {value.moves(tested.worth)}.",
        question_for_supplier=f"The share of {WORDS[REPEATED]} changed in {STREAM_NAMES[step.stream]} of the "
        f"{step.arm} practices "
        f"({span(*months)}). {ASK[REPEATED]}",
        reach_gbp=reach_of(tested),
        **value.columns(tested.worth),
    )


def _off(stream: str, quantity: str, arm: str | None, months: tuple[str, str], window: Window) -> Finding:
    who = (
        f"of the {arm} practices changed beyond chance against the other arm's"
        if arm
        else "changed alike in both arms, beyond chance,"
    )
    whose = f"the {arm} practices" if arm else "all practices"
    worth = "its pounds are told with the check of such rows" if quantity == REPEATED else "this implies no pounds by itself"
    return Finding(
        check=CHECK,
        verdict="inform",
        stream=stream,
        arm=arm,
        first_month=months[0],
        last_month=months[1],
        message=f"{opening(stream)}: the share of {WORDS[quantity]} {who} from the baseline to {window.contract_year}; "
        f"{worth}.",
        question_for_supplier=f"In {STREAM_NAMES[stream]} of {whose} the share of {WORDS[quantity]} changed "
        f"({span(*months)}). {ASK[quantity]}",
    )


def _calm(stream: str) -> Finding:
    return Finding(
        check=CHECK,
        verdict="pass",
        stream=stream,
        message=f"{opening(stream)}: when rows are dated, priced and given a currency changed no more than chance "
        "would have it, "
        "neither arm against arm nor in both alike.",
    )
