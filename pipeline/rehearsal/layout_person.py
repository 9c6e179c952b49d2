"""Columns about the person that every hospital file repeats.

Belongs here: pseudonym and practice as the provider sent it. Does not belong here: the files of practices and registers.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.rehearsal.columns import chosen
from pipeline.rehearsal.people import NO_PRACTICE
from pipeline.rehearsal.world import World

#: GPPRAC for a person whose practice is not known
UNKNOWN_PRACTICE = "V81999"


def person_columns(world: World, person: NDArray[np.int64], other_key: NDArray[np.bool_]) -> dict[str, pa.Array]:
    """PSEUDO_HESID; where `other_key`, another pseudonym of the same person."""
    texts = chosen(world.people.token, person)
    if other_key.any():
        renamed = pc.binary_join_element_wise("K", pc.utf8_slice_codeunits(texts, 1), "")
        texts = pc.if_else(pa.array(other_key), renamed, texts)
    return {"PSEUDO_HESID": texts}


def gppractice(world: World, person: NDArray[np.int64], month: NDArray[np.int64]) -> pa.Array:
    """GPPRAC: the practice the person is registered with in that month."""
    codes = [*world.city.codes.tolist(), UNKNOWN_PRACTICE]
    practice = world.people.practice_at(person, month)
    nowhere = (world.people.group[person] == NO_PRACTICE) | (practice < 0)
    return chosen(codes, np.where(nowhere, len(codes) - 1, practice))
