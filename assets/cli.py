"""The `outcomeb` command: the one entry point, its exit codes and its errors.

Belongs here: the command group and what an error looks like, in words and with --json. Does not belong here: the commands
(`assets.commands`).
"""

import os
import sys
import traceback
from typing import NoReturn

import click

from assets.commands import accounting, estimating, rehearsing, signing, study
from assets.commands.printing import emit_error, emitted, say
from assets.edge import wordless
from pipeline.errors import OutcomeBError

EXIT_CODES = (
    "Exit codes: 0 done or nothing to do; 2 usage; 3 delivery refused; 4 protocol or terms invalid; 5 data gate closed; "
    "6 design gate closed; 7 approval or waiver missing, void or expired; 8 verification failed; 70 our fault."
)
STOPPED = "Stopped. What was not finished is entered nowhere; run it again."


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}, epilog=EXIT_CODES)
@click.version_option(package_name="outcomeb")
def outcomeb() -> None:
    """From hospital and GP-register extracts to a payment that nobody has to argue about."""


for command in (
    rehearsing.demo,
    rehearsing.rehearse,
    rehearsing.faults,
    study.receive,
    study.run,
    accounting.fates,
    signing.approve,
    signing.waive,
    study.settle,
    study.verify,
    estimating.estimate,
    study.ui,
):
    command.epilog = EXIT_CODES
    outcomeb.add_command(command)


def _fail(exit_code: int, message: str, remedy: str = "") -> NoReturn:
    """Say what went wrong on standard error, with --json also as the one document on standard output, and leave."""
    say(f"outcomeb: {message}")
    if remedy:
        say(f"Remedy: {remedy}")
    if "--json" in sys.argv[1:]:
        emit_error(exit_code, message, remedy)
    sys.exit(exit_code)


def main() -> None:
    """Run the command; an error becomes a sentence and an exit code. OUTCOMEB_DEBUG=1 shows tracebacks (they may hold data)."""
    emitted.clear()
    try:
        outcomeb.main(standalone_mode=False)
    except OutcomeBError as problem:
        _fail(problem.exit_code, problem.message, problem.remedy)
    except click.exceptions.Exit as problem:
        sys.exit(problem.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail(130, STOPPED)
    except click.exceptions.NoArgsIsHelpError as problem:
        problem.show()
        sys.exit(2)
    except click.UsageError as problem:
        command = problem.ctx.command_path if problem.ctx else "outcomeb"
        _fail(2, problem.format_message(), f"See: {command} --help.")
    except click.ClickException as problem:
        _fail(2, problem.format_message())
    except Exception as problem:
        if os.environ.get("OUTCOMEB_DEBUG"):
            traceback.print_exc()
        _fail(70, f"{wordless(problem)} This is our fault; the text is withheld as it may hold person-level values.")
    except SystemExit:
        raise
    except BaseException:  # an interrupt, which Dagster makes into an error of its own; its traceback may quote rows
        _fail(130, STOPPED)
