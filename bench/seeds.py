"""Whole cities against their truth: how often do the gates open, and how often does the paid interval hold the truth?

    python -m bench.seeds --first 1 --last 20 [--jobs 1] [--scale 1.0]

Each seed is a whole city through the whole pipeline (rehearse, receive, run to the estimate); true savings of £0, £86 and £230
a head take turns. Prints a row a city and, at the end, the share with its Monte Carlo error. Not a test: a city takes a minute.
Belongs here: the count. Does not belong here: any choice of the estimator, which is the protocol's.
"""

import argparse
import json
import math
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

TRUTHS = (0.0, 86.0, 230.0)


def city(seed: int, truth_gbp: float, scale: float) -> dict[str, Any]:
    """One city: verdicts, and each open year's estimate beside its truth."""
    from assets.run import Run
    from pipeline import deliveries
    from pipeline.rehearsal.rehearse import rehearse
    from pipeline.study_folder import StudyFolder

    place = Path(tempfile.mkdtemp(prefix="city-"))
    folder = place / "study"
    try:
        rehearse(folder, seed=seed, truth_gbp=truth_gbp, scale=scale)
        deliveries.receive(StudyFolder(folder).store, [folder / "deliveries"])
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["effect_gbp_per_head"]["eligible"]
        years: dict[str, Any] = {}
        with Run(folder) as this:
            for outcome in this.years((), "estimate"):
                gates = {"data": outcome.data.verdict if outcome.data else None}
                gates["design"] = outcome.design.verdict if outcome.design else None
                shut = [
                    f"{f.check} {f.stream} {f.arm}"
                    for v in (outcome.data, outcome.design)
                    if v is not None
                    for f in v.findings
                    if f.verdict == "fail"
                ]
                years[outcome.contract_year] = {"gates": gates, "shut_by": shut, "truth": truth[outcome.contract_year]["all"]}
                if outcome.primary is not None:
                    keys = ("effect_gbp_per_head", "standard_error", "ci_low", "ci_high")
                    years[outcome.contract_year] |= {k: outcome.primary[k] for k in keys}
        return {"seed": seed, "truth_gbp": truth_gbp, "years": years}
    finally:
        shutil.rmtree(place, ignore_errors=True)


def line(found: dict[str, Any]) -> str:
    """A row a city."""
    said = []
    for year, y in found["years"].items():
        if "ci_low" not in y:
            said.append(f"{year} shut by {', '.join(y['shut_by'])}")
            continue
        inside = "in " if y["ci_low"] <= y["truth"] <= y["ci_high"] else "OUT"
        said.append(f"{y['effect_gbp_per_head']:7.1f} ({y['standard_error']:4.1f}) {y['truth']:7.1f} {inside}")
    return f"{found['seed']:>5} {found['truth_gbp']:>5.0f}   " + "   ".join(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--last", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0)
    given = parser.parse_args()
    print(f" seed truth   each contract year: effect (standard error) truth, £ a head; scale {given.scale:g}", flush=True)
    cities = covered = intervals = opened = 0
    with ProcessPoolExecutor(given.jobs, max_tasks_per_child=1) as pool:
        seeds = range(given.first, given.last + 1)
        for found in pool.map(city, seeds, [TRUTHS[(s - 1) % 3] for s in seeds], [given.scale] * len(seeds)):
            print(line(found), flush=True)
            cities += 1
            years = found["years"].values()
            opened += all("ci_low" in y for y in years)
            intervals += sum("ci_low" in y for y in years)
            covered += sum("ci_low" in y and y["ci_low"] <= y["truth"] <= y["ci_high"] for y in years)
    share = covered / intervals if intervals else float("nan")
    error = math.sqrt(0.95 * 0.05 / intervals) if intervals else float("nan")
    print(f"Both gates open in all years: {opened} of {cities} cities.")
    print(f"Yearly 95% intervals that hold the truth: {covered} of {intervals} ({100 * share:.1f}%).")
    print(f"Monte Carlo error at a true 95%: {100 * error:.1f} points, more as the years of a city err together.")


if __name__ == "__main__":
    main()
