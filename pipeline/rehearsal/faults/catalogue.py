"""The catalogue: every fault by name, and the reading of what somebody asks for.

Belongs here: the order of families, names and settings as text. Does not belong here: any fault (its family's module).
"""

from collections.abc import Sequence

from pipeline.errors import UsageError
from pipeline.rehearsal.faults import aggregates, codes, copies, dates, files, notes, people, prices, rows
from pipeline.rehearsal.faults.asking import planted
from pipeline.rehearsal.faults.fault import Fault

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for faults in (
        *(family.FAULTS for family in (rows, copies, codes, dates, prices, people, aggregates, notes, files)),
        notes.FURTHER,
    )
    for fault in faults
}


def chosen_faults(names: Sequence[str]) -> list[Fault]:
    """The faults asked for as NAME or NAME:key=value,..., in the catalogue's order.

    Raises UsageError for a name or a setting that is not known.
    """
    asked: list[tuple[str, Fault]] = []
    for text in names:
        name, _, rest = text.partition(":")
        if name not in FAULTS:
            raise UsageError(f"There is no fault named {name}.", f"Known faults: {', '.join(FAULTS)}.")
        pairs = [part.partition("=") for part in rest.split(",") if part]
        keys = [key for key, _, _ in pairs]
        wrong = [key for key, sign, _ in pairs if not sign or keys.count(key) > 1]
        if wrong:
            raise UsageError(
                f"'{wrong[0]}' is no setting of {name}, or stands there twice.", "Write NAME:severity=0.1,arm=intervention."
            )
        asked.append((name, planted(FAULTS[name], {key: value for key, _, value in pairs})))
    order = list(FAULTS)
    return [fault for _, fault in sorted(asked, key=lambda pair: order.index(pair[0]))]
