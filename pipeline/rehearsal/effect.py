"""What the programme does: the same contacts in two worlds.

Belongs here: the calibration of the effect's size, and which contacts exist without (y0) and with (y1) the programme.
Does not belong here: who is engaged (`programme`), pounds by population (`truth`).

A contact of an engaged person survives with probability exp(-scale x share x strength), decided by its own mark, so that
y1 is a subset of y0. For a harmful programme further contacts are drawn, which exist in y1 only.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.parameters import Parameters

Floats = NDArray[np.float64]

#: a programme cannot save more than this share of what the engaged cost
MOST = 0.95


def exposure(p: Parameters, contacts: Contacts, kinds: NDArray[np.str_], strength: NDArray[np.float32]) -> Floats:
    """Share of the kind times strength of the person's month, for each contact. Shape (n,)."""
    share = np.array([p.effect["share"][k] for k in kinds]) if len(kinds) else np.zeros(0)
    return share * strength[contacts.person, contacts.month]


def calibrate(*, target: float, heads: int, years: int, pence: Floats, exposed: Floats) -> float:
    """Scale at which the expected saving is `target` GBP a head and year over `years` full contract years.

    pence, exposed : price and exposure of every contact of the intervention's eligible people in those years, without the
    programme. Negative targets give a negative scale. Raises UsageError when more is asked than the engaged cost.
    """
    if target == 0:
        return 0.0
    wanted = target * 100 * heads * years

    def saving(scale: float) -> float:
        return float(np.sum(pence * -np.expm1(-scale * exposed)))

    most = float(np.sum(pence[exposed > 0])) * MOST
    if wanted > most:
        raise UsageError(
            f"A saving of GBP {target:g} a head is more than the people it serves cost.",
            f"Ask for at most GBP {most / 100 / heads / years:.0f}.",
        )
    return _bisect(saving, wanted)


def _bisect(saving: Callable[[float], float], wanted: float) -> float:
    """Root of an increasing function through 0, to double precision."""
    low, high = (0.0, 1.0) if wanted > 0 else (-1.0, 0.0)
    while saving(high) < wanted:
        high *= 2
    while saving(low) > wanted:
        low *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if saving(middle) < wanted else (low, middle)
    return (low + high) / 2


def survives(*, scale: float, mark: Floats, exposed: Floats) -> NDArray[np.bool_]:
    """Contacts of y0 that are in y1 too. Shape (n,)."""
    return mark >= -np.expm1(-max(scale, 0.0) * exposed)


def extra_rate(
    *, scale: float, share: float, expected: NDArray[np.float32], strength: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Further contacts that a harmful programme (scale < 0) causes, by person and month."""
    return (expected * np.expm1(-min(scale, 0.0) * share * strength)).astype(np.float32)
