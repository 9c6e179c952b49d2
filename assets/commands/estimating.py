"""The command that estimates on any tidy panel, for people who only want to replicate a figure.

Belongs here: options and printing. Does not belong here: reading the file and the estimators (`pipeline.estimation`), and the
study's own estimate, which exists only behind the gates.
"""

import json
from pathlib import Path
from typing import Any

import click

from assets.commands import options
from assets.commands.printing import emit

NAMING = ("yname", "idname", "tname", "treated", "cluster", "weights", "gname")
METHODS = ["auto", "crv1", "cr1s", "cr2", "hc3", "cv3", "wild-rademacher", "wild-webb", "permutation", "all"]


@click.command()
@click.argument("panel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yname", required=True, help="Outcome: numbers; 1,5 is read as 1.5 where nothing else fits.")
@click.option("--idname", required=True, help="Unit of the fixed effect: numbers or text, 01 and 1 are two.")
@click.option("--tname", help="Period: number, date or text year first (2018-04, 2018Q1), or 'wave 3'; without it, means.")
@click.option(
    "--treated", help="Treatment: 0/1, true/false, yes/no, or the unit's first treated period (0 or inf for never; or empty)."
)
@click.option("--cluster", help="Cluster of the standard errors: any column (default: idname).")
@click.option("--weights", help="Precision weights, 0 or more; rows of weight 0 are left out.")
@click.option("--gname", help="First treated period, written as tname is, for group-time effects (0, inf or empty for never).")
@click.option(
    "--control", type=click.Choice(["never", "notyet"]), default="never", show_default=True, help="Controls, with --gname."
)
@click.option(
    "--inference",
    type=click.Choice(METHODS),
    default="auto",
    show_default=True,
    help="auto: the jackknife (cv3) beside bootstrap and permutation, or no interval with under 5 clusters an arm.",
)
@click.option("--draws", default=9999, show_default=True, help="Bootstrap and permutation draws, 99 or more.")
@click.option("--seed", default=20150401, show_default=True, help="Seed of the draws, 0 or more.")
@options.as_json
def estimate(panel: Path, as_json: bool, **arguments: Any) -> None:
    """Difference-in-differences on any tidy PANEL: text with , ; tab or | between columns (UTF-8), or Parquet.

    Rows with a missing cell in a named column are left out and counted. Rows that share unit and period are read as repeated
    cross-sections; with --gname, ids that are all different are. Group-time effects otherwise use units seen in every period,
    none treated in the first, and allow no anticipation.

    \b
    Two-way fixed effects:
      outcomeb estimate p.csv --yname y --idname state --tname year --treated post
    Repeated cross-sections of people, errors by county:
      outcomeb estimate p.csv --yname y --idname state --tname year --treated post --cluster county
    Difference in means:
      outcomeb estimate p.csv --yname y --idname person --treated arm --inference cr2
    Staggered starts:
      outcomeb estimate p.csv --yname y --idname county --tname year --gname first_treated --control notyet
    """
    from pipeline.estimation.panel_file import read_table
    from pipeline.estimation.tidy import estimate_panel

    names = [arguments[role] for role in NAMING if arguments[role] is not None]
    found = estimate_panel(read_table(panel, names=names), **arguments)
    document = json.loads(json.dumps(found.as_dict(), default=float))
    lines = [f"estimate {found.estimate:.10g}   n {found.n}   clusters {found.n_clusters}"]
    lines.append(f"  of what: {found.estimand}")
    lines += [f"no interval: {found.refused_reason}"] if found.refused_reason else []
    lines += [
        f"  {row.name:<20} se {_shown(row.standard_error)}  df {_shown(row.df)}  p {_shown(row.p_value)}"
        f"  [{_shown(row.ci_low)}, {_shown(row.ci_high)}]"
        for row in found.inferences
    ]
    lines += [f"  {name}: {said}" for name, said in found.conventions.items()]
    for name, row in (found.aggregates or {}).items():
        lines.append(f"  {name:<20} {row['estimate']:.10g}  se {_shown(row['standard_error'])}")
    lines += [f"  note: {note}" for note in found.notes]
    lines += [f"  left out: {count} rows, {reason}" for reason, count in found.rows_dropped.items()]
    emit(document, as_json, lines)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
