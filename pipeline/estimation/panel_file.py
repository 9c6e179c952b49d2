"""An analyst's panel read from a file: separator, header and lines as they were written, cells as text.

Belongs here: delimited text and Parquet for `outcomeb estimate`. Does not belong here: what the columns mean
(`panel_columns`) and deliveries, which have contracts. Cells stay text because types guessed from them join what differs: 01
and 1, or identifiers longer than a float holds. Messages name the file, columns and counts, never a cell.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.errors import UsageError

SEPARATORS = ",;\t|"


def read_table(path: Path, *, names: Sequence[str]) -> pd.DataFrame:
    """The table in a delimited text file (cells as text) or a Parquet file (typed).

    names : the columns that will be used; the separator is the one that finds most of them in the header. Raises UsageError for
    a file that is not one table with a header, or whose header holds a needed name twice.
    """
    if path.suffix.lower() in (".parquet", ".pq"):
        try:
            frame = pd.read_parquet(path)
        except (OSError, ValueError, NotImplementedError):
            raise UsageError(f"{path.name} is not a readable Parquet file.", "Write it anew, or give CSV.") from None
        # what pandas kept as an index are columns to everybody else
        return frame if frame.index.names == [None] else frame.reset_index()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
    except UnicodeDecodeError:
        raise UsageError(f"{path.name} is not UTF-8 text.", "Give delimited text saved as UTF-8, or Parquet.") from None
    ways = {separator: _opening(text, separator) for separator in SEPARATORS}
    separator = max(ways, key=lambda one: (len(set(ways[one][0]) & set(names)), len(ways[one][0])))
    header, first = ways[separator]
    if len(header) < 2:
        raise UsageError(
            f"{path.name}: the first line has no separator.", "Use a table with a header and , ; tab or | between columns."
        )
    for name in names:
        if header.count(name) > 1:
            raise UsageError(f"The header of {path.name} holds '{name}' {header.count(name)} times.", "Rename all but one.")
    trailing = len(first) == len(header) + 1 and first[-1] == ""
    if len(first) > len(header) and not trailing:
        raise UsageError(
            f"{path.name} has {len(header)} columns in its header and {len(first)} in its first line.",
            "Name every column (row names too) and quote cells that hold the separator.",
        )
    columns = [*header, ""] if trailing else header
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            header=0,
            names=[f"{position}" for position in range(len(columns))],
            index_col=False,
            dtype=str,
            keep_default_na=False,
            skipinitialspace=True,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        raise UsageError(
            f"{path.name} has lines of different lengths.", "Mend the file: every line needs the header's columns."
        ) from None
    frame.columns = pd.Index(columns)
    return frame.iloc[:, : len(header)]


def _opening(text: str, separator: str) -> tuple[list[str], list[str]]:
    """Header, stripped, and first line of cells; empty where there is none."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    found: list[list[str]] = []
    try:
        for record in reader:
            if record:
                found.append(record)
            if len(found) == 2:
                break
    except csv.Error:
        return [], []
    header, first = [*found, [], []][:2]
    return [name.strip() for name in header], first
