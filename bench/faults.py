"""Every fault of the catalogue, planted in many cities at three severities: how many does the data gate find?

    python -m bench.faults [--seeds 100] [--scale 0.1] [--usual-only] [--jobs 2] [--only NAME] [--out faults.json]
    python -m bench.faults --table faults.json

Each city is judged for 2016-17 on evidence from arrays (`bench.array_evidence`, which the tests hold equal to the evidence from
files), with the protocol's materiality in proportion to its size, so that a town stands for a city. Variants: the extract alone
or before both routes, lost rows in all years too, where a fault allows them. Prints a row a fault, severity and variant, then
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

from bench.array_evidence import evidence, town
from bench.judging import judged, months_struck, printed_reach
from pipeline.assurance.assess import of_deliveries_and_extract, of_feed, value_of
from pipeline.rehearsal.faults.catalogue import FAULTS
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.truth import fault_pounds
from pipeline.rehearsal.world import build_world

YEAR = "2016-17"
LAUNCH_MONTH, LAST_MONTH = "2015-04", "2017-03"
MATERIALITY_GBP = 25_000
TRUTHS = (0.0, 86.0, 230.0)


def variants(fault: Fault, *, all_of_them: bool) -> Iterator[tuple[str, Fault]]:
    """The fault on its usual route at all its severities; with `all_of_them` before both routes at the worse two, and lost rows
    in all years too."""
    for severity in fault.severities:
        yield f"{fault.route} {fault.place.first}", replace(fault, severity=severity)
    if not all_of_them:
        return
    if "feed" in fault.routes and fault.route != "feed" and fault.valued_on is None:
        for severity in fault.severities[-2:]:
            yield f"feed {fault.place.first}", replace(fault, severity=severity, route="feed")
    if fault.family == "rows" and fault.place.first == "launch" and "extract" in fault.routes:
        always = replace(fault.place, first="start")
        yield "extract start", replace(fault, severity=fault.severities[-1], route="extract", place=always)


def on_arrays() -> list[Fault]:
    """The faults that a city's arrays can show: those of contacts and of lists, but for what needs a break."""
    every = [fault for fault in FAULTS.values() if fault.contacts is not None or fault.people is not None]
    return [fault for fault in every if fault.needs is None]


def one_city(seed: int, scale: float, names: list[str], all_of_them: bool = True) -> list[dict[str, Any]]:
    """Every fault and variant in the city of one seed, and the city without any."""
    world = build_world(seed=seed, truth_gbp=TRUTHS[seed % 3], scale=scale, say=lambda message: None)
    materiality = MATERIALITY_GBP * scale
    place = town(world, materiality_gbp=materiality)
    right = replace(place.clean[0], payment=None)
    value = value_of(right, YEAR)
    feed = of_feed(right, YEAR, value)
    clean = [*of_deliveries_and_extract(right, YEAR, value), *feed]
    required = place.study.requires.checks
    rows: list[dict[str, Any]] = [
        {"seed": seed, "fault": "none", "variant": "", "severity": 0.0, "shut": any(f.verdict == "fail" for f in clean)}
    ]
    pounds: dict[tuple[str, float, str], float] = {}
    for fault in on_arrays():
        if names and fault.name not in names:
            continue
        for variant, planted in variants(fault, all_of_them=all_of_them):
            seen = replace(evidence(place, [planted]), payment=None)
            months = months_struck(seen, right, planted, until=LAST_MONTH)
            if months is None and planted.contacts is not None and planted.valued_on is None:
                continue  # nothing of it lies in the year
            # what streams are worth rests on the months before launch
            before = planted.people is not None or (months is not None and months[0] < LAUNCH_MONTH)
            worth = value_of(seen, YEAR) if before or planted.on("aggregates") else value
            # what rests on the feed alone is taken from the clean city where no fault touched the feed
            of_the_feed = feed if seen.feed is right.feed else of_feed(seen, YEAR, worth)
            found = [*of_deliveries_and_extract(seen, YEAR, worth), *of_the_feed]
            key = planted.name, planted.severity, planted.place.first
            if key not in pounds:
                pounds[key] = float(fault_pounds(world, planted)[1])
            own = planted.valued_on is None and planted.route != "aggregates"
            outcome = judged(
                found,
                clean,
                planted,
                months=months or (planted.place.first, LAST_MONTH),
                truth_gbp=pounds[key] if own else None,
                materiality_gbp=materiality,
                required=required,
            )
            rows.append(
                {
                    "seed": seed, "fault": fault.name, "family": fault.family, "variant": variant, "severity": planted.severity,
                    "pounds": pounds[key], "material": abs(pounds[key]) > materiality,
                    "reach": printed_reach(clean, planted), **asdict(outcome),
                }
            )  # fmt: skip
    return rows


def main() -> None:
    from bench.fault_tables import print_tables

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=1001, help="first seed; those of the tables were named before the run")
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--usual-only", action="store_true", help="leave out the variants: half the time")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--out", type=Path, help="keep the rows, a JSON list a line, to print again or to add to")
    parser.add_argument("--table", type=Path, help="print the tables of rows kept before")
    given = parser.parse_args()
    if given.table:
        print_tables([row for line in given.table.read_text(encoding="utf-8").splitlines() for row in json.loads(line)])
        return
    rows: list[dict[str, Any]] = []
    with ProcessPoolExecutor(given.jobs) as pool:
        seeds = range(given.first, given.first + given.seeds)
        n = len(seeds)
        for done, found in enumerate(
            pool.map(one_city, seeds, [given.scale] * n, [given.only] * n, [not given.usual_only] * n), start=1
        ):
            rows += found
            print(f"  {done} of {n} cities", end="\r", flush=True)
            if given.out:
                with given.out.open("a", encoding="utf-8") as kept:
                    kept.write(json.dumps(found) + "\n")
    print_tables(rows)


if __name__ == "__main__":
    main()
