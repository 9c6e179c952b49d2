"""A break: its name, and what the protocol has to say of it.

Belongs here: the shape of a break. Does not belong here: the breaks themselves (beside this file), their dates and shares
(parameters.yaml, section `breaks`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.rehearsal.parameters import Parameters

#: study.yaml as plain data, changed in place
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Break:
    """One break.

    known : month (YYYY-MM) and what changed, in so few words that figures can show them, for known_breaks of the protocol.
    clauses : further clauses of the protocol.
    """

    name: str
    summary: str
    known: Callable[[Parameters], list[tuple[str, str]]]
    clauses: Callable[[Document, Parameters], None] | None = None
