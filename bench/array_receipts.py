"""What receiving would have measured of a rehearsal's hospital deliveries, from arrays.

Belongs here: rows, rows repeated, rows set aside for dates that are none, rows dated outside the year. Does not belong here:
the small untidiness of every delivery, which no check minds.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.rehearsal.faults.notes import DATASETS
from pipeline.rehearsal.sent import Sent
from pipeline.rehearsal.world import World


@dataclass(frozen=True, slots=True)
class ArrayReceipt:
    """What receiving would have measured of one yearly hospital delivery whose note agrees with its file."""

    dataset: str
    fingerprint: str
    first_month: str
    last_month: str
    declared: dict[str, int]
    measured: dict[str, int]
    status: str = "final"


def array_receipts(world: World, sent: Sent) -> tuple[ArrayReceipt, ...]:
    """Rows, rows repeated, rows set aside for dates that are none and rows dated outside the year; the small untidiness of
    every delivery, which no check minds, is left out."""
    first = int(world.parameters.months[0][:4])
    found = []
    for stream, dataset in DATASETS.items():
        contacts = sent.in_extract(stream)
        d = contacts.details
        year = d["filed"].astype(np.int64) // 12
        exchanged = d["date_form"].astype(np.int64) == 2
        unreadable = exchanged & (contacts.month < 0)
        outside = (contacts.month // 12 != year) & ~unreadable & (d["date_form"].astype(np.int64) != 1)
        for i in range(len(world.parameters.months) // 12):
            mine = year == i
            rows = int(mine.sum())
            counted = {"set_aside": unreadable, "outside_period": outside, "repeated": d["again"].astype(bool)}
            seen = {name: int((flag & mine).sum()) for name, flag in counted.items()}
            months = f"{first + i}-04", f"{first + i + 1}-03"
            found.append(ArrayReceipt(dataset, f"{dataset} {first + i}", *months, {"rows": rows}, {"rows": rows} | seen))
    return tuple(found)
