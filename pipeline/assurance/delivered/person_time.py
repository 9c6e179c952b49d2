"""Time and deaths counted by two routes: the cohort's months and deaths against PERSON_MONTHS and DEATHS of the aggregates.

Belongs here: person-months and deaths of the eligible by practice and month. Does not belong here: heads at the eligibility
date (`heads`), contacts (`routes`).

Convention, the same on both sides: counted in a month is everybody registered on any day of it and not dead before it began, so
the months of joining, leaving and death count whole (`pipeline.cohorts.person_time`, and the contract of practice_population);
the eligible count under their baseline practice, wherever they move in the city; a death counts in its month, if the person was
still registered. Deaths not delivered, leavers never taken off, people opted out in one arm, joiners backdated: each makes the
two differ, while every contact of those who remain may still agree.
"""

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from pipeline.assurance.arithmetic.coded import COMPARED, Bools, Floats, codes_of, share_lost
from pipeline.assurance.arithmetic.pounds import Range, Valuation
from pipeline.assurance.arithmetic.shares import deterministic_verdict
from pipeline.assurance.finding import Finding
from pipeline.assurance.window import Window, fault_months
from pipeline.calendar import months
from pipeline.prose import from_to, number
from pipeline.study import Study
from pipeline.vocabulary import STREAMS

CHECK = "routes"
GRAIN = ("practice", "month")

#: practices named in a finding; more are counted
NAMED = 3


def cohort_time(people: ir.Table, study: Study) -> pd.DataFrame:
    """practice, month, person_months, deaths (int64) of the cohort in every month of the protocol; people : tables.PEOPLE."""
    stays = people.group_by(["practice", "observed_from", "lost_from", "died_in"]).agg(people=ibis._.count()).execute()
    every = months(study.calendar.baseline[0], study.last_month)
    place = pd.Index(every)
    practices = sorted(stays["practice"].unique())
    at = pd.Index(practices).get_indexer(pd.Index(stays["practice"]))
    n = stays["people"].to_numpy(dtype=np.int64)
    died = place.get_indexer(pd.Index(stays["died_in"].fillna("")))
    first = np.maximum(place.get_indexer(pd.Index(stays["observed_from"])), 0)
    lost = place.get_indexer(pd.Index(stays["lost_from"].fillna("")))
    until = np.where(died >= 0, died + 1, np.where(lost >= 0, lost, len(every)))  # first month no longer counted
    late = (stays["observed_from"] > every[-1]).to_numpy(dtype=bool)
    change = np.zeros((len(practices), len(every) + 1), dtype=np.int64)
    np.add.at(change, (at[~late], first[~late]), n[~late])
    np.add.at(change, (at[~late], np.maximum(until, first)[~late]), -n[~late])
    deaths = np.zeros((len(practices), len(every)), dtype=np.int64)
    np.add.at(deaths, (at[died >= 0], died[died >= 0]), n[died >= 0])
    time = np.cumsum(change, axis=1)[:, :-1]
    return pd.DataFrame(
        {
            "practice": np.repeat(practices, len(every)),
            "month": np.tile(every, len(practices)),
            "person_months": time.ravel(),
            "deaths": deaths.ravel(),
        }
    )


def check(
    cohort: pd.DataFrame | None, aggregates: pd.DataFrame, *, arm_of: dict[str, str], window: Window, value: Valuation
) -> list[Finding]:
    """Two findings an arm, on time and on deaths; one that informs where the aggregates' DEATHS are not filled.

    cohort : `cohort_time`. aggregates : practice, month, person_months and deaths of the eligible.
    """
    if cohort is None:
        return [
            Finding(
                check=CHECK,
                verdict="not_evaluated",
                message="The cohort's person-months were not counted, so those of the aggregates have no second count. Remedy: "
                "run again.",
            )
        ]
    counted = [_grid(frame, "person_months", arm_of, window) for frame in (cohort, aggregates)]
    found = [_time(arm, counted[0][arm], counted[1][arm], arm_of, window, value) for arm in COMPARED]
    if "deaths" not in aggregates or aggregates["deaths"].isna().all():
        return [*found, _no_deaths()]
    died = [_grid(frame, "deaths", arm_of, window) for frame in (cohort, aggregates)]
    time = sum(float(counted[1][arm].sum()) for arm in COMPARED)
    return [*found, *(_deaths(arm, died, time, window, value) for arm in COMPARED)]


def _grid(frame: pd.DataFrame, column: str, arm_of: dict[str, str], window: Window) -> dict[str, Floats]:
    """By arm: whole numbers by practice (sorted by code) and watched month."""
    month = codes_of(frame["month"], window.watched)
    found = {}
    for arm in COMPARED:
        practices = sorted(practice for practice, of in arm_of.items() if of == arm)
        practice = codes_of(frame["practice"], practices)
        seen = (practice >= 0) & (month >= 0)
        key = practice[seen] * len(window.watched) + month[seen]
        values = np.nan_to_num(frame[column].to_numpy(dtype=float)[seen])
        size = len(practices) * len(window.watched)
        sums = np.asarray(np.bincount(key, values, size), dtype=float)
        found[arm] = sums.reshape(len(practices), len(window.watched))
    return found


def _periods(window: Window) -> tuple[Bools, Bools]:
    return np.isin(window.watched, window.before), np.isin(window.watched, window.after)


def _time(arm: str, cohort: Floats, feed: Floats, arm_of: dict[str, str], window: Window, value: Valuation) -> Finding:
    periods = _periods(window)
    apart = cohort - feed
    run = fault_months((month for m, month in enumerate(window.watched) if apart[:, m].any()), window)
    ratio = [_ratio(cohort[:, months].sum(), feed[:, months].sum()) for months in reversed(periods)]
    said = (
        f"the cohort counts {ratio[0]} of the aggregates' person-months in {window.contract_year} and {ratio[1]} in the "
        "baseline"
    )
    if run is None:
        return Finding(
            check=CHECK,
            verdict="pass",
            arm=arm,
            message=f"Person-months, {arm}: {said}, practice by practice and month by month.",
        )
    pounds = _worth_of_time(arm, cohort, feed, periods, value)
    verdict = deterministic_verdict(pounds, value.materiality_gbp, 1.0)
    first, last = run
    inside = slice(window.watched.index(first), window.watched.index(last) + 1)
    practices = sorted(practice for practice, of in arm_of.items() if of == arm)
    places = [practice for practice, row in zip(practices, apart, strict=True) if row[inside].any()]
    where = ", ".join(places[:NAMED]) + (f" and {len(places) - NAMED} more" if len(places) > NAMED else "")
    more, less = ("gp_registration", "practice_population") if apart.sum() > 0 else ("practice_population", "gp_registration")
    return Finding(
        check=CHECK,
        verdict=verdict,
        arm=arm,
        first_month=first,
        last_month=last,
        message=f"Person-months, {arm}: {said}, otherwise {from_to(first, last)} (practices {where}); if the cohort is what is "
        f"wrong, this {value.moves(pounds)}.",
        question_for_supplier=f"For the eligible people of the {arm} practices {from_to(first, last)}, {more} counts more "
        f"person-months than {less}. Does {more} still hold people who have left, joined later, opted out or died, or does "
        f"{less} "
        "lack some who had not?",
        **value.columns(pounds),
    )


def _worth_of_time(arm: str, cohort: Floats, feed: Floats, periods: tuple[Bools, Bools], value: Valuation) -> Range:
    """People kept too long cost nothing in the extract and so thin the cost a head out; people lost too early take their rows
    with them and may have cost more or less than others by the protocol's largest plausible share. Which count is right is not
    known, so nothing at all is part of the range."""
    beyond, lacking = [], []
    for inside in periods:
        apart, whole = (
            cohort[:, inside] - feed[:, inside],
            max(float(cohort[:, inside].sum()), float(feed[:, inside].sum()), 1.0),
        )
        beyond.append(float(np.maximum(apart, 0).sum()) / whole)
        lacking.append(float(np.maximum(-apart, 0).sum()) / whole)
    step, level = beyond[1] - beyond[0], max(beyond[0], *lacking)
    each = [value.of_share(stream, arm, step, level) for stream in STREAMS]
    low, high = sum(one.low for one in each), sum(one.high for one in each)
    return Range(sum(one.point for one in each), min(low, 0.0), max(high, 0.0))


def _deaths(arm: str, died: list[dict[str, Floats]], time: float, window: Window, value: Valuation) -> Finding:
    """Deaths by two routes. A death that is not known leaves a person who seems to have moved away, whose later months are then
    weighted back at the cost of the living, or who seems to live at no cost, which is what the paid measure counts anyway."""
    cohort, feed = (grid[arm].sum(axis=0) for grid in died)
    if not (cohort != feed).any():  # outside the judged months a death misreads the person's months inside them too
        return Finding(
            check=CHECK,
            verdict="pass",
            arm=arm,
            message=f"Deaths, {arm}: cohort and aggregates count the same deaths among eligible people, month by month.",
        )
    sums = float(cohort.sum()), float(feed.sum())
    missing = share_lost(sums[1], sums[0])
    said = (
        f"the cohort knows {_ratio(*sums)} of the deaths that the aggregates count among the same eligible people"
        if sums[1]
        else "the cohort knows of deaths, and the aggregates count none"
    )
    # the months after death of both arms together: those of one arm after launch are an outcome, and sealed
    all_deaths = sum(grid.sum(axis=0) for of_route in died[1:] for grid in of_route.values())
    all_time = max(time / len(window.watched), 1.0)
    shares = []
    for inside in _periods(window):
        dead = np.cumsum(all_deaths) - all_deaths
        shares.append(float(dead[inside].mean()) / all_time if inside.any() else 0.0)
    each = [value.of_share(stream, arm, -missing * (shares[1] - shares[0]), missing * shares[0]) for stream in STREAMS]
    low, high = min(0.0, sum(one.low for one in each)), max(0.0, sum(one.high for one in each))
    pounds = Range(sum(one.point for one in each), low, high)
    verdict = deterministic_verdict(pounds, value.materiality_gbp, 1.0)
    off = np.flatnonzero(cohort != feed)  # in all watched months: a death matters in every month that follows it
    first, last = window.watched[int(off[0])], window.watched[int(off[-1])]
    when = f" {from_to(first, last)}"
    return Finding(
        check=CHECK,
        verdict=verdict,
        arm=arm,
        first_month=first,
        last_month=last,
        message=f"Deaths, {arm}: {said}{when}; taking a death for a move {value.moves(pounds)}.",
        question_for_supplier=f"DEATH_DATE of gp_registration and DEATHS of practice_population do not agree for the eligible "
        f"people of the {arm} practices{when}. Were deaths left out of one of the two, or dated otherwise?",
        **value.columns(pounds),
    )


def _no_deaths() -> Finding:
    return Finding(
        check=CHECK,
        verdict="inform",
        message="The aggregates do not count deaths, so that deaths missing from the registrations cannot be told from people "
        "who "
        "live on at no cost or have moved away. Remedy: ask for DEATHS in practice_population.",
    )


def _ratio(cohort: float, feed: float) -> str:
    if not feed:
        return "none where there are none" if not cohort else "more than none"
    return f"{number(100 * cohort / feed, 2)}%"
