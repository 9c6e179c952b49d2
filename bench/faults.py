"""Every fault of the catalogue, planted in many cities at three severities: how many does the data gate find?

    python -m bench.faults [--seeds 100] [--scale 0.3] [--jobs 2] [--only NAME] [--out faults.json]
    python -m bench.faults --table faults.json

Each city is judged for 2016-17 on evidence from arrays (`bench.array_evidence`, which the tests hold equal to the evidence from
files), with the protocol's materiality in proportion to its size, so that a town stands for a city. Variants: the extract alone
or before both routes, from launch or in all years, where a fault allows them. Prints a row a fault, severity and variant, then
the classes against their aims, worst member named, and what was paid wrongly against what was stopped rightly.
Faults of notes and files do not depend on the draw of a city: they are tried one by one by tests/unit/rehearsal.
Belongs here: the loop. Does not belong here: what counts as found (`bench.judging`), the tables (`bench.fault_tables`).
"""

import argparse
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bench.array_evidence import Town, evidence, town
from bench.judging import judged, printed_reach
from pipeline.assurance.assess import of_deliveries_and_extract, of_feed, value_of
from pipeline.assurance.finding import Finding
from pipeline.rehearsal.faults.catalogue import FAULTS
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.truth import fault_pounds
from pipeline.rehearsal.world import World, build_world

YEAR = "2016-17"
MATERIALITY_GBP = 25_000
TRUTHS = (0.0, 86.0, 230.0)


def variants(fault: Fault) -> Iterator[tuple[str, Fault]]:
    """The fault at its severities, on its usual route and before both routes, from launch and in all years."""
    routes = [fault.route] + (["feed"] if "feed" in fault.routes and fault.route != "feed" else [])
    for route in routes:
        for severity in fault.severities:
            placed = replace(fault, severity=severity, route=route)  # type: ignore[arg-type]
            yield f"{route} {fault.place.first}", placed
    if fault.place.first == "launch" and fault.contacts is not None and "extract" in fault.routes:
        always = replace(fault.place, first="start")
        yield "extract start", replace(fault, severity=fault.severities[-1], route="extract", place=always)


def on_arrays() -> list[Fault]:
    """The faults that a city's arrays can show: those of contacts and of lists."""
    return [fault for fault in FAULTS.values() if fault.contacts is not None or fault.people is not None]


def months_in_year(world: World, fault: Fault) -> tuple[str, str] | None:
    """First and last month of the fault among the months that bear on YEAR; None when none does."""
    begin, end = fault.place.months(world)
    months = world.parameters.months
    last = months.index("2017-03")
    return None if begin > last else (months[begin], months[min(end, last)])


def one_city(seed: int, scale: float, names: list[str]) -> list[dict[str, Any]]:
    """Every fault and variant in the city of one seed, and the city without any."""
    world = build_world(seed=seed, truth_gbp=TRUTHS[seed % 3], scale=scale, say=lambda message: None)
    place = town(world, materiality_gbp=MATERIALITY_GBP * scale)
    known: dict[str, Any] = {}
    clean = assess(place, [], known)
    rows = [{"seed": seed, "fault": "none", "variant": "", "severity": 0.0, "shut": any(f.verdict == "fail" for f in clean),
             "told": sorted({f.check for f in clean if f.verdict == "inform"})}]  # fmt: skip
    for fault in on_arrays():
        if names and fault.name not in names:
            continue
        for variant, planted in variants(fault):
            when = months_in_year(world, planted)
            if when is None:
                continue
            pounds = float(fault_pounds(world, planted)[1])
            own = planted.valued_on is None and planted.route != "aggregates"
            outcome = judged(
                assess(place, [planted], known), clean, planted, first=when[0], last=when[1], truth_gbp=pounds if own else None
            )
            rows.append(
                {"seed": seed, "fault": fault.name, "family": fault.family, "variant": variant, "severity": planted.severity,
                 "pounds": pounds, "material": abs(pounds) > MATERIALITY_GBP * scale,
                 "reach": printed_reach(clean, planted), **asdict(outcome)}
            )  # fmt: skip
    return rows


def assess(place: Town, faults: list[Fault], known: dict[str, Any]) -> list[Finding]:
    """Findings of the data gate for YEAR. known : keeps what the feed of the clean city says, while it is the same feed."""
    seen = replace(evidence(place, faults), payment=None)
    value = value_of(seen)
    if "value" not in known:
        known |= {"value": value, "feed": of_feed(seen, YEAR, value)}
    same = seen.feed is place.clean[0].feed and value == known["value"]
    return [*of_deliveries_and_extract(seen, YEAR, value), *(known["feed"] if same else of_feed(seen, YEAR, value))]


def main() -> None:
    from bench.fault_tables import print_tables

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=1001, help="first seed; those of the tables were named before the run")
    parser.add_argument("--scale", type=float, default=0.3)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--out", type=Path, help="keep the rows, a JSON list a line, to print again or to add to")
    parser.add_argument("--table", type=Path, help="print the tables of rows kept before")
    given = parser.parse_args()
    if given.table:
        print_tables([row for line in given.table.read_text(encoding="utf-8").splitlines() for row in json.loads(line)])
        return
    rows: list[dict[str, Any]] = []
    with ProcessPoolExecutor(given.jobs, max_tasks_per_child=8) as pool:
        seeds = range(given.first, given.first + given.seeds)
        n = len(seeds)
        for done, found in enumerate(pool.map(one_city, seeds, [given.scale] * n, [given.only] * n), start=1):
            rows += found
            print(f"  {done} of {n} cities", end="\r", flush=True)
            if given.out:
                with given.out.open("a", encoding="utf-8") as kept:
                    kept.write(json.dumps(found) + "\n")
    print_tables(rows)


if __name__ == "__main__":
    main()
