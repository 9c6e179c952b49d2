"""Does cleaning and pricing a large city cost more than a hand-written query of the same job?

    python -m bench.cleaning_scale [--rows 20000000] [--keep FOLDER]

Writes delivered rows of three streams (`cleaning_rows`), has the product clean and price them (`cleaning_product`) and a
hand-written query do the same (`cleaning_by_hand`), each in a process of its own with 1.5 GB for the engine, holds the results
equal, and prints processor seconds and peak memory of both. Its short form, equality of a few thousand rows, is
tests/properties/test_cleaning_by_hand.py, which times nothing.
Belongs here: running and comparing. Does not belong here: the rows, the query.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from bench import cleaning_by_hand, cleaning_rows
from pipeline.pricing.tariff import read_workbook
from pipeline.rehearsal.tariff_workbook import write_workbook

SIDES = ("product", "by hand")
#: what prices are compared by: the words that name a branch are the product's own
PRICE_COLUMNS = ("stream", "activity_key", "person", "month", "pod", "price_state", "price_pence", "bed_days")


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds of a process, user and system, and its peak memory in GB."""

    cpu: float
    peak_gb: float


def prepare(place: Path, rows: int) -> cleaning_rows.DeliveredRows:
    """Delivered rows and price lists under `place`: a workbook for the product, the same prices as tables for the query."""
    delivered = cleaning_rows.write(place / "rows", rows)
    write_workbook(place / "tariff.xlsx")
    year = read_workbook(place / "tariff.xlsx").years["2016-17"]
    (place / "lists").mkdir(exist_ok=True)
    for name in ("apc", "outpatient", "ae", "mff"):
        frame = getattr(year, name).add_prefix("list_")
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), place / "lists" / f"{name}.parquet")
    return delivered


def of_side(side: str, place: Path) -> dict[str, str]:
    """Do the job, in this process. Returns the name of each result to its file."""
    delivered = cleaning_rows.DeliveredRows(place / "rows", {})
    if side == "product":
        from bench import cleaning_product  # brings the orchestrator, which the other side is not to pay for

        return cleaning_product.run(delivered, place / "tariff.xlsx", place / "product")
    files = {dataset: delivered.files(dataset) for dataset in cleaning_rows.SHARES}
    cleaning_by_hand.run(files, place / "lists", place / "by hand")
    return {path.stem: str(path) for path in sorted((place / "by hand").glob("*.parquet"))}


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, int]:
    """Name of each result to how many distinct rows only one of them holds, or holds more often; all 0 when they are equal.

    A result that one side alone has counts as 1.
    """
    con = duckdb.connect(config={"memory_limit": "1500MB", "threads": 2, "temp_directory": tempfile.mkdtemp(prefix="spill-")})
    found = dict.fromkeys(set(one) ^ set(other), 1)
    for name in sorted(set(one) & set(other)):
        said = [f"SELECT * FROM read_parquet('{path}')" for path in (one[name], other[name])]
        columns = [row[0] for row in con.execute(f"DESCRIBE {said[1]}").fetchall()]
        if name.endswith("_priced"):
            columns = list(PRICE_COLUMNS)
        # a row is known by two hashes: rows as such would not fit into memory
        text = ", ".join(f"CAST({column} AS VARCHAR)" for column in columns)
        keyed = [f"SELECT hash({text}) AS a, hash('again', {text}) AS b, {way} AS way FROM ({q})"
                 for q, way in zip(said, (1, -1), strict=True)]  # fmt: skip
        counted = con.execute(
            f"SELECT count(*) FROM (SELECT a, b FROM ({' UNION ALL '.join(keyed)}) GROUP BY a, b HAVING sum(way) <> 0)"
        ).fetchall()
        found[name] = counted[0][0]
    con.close()
    return found


def _apart(side: str, place: Path) -> tuple[Cost, dict[str, str]]:
    """`of_side` in a process of its own, and what it took."""
    told = place / f"{side}.json"
    process = subprocess.Popen([sys.executable, "-m", "bench.cleaning_scale", "--side", side, "--keep", str(place)])
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"The side {side} failed.")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6), json.loads(told.read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--keep", type=Path, help="folder to work in; rows that stand there already are taken")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        (given.keep / f"{given.side}.json").write_text(json.dumps(of_side(given.side, given.keep)))
        return
    place = given.keep or Path(tempfile.mkdtemp(prefix="cleaning-"))
    place.mkdir(parents=True, exist_ok=True)
    try:
        if not (place / "lists").exists():
            prepare(place, given.rows)
        made = {side: _apart(side, place) for side in SIDES}
        unequal = {name: rows for name, rows in differences(*(made[side][1] for side in SIDES)).items() if rows}
        rows = sum(pq.read_metadata(path).num_rows for path in (place / "rows").glob("*/*.parquet"))
        print(f"{rows:,} delivered rows, cleaned, accounted for and priced")
        for side, (cost, _) in made.items():
            print(f"{side:<8} {cost.cpu:>8.1f} s of processor  {cost.peak_gb:>5.2f} GB at most")
        print(f"ratio of processor seconds {made['product'][0].cpu / made['by hand'][0].cpu:.2f}")
        if unequal:
            raise SystemExit(f"Results differ, by rows: {unequal}")
        print(f"{len(made['product'][1])} results are equal, row by row")
    finally:
        if given.keep is None:
            shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
