"""Registrations, QOF registers, published prevalence and the practice list as files.

Belongs here: the columns of `gp_registration`, `qof_register`, `qof_prevalence`, `practice`. Does not belong here: the people.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.rehearsal import columns as c
from pipeline.rehearsal.people import NEVER, NO_PRACTICE, People
from pipeline.rehearsal.world import World

#: QOF group to the part of the list its register is counted against (INDICATOR_MAPPINGS 2018/19)
LIST_TYPES = {"AST": "TOTAL", "COPD": "TOTAL", "CHD": "TOTAL", "DM": "17OV", "HF": "TOTAL", "EP": "18OV", "OST": "50OV"}
#: share of a list in that part (chosen, near the national age structure)
LIST_SHARES = {"TOTAL": 1.0, "17OV": 0.80, "18OV": 0.79, "50OV": 0.34}
#: share of a register that is younger than 40 or older than 74 (chosen)
OUTSIDE_AGES = {"AST": 0.55, "COPD": 0.30, "CHD": 0.42, "DM": 0.28, "HF": 0.52, "EP": 0.42, "OST": 0.45}


def registration_table(world: World, people: People) -> pa.Table:
    """One row a registration; a move inside the city ends one on the last of a month and begins the next on the first."""
    start = world.parameters.months[0]
    held = np.flatnonzero(people.group != NO_PRACTICE)
    rows = []
    for which, practice, begin, stop in (
        (people.moved_in > -NEVER, people.earlier, people.first, people.moved_in - 1),
        (
            np.ones(len(people.token), dtype=bool),
            people.home,
            np.maximum(people.first, people.moved_in),
            np.minimum(people.last, people.moved_out - 1),
        ),
        (people.moved_out < NEVER, people.later, people.moved_out, people.last),
    ):
        i = held[which[held]]
        rows.append(np.stack([i, practice[i], begin[i], stop[i]]))
    person, practice, begin, stop = _under_successors(people, np.concatenate(rows, axis=1))
    order = np.lexsort((begin, person))
    person, practice, begin, stop = (a[order] for a in (person, practice, begin, stop))
    died = people.died[person]
    last_day = c.first_day(np.where(stop < NEVER - 1, stop, 0) + 1, start) - 1
    ended = (stop < len(world.parameters.months)) & (died >= NEVER)
    alive_move = (stop < died) & (stop < len(world.parameters.months))
    death = c.first_day(np.where(died < NEVER, died, 0), start) + people.death_day[person] - 1
    end = np.where(ended | alive_move, last_day, np.where(died < NEVER, death, c.NO_DAY))
    births = people.birth[person]
    return pa.table(
        {
            "PSEUDO_HESID": c.chosen(people.token, person),
            "PRACTICE_CODE": c.chosen(world.city.codes, practice),
            "REGISTRATION_START": c.dates(c.first_day(begin, start)),
            "REGISTRATION_END": c.dates(end),
            "MYDOB": pa.array([f"{b % 12 + 1:02d}{b // 12}" for b in births.tolist()]),
            "SEX": c.chosen(["1", "2"], people.female[person].astype(int)),
            "LSOA11": c.chosen(people.lsoa, person),
            "DEATH_DATE": c.dates(np.where(died < NEVER, death, c.NO_DAY)),
        }
    )


def _under_successors(people: People, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Registrations (person, practice, begin, stop) cut where a practice's list went on under another code."""
    for closure in people.closures:
        person, practice, begin, stop = rows
        here = (practice == closure.practice) & (stop >= closure.month) & (people.died[person] >= closure.month)
        further = rows[:, here & (begin < closure.month)].copy()
        further[1], further[2] = closure.successor, closure.month
        practice = np.where(here & (begin >= closure.month), closure.successor, practice)
        stop = np.where(here & (begin < closure.month), closure.month - 1, stop)
        rows = np.concatenate([np.stack([person, practice, begin, stop]), further], axis=1)
    return rows


def register_table(world: World, people: People) -> pa.Table:
    """One row a person and register, at the practice that held the person at baseline."""
    start = world.parameters.months[0]
    person, register = np.nonzero(people.registers & (people.group != NO_PRACTICE)[:, None])
    begin, stop = people.register_from[person, register], people.register_to[person, register]
    end = np.where(stop < NEVER, c.first_day(np.where(stop < NEVER, stop, 0), start) - 1, c.NO_DAY)
    return pa.table(
        {
            "PSEUDO_HESID": c.chosen(people.token, person),
            "PRACTICE_CODE": c.chosen(world.city.codes, people.home[person]),
            "GROUP_CODE": c.chosen(people.register_names, register),
            "REGISTER_START": c.dates(c.first_day(begin, start) + (person % 27)),
            "REGISTER_END": c.dates(end),
        }
    )


def registered(world: World) -> NDArray[np.int64]:
    """People on each register of LIST_TYPES at the end of the year before launch, shape (practices of the study, registers)."""
    people, launch = world.people, world.parameters.launch
    on = people.registers & (people.register_from < launch) & (people.register_to >= launch)
    on &= ((people.first < launch) & (people.last >= launch - 1) & (people.group != NO_PRACTICE))[:, None]
    columns = [people.register_names.index(group) for group in LIST_TYPES]
    counted = [np.bincount(people.home[on[:, column]], minlength=world.city.study) for column in columns]
    return np.stack(counted, axis=1)


def prevalence_table(world: World, rng: np.random.Generator, known: NDArray[np.int64] | None = None) -> pa.Table:
    """Published register sizes of the study's practices. known : `registered` of all parts of the city's people, added up."""
    counted = registered(world) if known is None else known
    rows: dict[str, list[str]] = {
        n: [] for n in ("PRACTICE_CODE", "INDICATOR_GROUP_CODE", "REGISTER", "PATIENT_LIST_TYPE", "PATIENT_LIST_SIZE")
    }
    for practice in range(world.city.study):
        for column, (group, list_type) in enumerate(LIST_TYPES.items()):
            here = int(counted[practice, column])
            outside = OUTSIDE_AGES[group]
            others = int(rng.poisson(here * outside / (1 - outside)))
            values = (
                str(world.city.codes[practice]), group, str(here + others), list_type,
                str(round(int(world.city.list_size[practice]) * LIST_SHARES[list_type])),
            )  # fmt: skip
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return pa.table(rows)


def practice_table(world: World) -> pa.Table:
    """The ODS practice list: 27 columns, written without a header. The commissioner of today tells no arm apart."""
    city, n = world.city, len(world.city.codes)
    columns: list[pa.Array] = [c.constant("", n) for _ in range(27)]
    filled = {
        1: pa.array(city.codes.tolist()), 2: pa.array([f"FICTIONAL SURGERY {code}" for code in city.codes.tolist()]),
        3: c.constant("Y63", n), 4: c.constant("Q74", n), 5: pa.array([f"{i + 1} REHEARSAL STREET" for i in range(n)]),
        8: pa.array([a.upper() for a in city.areas.tolist()]), 10: c.constant("ZZ99 3VZ", n), 11: c.constant("19740401", n),
        13: c.constant("A", n), 14: c.constant("B", n), 15: c.constant("13T", n), 16: c.constant("20150401", n),
        22: c.constant("0", n), 24: c.constant("13T", n), 26: c.constant("4", n),
    }  # fmt: skip
    for closure in world.people.closures:
        last = int(c.first_day(np.array([closure.month]), world.parameters.months[0])[0]) - 1
        day = str(np.datetime64(last, "D")).replace("-", "")
        filled[12], filled[13] = (
            _with(filled.get(12, c.constant("", n)), closure.practice, day),
            _with(filled[13], closure.practice, "C"),
        )
        if closure.merged:
            both = f"FICTIONAL SURGERY {city.codes[closure.successor]} WITH {city.codes[closure.practice]}"
            filled[2] = _with(filled[2], closure.successor, both)
    for position, values in filled.items():
        columns[position - 1] = values
    return pa.table(columns, names=[f"C{i}" for i in range(1, 28)])


def _with(column: pa.Array, place: int, value: str) -> pa.Array:
    """The column with another value on one row."""
    values = column.to_pylist()
    values[place] = value
    return pa.array(values, type=pa.string())
