"""Villages in which a break happened, written once a session. Belongs here: writing them. Not: any expected value."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd

from pipeline.rehearsal.rehearse import rehearse

SEED, SCALE = 5, 0.03


@cache
def village_with(*breaks: str) -> Path:
    """A study folder with 840 eligible people, seed 5, and these breaks."""
    folder = Path(mkdtemp(prefix="village-")) / "study"
    rehearse(folder, seed=SEED, scale=SCALE, breaks=breaks)
    return folder


def changed_deliveries(folder: Path, plain: Path) -> set[str]:
    """Names of deliveries that are not byte for byte those of the plain village, new and lacking ones included."""

    def files(of: Path) -> dict[str, bytes]:
        return {str(p.relative_to(of)): p.read_bytes() for p in sorted((of / "deliveries").rglob("*")) if p.is_file()}

    mine, theirs = files(folder), files(plain)
    return {name.split("/")[1] for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)}


def every_file(folder: Path, dataset: str) -> pd.DataFrame:
    """All parts of all deliveries of a dataset, as text where they are CSV."""
    frames = []
    for home in sorted((folder / "deliveries").glob(f"{dataset}*")):
        for path in sorted(home.iterdir()):
            if path.suffix == ".parquet":
                frames.append(pd.read_parquet(path))
            elif path.suffix == ".csv":
                frames.append(pd.read_csv(path, dtype=str))
    return pd.concat(frames, ignore_index=True)
