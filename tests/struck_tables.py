"""The files of a struck village as frames, for tests of faults. Belongs here: comparing. Not: any expected value."""

from collections import Counter
from functools import cache

import numpy as np
import pandas as pd

from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.layout_admitted import admitted_table
from pipeline.rehearsal.layout_emergency import emergency_table
from pipeline.rehearsal.layout_outpatient import outpatient_table
from pipeline.rehearsal.sent import send
from pipeline.rehearsal.world import World

LAYOUTS = {"apc": admitted_table, "ae": emergency_table, "op": outpatient_table}
#: numbered in the order of the rows, so that one row less renumbers the rest
SERIAL = ("AEKEY", "EPIKEY", "ATTENDKEY", "SUSSPELLID")
#: date of a row
DATED = {"apc": "EPIEND", "ae": "ARRIVALDATE", "op": "APPTDATE"}
#: HES writes an unknown date so; the first few rows that can have it do, whichever rows there are
NULL_DATE = "1801-01-01"


_WORLDS: dict[int, World] = {}


def hospital(world: World, faults: list[Fault]) -> dict[str, pd.DataFrame]:
    """hes_apc, hes_ae, hes_op by stream, all years together, in the order of the rows."""
    _WORLDS[id(world)] = world
    return _hospital(id(world), tuple(faults))


@cache
def _hospital(world_id: int, faults: tuple[Fault, ...]) -> dict[str, pd.DataFrame]:
    """By the world's id, since worlds cannot be hashed. A stream that is as it was is the same frame."""
    plain = _hospital(world_id, ()) if faults else {}
    sent = send(_WORLDS[world_id], faults)
    found = {}
    for stream, layout in LAYOUTS.items():
        frame = layout(sent)[0].to_pandas()
        found[stream] = plain[stream] if stream in plain and plain[stream].equals(frame) else frame
    return found


def content(frame: pd.DataFrame, stream: str) -> Counter[tuple[str, ...]]:
    """How often each row stands there, its serial numbers apart; rows without a date left out."""
    dated = frame[frame[DATED[stream]] != NULL_DATE].drop(columns=[name for name in SERIAL if name in frame])
    return Counter(map(tuple, dated.astype(str).to_numpy().tolist()))


def differing(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, np.ndarray]:
    """Columns that differ, each with the rows it differs in; both frames have the same rows."""
    assert len(before) == len(after)
    found = {}
    for name in before.columns:
        other = (before[name] != after[name]) & ~(before[name].isna() & after[name].isna())
        if other.any():
            found[name] = other.to_numpy()
    return found


def arm_of(world: World, frame: pd.DataFrame) -> np.ndarray:
    """Arm each row counts for: of the practice at baseline for eligible people, else of the practice that sent them."""
    people = world.people
    home = {str(people.token[i]): str(world.city.arms[people.home[i]]) for i in np.flatnonzero(people.eligible)}
    codes = dict(zip(world.city.codes.tolist(), world.city.arms.tolist(), strict=True))
    sent = frame["GPPRAC"].map(codes)
    return frame["PSEUDO_HESID"].map(home).where(lambda known: known.notna(), sent).fillna("").to_numpy()
