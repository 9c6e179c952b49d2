"""One random stream a part of the city, so that a draw added in one part does not shift another.

Belongs here: the names of the parts and their generators. Does not belong here: any draw.
"""

import hashlib

import numpy as np


def of_part(seed: int, number: int) -> int:
    """The seed of one part of a large city's people; the first part's is the city's own."""
    return seed + 1_000_000_007 * number


def generator(seed: int, part: str) -> np.random.Generator:
    """The PCG64 stream of one named part (for example 'people') of the city with this seed."""
    key = int.from_bytes(hashlib.sha256(part.encode()).digest()[:4], "big")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=(key,))))
