"""The rehearsal's parameters as plain data with a hash.

Belongs here: reading `parameters.yaml`, scaling it, a village in place of a city. Does not belong here: any number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.calendar import months
from pipeline.documents import canonical_sha256, read_yaml

FILE = Path(__file__).with_name("parameters.yaml")

#: kinds of contact that are drawn; outpatients are split into points of delivery afterwards
KINDS = ("non_elective", "elective", "day_case", "ae", "op")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The sections of parameters.yaml. `scale` multiplies list sizes and numbers of people; `breaks` by name of the break."""

    city: dict[str, Any]
    near_misses: dict[str, int]
    people: dict[str, Any]
    intensity: dict[str, Any]
    mix: dict[str, Any]
    programme: dict[str, Any]
    effect: dict[str, Any]
    background: dict[str, Any]
    dirt: dict[str, Any]
    scale: float
    sha256: str
    breaks: dict[str, Any] = field(default_factory=dict)

    @property
    def months(self) -> list[str]:
        """Every simulated month."""
        return months(self.city["first_month"], self.city["last_month"])

    @property
    def launch(self) -> int:
        """Index of the launch month in `months`."""
        return self.months.index(self.city["launch_month"])

    def scaled(self, number: float) -> int:
        """A number of people at this scale, at least 2."""
        return max(2, round(number * self.scale))


def read_parameters(scale: float = 1.0, breaks: Sequence[str] = ()) -> Parameters:
    """The parameters a city of this scale is drawn with; the hash covers them and the scale, and nothing that is not used.

    breaks : names of those that happen in it.
    """
    data = read_yaml(FILE)
    village, every = data.pop("village"), data.pop("breaks")
    if scale < village["below_scale"]:
        data["city"] = data["city"] | village["city"]
    used = {"scale": scale} | ({"breaks": {name: every[name] for name in breaks}} if breaks else {})
    return Parameters(**data, scale=scale, sha256=canonical_sha256(data | used), breaks=every)


def shares(weights: dict[str, float]) -> NDArray[np.float64]:
    """The values of a table of shares, made to sum to one."""
    values = np.array(list(weights.values()), dtype=np.float64)
    return values / values.sum()
