"""Which listed disease registers a person stood on at the eligibility date.

Belongs here: register membership at a date. Does not belong here: published register sizes (`pipeline.assurance`).
"""

import functools

import ibis
import ibis.expr.types as ir

from pipeline.study import Study

#: three registers or more are one stratum of need (`pipeline.tables.PEOPLE`)
MOST_NEED = 3


def listed_registers(registers: ir.Table, *, study: Study) -> ir.Table:
    """One row a person on at least one of `study.eligible.registers` at `study.eligible.at`: person, need, registers.

    On a register means entered on or before the date and not taken off before it: the contract's REGISTER_END is the last day
    on it. An entry without a start
    date proves nothing about the date and does not count. Any practice may have entered it: a diagnosis belongs to the
    person, and moving practice does not end it. `registers` is sorted with `+` between; `need` is their number, at most 3.
    """
    codes, at = sorted(set(study.eligible.registers)), study.eligible.at
    held = registers.filter(
        registers.person.notnull(),
        registers.register.isin(codes),
        registers.start.notnull() & (registers.start <= at),
        registers.end.isnull() | (registers.end >= at),
    )
    flags = held.group_by("person").aggregate(**{f"on_{code}": (held.register == code).any() for code in codes})
    number = functools.reduce(lambda a, b: a + b, [flags[f"on_{code}"].cast("int64") for code in codes])
    text = functools.reduce(lambda a, b: a + b, [ibis.ifelse(flags[f"on_{code}"], f"+{code}", "") for code in codes])
    return flags.select("person", need=ibis.least(number, MOST_NEED).cast("int64"), registers=text.substr(1))
