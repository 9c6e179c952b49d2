"""The breaks by name, the reading of what somebody asks for, and what they add to the protocol.

Belongs here: their order. Does not belong here: any break (its own file).
"""

from collections.abc import Sequence

from pipeline.errors import UsageError
from pipeline.rehearsal.breaks import closures, ecds, hrg4plus, opt_outs, tariff_years
from pipeline.rehearsal.breaks.happened import Break, Document
from pipeline.rehearsal.parameters import Parameters

BREAKS: dict[str, Break] = {
    one.name: one for one in (ecds.BREAK, hrg4plus.BREAK, tariff_years.BREAK, closures.BREAK, opt_outs.BREAK)
}
ALL = "all"


def chosen_breaks(names: Sequence[str]) -> tuple[str, ...]:
    """The names asked for in the catalogue's order, once each; `all` is every one. Raises UsageError for an unknown name."""
    for name in names:
        if name not in BREAKS and name != ALL:
            raise UsageError(f"There is no break named {name}.", f"Known breaks: {', '.join(BREAKS)}, or {ALL}.")
    return tuple(name for name in BREAKS if name in names or ALL in names)


def with_breaks(document: Document, p: Parameters, names: Sequence[str]) -> Document:
    """The protocol with each break's clauses and its entries of known_breaks: one a month, whatever changed in it."""
    known: list[tuple[str, str]] = []
    for name in names:
        known += BREAKS[name].known(p)
        clauses = BREAKS[name].clauses
        if clauses is not None:
            clauses(document, p)
    by_month = {month: "; ".join(what for of, what in known if of == month) for month in sorted({month for month, _ in known})}
    if by_month:
        document["known_breaks"] = [{"month": month, "what": what} for month, what in by_month.items()]
    return document
