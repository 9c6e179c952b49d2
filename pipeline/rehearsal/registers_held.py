"""Which QOF registers people are on, and since when.

Belongs here: registers of the protocol and others, and the near misses they make. Does not belong here: the file
(`layout_register`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.parameters import Parameters, shares
from pipeline.rehearsal.stays import NEVER

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RegistersHeld:
    """held, started, ended : shape (N, R) in the order of `names`, months as indices. need : listed registers, shape (N,)."""

    names: tuple[str, ...]
    held: NDArray[np.bool_]
    started: Ints
    ended: Ints
    need: Ints


def draw_registers(
    p: Parameters, group: NDArray[np.str_], years: NDArray[np.float64], rng: np.random.Generator
) -> RegistersHeld:
    """One main listed register each, further ones more often in the older; some near misses have none or not in time."""
    n, launch = len(group), p.launch
    younger, older = p.people["further_register"]
    further = np.where(years > 60, older, younger)
    listed = list(p.people["registers"])
    other = list(p.people["other_registers"])
    names = tuple(listed + other)
    held = np.zeros((n, len(names)), dtype=bool)
    main = rng.choice(len(listed), size=n, p=shares(p.people["registers"]))
    held[np.arange(n), main] = True
    extra = rng.random((n, len(listed))) < np.array(list(p.people["registers"].values())) * further[:, None]
    held[:, : len(listed)] |= extra
    held[:, len(listed) :] = rng.random((n, len(other))) < np.array(list(p.people["other_registers"].values()))
    only_other = group == "other_registers_only"
    held[only_other, : len(listed)] = False
    held[only_other, len(listed)] = True
    started = launch - rng.integers(1, 240, size=(n, len(names)))
    started = np.where((group == "register_too_late")[:, None], launch + rng.integers(0, 40, size=(n, len(names))), started)
    ended = np.full((n, len(names)), NEVER)
    was = (group == "register_ended")[:, None]
    ended = np.where(was, launch - rng.integers(1, 12, size=(n, len(names))), ended)
    started = np.where(was, ended - rng.integers(12, 200, size=(n, len(names))), started)
    need = np.minimum(held[:, : len(listed)].sum(axis=1), 4)
    return RegistersHeld(names, held, started, ended, need)
