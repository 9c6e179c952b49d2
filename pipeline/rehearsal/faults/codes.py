"""Faults that change what is coded on a row, and with it its kind or its price.

Belongs here: HRGs, methods of admission, classes of patient, departments, first and follow-up. Does not belong here: rows that
are lost (`rows`), the supplier's cost column and the price list (`prices`).
"""

import numpy as np

from pipeline.rehearsal.breaks import hrg4plus
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Bools, Fault, Place, Route, StrikeCounts
from pipeline.rehearsal.faults.strikes import (
    Ints,
    Recode,
    changed,
    chosen_cells,
    price_ratio,
    recoding,
    repriced,
    setting,
    take_out,
)
from pipeline.rehearsal.valuation import AE_HRGS, HRG_INDEX, HRGS, PROVIDER_CODES, TREATMENT_FUNCTIONS, price_attendances
from pipeline.rehearsal.world import World

SHARES = (0.02, 0.10, 0.50)
BOTH: tuple[Route, ...] = ("extract", "feed")


def _blank(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """No HRG, so no price by the supplier, nor by the study but for the flat price of a type 3 department."""
    pence = np.full(len(contacts), -1)
    if stream == "ae":
        minor = contacts.details["department"] == 3
        none = np.zeros(len(contacts), dtype=np.int64)  # any group: type 3 has one price for all
        flat = price_attendances(hrg=none, department=none + 3, provider=contacts.provider)
        pence = np.where(minor, flat, -1)
    return changed(
        contacts,
        no_hrg=contacts.details["no_hrg"].astype(bool) | hit,
        pence=np.where(hit, pence, contacts.pence),
        billed=np.where(hit, -1, contacts.details["billed"]),
    )


def _regrouped_early(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """Codes of HRG4+ in a year whose price list is of HRG4: most stand on it nowhere, some do and mean the same."""
    unknown = np.array([code not in HRG_INDEX for code in hrg4plus.BOTH[len(HRGS) :]])[contacts.details["hrg"].astype(np.int64)]
    return changed(
        contacts,
        plus=contacts.details["plus"].astype(bool) | hit,
        pence=np.where(hit & unknown, -1, contacts.pence),
    )


def _blank_cells(world: World, counts: dict[str, Ints], hit: Bools, fault: Fault, rng: np.random.Generator) -> None:
    priced = counts["rows"][hit] - counts["unpriced"][hit]
    lost = rng.binomial(priced, min(fault.severity, 1.0))
    counts["pence"][hit] -= np.round(counts["pence"][hit] * (lost / np.maximum(priced, 1))).astype(np.int64)
    counts["unpriced"][hit] += lost


def _ungroupable(world: World, contacts: Contacts, hit: Bools) -> Contacts:
    hrg = contacts.details["hrg"]
    code = HRG_INDEX["UZ01Z"] if "kind" in contacts.details else len(AE_HRGS) - 1
    return changed(contacts, hrg=np.where(hit, code, hrg))


#: each emergency HRG of short or long stays and the one that a coder paid by results would choose
DEARER = {"DZ21H": "EB03H", "DZ21J": "DZ21H", "DZ21K": "DZ21J", "DZ11B": "DZ11A", "EB03I": "EB03H", "KB03B": "AA22A",
          "LA04G": "LA04E", "WA23Y": "WA23X", "DZ15F": "DZ21K", "EB07H": "EB03I", "EB01Z": "EB07H", "DZ21A": "DZ21J",
          "AA29B": "AA26B"}  # fmt: skip


def _upcoded(world: World, contacts: Contacts, hit: Bools) -> Contacts:
    """The next dearer HRG of the same root where there is one."""
    hrg = contacts.details["hrg"].astype(np.int64)
    dearer = np.arange(max(HRG_INDEX.values()) + 1)
    for cheap, dear in DEARER.items():
        if cheap in HRG_INDEX and dear in HRG_INDEX:
            dearer[HRG_INDEX[cheap]] = HRG_INDEX[dear]
    return changed(contacts, hrg=np.where(hit, dearer[hrg], hrg))


def _recoded_cells(cell: int, change: Recode) -> StrikeCounts:
    """Rows of everybody else stay in their cell at another price."""

    def strike(world: World, counts: dict[str, Ints], hit: Bools, fault: Fault, rng: np.random.Generator) -> None:
        at = chosen_cells(hit, (cell,))
        part = (price_ratio(world, cell, change) - 1) * min(fault.severity, 1.0)
        counts["pence"][at] += np.round(counts["pence"][at] * part).astype(np.int64)

    return strike


def _ae_default(world: World, contacts: Contacts, hit: Bools) -> Contacts:
    """The cheapest group for everybody (VB11Z, no investigation with no significant treatment)."""
    return changed(contacts, hrg=np.where(hit, len(AE_HRGS) - 2, contacts.details["hrg"].astype(np.int64)))


def _kind_to(old: int, new: int) -> Recode:
    def change(world: World, contacts: Contacts, hit: Bools) -> Contacts:
        kind = contacts.details["kind"].astype(np.int64)
        return changed(contacts, kind=np.where(hit & (kind == old), new, kind))

    return change


def _cells_to(old: int, new: int, change: Recode) -> StrikeCounts:
    """Rows of everybody else stand in another cell, at the price that the change gives them there."""

    def strike(world: World, counts: dict[str, Ints], hit: Bools, fault: Fault, rng: np.random.Generator) -> None:
        at = chosen_cells(hit, (old,))
        to = np.roll(at, new - old, axis=2)
        moved = take_out(counts, at, rng.binomial(counts["rows"][at], min(fault.severity, 1.0)))
        moved["pence"] = np.round(moved["pence"] * price_ratio(world, old, change)).astype(np.int64)
        for name, values in counts.items():
            # a mask reads its cells in the order of the axes, and a roll along one axis of one cell keeps that order
            values[to] += moved[name]

    return strike


def _overnight_lost(world: World, contacts: Contacts, hit: Bools) -> Contacts:
    """Admission on the day of discharge, whatever the stay was: no excess days, and the short-stay price."""
    d = contacts.details
    return changed(contacts, stay=np.where(hit, 0, d["stay"].astype(np.int64)), episodes=np.where(hit, 1, d["episodes"]))


def _children(world: World, contacts: Contacts, hit: Bools) -> Contacts:
    """Age on admission 18: the reduced short-stay price is not for them."""
    return changed(contacts, age=np.where(hit, 18, contacts.details["age"].astype(np.int64)))


def _department(new: int) -> Recode:
    def change(world: World, contacts: Contacts, hit: Bools) -> Contacts:
        return changed(contacts, department=np.where(hit, new, contacts.details["department"].astype(np.int64)))

    return change


def _first_to(first: bool) -> Recode:
    def change(world: World, contacts: Contacts, hit: Bools) -> Contacts:
        return changed(contacts, first=np.where(hit, first, contacts.details["first"].astype(bool)))

    return change


def _no_procedure(world: World, contacts: Contacts, hit: Bools) -> Contacts:
    return changed(contacts, procedure=np.where(hit, -1, contacts.details["procedure"].astype(np.int64)))


def _other_function(world: World, contacts: Contacts, hit: Bools) -> Contacts:
    """A treatment function without a national price, as a trust's default clinic code has."""
    plain = hit & (contacts.details["procedure"].astype(np.int64) < 0)
    none = len(TREATMENT_FUNCTIONS) - 1
    return changed(contacts, function=np.where(plain, none, contacts.details["function"].astype(np.int64)))


def _other_provider(world: World, contacts: Contacts, stream: str, hit: Bools, fault: Fault) -> Contacts:
    """A merged trust sends under its partner's code."""
    other = np.where(hit, (contacts.provider + 1) % len(PROVIDER_CODES), contacts.provider)
    return repriced(stream, changed(contacts, provider=other), hit)


def _other_provider_cells(world: World, counts: dict[str, Ints], hit: Bools, fault: Fault, rng: np.random.Generator) -> None:
    for provider in fault.place.of_provider().tolist():
        at = hit.copy()
        at[:, :, :, np.arange(hit.shape[3]) != provider] = False
        to = np.roll(at, (provider + 1) % len(PROVIDER_CODES) - provider, axis=3)
        moved = take_out(counts, at, rng.binomial(counts["rows"][at], min(fault.severity, 1.0)))
        for name, values in counts.items():
            values[to] += moved[name]


APC, AE, OP = ("apc",), ("ae",), ("op",)
FAULTS = (
    Fault("control_ae_unpriced", "codes", "From launch A&E attendances of the control practices come without an HRG, so that "
          "they cannot be priced.", routes=("feed",), route="feed", contacts=_blank, counts=_blank_cells),
    Fault("hrg_blank", "codes", "Rows come without an HRG.", severity=0.2, severities=SHARES, routes=BOTH, contacts=_blank,
          counts=_blank_cells),
    Fault("hrg_ungroupable", "codes", "The grouper was given no diagnoses and returns UZ01Z.", severity=0.2, severities=SHARES,
          routes=BOTH, streams=("apc", "ae"), contacts=recoding(_ungroupable), counts=_blank_cells),
    Fault("hrg_upcoded", "codes", "One trust codes complications into every emergency spell.",
          Place(stream="apc", arm="both", provider="ZT2"), severities=(0.1, 0.4, 1.0), routes=BOTH, streams=APC,
          contacts=recoding(_upcoded), counts=_recoded_cells(0, _upcoded)),
    Fault("ae_grouped_by_default", "codes", "A&E attendances all fall into the cheapest group.", severities=SHARES, routes=BOTH,
          streams=AE, contacts=recoding(_ae_default), counts=_recoded_cells(3, _ae_default)),
    Fault("emergencies_as_elective", "codes", "ADMIMETH 21 is sent as 11.", Place(stream="apc"), severity=0.2,
          severities=SHARES, routes=BOTH, streams=APC, contacts=recoding(_kind_to(0, 1)),
          counts=_cells_to(0, 1, _kind_to(0, 1))),
    Fault("elective_as_emergencies", "codes", "ADMIMETH 11 is sent as 21.", Place(stream="apc"), severity=0.2,
          severities=SHARES, streams=APC, contacts=recoding(_kind_to(1, 0))),
    Fault("day_cases_as_ordinary", "codes", "CLASSPAT 2 is sent as 1.", Place(stream="apc"), severity=0.5, severities=SHARES,
          routes=BOTH, streams=APC, contacts=recoding(_kind_to(2, 1)), counts=_cells_to(2, 1, _kind_to(2, 1))),
    Fault("overnight_as_same_day", "codes", "The admission date is overwritten with the date of discharge.",
          Place(stream="apc"), severity=0.3, severities=SHARES, streams=APC, contacts=recoding(_overnight_lost)),
    Fault("ages_defaulted", "codes", "STARTAGE is 18 on every row.", Place(stream="apc"), severities=SHARES, streams=APC,
          contacts=recoding(_children)),
    Fault("departments_as_minor", "codes", "Every A&E department is sent as type 3.", severities=SHARES, routes=BOTH,
          streams=AE, contacts=recoding(_department(3)), counts=_cells_to(3, 4, _department(3))),
    Fault("departments_as_major", "codes", "Walk-in centres are sent as type 1.", severities=SHARES, routes=BOTH, streams=AE,
          contacts=recoding(_department(1)), counts=_cells_to(4, 3, _department(1))),
    Fault("first_as_follow_up", "codes", "First appointments are sent as follow-ups.", Place(stream="op"), severity=0.3,
          severities=SHARES, routes=BOTH, streams=OP, contacts=recoding(_first_to(False)),
          counts=_cells_to(5, 6, _first_to(False))),
    Fault("follow_up_as_first", "codes", "Follow-ups are sent as first appointments.", Place(stream="op"), severity=0.1,
          severities=SHARES, routes=BOTH, streams=OP, contacts=recoding(_first_to(True)),
          counts=_cells_to(6, 5, _first_to(True))),
    Fault("procedures_not_coded", "codes", "Outpatient procedures are sent as plain appointments.", Place(stream="op"),
          severities=SHARES, streams=OP, contacts=recoding(_no_procedure)),
    Fault("treatment_function_defaulted", "codes", "Appointments stand under a clinic's default function, which has no price.",
          Place(stream="op"), severity=0.2, severities=SHARES, streams=OP, contacts=recoding(_other_function)),
    Fault("provider_recoded", "codes", "After a merger one trust's rows come under the other's code.",
          Place(stream="all", arm="both", provider="ZT3"), severities=(0.1, 0.5, 1.0), routes=BOTH, contacts=_other_provider,
          counts=_other_provider_cells),
    Fault("people_rekeyed", "codes", "From October 2016 people stand under new pseudonyms.",
          Place(stream="all", first="2016-10"), severities=(0.02, 0.2, 1.0), severity_is="share of the people",
          per_person=True, contacts=setting("other_key", True)),
    Fault("grouper_in_one_arm", "codes", "HRGs are of HRG4+ a year early.",
          Place(stream="apc", first="2016-04", last="2017-03"), severities=(0.1, 0.5, 1.0), streams=APC,
          contacts=_regrouped_early, needs=hrg4plus.NAME),
)  # fmt: skip
