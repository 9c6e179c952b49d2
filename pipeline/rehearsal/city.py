"""Practices, areas, arms and which hospitals they use.

Belongs here: places. Does not belong here: people (`pipeline.rehearsal.people`).
Codes are fictional: A80001.. intervention (area west), A80101.. control (east), A80201.. the wider pool.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.parameters import Parameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class City:
    """Practices in order: intervention, control, wider. Arrays have one entry a practice.

    codes, arms, areas : str arrays, shape (P,).
    list_size : people on the list, shape (P,).
    provider_mix : probability of each provider of `prices.PROVIDERS`, shape (P, 3).
    eligible : eligible people to draw, shape (P,); 0 in the wider pool.
    """

    codes: NDArray[np.str_]
    arms: NDArray[np.str_]
    areas: NDArray[np.str_]
    list_size: Ints
    provider_mix: Floats
    eligible: Ints

    @property
    def study(self) -> int:
        """Number of practices of the two study arms, which come first."""
        return int(np.sum(self.arms != "wider"))

    def of_arm(self, arm: str) -> list[str]:
        """Codes of one arm."""
        return [str(c) for c in self.codes[self.arms == arm]]

    def part(self, number: int, of: int) -> "City":
        """The same places with one part of the eligible people of each, as even as whole people allow."""
        mine = self.eligible // of + (number < self.eligible % of)
        return self if of == 1 else replace(self, eligible=mine)

    def areas_by_name(self) -> dict[str, list[str]]:
        """Area name to practice codes, in order."""
        return {str(a): [str(c) for c in self.codes[self.areas == a]] for a in dict.fromkeys(self.areas.tolist())}


def apportion(total: int, weights: Floats) -> Ints:
    """Whole numbers that add to `total`, near `weights` (largest remainder)."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def build_city(p: Parameters, rng: np.random.Generator) -> City:
    """Draw the places. List sizes are uniform in the published range; eligible people follow them within an arm."""
    c = p.city
    sizes = {"intervention": c["intervention_practices"], "control": c["control_practices"]}
    low, high = c["wider_area_practices"]
    per_area = rng.integers(low, high + 1, size=c["wider_areas"])
    wider = int(per_area.sum())
    arms = np.repeat(["intervention", "control", "wider"], [sizes["intervention"], sizes["control"], wider])
    codes = np.array(
        [f"A{80001 + i}" for i in range(sizes["intervention"])]
        + [f"A{80101 + i}" for i in range(sizes["control"])]
        + [f"A{80201 + i}" for i in range(wider)]
    )
    area_names = np.array([f"area-{i + 1:02d}" for i in range(c["wider_areas"])])
    areas = np.concatenate(
        [np.repeat("west", sizes["intervention"]), np.repeat("east", sizes["control"]), np.repeat(area_names, per_area)]
    )
    smallest, largest = c["list_size"]
    lists = rng.integers(smallest, largest, size=len(arms))
    eligible = np.zeros(len(arms), dtype=np.int64)
    mix = np.zeros((len(arms), 3))
    for arm in sizes:
        here = arms == arm
        noisy = lists[here] * np.exp(rng.normal(0, c["eligible_share_sd"], size=int(here.sum())))
        eligible[here] = apportion(p.scaled(c["eligible"][arm]), noisy)
        tilt = rng.dirichlet(np.array(c["provider_mix"][arm]) * c["provider_mix_sample"], size=int(here.sum()))
        mix[here] = tilt
    main = rng.integers(0, 3, size=c["wider_areas"])
    other = (main + rng.integers(1, 3, size=c["wider_areas"])) % 3
    rows = np.flatnonzero(arms == "wider")
    area_of = np.repeat(np.arange(c["wider_areas"]), per_area)
    mix[rows, main[area_of]] = c["wider_main_provider_share"]
    mix[rows, other[area_of]] = 1 - c["wider_main_provider_share"]
    scaled = np.maximum(20, np.round(lists * p.scale)).astype(np.int64)
    return City(codes, arms, areas, scaled, mix, eligible)
