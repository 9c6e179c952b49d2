"""What each population's figure does where the truth is known: selection without an effect, and an effect on few.

    python -m bench.cohorts --setting null --first 1 --last 40 [--scale 0.3] [--jobs 2]
    python -m bench.cohorts --setting high --first 1 --last 20

`null`: no effect, people referred at a bad spell. `high`: an effect of -78 pounds a head and year among the high-engaged (by
the rehearsal's own flag) and on nobody else, so about nothing on an eligible head. Every world is estimated as it happened and,
by the same draws, as if there had been no programme: the difference of the two shows what an estimate makes of an effect almost
without noise, the second alone its bias. Contract year 2017-18. Prints means with Monte Carlo errors, and how often intervals
hold the truth. Belongs here: the count. Does not belong here: any choice of an estimator, which is the protocol's.
"""

import argparse
import math
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import numpy as np

from bench.cohort_world import CohortWorld, cohort_world, study_of
from pipeline.assurance.gate import Bindings, Verdict
from pipeline.calendar import month_number
from pipeline.cohorts.around_referral import before_after_cells
from pipeline.cohorts.comparators import comparators
from pipeline.cohorts.exposure import DATES
from pipeline.cohorts.risk_sets import at_risk, risk_sets
from pipeline.estimation.before_after import before_after
from pipeline.estimation.changes import PracticeMonths
from pipeline.estimation.contrast import contrast
from pipeline.estimation.matched import matched_effect
from pipeline.rehearsal.cohort import cohort_of, cost_a_head
from pipeline.rehearsal.contacts import Bools, observed
from pipeline.rehearsal.parameters import read_parameters
from pipeline.rehearsal.sent import as_sent
from pipeline.rehearsal.truth import effects, truth_sums
from pipeline.rehearsal.world import World, build_world
from pipeline.store import Store

YEAR = "2017-18"
TARGET = -78.0
_BOUND = Bindings("d", "p", "c", "w")
_ON = date(2019, 7, 15)
ROWS = ("eligible", *DATES, "naive")


def opened() -> dict[str, Any]:
    """The gates' arguments of an estimator, both open: a bench knows its data."""
    verdicts = {f"{gate}_verdict": Verdict(gate, YEAR, "pass", (), _BOUND, _ON, None) for gate in ("data", "design")}  # type: ignore[arg-type]
    return verdicts | {"bindings": _BOUND, "on": _ON}


def drawn(seed: int, scale: float, setting: str) -> World:
    """The world of a setting; `high` is scaled until its high-engaged save TARGET, to a hundredth of a pound."""
    quiet = lambda message: None  # noqa: E731
    if setting == "null":
        return build_world(seed=seed, truth_gbp=0.0, scale=scale, say=quiet)
    p = read_parameters(scale)
    p = replace(p, effect=p.effect | {"high_engaged": 1.0, "low_engaged": 0.0})
    asked, world = 10.0, None
    for _ in range(4):
        world = build_world(seed=seed, truth_gbp=asked, scale=scale, say=quiet, parameters=p)
        found = truth_of(world)["high_engaged"]
        if found is None or abs(found - TARGET) < 0.5:
            break
        asked *= TARGET / found
    assert world is not None
    return world


def truth_of(world: World) -> dict[str, float | None]:
    """Mean effect a head and year by population, GBP."""
    found = effects(truth_sums(world, []), world.parameters.city["contract_years"])
    return {population: found[population][YEAR]["all"] for population in found}


def eligible_effect(world: World, which: dict[str, Bools]) -> tuple[float, float, float]:
    """The paid estimate on arrays: effect, ci_low, ci_high."""
    cohort = cohort_of(world, world.people)
    contacts = {name: c.take(which[name]) for name, c in world.contacts.items()}
    seen = {name: as_sent(c.take(observed(world.people, c))) for name, c in contacts.items()}
    n = world.city.study
    study = study_of(world)
    panel = PracticeMonths(
        values=cost_a_head(world, cohort, seen),
        heads=np.bincount(cohort.practice[cohort.member], minlength=n).astype(float),
        treated=(world.city.arms[:n] == "intervention").astype(float),
        practices=tuple(world.city.codes[:n]),
        months=tuple(world.parameters.months),
    )
    found = contrast(
        panel,
        before=study.baseline_months,
        after=study.contract_year_months(YEAR),
        bootstrap_seed=1,
        permutation_seed=2,
        resample=False,
    )
    assert found.leading is not None
    assert found.leading.ci_low is not None
    assert found.leading.ci_high is not None
    return found.effect, found.leading.ci_low, found.leading.ci_high


def served_effects(tables: CohortWorld, person_months: ir.Table, store: Store) -> dict[str, tuple[float, float, float]]:
    """Matched effect of every population and the naive change of the engaged: effect, ci_low, ci_high."""
    study, given = tables.study, opened()
    months = store.get(store.put("months", person_months, ("person", "month_number")))
    last = month_number(study.contract_year_months(YEAR)[-1])
    sets = store.get(store.put("sets", at_risk(tables.people, months, study=study, last=last), ("person", "index_month")))
    risk = risk_sets(sets, months, study=study, contract_year=YEAR)
    found = {}
    for population in DATES:
        weighed = comparators(risk, study=study, population=population)
        if not weighed.used.any():
            continue
        effect = matched_effect(weighed.cells(risk), contract_year=YEAR, persons=weighed.people, **given)
        if effect.ci_low is not None and effect.ci_high is not None:
            found[population] = (effect.effect, effect.ci_low, effect.ci_high)
    naive = before_after(before_after_cells(sets, months, study=study, contract_year=YEAR), contract_year=YEAR, **given)
    if naive is not None and naive.low is not None and naive.high is not None:
        found["naive"] = (naive.change, naive.low, naive.high)
    return found


def one(seed: int, *, scale: float, setting: str, clauses: dict[str, Any] | None = None) -> dict[str, Any]:
    """One world: truth, estimates as it happened and without the programme."""
    world = drawn(seed, scale, setting)
    worlds = {"with": world.treated, "without": world.untreated}
    with tempfile.TemporaryDirectory() as place:
        store = Store(Path(place) / "store")
        tables = cohort_world(world, store, study_of(world, **(clauses or {})))
        found: dict[str, dict[str, tuple[float, float, float]]] = {}
        for (name, which), months in zip(worlds.items(), (tables.with_programme, tables.without), strict=True):
            same = world.scale == 0 and found
            mine = (
                found["with"] if same else {"eligible": eligible_effect(world, which)} | served_effects(tables, months, store)
            )
            found[name] = mine
    return {"seed": seed, "truth": truth_of(world) | {"naive": truth_of(world)["engaged"]}} | found


def summary(rows: list[dict[str, Any]], population: str) -> dict[str, float]:
    """Of one population over worlds: truth, mean estimate, its Monte Carlo error, coverage, mean without the programme and the
    paired difference, each with its error."""
    here = [row for row in rows if population in row["with"] and population in row["without"]]
    truth = np.array([row["truth"][population] for row in here], dtype=float)
    found = np.array([row["with"][population] for row in here])
    without = np.array([row["without"][population] for row in here])
    paired = found[:, 0] - without[:, 0]
    root = math.sqrt(len(here))
    return {
        "worlds": len(here),
        "truth": float(truth.mean()),
        "estimate": float(found[:, 0].mean()),
        "estimate_error": float(found[:, 0].std(ddof=1)) / root,
        "covered": float(((found[:, 1] <= truth) & (truth <= found[:, 2])).mean()),
        "without": float(without[:, 0].mean()),
        "without_error": float(without[:, 0].std(ddof=1)) / root,
        "paired": float(paired.mean()),
        "paired_error": float(paired.std(ddof=1)) / root,
    }


def table(rows: list[dict[str, Any]]) -> str:
    """A row a population."""
    lines = [f"{'':14}{'worlds':>7}{'truth':>8}{'estimate':>17}{'holds truth':>13}{'no programme':>18}{'difference':>17}"]
    for population in ROWS:
        s = summary(rows, population)
        lines.append(
            f"{population:14}{s['worlds']:7.0f}{s['truth']:8.1f}{s['estimate']:9.1f} ({s['estimate_error']:5.1f})"
            f"{100 * s['covered']:12.1f}%{s['without']:10.1f} ({s['without_error']:5.1f})"
            f"{s['paired']:9.1f} ({s['paired_error']:5.1f})"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--setting", choices=("null", "high"), default="null")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--last", type=int, default=20)
    parser.add_argument("--scale", type=float, default=0.3)
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    work = partial(one, scale=given.scale, setting=given.setting)
    seeds = range(given.first, given.last + 1)
    with ProcessPoolExecutor(given.jobs) as pool:
        rows = list(pool.map(work, seeds))
    print(
        f"{given.setting}, seeds {given.first} to {given.last}, scale {given.scale:g}, {YEAR}; "
        "£ a head and year (Monte Carlo error)"
    )
    print(table(rows))


if __name__ == "__main__":
    main()
