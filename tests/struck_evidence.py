"""The same faults by the road of arrays and by the road of files: frames of evidence held against each other.

Belongs here: planting and comparing. Not: any expected number.
"""

from dataclasses import replace

import pandas as pd

from pipeline.assurance.evidence import DataEvidence
from pipeline.rehearsal.faults.catalogue import FAULTS
from pipeline.rehearsal.faults.fault import Fault

SEED, SCALE = 5, 0.03
CELL = ["practice", "month", "stream", "provider"]
KIND = ["practice", "month", "stream", "pod", "department_type", "provider"]
#: each frame of the evidence and what tells its rows apart
FRAMES = {
    "extract": CELL,
    "feed": [*CELL, "population"],
    "population": ["practice", "month", "population"],
    "kinds": [*KIND, "population"],
    "profile": ["practice", "month", "stream", "quantity"],
    "wider": ["practice", "month", "population", "stream"],
    "extract_kinds": KIND,
    "feed_people": KIND,
    "person_time": ["practice", "month"],
    "register_counts": ["practice", "register"],
    "returns": ["provider", "month", "department_type"],
}


def groups(count: int) -> list[list[Fault]]:
    """Every fault of contacts and of lists, on its several routes and in both arms in turn, dealt into groups of all families.

    One city holds a whole group: the arrays are right only if each fault does what its files show, also beside others.
    """
    placed = []
    every = [f for f in FAULTS.values() if f.contacts or f.people]
    every = [f for f in every if f.family != "files" and f.workbook is None and f.needs is None]
    for number, fault in enumerate(every):
        route = fault.routes[number % len(fault.routes)]
        arm = fault.place.arm if fault.place.arm == "both" else ("control", "intervention")[number % 2]
        placed.append(replace(fault, route=route, place=replace(fault.place, arm=arm), severity=fault.severities[0]))
    return [placed[start::count] for start in range(count)]


def differences(one: DataEvidence, other: DataEvidence) -> dict[str, str]:
    """What differs between two evidences, frame by frame, in months of the protocol; nothing where all is equal."""
    found = {}
    if dict(one.heads) != dict(other.heads):
        found["heads"] = f"{sum(one.heads.values())} against {sum(other.heads.values())}"
    for name, keys in FRAMES.items():
        frames = [_frame(getattr(evidence, name), keys, one.study.last_month) for evidence in (one, other)]
        columns = [column for column in frames[0].columns if column in frames[1].columns]
        both = frames[0][columns].join(frames[1][columns], how="outer", lsuffix=" a", rsuffix=" b").fillna(0)
        off = [column for column in columns if (both[f"{column} a"] != both[f"{column} b"]).any()]
        if off:
            found[name] = ", ".join(f"{c}: {both[f'{c} a'].sum():,.0f} against {both[f'{c} b'].sum():,.0f}" for c in off)
    return found


def _frame(frame: pd.DataFrame | None, keys: list[str], last_month: str) -> pd.DataFrame:
    assert frame is not None
    assert len(frame)
    read = frame.astype(dict.fromkeys(keys, "str"))  # arrays name cells by categoricals
    seen = read[read["month"] <= last_month] if "month" in read else read
    return seen.set_index(keys).select_dtypes("number").astype("float64")
