"""The command that estimates on any tidy panel, for people who only want to replicate a figure.

Belongs here: reading a text table and printing the estimate. Does not belong here: the estimators (`pipeline.estimation`),
and the study's own estimate, which exists only behind the gates.
"""

import csv
import json
from pathlib import Path
from typing import Any

import click
import pandas as pd

from assets.commands import options
from assets.commands.printing import emit
from pipeline.errors import UsageError

METHODS = ["auto", "crv1", "cr1s", "cr2", "hc3", "cv3", "wild-rademacher", "wild-webb", "permutation", "all"]


def read_table(path: Path) -> pd.DataFrame:
    """A delimited text file or Parquet; the separator is sniffed from the header line among , ; tab and |."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    try:
        header = path.read_text(encoding="utf-8-sig").partition("\n")[0]
    except UnicodeDecodeError:
        raise UsageError(f"{path.name} is not UTF-8 text.", "Save it as UTF-8.") from None
    try:
        separator = csv.Sniffer().sniff(header, delimiters=",;\t|").delimiter
    except csv.Error:
        raise UsageError(
            f"{path.name}: the first line has no separator.", "Use a table with a header and , ; tab or |."
        ) from None
    try:
        return pd.read_csv(path, sep=separator, encoding="utf-8-sig", low_memory=False)
    except pd.errors.ParserError:
        raise UsageError(
            f"{path.name} has lines of different lengths.", "Mend the file: every line needs the header's columns."
        ) from None


@click.command()
@click.argument("panel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yname", required=True, help="Outcome.")
@click.option("--idname", required=True, help="Unit of the fixed effect.")
@click.option("--tname", help="Period; without it, a plain difference in means.")
@click.option("--treated", help="Treatment: 0/1, true/false, or the unit's first treated period (0 or empty for never).")
@click.option("--cluster", help="Cluster of the standard errors (default: idname).")
@click.option("--weights", help="Weights.")
@click.option("--gname", help="First treated period, for group-time effects (0 or empty for never).")
@click.option(
    "--control", type=click.Choice(["never", "notyet"]), default="never", show_default=True, help="Controls, with --gname."
)
@click.option("--inference", type=click.Choice(METHODS), default="auto", show_default=True)
@click.option("--draws", default=9999, show_default=True, help="Bootstrap and permutation draws.")
@click.option("--seed", default=20150401, show_default=True, help="Seed of the draws.")
@options.as_json
def estimate(panel: Path, as_json: bool, **arguments: Any) -> None:
    """Difference-in-differences on any tidy PANEL (CSV or Parquet)."""
    from pipeline.estimation.tidy import estimate_panel

    found = estimate_panel(read_table(panel), **arguments)
    document = json.loads(json.dumps(found.as_dict(), default=float))
    lines = [f"estimate {found.estimate:.10g}   n {found.n}   clusters {found.n_clusters}"]
    lines += [f"no interval: {found.refused_reason}"] if found.refused_reason else []
    lines += [
        f"  {row.name:<20} se {_shown(row.standard_error)}  df {_shown(row.df)}  p {_shown(row.p_value)}"
        f"  [{_shown(row.ci_low)}, {_shown(row.ci_high)}]"
        for row in found.inferences
    ]
    for name, row in (found.aggregates or {}).items():
        lines.append(f"  {name:<20} {row['estimate']:.10g}  se {_shown(row['standard_error'])}")
    lines += [f"  note: {note}" for note in found.notes]
    lines += [f"  left out: {count} rows, {reason}" for reason, count in found.rows_dropped.items()]
    emit(document, as_json, lines)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
