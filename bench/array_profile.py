"""The profile of the extract's rows from a rehearsal's arrays: `profiles.extract_profile` a second time.

Belongs here: shares of rows by date, repetition and price. Does not belong here: which rows count (`array_evidence`).
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.array_frames import label, one_of
from pipeline.assurance.delivered.profiles import QUANTITIES
from pipeline.rehearsal.cohort import Cohort
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.world import World
from pipeline.vocabulary import STREAMS

Ints = NDArray[np.int64]


def profile_frame(
    world: World, cohort: Cohort, mine: dict[str, Contacts], codes: NDArray[Any], months: NDArray[Any]
) -> pd.DataFrame:
    """`profiles.extract_profile`, from the arrays."""
    places, span = world.city.study, len(months)
    frames = []
    for stream, contacts in mine.items():
        key = cohort.practice[contacts.person] * span + contacts.month
        size = places * span
        whole = np.bincount(key, minlength=size)
        d, day = contacts.details, _read_day(contacts)
        month_start = day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        in_month = day - month_start + 1
        order = np.lexsort((day, contacts.person))
        person_day = contacts.person[order] * 10**6 + day[order]
        again = np.zeros(len(contacts), dtype=bool)
        again[order[1:]] = person_day[1:] == person_day[:-1]
        blank = d["no_hrg"].astype(bool)
        shares: dict[str, tuple[Any, Any]] = {
            "weekend": ((day + 3) % 7 >= 5, whole),  # day 0 was a Thursday
            "first_of_month": (in_month == 1, whole),
            "past_12th": (in_month > 12, whole),
            "same_day_again": (again, whole),
            "zero_price": ((contacts.pence == 0) & ~blank, whole),
            "no_currency": (_no_currency(stream, contacts), whole),
        }
        if stream == "apc":
            emergency = d["kind"].astype(np.int64) == 0
            shares["overnight"] = (
                emergency & (d["stay"].astype(np.int64) > 0), np.bincount(key[emergency], minlength=size),
            )  # fmt: skip
        for quantity, (flag, of) in shares.items():
            part = np.bincount(key[np.asarray(flag, dtype=bool)], minlength=size)
            at = np.flatnonzero(of)
            frames.append(
                pd.DataFrame(
                    {
                        "practice": label(codes, at // span), "month": label(months, at % span),
                        "stream": one_of(STREAMS, stream, len(at)), "quantity": one_of(QUANTITIES, quantity, len(at)),
                        "part": part[at], "whole": np.asarray(of)[at],
                    }
                )
            )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def _read_day(contacts: Contacts) -> Ints:
    """The day a reader finds: with day and month exchanged, the other one."""
    form = contacts.details["date_form"].astype(np.int64)
    if not (form == 2).any():
        return contacts.day
    months = contacts.day.astype("datetime64[D]").astype("datetime64[M]")
    number = months.astype(np.int64) + 1970 * 12
    in_month = contacts.day - months.astype("datetime64[D]").astype(np.int64) + 1
    turned = (number // 12 - 1970) * 12 + np.minimum(in_month, 12) - 1
    other = turned.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + number % 12
    return np.where(form == 2, other, contacts.day)


def _no_currency(stream: str, contacts: Contacts) -> NDArray[np.bool_]:
    """Rows on which neither an HRG nor a treatment function was looked up."""
    return contacts.details["no_hrg"].astype(bool)
