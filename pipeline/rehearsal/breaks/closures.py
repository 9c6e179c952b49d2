"""Practices that close or merge: their lists go on under another code of the same arm.

Belongs here: which practice, when, to whom, and what that does to aggregates of people who are not simulated. Does not belong
here: registrations (`layout_register`), which follow `People.closures`.

A practice that closes hands its list to its neighbour; one that merges goes on under its partner's code. In data they are the
same but for the partner's name. People keep the arm, and the eligible their practice at baseline, so that the comparison stays
as it was intended; people who are not eligible are counted where they are registered.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.breaks.happened import Break
from pipeline.rehearsal.city import City
from pipeline.rehearsal.parameters import Parameters

Ints = NDArray[np.int64]

NAME = "closures"


@dataclass(frozen=True, slots=True)
class Closure:
    """practice, successor : indices into the city's practices. month : index of the first month under the successor's code."""

    practice: int
    successor: int
    month: int
    merged: bool


def closures(p: Parameters, city: City) -> tuple[Closure, ...]:
    """In order of their months: the last practice but one of an arm closes into the last, the second merges into the first."""
    found = []
    for what, (practice, successor) in (("closed", (-2, -1)), ("merged", (1, 0))):
        for arm, month in p.breaks[NAME][what].items():
            own = np.flatnonzero(city.arms == arm)
            found.append(Closure(int(own[practice]), int(own[successor]), p.months.index(month), what == "merged"))
    return tuple(sorted(found, key=lambda one: one.month))


def handed_over(cells: dict[str, Ints], moves: tuple[Closure, ...]) -> dict[str, Ints]:
    """Cells of shape (practices, months, ...) with each practice's from its month on under its successor."""
    found = {name: values.copy() for name, values in cells.items()}
    for move in moves:
        for values in found.values():
            values[move.successor, move.month :] += values[move.practice, move.month :]
            values[move.practice, move.month :] = 0
    return found


def list_handed_over(cells: dict[str, Ints], moves: tuple[Closure, ...]) -> dict[str, Ints]:
    """The same for person-months and movements: those who change practice leave the one and join the other."""
    found = handed_over(cells, moves)
    for move in moves:
        moving = cells["person_months"][move.practice, move.month]
        found["leavers"][move.practice, move.month - 1] += moving
        found["joiners"][move.successor, move.month] += moving
    return found


def _known(p: Parameters) -> list[tuple[str, str]]:
    given = p.breaks[NAME]
    words = {"closed": "practice closed", "merged": "practices merged"}
    return [(month, f"{said}, {arm}") for what, said in words.items() for arm, month in given[what].items()]


BREAK = Break(NAME, "A practice of each arm closes, another merges; lists go on under other codes.", _known)
