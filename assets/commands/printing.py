"""How commands speak: progress to standard error, one JSON document to standard output when asked.

Belongs here: printing. Does not belong here: what is said.
"""

import json
import sys
from typing import Any

import click


def say(text: str) -> None:
    """Progress and sentences, to standard error, so that standard output stays a document."""
    click.echo(text, err=True)


#: what the command of this process has printed as JSON: at most one document, so that an error is not a second one
emitted: list[Any] = []


def emit(document: Any, as_json: bool, lines: list[str]) -> None:
    """The answer: one JSON document, or its lines."""
    if as_json:
        json.dump(document, sys.stdout, indent=2, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
        emitted.append(document)
    else:
        for line in lines:
            click.echo(line)


def emit_error(exit_code: int, message: str, remedy: str) -> None:
    """An error as the one JSON document, unless the command had printed its own: a run whose gate is shut prints both gates."""
    if not emitted:
        emit({"error": {"exit_code": exit_code, "message": message, "remedy": remedy}}, True, [])


def progress(group: str, name: str, seconds: float | None) -> None:
    """One line an asset that took over half a second, when it is done."""
    if seconds is not None and seconds > 0.5:
        say(f"  {group:<11} {name.replace('_', ' '):<24} {seconds:5.1f} s")
