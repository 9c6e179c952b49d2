"""A village (scale 0.03) written once for all tests of the rehearsal, and a city in memory. Not: any expected value."""

from pathlib import Path

import pytest
from rehearsal_files import quiet

from pipeline.rehearsal.feed_cells import Elsewhere, draw_elsewhere
from pipeline.rehearsal.layout_aggregates import Aggregates, aggregates
from pipeline.rehearsal.rehearse import rehearse
from pipeline.rehearsal.sent import send
from pipeline.rehearsal.world import World, build_world


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study folder with 840 eligible people, seed 5, no fault."""
    folder = tmp_path_factory.mktemp("rehearsal") / "village"
    rehearse(folder, seed=5, scale=0.03)
    return folder


@pytest.fixture(scope="session")
def village_world() -> World:
    """The village's city before it is written."""
    return build_world(seed=5, truth_gbp=86.0, scale=0.03, say=quiet)


@pytest.fixture(scope="session")
def town_world() -> World:
    """A town of 5,600 eligible people, large enough for rates."""
    return build_world(seed=9, truth_gbp=86.0, scale=0.2, say=quiet)


@pytest.fixture(scope="session")
def elsewhere(village_world: World) -> Elsewhere:
    """Everybody of the village who exists only as aggregates."""
    return draw_elsewhere(village_world)


@pytest.fixture(scope="session")
def right_aggregates(village_world: World, elsewhere: Elsewhere) -> Aggregates:
    """The village's aggregates without a fault."""
    return aggregates(send(village_world, []), elsewhere)
