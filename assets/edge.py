"""The edge between pure functions and everything that logs: timing, progress, and exceptions without their messages.

Belongs here: what wraps every asset. Does not belong here: any computation.

Engines put offending values into their messages (promise 6), and Dagster stores and shows every exception. So an exception
that is not ours leaves here as a type and a place in the code, without its text and without its chain.
"""

import functools
import os
import time
import traceback
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from pipeline.errors import InternalError, OutcomeBError

P = ParamSpec("P")
R = TypeVar("R")

#: told the group and name of each asset when it starts (seconds None) and ends (seconds taken)
Listener = Callable[[str, str, float | None], None]
listeners: list[Listener] = []


def _tell(group: str, name: str, seconds: float | None) -> None:
    for listener in listeners:
        listener(group, name, seconds)


def edge(group: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Wrap an asset's function: announce it, time it, and let no foreign exception text through."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def inner(*args: P.args, **kwargs: P.kwargs) -> R:
            _tell(group, function.__name__, None)
            began = time.perf_counter()  # shown to people only
            try:
                return function(*args, **kwargs)
            except OutcomeBError as problem:
                problem.__cause__ = problem.__context__ = None
                raise
            except Exception as problem:
                if os.environ.get("OUTCOMEB_DEBUG"):
                    traceback.print_exc()  # to this terminal only, asked for by who sits at it
                raise InternalError(
                    wordless(problem), "Report it; the text is withheld as it may hold person-level values."
                ) from None
            finally:
                _tell(group, function.__name__, time.perf_counter() - began)

        return inner

    return wrap


def wordless(problem: BaseException) -> str:
    """Type of an exception and the last place of ours that it passed, without its message."""
    frames = traceback.extract_tb(problem.__traceback__)
    ours = [f for f in frames if any(f"/{part}/" in f.filename for part in ("pipeline", "reports", "assets"))]
    last = ours[-1] if ours else None
    where = f" at {'/'.join(last.filename.split('/')[-2:])}:{last.lineno}" if last else ""
    return f"{type(problem).__name__}{where}."
