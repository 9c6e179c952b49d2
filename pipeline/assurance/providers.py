"""A provider that supplied an arm and stops entirely: hospital closed, renamed, or not delivered?

Belongs here: stream x arm x provider x month cells that fall empty in the feed.
Does not belong here: provider cells that only the extract lacks (`routes`).

Whether others took its patients over is read from the reference population alone, never from the eligible after launch.
"""

import pandas as pd

from pipeline.assurance.finding import Finding
from pipeline.assurance.pounds import Valuation
from pipeline.assurance.shares import COMPARED
from pipeline.assurance.window import Window, fault_months
from pipeline.assurance.wording import opening
from pipeline.prose import from_to
from pipeline.vocabulary import STREAM_NAMES, STREAMS

CHECK = "completeness"

#: below ten rows a month an empty month is chance: at a mean of ten it comes once in 22,000 months (Poisson)
LEAST_MONTHLY_ROWS = 10


def check(feed: pd.DataFrame, *, arm_of: dict[str, str], window: Window, value: Valuation) -> list[Finding]:
    """A finding for each provider cell that falls empty; none when all keep supplying.

    feed : practice, month, stream, provider, population, rows (eligible and not_eligible).
    """
    rows = feed[feed["month"].isin(window.watched)].assign(arm=lambda f: f["practice"].map(arm_of))
    found: list[Finding] = []
    for stream in STREAMS:
        for arm in COMPARED:
            mine = rows[(rows["stream"] == stream) & (rows["arm"] == arm)]
            eligible = _monthly(mine[mine["population"] == "eligible"], window)
            everybody = _monthly(mine[mine["population"] != "all"], window)
            reference = _monthly(mine[mine["population"] == "not_eligible"], window).sum()
            for provider in everybody.index:
                # where the eligible are too few for an empty month to mean anything, all people of the practices are asked
                judged = eligible if provider in eligible.index and _enough(eligible.loc[provider]) else everybody
                finding = _provider(judged.loc[provider], judged.sum(), reference, stream, arm, str(provider), window, value)
                found += [finding] if finding else []
    return found


def _monthly(frame: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Rows by provider (index, sorted) and every watched month (columns)."""
    table = frame.groupby(["provider", "month"])["rows"].sum().unstack("month", fill_value=0)
    return table.reindex(columns=list(window.watched), fill_value=0).sort_index()


def _provider(
    monthly: "pd.Series[int]",
    others: "pd.Series[int]",
    reference: "pd.Series[int]",
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


def _enough(monthly: "pd.Series[int]") -> bool:
    """Does the provider, in months in which it has rows, have enough of them that an empty month is not chance?"""
    started = monthly[monthly > 0]
    return bool(len(started)) and float(started.median()) >= LEAST_MONTHLY_ROWS


def _taken_over(reference: "pd.Series[int]", off: list[str], supplied: list[str], usual: float) -> bool:
    """Did the reference population's rows, over all providers, fall by less than half of what this provider used to supply?"""
    then, usually = float(reference[off].mean()), float(reference[supplied].mean())
    return bool(usually) and then / usually > 1 - usual / 2
