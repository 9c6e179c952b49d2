"""Options that several commands share.

Belongs here: an option that two commands have, and what it refuses. Does not belong here: options of one command.
"""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from pipeline.errors import UsageError

study = click.option(
    "--study",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("."),
    show_default="the working directory",
    help="Study folder (holds study.yaml, terms.yaml, approvals.yaml).",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")


def _date(_: click.Context, __: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value is not None else None


on = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_date,
    default=None,
    help="The day this counts for, YYYY-MM-DD (default: the latest received date in force).",
)


def years(function: Callable[..., Any]) -> Callable[..., Any]:
    """--year, repeatable."""
    return click.option(
        "--year", "asked", multiple=True, help="Contract year, for example 2018-19; repeatable (default: all)."
    )(function)


def study_folder(folder: Path) -> Path:
    """The folder, if it holds a study. Raises UsageError otherwise."""
    if not (folder / "study.yaml").is_file():
        raise UsageError(
            f"There is no study.yaml in {folder}.",
            "Name the study folder with --study, or rehearse one: outcomeb rehearse DIR.",
        )
    return folder
