"""The national data opt-out: from May 2018 a share of people is in no extract and in no aggregate.

Belongs here: who opted out, and aggregates of people who are not simulated without theirs. Does not belong here: the
programme's own files and the trusts' return, which no opt-out touches.

Chance decides who, in both arms alike. Somebody who opted out ends as a leaver does: registered until the month before, nothing
known of them afterwards, not even a death.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.rehearsal.breaks.happened import Break
from pipeline.rehearsal.parameters import Parameters
from pipeline.rehearsal.stays import NEVER

if TYPE_CHECKING:
    from pipeline.rehearsal.people import People

Ints = NDArray[np.int64]

NAME = "opt_outs"


def first_month(p: Parameters) -> int:
    """Index of the first month without them."""
    return p.months.index(p.breaks[NAME]["first_month"])


def without_opt_outs(p: Parameters, people: "People", rng: np.random.Generator) -> "People":
    """The people as a supplier may still send them."""
    begins = first_month(p)
    gone = (rng.random(len(people.token)) < p.breaks[NAME]["share"]) & (people.first < begins) & (people.last >= begins)
    gone &= people.died >= begins
    moves = gone & (people.moved_out >= begins)
    return replace(
        people,
        last=np.where(gone, begins - 1, people.last),
        died=np.where(gone, NEVER, people.died),
        moved_out=np.where(moves, NEVER, people.moved_out),
        later=np.where(moves, -1, people.later),
    )


def left_out(table: pa.Table, year: Ints, withheld: NDArray[np.bool_]) -> tuple[pa.Table, Ints]:
    """The rows of a hospital file, and the year of each, without those withheld; record keys stay those of the whole."""
    if not withheld.any():
        return table, year
    return table.take(pa.array(np.flatnonzero(~withheld))), year[~withheld]


def thinned(p: Parameters, cells: dict[str, Ints], rng: np.random.Generator) -> dict[str, Ints]:
    """Contacts by cell, shape (practices, months, ...), less a share from the first month on, everything in proportion."""
    begins, share = first_month(p), p.breaks[NAME]["share"]
    found = {name: values.copy() for name, values in cells.items()}
    rows = cells["rows"][:, begins:]
    lost = rng.binomial(rows, share)
    part = lost / np.maximum(rows, 1)
    for name, values in found.items():
        values[:, begins:] -= lost if name == "rows" else np.round(values[:, begins:] * part).astype(np.int64)
    left = found["rows"][:, begins:]
    found["people"][:, begins:] = np.where(left > 0, np.maximum(found["people"][:, begins:], 1), 0)
    return found


def list_thinned(p: Parameters, cells: dict[str, Ints]) -> dict[str, Ints]:
    """Person-months and movements, shape (practices, months, bands), less that share; the month before, it leaves."""
    begins, share = first_month(p), p.breaks[NAME]["share"]
    found = {name: values.copy() for name, values in cells.items()}
    for values in found.values():
        values[:, begins:] -= np.round(values[:, begins:] * share).astype(np.int64)
    found["leavers"][:, begins - 1] += np.round(cells["person_months"][:, begins] * share).astype(np.int64)
    return found


def _known(p: Parameters) -> list[tuple[str, str]]:
    return [(p.breaks[NAME]["first_month"], "data opt-out")]


BREAK = Break(NAME, "From May 2018 people who opted out are in no extract and no aggregate.", _known)
