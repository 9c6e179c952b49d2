"""Power curves of the data gate: how many faults are found, against what they are worth.

    python -m bench.power_curves faults.jsonl --out docs/fault_power.svg

Reads the rows that `bench.faults --out` kept. One panel for faults of the extract alone (two routes to the same rows), one for
faults before both routes, where each stream has its own reach. A point is the share found among the faults whose pounds lie in
one band (a factor of two), with its Monte Carlo error; a tick below it is the mean reach that the clean cities' reports print.
Belongs here: the drawing. Does not belong here: what counts as found (`bench.judging`).
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import numpy as np

from pipeline.rehearsal.faults.catalogue import FAULTS
from pipeline.vocabulary import STREAM_NAMES

#: fewer faults in a band give no share worth a point
LEAST = 8
COLOURS = {"ae": "#b2182b", "apc": "#2166ac", "op": "#1b7837", "all": "#666666"}


def points(rows: list[dict[str, Any]]) -> tuple[list[float], list[float], list[float]]:
    """Mean size in pounds, share found and its standard error, by bands of a factor of two."""
    bands: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        size = abs(row["pounds"])
        if size >= 1000:
            bands[int(np.floor(np.log2(size)))].append(row)
    kept = [band for _, band in sorted(bands.items()) if len(band) >= LEAST]
    sizes = [float(np.mean([abs(row["pounds"]) for row in band])) for band in kept]
    shares = [float(np.mean([row["found"] for row in band])) for band in kept]
    errors = [(share * (1 - share) / len(band)) ** 0.5 for share, band in zip(shares, kept, strict=True)]
    return sizes, shares, errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path, help="what bench.faults --out kept")
    parser.add_argument("--out", type=Path, default=Path("docs/fault_power.svg"))
    given = parser.parse_args()
    rows = [row for line in given.rows.read_text(encoding="utf-8").splitlines() for row in json.loads(line)]
    cities = len({row["seed"] for row in rows})
    planted = [row for row in rows if row["fault"] != "none" and FAULTS[row["fault"]].valued_on is None]
    plt.rcParams.update({"svg.hashsalt": "outcomeb", "font.size": 10})
    figure, panels = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    for panel, before_both, title in zip(
        panels, (False, True), ("Lost from the extract alone", "Lost before both routes"), strict=True
    ):
        mine = [
            row for row in planted if row["variant"].startswith("feed") == before_both and "aggregates" not in row["variant"]
        ]
        for stream, colour in COLOURS.items():
            of_stream = [row for row in mine if FAULTS[row["fault"]].place.stream == stream]
            sizes, shares, errors = points(of_stream)
            if not sizes:
                continue
            label = STREAM_NAMES.get(stream, "several streams")
            panel.errorbar(sizes, np.array(shares) * 100, np.array(errors) * 100, color=colour, marker="o", label=label, lw=1.2)
            reach = [row["reach"] for row in of_stream if before_both and row["reach"] is not None]
            if reach:
                panel.axvline(float(np.mean(reach)), color=colour, lw=0.8, ls=":")
        panel.set(
            xscale="log", title=title, xlabel="Pounds of the fault (measured minus true saving of the year)", ylim=(-3, 103)
        )
        panel.legend(frameon=False, loc="lower right")
    panels[0].set_ylabel(f"Found, per cent of {cities} cities' faults")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(given.out, metadata={"Date": None})
    print(f"{given.out}: {len(planted)} faults in {cities} cities; dotted lines are the mean reach that clean reports print")


if __name__ == "__main__":
    main()
