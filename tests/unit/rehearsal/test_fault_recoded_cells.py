"""A change of codes before both routes moves the cost of people who exist only as aggregates by as much as everybody else's."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.rehearsal.background import struck
from pipeline.rehearsal.faults.catalogue import FAULTS
from pipeline.rehearsal.faults.strikes import CELLS_OF_STREAM
from pipeline.rehearsal.feed_cells import draw_elsewhere
from pipeline.rehearsal.feed_counts import count_feed
from pipeline.rehearsal.sent import send
from pipeline.rehearsal.world import World

RECODED = (
    "hrg_upcoded", "ae_grouped_by_default", "emergencies_as_elective", "day_cases_as_ordinary", "departments_as_minor",
    "departments_as_major", "first_as_follow_up", "follow_up_as_first",
)  # fmt: skip


@pytest.fixture(scope="module")
def others(town_world: World):
    return draw_elsewhere(town_world).counts


@pytest.mark.parametrize("name", RECODED)
def test_their_cost_moves_like_that_of_people_simulated_one_by_one(town_world: World, others, name: str) -> None:
    """Shares of a stream's cost in the whole struck place at full severity; 5,600 people leave a few points of chance."""
    fault = replace(FAULTS[name], severity=1.0, route="feed")
    stream = CELLS_OF_STREAM[fault.place.stream]
    begin, end = fault.place.months(town_world)
    here = fault.place.in_arm(town_world, np.arange(town_world.city.study))

    def cost(pence) -> float:
        return float(pence[here][:, begin : end + 1, stream].sum())

    study = slice(0, town_world.city.study)
    theirs = cost(struck(town_world, study, others, [fault]).pence) / cost(others.pence) - 1
    mine = cost(count_feed(send(town_world, [fault])).pence) / cost(count_feed(send(town_world, [])).pence) - 1
    assert mine != 0
    assert theirs == pytest.approx(mine, abs=0.05)
