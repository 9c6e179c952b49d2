"""Planting a fault elsewhere, or worse or milder than it comes: settings as text.

Belongs here: which settings a fault has and what they may be. Does not belong here: names of faults (`catalogue`).
"""

from dataclasses import replace
from functools import cache
from typing import Any

from pipeline.errors import UsageError
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.parameters import read_parameters
from pipeline.rehearsal.valuation import PROVIDER_CODES


def planted(fault: Fault, settings: dict[str, str]) -> Fault:
    """The fault with settings from `NAME:key=value,...`: severity, stream, arm, provider, first, last, route.

    Raises UsageError for a setting that the fault does not have, naming those it has; for a value that it cannot take; and for
    months outside the city, or that end before they begin.
    """
    place: dict[str, Any] = {}
    change: dict[str, Any] = {}
    for key, value in settings.items():
        if key not in fault.settings:
            known = f"Settings: {', '.join(fault.settings)}." if fault.settings else "It has no settings."
            raise UsageError(f"The fault {fault.name} has no setting '{key}'.", known)
        if key == "severity":
            change[key] = _severity(fault, value)
        elif key == "route":
            change[key] = _one_of(fault, key, value, fault.routes)
        elif key == "stream":
            place[key] = _one_of(fault, key, value, _streams(fault))
        elif key == "arm":
            place[key] = _one_of(fault, key, value, fault.arms)
        elif key == "provider":
            place[key] = _one_of(fault, key, value, tuple(PROVIDER_CODES.tolist()))
        else:
            place[key] = _month(fault, key, value)
    asked = replace(fault, place=replace(fault.place, **place), **change)
    _in_order(asked)
    return asked


@cache
def _calendar() -> tuple[list[str], str]:
    """Months of every city, whatever its size, and the one of launch."""
    p = read_parameters()
    return p.months, p.city["launch_month"]


def _streams(fault: Fault) -> tuple[str, ...]:
    """Contacts of all streams can be struck at once; a file or a note is that of one."""
    return (*fault.streams, "all") if len(fault.streams) == 3 and fault.contacts is not None else fault.streams


def _severity(fault: Fault, value: str) -> float:
    share = fault.severity_is.startswith("share of")
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not 0 < number <= (1 if share else 1e6):
        wanted = "a number above 0 and up to 1" if share else "a number above 0"
        raise UsageError(f"The severity of {fault.name} cannot be '{value}'.", f"Give {wanted}: the {fault.severity_is}.")
    return number


def _one_of(fault: Fault, key: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise UsageError(f"The fault {fault.name} cannot have {key} '{value}'.", f"Known: {', '.join(known)}.")
    return value


def _month(fault: Fault, key: str, value: str) -> str:
    months, _ = _calendar()
    words = ("launch", "start") if key == "first" else ()
    if value not in (*words, *months):
        also = f", {' or '.join(words)}" if words else ""
        raise UsageError(
            f"The fault {fault.name} cannot have {key} '{value}'.", f"Give a month from {months[0]} to {months[-1]}{also}."
        )
    return value


def _in_order(fault: Fault) -> None:
    """Raises UsageError where the fault's last month lies before its first."""
    months, launch = _calendar()
    first = {"launch": launch, "start": months[0]}.get(fault.place.first, fault.place.first)
    if fault.place.last is not None and fault.place.last < first:
        raise UsageError(
            f"The fault {fault.name} would end in {fault.place.last}, before it begins in {first}.", "Give both first and last."
        )
