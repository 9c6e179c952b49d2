"""Nobody disappears between populations: all people = eligible + not eligible, in rows, pence and person-months.

Belongs here: the identity of the aggregates, cell by cell. Does not belong here: whether the cells are full (`completeness`).
A lost link shows as the eligible down and the not-eligible up, which this identity passes: `linkage` and `routes` see that.
"""

import pandas as pd

from pipeline.assurance.finding import Finding
from pipeline.assurance.pounds import Range, Valuation
from pipeline.assurance.shares import COMPARED
from pipeline.assurance.window import Window, fault_months
from pipeline.assurance.wording import opening
from pipeline.prose import from_to, span
from pipeline.vocabulary import STREAMS

CHECK = "conservation"
PARTS = ("eligible", "not_eligible")


def check(
    feed: pd.DataFrame, person_months: pd.DataFrame, *, arm_of: dict[str, str], window: Window, value: Valuation
) -> list[Finding]:
    """One finding for person-months and one a stream: pass when every practice-month cell adds up, otherwise fail.

    feed : practice, month, stream, population, rows, cost_pence. person_months : practice, month, population, person_months.
    """
    missing = sorted({*PARTS, "all"} - set(feed["population"])) or sorted({*PARTS, "all"} - set(person_months["population"]))
    if missing:
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                message=f"The aggregates hold no rows of the population {', '.join(missing)}, so that they cannot be added up. "
                "Remedy: ask for practice_activity and practice_population by all three populations.",
            )
        ]
    heads = _finding(_gaps(person_months, ["person_months"], arm_of, window), None, ["person_months"], window, value)
    found = [heads]
    for stream in STREAMS:
        gaps = _gaps(feed[feed["stream"] == stream], ["rows", "cost_pence"], arm_of, window)
        found.append(_finding(gaps, stream, ["rows", "cost_pence"], window, value))
    return found


def _gaps(frame: pd.DataFrame, columns: list[str], arm_of: dict[str, str], window: Window) -> pd.DataFrame:
    """By arm, practice and month: all - eligible - not_eligible of each column, and `all` itself."""
    seen = frame[frame["month"].isin(window.judged)].assign(arm=lambda f: f["practice"].map(arm_of))
    seen = seen[seen["arm"].isin(COMPARED)]
    sums = seen.groupby(["arm", "practice", "month", "population"])[columns].sum().unstack("population", fill_value=0)
    table = pd.DataFrame(index=sums.index)
    for column in columns:
        whole = {name: sums[column].get(name, 0) for name in (*PARTS, "all")}
        table[column] = whole["all"] - whole["eligible"] - whole["not_eligible"]
        table[f"all_{column}"] = whole["all"]
    return table


def _finding(gaps: pd.DataFrame, stream: str | None, columns: list[str], window: Window, value: Valuation) -> Finding:
    words = opening(stream) if stream else "Person-months"
    off = gaps[(gaps[columns] != 0).any(axis=1)]
    if off.empty:
        return Finding(
            check=CHECK,
            verdict="pass",
            stream=stream,
            message=f"{words}: in all {len(gaps):,} practice-months judged, all people = eligible + not eligible.",
        )
    arms = sorted(set(off.index.get_level_values("arm")))
    months = sorted(set(off.index.get_level_values("month")))
    first, last = fault_months(months, window) or (months[0], months[-1])
    arm = arms[0] if len(arms) == 1 else None
    pounds = _pounds(gaps, stream, window, value)
    valued = "" if pounds is None else f", {value.words(pounds)} if the gap lies among the eligible as among all people"
    return Finding(
        check=CHECK,
        verdict="fail",
        stream=stream,
        arm=arm,
        first_month=first,
        last_month=last,
        message=f"{words}: in {len(off):,} of {len(gaps):,} practice-months ({', '.join(arms)}) all people differ from "
        f"eligible + not eligible, {from_to(first, last)}{valued}.",
        question_for_supplier=f"In practice_{'activity' if stream else 'population'} the rows for all people are not the "
        "sum of "
        f"eligible and not eligible ({words.lower()}, {' and '.join(arms)}, {span(first, last)}). Were the three drawn on the "
        "same day by the same rule?",
        **({} if pounds is None else value.columns(pounds)),
    )


def _pounds(gaps: pd.DataFrame, stream: str | None, window: Window, value: Valuation) -> Range | None:
    if stream is None:
        return None
    total = Range(0.0, 0.0, 0.0)
    for arm in COMPARED:
        mine = gaps[gaps.index.get_level_values("arm") == arm]

        def share(months: tuple[str, ...], mine: pd.DataFrame = mine) -> float:
            inside = mine[mine.index.get_level_values("month").isin(months)]
            whole = int(inside["all_rows"].sum())
            return float(inside["rows"].sum()) / whole if whole else 0.0

        before, after = share(window.before), share(window.after)
        one = value.of_share(stream, arm, after - before, before)
        total = Range(total.point + one.point, total.low + one.low, total.high + one.high)
    return total
