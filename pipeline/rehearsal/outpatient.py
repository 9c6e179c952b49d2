"""Outpatient appointments: attended or not, first or follow-up, treatment function, procedure, price.

Belongs here: making appointments of drawn contacts. Does not belong here: their columns (`layout_outpatient`).
Two appointments of a person on one day are of different treatment functions, so that none looks like a resubmission.
"""

from dataclasses import replace

import numpy as np

from pipeline.rehearsal.contacts import Contacts, rank_in_day
from pipeline.rehearsal.parameters import Parameters, shares
from pipeline.rehearsal.valuation import HRG_INDEX, TREATMENT_FUNCTIONS, price_appointments


def make_appointments(p: Parameters, drawn: Contacts, rng: np.random.Generator) -> Contacts:
    """Appointments; those not attended are unpriced. Details: function, first, procedure (HRG index or -1), attended."""
    m = p.mix
    rank = rank_in_day(drawn)
    drawn, rank = drawn.take(rank < 4), rank[rank < 4]
    n = len(drawn)
    listed = [int(code) for code in m["op_function"]]
    position = np.searchsorted(np.cumsum(shares(m["op_function"]))[:-1], rng.random(n))
    first_of_day = np.maximum.accumulate(np.where(rank == 0, np.arange(n), 0))
    position = (position[first_of_day] + rank) % len(listed)
    function = np.array([list(TREATMENT_FUNCTIONS).index(code) for code in listed])[position]
    procedures = {listed.index(int(code)): HRG_INDEX[hrg] for code, hrg in m["op_procedure_of"].items()}
    of_function = np.array([procedures.get(i, -1) for i in range(len(listed))])[position]
    weight = float(shares(m["op_function"])[list(procedures)].sum())
    procedure = np.where(rng.random(n) < m["op_procedure"] / weight, of_function, -1)
    nowhere = (rng.random(n) < m["unpriced_share"]) & (procedure < 0) & (rank == 0)
    function = np.where(nowhere, len(TREATMENT_FUNCTIONS) - 1, function)
    first = rng.random(n) < m["op_first"]
    attended = rng.random(n) >= m["op_not_attended"]
    pence = price_appointments(function=function, first=first, procedure=procedure, provider=drawn.provider)
    details = {
        "function": function,
        "first": first,
        "procedure": procedure,
        "attended": attended,
        "reason": rng.random(n),
        "dirt": rng.random(n),
    }
    return replace(drawn, pence=np.where(attended, pence, -1), details=details)
