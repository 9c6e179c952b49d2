"""Kinds of contact as the aggregates keep them apart: point of delivery, and department type in A&E.

Belongs here: which kind a contact is. Does not belong here: counting them (`feed_counts`).
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.contacts import Contacts

Ints = NDArray[np.int64]

#: point of delivery and A&E department type of each cell column
CELLS = (
    ("non_elective", None), ("elective", None), ("day_case", None), ("ae", "01"), ("ae", "03"), ("op_first", None),
    ("op_follow_up", None), ("op_procedure", None),
)  # fmt: skip


def cell_of(stream: str, contacts: Contacts) -> Ints:
    """Index into CELLS of each contact."""
    d = contacts.details
    if stream == "apc":
        return d["kind"].astype(np.int64)
    if stream == "ae":
        return np.where(d["department"] == 3, 4, 3)
    return np.where(d["procedure"].astype(np.int64) >= 0, 7, np.where(d["first"].astype(bool), 5, 6))
