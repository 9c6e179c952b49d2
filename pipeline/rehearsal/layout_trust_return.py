"""The trusts' monthly A&E return as a file.

Belongs here: attendances by provider, month and department type as the trusts themselves would have counted them: everything
that happened, whatever a supplier lost afterwards. Does not belong here: the feed (`feed_cells`) and its faults.

Attendances are those of the people of all practices of the city and of the wider pool, plus patients from elsewhere:
Poisson, with a mean of ELSEWHERE / (1 - ELSEWHERE) times the provider's usual attendances of that calendar month. The usual
rather than the month's own number is taken, so that a shock of the city's practices moves the feed's share of the return, as
it would in life.
"""

import numpy as np
import pyarrow as pa

from pipeline.rehearsal import columns as c
from pipeline.rehearsal.feed_cells import Elsewhere, Simulated, draw_elsewhere, feed_cells, simulated
from pipeline.rehearsal.feed_counts import CELLS
from pipeline.rehearsal.seeds import generator
from pipeline.rehearsal.sent import send
from pipeline.rehearsal.valuation import PROVIDER_CODES
from pipeline.rehearsal.world import World

#: share of a provider's attendances that are of patients whose practices are not in the feed; chosen: a city hospital's
#: attenders are mostly, not only, patients of its own and its neighbours' practices
ELSEWHERE = 0.15


def table(world: World, rest: Elsewhere | None = None, people: Simulated | None = None) -> pa.Table:
    """PROVIDER, MONTH, DEPT_TYPE, ATTENDANCES, a row a month from the first to the last.

    rest : `draw_elsewhere(world)`; people : `simulated` of every part of the city without faults; for who has them already.
    """
    rest = rest or draw_elsewhere(world)
    people = people or simulated(send(world.before_breaks, ()))
    study = feed_cells(world, (), people, rest).counts["all"]["rows"].sum(axis=(0, 4))
    rows = study + rest.wider_counts.rows.sum(axis=(0, 4))  # (months, cells, providers)
    emergency = [i for i, (pod, _) in enumerate(CELLS) if pod == "ae"]
    rows = rows[:, emergency]
    usual = rows.reshape(-1, 12, *rows.shape[1:]).mean(axis=0)  # months begin with April, in whole years
    others = generator(world.seed, "trust return").poisson(
        np.tile(usual, (len(rows) // 12, 1, 1)) * ELSEWHERE / (1 - ELSEWHERE)
    )
    month, cell, provider = (index.ravel() for index in np.indices(rows.shape))
    return pa.table(
        {
            "PROVIDER": c.chosen(PROVIDER_CODES, provider),
            "MONTH": c.chosen(world.parameters.months, month),
            "DEPT_TYPE": c.chosen([str(CELLS[i][1]) for i in emergency], cell),
            "ATTENDANCES": pa.array((rows + others).ravel().astype(np.int64)),
        }
    )
