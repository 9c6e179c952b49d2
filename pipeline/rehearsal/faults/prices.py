"""Faults in prices: the supplier's cost column, the aggregates' cost, the price list.

Belongs here: pounds that are wrong though the codes are right. Does not belong here: codes (`codes`).
"""

import numpy as np
from openpyxl import Workbook

from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Bools, Fault, Place, Route, StrikeContacts, StrikeCounts, StrikeWorkbook
from pipeline.rehearsal.faults.strikes import Ints, changed
from pipeline.rehearsal.valuation import MFF_MILLIONTHS
from pipeline.rehearsal.world import World

BOTH: tuple[Route, ...] = ("extract", "feed")
SHARES = (0.05, 0.3, 1.0)
FACTORS = "19 MFF Payment values"


def _billed(factor: float) -> StrikeContacts:
    """The supplier's column times a factor on the rows that are hit."""

    def strike(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
        billed = contacts.details["billed"].astype(np.int64)
        unpriced = 0 if factor == 0 else billed  # a column of zeros is zero where nothing could be priced, too
        new = np.where(billed > 0, np.floor(billed * factor + 0.5).astype(np.int64), unpriced)
        return changed(contacts, billed=np.where(hit, new, billed))

    return strike


def _no_column(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    return changed(contacts, billed=np.where(hit, -1, contacts.details["billed"]))


def _cost_cells(factor: float) -> StrikeCounts:
    def strike(world: World, counts: dict[str, Ints], hit: Bools, fault: Fault, rng: np.random.Generator) -> None:
        share = 1 + (factor - 1) * min(fault.severity, 1.0)
        counts["pence"][hit] = np.round(counts["pence"][hit] * share).astype(np.int64)

    return strike


def _prices_times(sheet: str, first_row: int, columns: tuple[int, ...]) -> StrikeWorkbook:
    """Whole-pound prices of some columns of one sheet are too high by the severity."""

    def strike(book: Workbook, fault: Fault) -> None:
        for row in book[sheet].iter_rows(min_row=first_row):
            for cell in row:
                if cell.column in columns and isinstance(cell.value, int | float):
                    cell.value = round(cell.value * (1 + fault.severity))

    return strike


def _dearer(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """What a price list does to what is priced by it, to within the rounding of each price to whole pounds."""
    only = hit & (contacts.pence > 0)
    if stream == "apc":
        only = only & (contacts.details["kind"].astype(np.int64) == 0)
    factor = 1 + fault.severity
    return changed(contacts, pence=np.where(only, np.round(contacts.pence * factor).astype(np.int64), contacts.pence))


def _without_factor(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    millionths = MFF_MILLIONTHS[contacts.provider]
    plain = (contacts.pence * 1_000_000 + millionths // 2) // millionths
    return changed(contacts, pence=np.where(hit & (contacts.pence > 0), plain, contacts.pence))


def _no_price(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    return changed(contacts, pence=np.where(hit, -1, contacts.pence))


def _factor_dropped(book: Workbook, fault: Fault) -> None:
    """The market forces factor of one trust becomes 1."""
    for row in book[FACTORS].iter_rows(min_row=6):
        if row[1].value == fault.place.provider:
            row[3].value = 1


def _factor_missing(book: Workbook, fault: Fault) -> None:
    """One trust is not in the list of market forces factors."""
    for row in list(book[FACTORS].iter_rows(min_row=6)):
        if row[1].value == fault.place.provider:
            book[FACTORS].delete_rows(int(row[0].row or 0))


FAULTS = (
    Fault("control_ae_zero_cost", "prices", "From launch the supplier's cost of A&E attendances of the control practices is "
          "0.00; the HRGs are right.", routes=("feed",), route="feed", contacts=_billed(0.0), counts=_cost_cells(0.0),
          valued_on="supplier_cost"),
    Fault("cost_zero", "prices", "The supplier's cost column is 0.00.", severities=SHARES, routes=BOTH, contacts=_billed(0.0),
          counts=_cost_cells(0.0), valued_on="supplier_cost"),
    Fault("cost_in_pence", "prices", "The supplier's cost column is in pence.", Place(arm="both"), severities=SHARES,
          routes=BOTH, contacts=_billed(100.0), counts=_cost_cells(100.0), valued_on="supplier_cost"),
    Fault("cost_without_market_forces", "prices", "The supplier's cost column leaves out the market forces factor.",
          Place(stream="apc"), severity_is="share of the rows", severities=SHARES, routes=BOTH, contacts=_billed(0.95),
          counts=_cost_cells(0.95), valued_on="supplier_cost"),
    Fault("cost_of_another_year", "prices", "The supplier's cost column carries another year's prices, a third dearer.",
          Place(stream="ae"), severities=SHARES, routes=BOTH, contacts=_billed(1.33), counts=_cost_cells(1.33),
          valued_on="supplier_cost"),
    Fault("cost_column_empty", "prices", "The supplier's cost column is empty.", Place(arm="both"), severities=SHARES,
          contacts=_no_column, valued_on="supplier_cost"),
    Fault("tariff_of_another_year", "prices", "The A&E prices of another year stand in the workbook, a third dearer.",
          Place(stream="ae", arm="both", first="start"),
          severity=0.33, severity_is="share by which prices are too high", severities=(0.05, 0.1, 0.33),
          workbook=_prices_times("3 A&E", 5, (3, 4)), values=_dearer),
    Fault("tariff_emergencies_dearer", "prices", "The non-elective prices of another year stand in the workbook.",
          Place(stream="apc", arm="both", first="start"),
          severity=0.1, severity_is="share by which prices are too high", severities=(0.02, 0.05, 0.1),
          workbook=_prices_times("1 APC & OPROC", 4, (9, 14)), values=_dearer),
    Fault("market_forces_dropped", "prices", "The market forces factor of one trust is 1 in the workbook.",
          Place(stream="all", arm="both", provider="ZT1", first="start"), workbook=_factor_dropped, values=_without_factor),
    Fault("market_forces_missing", "prices", "One trust is missing from the list of market forces factors.",
          Place(stream="all", arm="both", provider="ZT2", first="start"), workbook=_factor_missing, values=_no_price),
)  # fmt: skip
