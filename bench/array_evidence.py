"""The evidence of the data gate computed from a rehearsal's arrays, without writing, receiving or cleaning a file.

Belongs here: counting what is sent exactly as the pipeline's gathering counts it from files, a thousand times faster, so that a
bench can judge tens of thousands of cities. Does not belong here: any check. That the two agree, frame by frame, for faults of
every family, is what tests/properties/assurance holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from bench.array_frames import (
    DEPARTMENT_OF_CELL,
    POD_OF_CELL,
    SPANS,
    STREAM_OF_CELL,
    kind_frame,
    label,
    label_of,
    one_of,
    people_frame,
    register_frame,
    return_frame,
    texts,
    time_frame,
)
from pipeline.assurance.evidence import CELL, KIND, DataEvidence
from pipeline.assurance.profiles import QUANTITIES
from pipeline.contracts import expected_cells
from pipeline.rehearsal.cohort import Cohort, cohort_of
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.faults.notes import DATASETS
from pipeline.rehearsal.feed_cells import Cells, Elsewhere, draw_elsewhere, feed_cells, remembered, simulated
from pipeline.rehearsal.feed_counts import CELLS, cell_of
from pipeline.rehearsal.layout_register import prevalence_table
from pipeline.rehearsal.layout_trust_return import table as trust_return_table
from pipeline.rehearsal.protocol import study_document
from pipeline.rehearsal.seeds import generator
from pipeline.rehearsal.sent import Sent, seen_in_city, send
from pipeline.rehearsal.valuation import PROVIDER_CODES
from pipeline.rehearsal.world import World
from pipeline.settlement.payment import payment
from pipeline.settlement.terms import Terms, illustrative_terms
from pipeline.study import Study
from pipeline.vocabulary import STREAMS

Ints = NDArray[np.int64]
POPULATIONS = ("eligible", "not_eligible", "all")
EXTRACT = ("rows", "people", "cost_pence", "unpriced_rows", "supplier_rows", "supplier_cost_pence")


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of the extract: EXTRACT figures (practices, months, cells, providers), and its part of the profile."""

    dense: Cells
    profile: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Town:
    """A world with all that no fault changes: its protocol, and everybody who exists only as aggregates."""

    world: World
    study: Study
    rest: Elsewhere
    wider: pd.DataFrame
    seen: dict[str, Contacts]
    published: pa.Table
    returned: pa.Table
    clean: list[DataEvidence] = field(default_factory=list)
    cohort: Cohort | None = None
    streams: dict[str, Stream] = field(default_factory=dict)


def town(world: World, *, materiality_gbp: float | None = None) -> Town:
    """Prepare a world once for many faults. materiality_gbp : instead of the rehearsal's £25,000."""
    document = study_document(world.parameters, world.city, world.seed)
    if materiality_gbp is not None:
        document["plausible"] = document["plausible"] | {"materiality_gbp": materiality_gbp}
    study = Study.model_validate(document)
    rest = remembered(draw_elsewhere(world), world)
    seen = {stream: seen_in_city(world, stream) for stream in STREAMS}
    published = prevalence_table(world, generator(world.seed, "prevalence"))
    returned, cohort = trust_return_table(world, rest), cohort_of(world, world.people)
    made = Town(world, study, rest, _wider(world, study, rest), seen, published, returned, cohort=cohort)
    codes, months = texts(world.city.codes[: world.city.study].tolist()), texts(world.parameters.months)
    made.streams.update({name: _of_stream(made, contacts, name, cohort, codes, months) for name, contacts in seen.items()})
    evidence(made, [])
    return made


def evidence(place: Town, faults: Sequence[Fault]) -> DataEvidence:
    """What the data gate would be given for deliveries with these faults, receipts apart.

    Frames that no fault touches are those of the city without faults, the very same objects.
    """
    world, months = place.world, texts(place.world.parameters.months)
    clean = place.clean[0] if place.clean else None
    sent = send(world, faults, place.seen)
    lists_right = clean is not None and sent.listed is world.people
    cohort = place.cohort if lists_right and place.cohort is not None else cohort_of(world, sent.listed)
    codes = texts(world.city.codes[: world.city.study].tolist())
    heads = np.bincount(cohort.practice[cohort.member], minlength=world.city.study)
    streams = {
        stream: place.streams[stream]
        if lists_right and sent.extract[stream] is place.seen[stream]
        else _of_stream(place, sent.in_extract(stream), stream, cohort, codes, months)
        for stream in STREAMS
    }
    dense = {name: np.sum([part.dense[name] for part in streams.values()], axis=0) for name in EXTRACT}
    by_feed = (
        {name: getattr(clean, name) for name in ("feed", "population", "kinds", "feed_people", "returns")}
        if clean is not None and not any(fault.on("aggregates") for fault in faults)
        else _of_feed(place, sent, faults, codes, months)
    )
    treated = int(heads[world.city.arms[: world.city.study] == "intervention"].sum())
    terms = Terms.model_validate(illustrative_terms())

    def paid(saving_gbp: Decimal) -> Decimal:
        return payment(saving_gbp=saving_gbp, heads=treated, terms=terms).amount_gbp

    found = DataEvidence(
        study=place.study,
        heads={str(code): int(n) for code, n in zip(codes, heads, strict=True) if n},
        extract=_cell_frame(dense, codes, months),
        wider=place.wider,
        receipts=_receipts(world, sent),
        expected=expected_cells(),
        payment=paid,
        profile=pd.concat([part.profile for part in streams.values()], ignore_index=True),
        extract_kinds=kind_frame(dense, codes, months),
        person_time=clean.person_time if clean and lists_right else time_frame(cohort, codes, months),
        register_counts=clean.register_counts
        if clean and lists_right
        else register_frame(world, sent.listed, place.published, codes),
        **by_feed,
    )
    if not faults and clean is None:
        place.clean.append(found)
    return found


@dataclass(frozen=True, slots=True)
class ArrayReceipt:
    """What receiving would have measured of one yearly hospital delivery whose note agrees with its file."""

    dataset: str
    fingerprint: str
    first_month: str
    last_month: str
    declared: dict[str, int]
    measured: dict[str, int]
    status: str = "final"


def _receipts(world: World, sent: Sent) -> tuple[ArrayReceipt, ...]:
    """Rows, rows repeated, rows set aside for dates that are none and rows dated outside the year; the small untidiness of
    every delivery, which no check minds, is left out."""
    first = int(world.parameters.months[0][:4])
    found = []
    for stream, dataset in DATASETS.items():
        contacts = sent.in_extract(stream)
        d = contacts.details
        year = d["filed"].astype(np.int64) // 12
        exchanged = d["date_form"].astype(np.int64) == 2
        unreadable = exchanged & (contacts.month < 0)
        outside = (contacts.month // 12 != year) & ~unreadable & (d["date_form"].astype(np.int64) != 1)
        for i in range(len(world.parameters.months) // 12):
            mine = year == i
            rows = int(mine.sum())
            counted = {"set_aside": unreadable, "outside_period": outside, "repeated": d["again"].astype(bool)}
            seen = {name: int((flag & mine).sum()) for name, flag in counted.items()}
            months = f"{first + i}-04", f"{first + i + 1}-03"
            found.append(ArrayReceipt(dataset, f"{dataset} {first + i}", *months, {"rows": rows}, {"rows": rows} | seen))
    return tuple(found)


def _of_stream(
    place: Town, contacts: Contacts, stream: str, cohort: Cohort, codes: NDArray[Any], months: NDArray[Any]
) -> Stream:
    mine = {stream: _of_cohort(contacts, stream, cohort, len(months))}
    return Stream(_extract_cells(place.world, cohort, mine), _profile_frame(place.world, cohort, mine, codes, months))


def _of_feed(
    place: Town, sent: Sent, faults: Sequence[Fault], codes: NDArray[Any], months: NDArray[Any]
) -> dict[str, pd.DataFrame]:
    cells = feed_cells(place.world, faults, simulated(sent, place.rest), place.rest)
    return {
        "feed": _feed_frame(cells.counts, codes, months),
        "population": _population_frame(cells.population, codes, months),
        "kinds": _kind_frame(cells.counts, codes, months),
        "feed_people": people_frame(cells.counts["eligible"], codes, months),
        "returns": return_frame(cells, place, months),
    }


def _of_cohort(contacts: Contacts, stream: str, cohort: Cohort, months: int) -> Contacts:
    """The contacts that are somebody's of the cohort once they have been cleaned and joined."""
    d = contacts.details
    keep = (contacts.month >= 0) & (contacts.month < months) & (contacts.person < len(cohort.member))
    keep &= cohort.member[np.minimum(contacts.person, len(cohort.member) - 1)]
    for gone in ("again", "other_key"):
        keep &= ~d[gone].astype(bool)
    if stream == "op":
        keep &= d["attended"].astype(bool)
    return contacts.take(keep)


def _extract_cells(world: World, cohort: Cohort, mine: dict[str, Contacts]) -> Cells:
    """EXTRACT figures, each of shape (practices, months, cells, providers)."""
    shape = (world.city.study, len(world.parameters.months), len(CELLS), len(PROVIDER_CODES))
    size = int(np.prod(shape))
    found = {name: np.zeros(size, dtype=np.int64) for name in EXTRACT}
    for stream, contacts in mine.items():
        practice = cohort.practice[contacts.person]
        key = np.ravel_multi_index((practice, contacts.month, cell_of(stream, contacts), contacts.provider), shape)
        blank = contacts.details["no_hrg"].astype(bool)
        billed = contacts.details["billed"].astype(np.int64)
        flat = contacts.details["department"] == 3 if stream == "ae" else np.zeros(len(contacts), dtype=bool)
        nothing = (contacts.pence < 0) | (blank & ~flat)  # a type 3 attendance without an HRG takes the flat price
        filled = (billed >= 0) & ~blank
        found["rows"] += np.bincount(key, minlength=size)
        once = np.sort(key * len(cohort.member) + contacts.person)
        first = np.concatenate([[True], once[1:] != once[:-1]]) if len(once) else np.zeros(0, dtype=bool)
        found["people"] += np.bincount(once[first] // len(cohort.member), minlength=size)
        found["cost_pence"] += _sums(key, np.where(nothing, 0, contacts.pence), size)
        found["unpriced_rows"] += np.bincount(key[nothing], minlength=size)
        found["supplier_rows"] += np.bincount(key[filled], minlength=size)
        found["supplier_cost_pence"] += _sums(key, np.where(filled, billed, 0), size)
    return {name: values.reshape(shape) for name, values in found.items()}


def _sums(key: Ints, pence: Ints, size: int) -> Ints:
    return np.bincount(key, weights=pence, minlength=size).astype(np.int64)  # far below 2**53: exact


def _by_stream(values: Ints) -> Ints:
    """Cells (axis 2) added up to streams in the order of STREAMS."""
    return np.stack([values[:, :, SPANS[stream]].sum(axis=2) for stream in STREAMS], axis=2)


def _cell_frame(dense: Cells, codes: NDArray[Any], months: NDArray[Any]) -> pd.DataFrame:
    summed = {name: _by_stream(values) for name, values in dense.items() if name != "people"}
    at = np.nonzero(summed["rows"])
    labels = (
        label(codes, at[0]),
        label(months, at[1]),
        label(texts(STREAMS), at[2]),
        label(texts(PROVIDER_CODES.tolist()), at[3]),
    )
    return pd.DataFrame(dict(zip(CELL, labels, strict=True)) | {name: values[at] for name, values in summed.items()})


def _feed_frame(counts: dict[str, Cells], codes: NDArray[Any], months: NDArray[Any]) -> pd.DataFrame:
    parts = []
    for population, cells in counts.items():
        figures = {
            name: _by_stream(cells[source].sum(axis=4))
            for name, source in (
                ("rows", "rows"), ("rows_linked", "linked"), ("cost_pence", "pence"), ("unpriced_rows", "unpriced"),
            )
        }  # fmt: skip
        at = np.nonzero(figures["rows"])
        labels = (
            label(codes, at[0]),
            label(months, at[1]),
            label(texts(STREAMS), at[2]),
            label(texts(PROVIDER_CODES.tolist()), at[3]),
        )
        frame = pd.DataFrame(dict(zip(CELL, labels, strict=True)) | {name: values[at] for name, values in figures.items()})
        parts.append(frame.assign(population=one_of(POPULATIONS, population, len(frame))))
    return pd.concat(parts, ignore_index=True)


def _kind_frame(counts: dict[str, Cells], codes: NDArray[Any], months: NDArray[Any]) -> pd.DataFrame:
    parts = []
    for population in ("eligible", "not_eligible"):
        figures = {
            name: counts[population][source].sum(axis=4)
            for name, source in (("rows", "rows"), ("cost_pence", "pence"), ("unpriced_rows", "unpriced"))
        }
        at = np.nonzero(figures["rows"])
        labels = (
            label(codes, at[0]), label(months, at[1]), label_of(STREAM_OF_CELL, at[2]), label_of(POD_OF_CELL, at[2]),
            label_of(DEPARTMENT_OF_CELL, at[2]), label(texts(PROVIDER_CODES.tolist()), at[3]),
            one_of(POPULATIONS, population, len(at[0])),
        )  # fmt: skip
        parts.append(
            pd.DataFrame(dict(zip(KIND, labels, strict=True)) | {name: values[at] for name, values in figures.items()})
        )
    return pd.concat(parts, ignore_index=True)


def _population_frame(population: dict[str, Cells], codes: NDArray[Any], months: NDArray[Any]) -> pd.DataFrame:
    parts = []
    for name, cells in population.items():
        figures = {field: values.sum(axis=2) for field, values in cells.items()}
        at = np.nonzero(figures["person_months"])
        frame = {
            "practice": label(codes, at[0]),
            "month": label(months, at[1]),
            "population": one_of(POPULATIONS, name, len(at[0])),
        }
        parts.append(pd.DataFrame(frame | {field: values[at] for field, values in figures.items()}))
    return pd.concat(parts, ignore_index=True)


def _wider(world: World, study: Study, rest: Elsewhere) -> pd.DataFrame:
    """The wider pool before launch: all people, and people of 40 to 74."""
    before = world.parameters.launch
    codes, months = texts(world.city.codes[world.city.study :].tolist()), texts(world.parameters.months)
    parts = []
    for population, bands in (("age_40_74", slice(1, 2)), ("all", slice(0, 3))):
        rows = _by_stream(rest.wider_counts.rows[..., bands].sum(axis=4)).sum(axis=3)[:, :before]
        time = rest.wider_population.person_months[:, :before, bands].sum(axis=2)
        at = np.nonzero(rows)
        parts.append(
            pd.DataFrame(
                {
                    "practice": codes[at[0]],
                    "month": months[at[1]],
                    "population": np.full(len(at[0]), population, dtype=object),
                    "stream": texts(STREAMS)[at[2]],
                    "rows": rows[at],
                    "person_months": time[at[0], at[1]],
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(area=frame["practice"].map(study.area_of))


def _profile_frame(
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
