"""A provider that supplied an arm and stops entirely: hospital closed, renamed, or not delivered?

Belongs here: stream x arm x provider x month cells that fall empty in the feed.
Does not belong here: provider cells that only the extract lacks (`routes`).

Whether others took its patients over is read from the reference population alone, never from the eligible after launch.
"""

import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.counted import POPULATIONS, Counted, Floats
from pipeline.assurance.arithmetic.pounds import Valuation
from pipeline.assurance.arithmetic.shares import COMPARED
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window, fault_months
from pipeline.assurance.wording import opening
from pipeline.prose import from_to
from pipeline.vocabulary import STREAM_NAMES, STREAMS

CHECK = "completeness"

#: below ten rows a month an empty month is chance: at a mean of ten it comes once in 22,000 months (Poisson)
LEAST_MONTHLY_ROWS = 10


def check(counts: Counted, *, window: Window, value: Valuation) -> list[Finding]:
    """A finding for each provider cell that falls empty; none when all keep supplying.

    counts : rows of the eligible and the not-eligible in the watched months.
    """
    at = {name: POPULATIONS.index(name) for name in POPULATIONS}
    found: list[Finding] = []
    for stream in STREAMS:
        rows = counts.rows[:, :, :, counts.of_stream(stream)].sum(axis=3)
        for arm, mask in zip(COMPARED, (counts.treated, counts.control), strict=True):
            eligible = _monthly(rows[at["eligible"], mask], counts)
            everybody = _monthly(rows[:, mask].sum(axis=0), counts)
            reference = _monthly(rows[at["not_eligible"], mask], counts).sum()
            for j, provider in enumerate(counts.providers):
                # where the eligible are too few for an empty month to mean anything, all people of the practices are asked
                judged = eligible if _enough(eligible.iloc[j]) else everybody
                monthly = judged.iloc[j]
                if not _enough(monthly) or not _stops(monthly):
                    continue
                finding = _provider(monthly, judged.sum(), reference, stream, arm, provider, window, value)
                found += [finding] if finding else []
    return found


def _monthly(rows: Floats, counts: Counted) -> pd.DataFrame:
    """Rows by provider (index, sorted) and every watched month (columns), from those by practice, month and provider."""
    return pd.DataFrame(rows.sum(axis=0).T, index=list(counts.providers), columns=list(counts.months))


def _stops(monthly: "pd.Series[float]") -> bool:
    """Is any month empty after the first with rows?"""
    held = monthly.to_numpy() > 0
    return bool(not held[int(held.argmax()) :].all())


def _provider(
    monthly: "pd.Series[float]",
    others: "pd.Series[float]",
    reference: "pd.Series[float]",
    stream: str,
    arm: str,
    provider: str,
    window: Window,
    value: Valuation,
) -> Finding | None:
    """monthly : rows of this provider by watched month; others : of all providers; reference : not-eligible rows of all."""
    started = monthly[monthly > 0]
    if not _enough(monthly):
        return None
    # months in which nobody delivered anything are the stream's fault, not this provider's
    off = [m for m in window.watched if m > str(started.index[0]) and not monthly[m] and others[m]]
    run = fault_months(off, window)
    if run is None:
        return None
    supplied = [m for m in window.before if monthly[m]] or [str(m) for m in started.index]
    usual = float(monthly[supplied].sum()) / float(others[supplied].sum())
    judged = [m for m in off if m in window.judged]
    before = usual * sum(1 for m in judged if m in window.before) / len(window.before)
    after = usual * sum(1 for m in judged if m in window.after) / len(window.after)
    pounds = value.of_share(stream, arm, after - before, before)
    taken_over = _taken_over(reference, off, supplied, usual)
    lost = not taken_over and pounds.worst > value.materiality_gbp
    words = STREAM_NAMES[stream]
    tells = (
        "the same practices' other patients went elsewhere at the usual rate, so its work was taken over"
        if taken_over
        else f"nobody took its work over, {value.words(pounds)}"
    )
    return Finding(
        check=CHECK,
        verdict="fail" if lost else "inform",
        stream=stream,
        arm=arm,
        provider=provider,
        first_month=run[0],
        last_month=run[1],
        message=f"{opening(stream, arm)}: provider {provider}, with {100 * usual:.0f}% of the rows before, has none "
        f"{from_to(run[0], run[1])}; {tells}.",
        question_for_supplier=f"Provider {provider} has no {words} rows for the {arm} practices {from_to(run[0], run[1])}. "
        "Did it close, change its code, or is its submission missing from the feed?",
        **(value.columns(pounds) if not taken_over else {}),
    )


def _enough(monthly: "pd.Series[float]") -> bool:
    """Does the provider, in months in which it has rows, have enough of them that an empty month is not chance?"""
    held = monthly.to_numpy()
    return bool(held.any()) and float(np.median(held[held > 0])) >= LEAST_MONTHLY_ROWS


def _taken_over(reference: "pd.Series[float]", off: list[str], supplied: list[str], usual: float) -> bool:
    """Did the reference population's rows, over all providers, fall by less than half of what this provider used to supply?"""
    then, usually = float(reference[off].mean()), float(reference[supplied].mean())
    return bool(usually) and then / usually > 1 - usual / 2
