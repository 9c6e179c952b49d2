"""The tables of bench/faults: a row a fault, then the classes against their aims.

Belongs here: shares with their Monte Carlo errors, and how they are printed. Does not belong here: the runs (`bench.faults`).
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pipeline.rehearsal.faults.catalogue import FAULTS

Row = dict[str, Any]
HEADS = f"{'found':>10} {'shut':>10} {'localised':>10} {'valued':>10}"
#: aims of the issue: shares found by class, localised, valued, and falsely shut
FOUND_TWO_ROUTES, LOCALISED, VALUED, FALSELY_SHUT = 0.99, 0.95, 0.95, 0.005


def share(flags: Iterable[bool | None]) -> tuple[float, float, int]:
    """Share true of those that are known, its Monte Carlo error, and how many are known."""
    known = [bool(flag) for flag in flags if flag is not None]
    if not known:
        return float("nan"), float("nan"), 0
    part = sum(known) / len(known)
    return part, math.sqrt(part * (1 - part) / len(known)), len(known)


def percent(flags: Iterable[bool | None]) -> str:
    part, error, n = share(flags)
    return "    -     " if not n else f"{100 * part:5.1f} ({100 * error:3.1f})"


def print_tables(rows: list[Row]) -> None:
    """A row a fault, variant and severity; the classes; the clean cities."""
    clean = [row for row in rows if row["fault"] == "none"]
    groups: dict[tuple[str, str, str, float], list[Row]] = defaultdict(list)
    for row in rows:
        if row["fault"] != "none":
            groups[row["family"], row["fault"], row["variant"], row["severity"]].append(row)
    print(f"{len(clean)} cities; per cent (Monte Carlo error). Pounds: mean measured minus true saving of the year.")
    print(f"{'fault':<30} {'variant':<18} {'severity':>8} {'pounds':>11}  {HEADS}")
    for (_, name, variant, severity), group in groups.items():
        pounds = sum(row["pounds"] for row in group) / len(group)
        columns = " ".join(percent(row[key] for row in group) for key in ("found", "shut", "localised", "valued"))
        print(f"{name:<30} {variant:<18} {severity:>8g} {pounds:>11,.0f}  {columns}")
    _classes(groups, clean)


def _classes(groups: dict[tuple[str, str, str, float], list[Row]], clean: list[Row]) -> None:
    two = {key: group for key, group in groups.items() if not key[2].startswith("feed")}
    one = {key: group for key, group in groups.items() if key[2].startswith("feed")}
    reached = {
        key: [row for row in group if row["reach"] is not None and abs(row["pounds"]) >= row["reach"]]
        for key, group in one.items()
    }
    print()
    for title, part, field, aim in (
        ("two routes to the same rows or people: found", two, "found", FOUND_TWO_ROUTES),
        ("before both routes, at or beyond the printed reach: found", reached, "found", 0.95),
        ("localised, of the found on two routes", two, "localised", LOCALISED),
        ("localised, of the found before both", one, "localised", LOCALISED),
        ("localised, of those at or beyond the printed reach", reached, "localised", LOCALISED),
        ("valued, of the found on two routes", two, "valued", VALUED),
        ("valued, of the found before both", one, "valued", VALUED),
        ("valued, of those at or beyond the printed reach", reached, "valued", VALUED),
    ):
        everything = [row[field] for group in part.values() for row in group]
        worst = min(
            ((share(row[field] for row in group)[0], key) for key, group in part.items() if share(r[field] for r in group)[2]),
            default=(float("nan"), ("", "", "", 0.0)),
        )
        name = f"{worst[1][1]} {worst[1][2]} {worst[1][3]:g}"
        print(f"{title:<58} {percent(everything)}  aim {100 * aim:g}; worst {100 * worst[0]:.0f}: {name}")
    shut = percent(row["shut"] for row in clean)
    print(f"{'clean cities falsely shut':<58} {shut}  aim at most {100 * FALSELY_SHUT:g}")
    everyone = [row for key, group in groups.items() if FAULTS[key[1]].valued_on is None for row in group]
    stopped = sum(abs(row["pounds"]) for row in everyone if row["shut"] and row["material"])
    missed = sum(abs(row["pounds"]) for row in everyone if not row["shut"] and row["material"])
    small = [row for row in everyone if not row["material"]]
    print(f"pounds of material faults stopped {stopped:,.0f}, let through {missed:,.0f}; "
          f"cities shut for a fault below materiality {percent(row['shut'] for row in small)}")  # fmt: skip
