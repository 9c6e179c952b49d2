"""Clean cities in which breaks happened: does a break shut a gate by itself, and what do the checks say of it?

    python -m bench.breaks [--seed 71 --seed 72] [--scale 0.3] [--break NAME ...]

Without `--break` each break by itself and all together. A city is rehearsed, received and run to both gates of all contract
years; a row a city and year: gates, findings by verdict, and what fails. Not a test: a city takes a minute or two.
Belongs here: the count. Does not belong here: what a break is (`pipeline.rehearsal.breaks`).
"""

import argparse
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.rehearsal.breaks.catalogue import ALL, BREAKS


def rows(seed: int, scale: float, breaks: Sequence[str]) -> Iterator[str]:
    """A line a contract year of one city."""
    from assets.run import Run
    from pipeline import deliveries
    from pipeline.rehearsal.rehearse import rehearse
    from pipeline.study_folder import StudyFolder

    place = Path(tempfile.mkdtemp(prefix="breaks-"))
    folder = place / "study"
    try:
        rehearse(folder, seed=seed, scale=scale, breaks=breaks)
        deliveries.receive(StudyFolder(folder).store, [folder / "deliveries"])
        with Run(folder) as this:
            for outcome in this.years((), "design"):
                verdicts = [v for v in (outcome.data, outcome.design) if v is not None]
                gates = " ".join(f"{v.gate} {'open' if v.is_open else 'SHUT'}" for v in verdicts)
                found = [f for v in verdicts for f in v.findings]
                counted = Counter(f.verdict for f in found)
                shut_by = ", ".join(
                    sorted({f"{f.check} {f.stream or ''} {f.arm or ''}".strip() for f in found if f.verdict == "fail"})
                )
                said = ", ".join(f"{counted[name]} {name}" for name in ("pass", "inform", "undetermined", "fail"))
                yield f"{'+'.join(breaks):<14} {seed:>4} {outcome.contract_year}  {gates}  {said}  {shut_by}".rstrip()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--scale", type=float, default=0.3)
    parser.add_argument("--break", dest="breaks", action="append", choices=[*BREAKS, ALL])
    given = parser.parse_args()
    for seed in given.seed or [71, 72]:
        for name in given.breaks or [ALL, *BREAKS]:
            for row in rows(seed, given.scale, [name]):
                print(row, flush=True)


if __name__ == "__main__":
    main()
