"""Tests that need a program: run where it is, left out where it is not, and the run's last line says which.

Belongs here: the fixture that finds a program, and that last line. Does not belong here: what is done with the program.
On a build server (environment variable CI) a missing program is a failure: there nothing may be left out unseen.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Generator
from typing import Any

import pytest

Program = Callable[[str], str]


def find(name: str, environment: dict[str, str]) -> str:
    """Path of a program. Where it is absent, leaves the test out; fails it where CI is set."""
    path = shutil.which(name, path=environment.get("PATH"))
    if path:
        return path
    if environment.get("CI"):
        pytest.fail(f"{name} is not installed, and under CI nothing may be left out", pytrace=False)
    pytest.skip(f"{name} is not installed")


@pytest.fixture(scope="session")
def program() -> Program:
    """Call it with a program's name to get its path."""
    return lambda name: find(name, dict(os.environ))


def last_line(reasons: list[str]) -> str:
    """What was left out and why, reasons with the number of their tests."""
    counted = Counter(reason.removeprefix("Skipped: ") for reason in reasons)
    told = "; ".join(f"{reason} ({n} {'test' if n == 1 else 'tests'})" for reason, n in sorted(counted.items()))
    return f"Left out: {told}." if told else "Nothing was left out."


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, Any, Any]:
    """Written after pytest's own summary, so that it is the last line."""
    done = yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not hasattr(session.config, "workerinput"):
        skipped = reporter.stats.get("skipped", [])
        reasons = [report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr) for report in skipped]
        reporter.write_line(last_line(reasons))
    return done
