"""Cells against people: the same effect from practice x month sums and from person-month rows, with what each costs.

    python -m bench.compression [--people 20000] [--rounds 3]

Both routes get the same person-month rows (24 practices, 72 months, a Parquet file). A: one engine query to cells, then the
study's weighted difference of changes. B: pyfixest's two-way fixed effects on the rows, clustered on practice. They take turns,
each in a process of its own, so that peak memory is its own. Prints both answers, and ratios B/A of CPU time and memory.
Belongs here: that comparison. Does not belong here: a claim in seconds; this machine's are not yours.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

PRACTICES, MONTHS, BEFORE = 24, 72, 60


def write_rows(path: Path, people: int, seed: int = 1) -> None:
    """Person-month rows: practice, treated, month, cost (half of them zero, skewed). A balanced panel."""
    rng = np.random.default_rng(seed)
    practice = np.sort(rng.integers(0, PRACTICES, people))
    shock = rng.normal(0, 8, (PRACTICES, MONTHS))
    cost = rng.gamma(0.3, 300, (people, MONTHS)) * (rng.random((people, MONTHS)) < 0.5) + shock[practice]
    frame = pd.DataFrame({"practice": np.repeat(practice, MONTHS), "month": np.tile(np.arange(MONTHS), people)})
    frame["cost"] = cost.ravel()
    frame["treated"] = ((frame["practice"] < 13) & (frame["month"] >= BEFORE)).astype(int)
    frame.to_parquet(path)


def by_cells(path: Path) -> float:
    """The effect from sums by practice and month."""
    from pipeline import engine
    from pipeline.estimation.partial import partial_out

    con = engine.connect()
    sums = con.read_parquet(str(path)).group_by(["practice", "month"])
    cells = sums.agg(n=lambda t: t.count(), cost=lambda t: t.cost.sum()).execute().sort_values(["practice", "month"])
    cells["after"] = cells["month"] >= BEFORE
    heads = cells.groupby("practice")["n"].first().to_numpy(float)
    mean = (cells["cost"] / cells["n"]).groupby([cells["practice"], cells["after"]]).mean().unstack()
    practice = mean.index.to_numpy()
    fit = partial_out(
        y=(mean[True] - mean[False]).to_numpy(),
        d=(practice < 13).astype(float),
        weights=heads,
        factors=[],
        cluster=np.arange(len(practice), dtype=np.intp),
    )
    return float(fit.beta)


def by_people(path: Path) -> float:
    """The effect from the rows themselves."""
    import pyfixest

    fit = pyfixest.feols("cost ~ treated | practice + month", pd.read_parquet(path), vcov={"CRV1": "practice"})
    return float(fit.coef()["treated"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--route", choices=["cells", "people"], help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.route:
        effect = {"cells": by_cells, "people": by_people}[given.route](given.rows)
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({"effect": effect, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}))
        return
    with tempfile.TemporaryDirectory() as place:
        rows = Path(place) / "rows.parquet"
        write_rows(rows, given.people)
        runs: dict[str, list[dict[str, float]]] = {"cells": [], "people": []}
        for _ in range(given.rounds):
            for route, done in runs.items():
                command = [sys.executable, "-m", "bench.compression", "--route", route, "--rows", str(rows)]
                done.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    print(f"{given.people * MONTHS:,} person-months, {given.rounds} rounds, each route in a process of its own")
    for route, done in runs.items():
        print(f"  {route:<7} effect {done[0]['effect']:.12f}  CPU s {median(r['cpu'] for r in done):6.1f}", end="")
        print(f"  peak MB {median(r['mb'] for r in done):7.0f}")
    for what in ("cpu", "mb"):
        ratios = sorted(b[what] / a[what] for a, b in zip(runs["cells"], runs["people"], strict=True))
        print(f"  people / cells, {what}: median {median(ratios):.1f} (from {ratios[0]:.1f} to {ratios[-1]:.1f})")
    print(f"  difference of the two effects: {abs(runs['cells'][0]['effect'] - runs['people'][0]['effect']):.1e}")


if __name__ == "__main__":
    main()
