"""The faults a rehearsal can suffer: each is one thing that a supplier can get wrong.

Belongs here: what each fault loses, where and on which route. Does not belong here: what a fault is worth (`truth`), how
it is found (`pipeline.assurance`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.rehearsal.contacts import Contacts, observed
from pipeline.rehearsal.where import of_arm_from
from pipeline.rehearsal.world import World


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. route: 'extract' is lost after the aggregates were drawn, 'feed' before, so in both.

    loses : whole rows, the HRG (and with it the price), or the supplier's cost column.
    from_launch : whether it begins in the launch month, or has been there in all years.
    """

    name: str
    route: Literal["extract", "feed", "both"]
    stream: Literal["apc", "ae", "op"]
    arm: Literal["intervention", "control"]
    loses: Literal["rows", "hrg", "cost"]
    from_launch: bool
    summary: str

    def in_feed(self) -> bool:
        """Whether the aggregates suffer too."""
        return self.route in ("feed", "both")

    def first_month(self, world: World) -> int:
        """Index of the first month it touches."""
        return world.parameters.launch if self.from_launch else 0

    def touches(self, world: World, stream: str, contacts: Contacts) -> NDArray[np.bool_]:
        """Which contacts it touches, shape (n,)."""
        if stream != self.stream:
            return np.zeros(len(contacts), dtype=bool)
        return of_arm_from(world, contacts, self.arm, self.first_month(world))


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("control_ae_missing", "feed", "ae", "control", "rows", True,
              "From launch the supplier sends no A&E attendance of the control practices, on either route."),
        Fault("control_ae_missing_all_years", "feed", "ae", "control", "rows", False,
              "The supplier has never sent A&E attendances of the control practices, so that no step shows."),
        Fault("control_ae_missing_extract", "extract", "ae", "control", "rows", True,
              "From launch the person-level extract lacks A&E of the control; the aggregates hold it, and the delivery note "
              "agrees with the faulty file."),
        Fault("control_ae_unpriced", "feed", "ae", "control", "hrg", True,
              "From launch A&E attendances of the control practices come without an HRG, so that they cannot be priced."),
        Fault("control_ae_zero_cost", "feed", "ae", "control", "cost", True,
              "From launch the supplier's cost of A&E attendances of the control practices is 0.00; the HRGs are right."),
    )
}  # fmt: skip


def chosen_faults(names: Sequence[str]) -> list[Fault]:
    """The faults of these names, in the catalogue's order. Raises UsageError for a name that is not known."""
    unknown = sorted(set(names) - set(FAULTS))
    if unknown:
        raise UsageError(f"There is no fault named {', '.join(unknown)}.", f"Known faults: {', '.join(FAULTS)}.")
    return [fault for name, fault in FAULTS.items() if name in names]


def losing(
    faults: Sequence[Fault], what: str, world: World, stream: str, contacts: Contacts, *, feed: bool
) -> NDArray[np.bool_]:
    """Contacts that lose `what` on the extract, or with `feed` on the aggregates' route. Shape (n,)."""
    lost = np.zeros(len(contacts), dtype=bool)
    for fault in faults:
        if fault.loses == what and (fault.in_feed() or not feed):
            lost |= fault.touches(world, stream, contacts)
    return lost


def extracted(world: World, faults: Sequence[Fault], stream: str) -> tuple[Contacts, NDArray[np.bool_], NDArray[np.int64]]:
    """Contacts of a stream that its person-level delivery holds; which of them came without HRG; their pence, 0 where lost."""
    every = world.delivered(stream)
    seen = every.take(observed(world.people, every))
    seen = seen.take(~losing(faults, "rows", world, stream, seen, feed=False))
    no_hrg = losing(faults, "hrg", world, stream, seen, feed=False)
    no_cost = losing(faults, "cost", world, stream, seen, feed=False)
    return seen, no_hrg, np.where(no_cost, 0, seen.pence)
