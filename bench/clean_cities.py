"""Clean cities: how often does the data gate shut though nothing is wrong with the data?

    python -m bench.clean_cities [--cities 2000] [--scale 0.3] [--jobs 2] [--out clean.jsonl]
    python -m bench.clean_cities --table clean.jsonl

True effects of 0, 5, 15 and 30% of the eligible people's contacts, at launch or growing to full over three years, with and
without shocks shared by an area (2% a year), take turns, a new city each. Judged for all four contract years on evidence from
arrays, with the protocol's materiality in proportion to the city's size. Prints the share of cities shut in any year, by effect
and by area shock, with Monte Carlo errors, and which checks shut them. An area shock beyond the others' is no data fault, but
forbids the comparison as well: it stands in a row of its own.
Belongs here: the count. Does not belong here: faults (`bench.faults`).
"""

import argparse
import json
import os
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.array_evidence import evidence, town
from bench.fault_tables import percent
from bench.faults import MATERIALITY_GBP
from pipeline.assurance.assess import assess_data
from pipeline.rehearsal.parameters import read_parameters
from pipeline.rehearsal.world import World, build_world

EFFECTS = (0.0, 0.05, 0.15, 0.30)
GROWING_MONTHS = 36
AREA_YEAR_SD = 0.02


def with_effect(world: World, share: float, *, growing: bool) -> World:
    """The world with a share of the intervention's eligible contacts gone from launch on, whoever was referred."""
    launch = world.parameters.launch
    mine = world.people.eligible & (world.city.arms[world.people.home] == "intervention")
    treated = {}
    for stream, contacts in world.contacts.items():
        grown = np.minimum((contacts.month - launch + 1) / GROWING_MONTHS, 1.0) if growing else 1.0
        gone = mine[contacts.person] & (contacts.month >= launch) & (contacts.mark < share * grown)
        treated[stream] = world.untreated[stream] & ~gone
    return replace(world, treated=treated)


def one_city(seed: int, scale: float) -> dict[str, Any]:
    """One city and the checks that shut it, by contract year."""
    effect, growing, shocks = EFFECTS[seed % 4], seed // 4 % 2 == 1, seed // 8 % 2 == 1
    p = read_parameters(scale)
    if shocks:
        p = replace(p, intensity=p.intensity | {"area_year_sd": AREA_YEAR_SD})
    world = build_world(seed=seed, truth_gbp=0.0, scale=scale, say=lambda message: None, parameters=p)
    place = town(with_effect(world, effect, growing=growing), materiality_gbp=MATERIALITY_GBP * scale)
    seen = replace(evidence(place, []), payment=None)
    shut = [
        (f.check, f.stream, year)
        for year in place.study.calendar.contract_years
        for f in assess_data(seen, year)
        if f.verdict == "fail"
    ]
    return {"effect": effect, "growing": growing, "shocks": shocks, "shut": shut}


def print_table(cities: list[dict[str, Any]]) -> None:
    """Per cent of the cities shut in any year, by area shock and effect, and the checks that shut them."""
    groups: dict[str, list[bool]] = defaultdict(list)
    by: Counter[str] = Counter()
    for city in cities:
        shut = bool(city["shut"])
        area = "area shocks of 2%" if city["shocks"] else "no area shocks"
        shape = "growing" if city["growing"] else "at launch"
        groups["all cities"].append(shut)
        groups[area].append(shut)
        groups[f"{area}, effect {100 * city['effect']:.0f}% {shape}"].append(shut)
        by.update({f"{area}: {check} {stream}" for check, stream, _ in city["shut"]})
    print(f"{len(cities)} clean cities, four contract years each; per cent shut (Monte Carlo error)")
    for name in sorted(groups):
        print(f"{name:<45} {percent(groups[name])}  of {len(groups[name])}")
    for name, n in by.most_common():
        print(f"  shut by {name}: {n}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cities", type=int, default=2000)
    parser.add_argument("--first", type=int, default=100_001, help="first seed; those of the tables were named before the run")
    parser.add_argument("--scale", type=float, default=0.3)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, help="keep the cities, one a line, to print again or to add to")
    parser.add_argument("--table", type=Path, help="print the table of cities kept before")
    given = parser.parse_args()
    if given.table:
        print_table([json.loads(line) for line in given.table.read_text(encoding="utf-8").splitlines()])
        return
    cities: list[dict[str, Any]] = []
    with ProcessPoolExecutor(given.jobs) as pool:
        seeds = range(given.first, given.first + given.cities)
        for city in pool.map(one_city, seeds, [given.scale] * len(seeds), chunksize=4):
            cities.append(city)
            print(
                f"  {len(cities)} of {given.cities} cities, {sum(bool(c['shut']) for c in cities)} shut", end="\r", flush=True
            )
            if given.out:
                with given.out.open("a", encoding="utf-8") as kept:
                    kept.write(json.dumps(city) + "\n")
    print_table(cities)


if __name__ == "__main__":
    main()
