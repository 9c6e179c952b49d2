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

from bench.array_feed import by_stream, feed_frame, feed_kind_frame, population_frame, wider_frame
from bench.array_frames import kind_frame, label, people_frame, register_frame, return_frame, texts, time_frame
from bench.array_profile import profile_frame
from bench.array_receipts import array_receipts
from pipeline.assurance.evidence import CELL, DataEvidence
from pipeline.contracts import expected_cells
from pipeline.rehearsal.cohort import Cohort, cohort_of
from pipeline.rehearsal.contacts import Contacts
from pipeline.rehearsal.faults.fault import Fault
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
    made = Town(world, study, rest, wider_frame(world, study, rest), seen, published, returned, cohort=cohort)
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
        receipts=array_receipts(world, sent),
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


def _of_stream(
    place: Town, contacts: Contacts, stream: str, cohort: Cohort, codes: NDArray[Any], months: NDArray[Any]
) -> Stream:
    mine = {stream: _of_cohort(contacts, stream, cohort, len(months))}
    return Stream(_extract_cells(place.world, cohort, mine), profile_frame(place.world, cohort, mine, codes, months))


def _of_feed(
    place: Town, sent: Sent, faults: Sequence[Fault], codes: NDArray[Any], months: NDArray[Any]
) -> dict[str, pd.DataFrame]:
    cells = feed_cells(place.world, faults, simulated(sent, place.rest), place.rest)
    return {
        "feed": feed_frame(cells.counts, codes, months),
        "population": population_frame(cells.population, codes, months),
        "kinds": feed_kind_frame(cells.counts, codes, months),
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


def _cell_frame(dense: Cells, codes: NDArray[Any], months: NDArray[Any]) -> pd.DataFrame:
    summed = {name: by_stream(values) for name, values in dense.items() if name != "people"}
    at = np.nonzero(summed["rows"])
    labels = (
        label(codes, at[0]),
        label(months, at[1]),
        label(texts(STREAMS), at[2]),
        label(texts(PROVIDER_CODES.tolist()), at[3]),
    )
    return pd.DataFrame(dict(zip(CELL, labels, strict=True)) | {name: values[at] for name, values in summed.items()})
