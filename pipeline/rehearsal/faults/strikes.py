"""The few things that can happen to contacts, to aggregate cells, and how a change of codes changes the price.

Belongs here: losing, repeating, recoding, repricing, moving. Does not belong here: which fault does which (the families).
Every strike leaves contacts that are not hit as they were, and their order.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.rehearsal.cell_columns import CELLS, cell_of
from pipeline.rehearsal.columns import month_of_day
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Bools, Fault, StrikeContacts, StrikeCounts
from pipeline.rehearsal.valuation import price_appointments, price_attendances, price_spells
from pipeline.rehearsal.world import World
from pipeline.vocabulary import STREAMS

Ints = NDArray[np.int64]
Which = Callable[[World, Contacts], Bools]
Recode = Callable[[World, Contacts, Bools], Contacts]

#: index in `feed_counts.CELLS` by stream
CELLS_OF_STREAM = {"apc": slice(0, 3), "ae": slice(3, 5), "op": slice(5, 8), "all": slice(0, 8)}


def changed(contacts: Contacts, **columns: NDArray[np.generic]) -> Contacts:
    """The contacts with other columns or details of these names."""
    own = {name: values for name, values in columns.items() if name in ("month", "day", "provider", "pence", "person")}
    rest = {name: values for name, values in columns.items() if name not in own}
    return replace(contacts, **own, details=contacts.details | rest)  # type: ignore[arg-type]


def with_rows(contacts: Contacts, added: Contacts) -> Contacts:
    """The contacts and further ones behind them (not sorted: a supplier appends)."""
    names = ("person", "month", "day", "provider", "pence", "mark", "extra")
    columns = {n: np.concatenate([getattr(contacts, n), getattr(added, n)]) for n in names}
    details = {n: np.concatenate([v, added.details[n].astype(v.dtype)]) for n, v in contacts.details.items()}
    return replace(contacts, **columns, details=details)


def losing(only: Which | None = None) -> StrikeContacts:
    """Rows are lost; with `only`, of those that it chooses."""

    def strike(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
        gone = hit if only is None else hit & only(world, contacts)
        return contacts.take(~gone)

    return strike


def setting(name: str, value: bool | int, only: Which | None = None) -> StrikeContacts:
    """A detail is set on the rows that are hit."""

    def strike(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
        at = hit if only is None else hit & only(world, contacts)
        before = contacts.details[name]
        return changed(contacts, **{name: np.where(at, value, before).astype(before.dtype)})

    return strike


def recoding(change: Recode) -> StrikeContacts:
    """Codes are changed and both prices follow: the study's, and the supplier's own column."""

    def strike(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
        return repriced(stream, change(world, contacts, hit), hit)

    return strike


def repriced(stream: str, contacts: Contacts, rows: Bools) -> Contacts:
    """`pence` and `billed` of these rows by the rehearsal's own pricing of the codes that now stand on them."""
    price = own_price(stream, contacts)
    return changed(
        contacts, pence=np.where(rows, price, contacts.pence), billed=np.where(rows, price, contacts.details["billed"])
    )


def own_price(stream: str, contacts: Contacts) -> Ints:
    """Pence of every contact by the codes that stand on it, -1 without a price."""
    d = contacts.details
    if stream == "apc":
        kind, stay = d["kind"].astype(np.int64), d["stay"].astype(np.int64)
        return price_spells(
            hrg=d["hrg"].astype(np.int64), emergency=kind == 0, day_case=kind == 2, stay=stay,
            age=d["age"].astype(np.int64), provider=contacts.provider,
        )  # fmt: skip
    if stream == "ae":
        return price_attendances(
            hrg=d["hrg"].astype(np.int64), department=d["department"].astype(np.int64), provider=contacts.provider
        )
    price = price_appointments(
        function=d["function"].astype(np.int64), first=d["first"].astype(bool),
        procedure=d["procedure"].astype(np.int64), provider=contacts.provider,
    )  # fmt: skip
    return np.where(d["attended"].astype(bool), price, -1)


def price_ratio(world: World, cell: int, change: Recode) -> float:
    """What the contacts of an aggregate cell cost after a change of codes, as a part of what they cost before.

    Of the people simulated one by one, in all months; it prices the rows of those who exist only as aggregates.
    """
    stream = next(name for name in STREAMS if cell in range(*CELLS_OF_STREAM[name].indices(len(CELLS))))
    contacts = world.contacts[stream]
    mine = contacts.take((cell_of(stream, contacts) == cell) & (contacts.pence > 0))
    after = own_price(stream, change(world, mine, np.ones(len(mine), dtype=bool)))
    return float(np.maximum(after, 0).sum()) / float(mine.pence.sum()) if len(mine) else 1.0


def moved_days(world: World, contacts: Contacts, rows: Bools, days: Ints) -> Contacts:
    """Another day for these rows, and the month that day lies in; they stay in the yearly file they were in."""
    day = np.where(rows, contacts.day + days, contacts.day)
    month = np.where(rows, month_of_day(day, world.parameters.months[0]), contacts.month)
    return changed(contacts, day=day, month=month)


def cells(world: World, fault: Fault, shape: tuple[int, ...], practices: slice) -> Bools:
    """Which aggregate cells (practices, months, cells, providers, bands) the fault's place covers."""
    begin, end = fault.place.months(world)
    index = np.arange(len(world.city.codes))[practices]
    month = np.arange(shape[1])
    here = np.zeros(shape, dtype=bool)
    cell = np.zeros(shape[2], dtype=bool)
    cell[CELLS_OF_STREAM[fault.place.stream]] = True
    provider = np.isin(np.arange(shape[3]), fault.place.of_provider())
    inside = (month >= begin) & (month <= end)
    here[np.ix_(fault.place.in_arm(world, index), inside, cell, provider)] = True
    return here


def thinning(only_cells: tuple[int, ...] | None = None, months: tuple[int, ...] | None = None) -> StrikeCounts:
    """A share of the rows of each cell is lost, with its part of people, pence and unpriced rows.

    months : of these months of the financial year only (0 is April).
    """

    def strike(world: World, counts: dict[str, Ints], hit: Bools, fault: Fault, rng: np.random.Generator) -> None:
        at = chosen_cells(hit, only_cells)
        if months is not None:
            at = at & np.isin(np.arange(hit.shape[1]) % 12, months)[None, :, None, None, None]
        whole = counts["rows"][at]
        lost = whole if fault.severity >= 1 else rng.binomial(whole, fault.severity)
        take_out(counts, at, lost)

    return strike


def unlinking(world: World, counts: dict[str, Ints], hit: Bools, fault: Fault, rng: np.random.Generator) -> None:
    """A share of the linked rows is counted without a person."""
    counts["linked"][hit] -= rng.binomial(counts["linked"][hit], fault.severity)


def chosen_cells(hit: Bools, only: tuple[int, ...] | None) -> Bools:
    """The hit cells, of these cell columns only."""
    if only is None:
        return hit
    column = np.zeros(hit.shape[2], dtype=bool)
    column[list(only)] = True
    return hit & column[None, None, :, None, None]


def take_out(counts: dict[str, Ints], at: Bools, lost: Ints) -> dict[str, Ints]:
    """Remove `lost` rows of the cells `at`, everything else in proportion; what was removed is handed back."""
    whole = counts["rows"][at]
    share = lost / np.maximum(whole, 1)
    removed: dict[str, Ints] = {}
    for name, values in counts.items():
        part = lost if name == "rows" else np.round(values[at] * share).astype(np.int64)
        removed[name] = part
        values[at] -= part
    return removed
