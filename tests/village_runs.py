"""Running `outcomeb` in a process of its own, as people do. Belongs here: the call. Not: what is expected of it."""

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

OUTCOMEB = Path(sys.executable).parent / "outcomeb"


@dataclass(frozen=True)
class Said:
    """What a command left: exit code and both streams."""

    code: int
    out: str
    err: str


def outcomeb(*arguments: object, cwd: Path | None = None) -> Said:
    """Run the command as a user does."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DAGSTER", "OUTCOMEB"))}
    done = subprocess.run(
        [str(OUTCOMEB), *map(str, arguments)], capture_output=True, text=True, cwd=cwd, env=environment, check=False
    )
    return Said(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Village:
    """A study folder and what the command that made it said."""

    folder: Path
    said: Said


VILLAGE = ("--scale", "0.1", "--year", "2016-17", "--year", "2017-18")


def here(*arguments: object) -> Said:
    """Run the command in this process: the same entry point, without the seconds that a process of its own needs to begin."""
    from assets import cli

    out, err, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["outcomeb", *map(str, arguments)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            cli.main()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.argv = before
    return Said(code, out.getvalue(), err.getvalue())
