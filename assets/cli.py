"""The `outcomeb` command: the one entry point, its exit codes and its errors.

Belongs here: the command group and what an error looks like. Does not belong here: the commands (`assets.commands`).
"""

import os
import sys
import traceback

import click

from assets.commands import estimating, rehearsing, signing, study
from assets.commands.printing import say
from assets.edge import wordless
from pipeline.errors import OutcomeBError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="outcomeb")
def outcomeb() -> None:
    """From hospital and GP-register extracts to a payment that nobody has to argue about.

    Exit codes: 0 done or nothing to do; 2 usage; 3 delivery refused; 4 protocol or terms invalid; 5 data gate closed;
    6 design gate closed; 7 approval or waiver missing, void or expired; 8 verification failed; 70 our fault.
    """


for command in (
    rehearsing.demo,
    rehearsing.rehearse,
    rehearsing.faults,
    study.receive,
    study.run,
    signing.approve,
    signing.waive,
    study.settle,
    study.verify,
    estimating.estimate,
    study.ui,
):
    outcomeb.add_command(command)


def main() -> None:
    """Run the command; an error becomes a sentence and an exit code. OUTCOMEB_DEBUG=1 shows tracebacks (they may hold data)."""
    try:
        outcomeb.main(standalone_mode=False)
    except OutcomeBError as problem:
        say(f"outcomeb: {problem.message}")
        if problem.remedy:
            say(f"Remedy: {problem.remedy}")
        sys.exit(problem.exit_code)
    except click.exceptions.Exit as problem:
        sys.exit(problem.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as problem:
        problem.show()
        sys.exit(2)
    except Exception as problem:
        if os.environ.get("OUTCOMEB_DEBUG"):
            traceback.print_exc()
        say(f"outcomeb: {wordless(problem)} This is our fault; the text is withheld as it may hold person-level values.")
        sys.exit(70)
