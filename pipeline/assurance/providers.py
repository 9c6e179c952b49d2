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
from pipeline.vocabulary import STREAM_NAMES, STREAMS

CHECK = "completeness"

#: below ten rows a month an empty month is chance: at a mean of ten it comes once in 22,000 months (Poisson)
LEAST_MONTHLY_ROWS = 10


def check(feed: pd.DataFrame, *, arm_of: dict[str, str], window: Window, value: Valuation) -> list[Finding]:
    """A finding for each provider cell that falls empty; none when all keep supplying.

    feed : practice, month, stream, provider, population, rows (eligible and not_eligible).
    """
    rows = feed[feed["month"].isin(window.watched)].assign(arm=lambda f: f["practice"].map(arm_of))
    grain = ["stream", "arm", "provider", "population", "month"]
    cells = rows.groupby(grain)["rows"].sum()
    found: list[Finding] = []
    for stream in STREAMS:
        for arm in COMPARED:
            of_arm = cells[(cells.index.get_level_values("stream") == stream) & (cells.index.get_level_values("arm") == arm)]
            everybody = of_arm.groupby(["population", "month"]).sum()
            if "eligible" not in everybody.index.get_level_values("population"):
                continue
            all_eligible = everybody["eligible"]
            for provider in sorted(set(of_arm.index.get_level_values("provider"))):
                finding = _provider(of_arm, everybody, all_eligible, stream, arm, str(provider), window, value)
                found += [finding] if finding else []
    return found


def _provider(
    of_arm: "pd.Series[int]",
    everybody: "pd.Series[int]",
    all_eligible: "pd.Series[int]",
    stream: str,
    arm: str,
    provider: str,
    window: Window,
    value: Valuation,
) -> Finding | None:
    mine = of_arm[of_arm.index.get_level_values("provider") == provider].groupby(["population", "month"]).sum()
    if "eligible" not in mine.index.get_level_values("population"):
        return None
    monthly = mine["eligible"].reindex(list(window.watched), fill_value=0)
    started = monthly[monthly > 0]
    if started.empty or started.median() < LEAST_MONTHLY_ROWS:
        return None
    # months in which nobody delivered anything are the stream's fault, not this provider's
    others = all_eligible.reindex(list(window.watched), fill_value=0)
    off = [m for m in window.watched if m > started.index[0] and not monthly[m] and others[m]]
    run = fault_months(off, window)
    if run is None:
        return None
    supplied = [m for m in window.before if monthly[m]] or list(started.index)
    usual = float(monthly[supplied].sum()) / float(others[supplied].sum())
    judged = [m for m in off if m in window.judged]
    before = usual * sum(1 for m in judged if m in window.before) / len(window.before)
    after = usual * sum(1 for m in judged if m in window.after) / len(window.after)
    pounds = value.of_share(stream, arm, after - before, before)
    taken_over = _taken_over(everybody, off, supplied, usual)
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
        message=f"{opening(stream, arm)}: provider {provider}, with {100 * usual:.0f}% of the rows before, has none from "
        f"{run[0]} to "
        f"{run[1]}; {tells}.",
        question_for_supplier=f"Provider {provider} has no {words} rows for the {arm} practices from {run[0]} to {run[1]}. "
        "Did it "
        "close, change its code, or is its submission missing from the feed?",
        **(value.columns(pounds) if not taken_over else {}),
    )


def _taken_over(everybody: "pd.Series[int]", off: list[str], supplied: list[str], usual: float) -> bool:
    """Did the reference population's rows, over all providers, fall by less than half of what this provider used to supply?"""
    if "not_eligible" not in everybody.index.get_level_values("population"):
        return False
    reference = everybody["not_eligible"]
    then = float(reference.reindex(off, fill_value=0).mean())
    usually = float(reference.reindex(supplied, fill_value=0).mean())
    return bool(usually) and then / usually > 1 - usual / 2
