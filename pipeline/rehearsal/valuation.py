"""The rehearsal's own pricing of its contacts: files_and_pricing section 2, written a second time and on arrays.

Belongs here: a price in pence for each simulated contact, from `pipeline.rehearsal.prices`. Does not belong here: reading
a workbook or a delivery. Unpriced is -1 here, so that arrays stay whole numbers; it leaves this room as null.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.prices import ADMITTED, EMERGENCY, OUTPATIENT, PROVIDERS

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

UNPRICED = -1
UNGROUPABLE = "UZ01Z"

HRGS = np.array([row.hrg for row in ADMITTED])
HRG_INDEX = {row.hrg: i for i, row in enumerate(ADMITTED)}
AE_HRGS = np.array([*EMERGENCY, UNGROUPABLE])
#: the last has no national price (sheet '12 TFCs with no national price')
TREATMENT_FUNCTIONS = np.array([*OUTPATIENT, 400])
PROVIDER_CODES = np.array(list(PROVIDERS))
MFF_MILLIONTHS = np.array([value for _, value, _ in PROVIDERS.values()], dtype=np.int64)

#: age from which the reduced short-stay price applies (files_and_pricing 2, branch 6)
SHORT_STAY_MINIMUM_AGE = 19


def _column(name: str) -> Ints:
    values = [getattr(row, name) for row in ADMITTED]
    return np.array([UNPRICED if v is None else int(v) for v in values], dtype=np.int64)


def with_market_forces(*, pounds: Ints, provider: Ints) -> Ints:
    """Pence after the market forces factor, once on the whole sum, half a penny rounded up; UNPRICED stays."""
    pence = (pounds * 100 * MFF_MILLIONTHS[provider] + 500_000) // 1_000_000
    return np.where(pounds == UNPRICED, UNPRICED, pence)


def price_spells(*, hrg: Ints, emergency: Bools, day_case: Bools, stay: Ints, age: Ints, provider: Ints) -> Ints:
    """Pence of each spell. `hrg` indexes HRGS, `stay` is unadjusted length of stay in days; shapes (n,)."""
    ungroupable = hrg == HRG_INDEX[UNGROUPABLE]
    per_day = _column("per_day")[hrg]
    short = emergency & _column("short_stay").astype(bool)[hrg] & (stay <= 1) & (age >= SHORT_STAY_MINIMUM_AGE)
    excess = per_day * np.maximum(0, stay - _column("non_elective_trim")[hrg])
    non_elective = np.where(short, _column("short_stay_price")[hrg], _column("non_elective")[hrg] + excess)
    combined = _column("combined")[hrg]
    apart = np.where(day_case, _column("day_case")[hrg], _column("ordinary")[hrg])
    base = np.where(combined == UNPRICED, apart, combined)
    beyond = np.where(day_case, 0, per_day * np.maximum(0, stay - _column("elective_trim")[hrg]))
    elective = np.where(base == UNPRICED, UNPRICED, base + beyond)
    pounds = np.where(emergency, non_elective, elective)
    return with_market_forces(pounds=np.where(ungroupable, UNPRICED, pounds), provider=provider)


def price_attendances(*, hrg: Ints, department: Ints, provider: Ints) -> Ints:
    """Pence of each A&E attendance. `hrg` indexes AE_HRGS, `department` is the type (1 or 3)."""
    major = np.array([*(v[1] for v in EMERGENCY.values()), UNPRICED], dtype=np.int64)[hrg]
    minor = np.array([*(v[2] for v in EMERGENCY.values()), UNPRICED], dtype=np.int64)[hrg]
    return with_market_forces(pounds=np.where(department == 3, minor, major), provider=provider)


def price_appointments(*, function: Ints, first: Bools, procedure: Ints, provider: Ints) -> Ints:
    """Pence of each attended appointment. `function` indexes TREATMENT_FUNCTIONS; `procedure` indexes HRGS or is -1."""
    first_price = np.array([*(v[1] for v in OUTPATIENT.values()), UNPRICED], dtype=np.int64)[function]
    follow_price = np.array([*(v[3] for v in OUTPATIENT.values()), UNPRICED], dtype=np.int64)[function]
    done = _column("outpatient_procedure")[np.maximum(procedure, 0)]
    pounds = np.where(procedure >= 0, done, np.where(first, first_price, follow_price))
    return with_market_forces(pounds=pounds, provider=provider)
