"""Write a rehearsal: study, terms, approvals, deliveries and the truth.

Belongs here: the order of a rehearsal, a part of the city's people at a time. Does not belong here: which files there are
(`city_files`), what is in them (`layout_*`).
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import yaml

from pipeline.errors import UsageError
from pipeline.rehearsal.breaks import fallback_means, hrg4plus
from pipeline.rehearsal.breaks.catalogue import chosen_breaks
from pipeline.rehearsal.city_files import write_people, write_whole
from pipeline.rehearsal.delivery_folder import Deliveries
from pipeline.rehearsal.faults.catalogue import chosen_faults
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.feed_cells import Simulated, simulated
from pipeline.rehearsal.layout_register import LIST_TYPES, registered
from pipeline.rehearsal.protocol import study_document
from pipeline.rehearsal.sent import send
from pipeline.rehearsal.truth import Sums, truth_document, truth_sums
from pipeline.rehearsal.world import World, build_world

#: smallest village and largest nation: 280 is 60 million people on lists
LEAST, MOST = 0.005, 300.0
#: the largest scale whose people are simulated in one part
PART = 1.0
#: signatures of the two fictional people
SIGNED = date(2015, 3, 2)


def rehearse(
    folder: Path,
    *,
    seed: int = 71,
    truth_gbp: float = 86.0,
    faults: Sequence[str] = (),
    breaks: Sequence[str] = (),
    scale: float = 1.0,
    gp_contacts: bool = False,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Write a synthetic city whose programme saves `truth_gbp` a baseline head and year into a study folder.

    Writes study.yaml, terms.yaml, approvals.yaml, deliveries/ and truth.json. `scale` multiplies list sizes and people: 0.03 is
    a village, 1 a city with 216,000 people on the lists of its study practices, 280 a nation of 60 million. Beyond PART the
    people are simulated and written a part at a time, a file a part, so that memory stays that of one part.
    With `gp_contacts` contacts with the practice are delivered too; the rest of the city is the same.
    `breaks` are changes that every supplier of these years went through (`breaks.catalogue`).
    Raises UsageError for an unknown fault or break, a fault without the break it needs, a saving beyond what the served cost, a
    scale out of range, or a folder that holds another study.
    """
    say = progress or (lambda message: None)
    planted, happened_to_all = chosen_faults(faults), chosen_breaks(breaks)
    _refuse_without_its_break(planted, happened_to_all)
    if not LEAST <= scale <= MOST:
        raise UsageError(f"A scale of {scale:g} makes no city.", f"Choose a scale between {LEAST:g} and {MOST:g}.")
    _refuse_another_city(
        folder, seed=seed, truth_gbp=truth_gbp, scale=scale, faults=planted, breaks=happened_to_all, gp_contacts=gp_contacts
    )
    parts = math.ceil(scale / PART)

    def of_part(part: int) -> World:
        return build_world(seed=seed, truth_gbp=truth_gbp, scale=scale, say=say, part=part, parts=parts, breaks=happened_to_all)

    first = of_part(0)
    if hrg4plus.NAME in happened_to_all:
        added = fallback_means.sums(first) + sum(fallback_means.sums(of_part(part)) for part in range(1, parts))
        first = replace(first, fallback=fallback_means.means(added))
    world = first
    _write_documents(folder, world, seed, gp_contacts)
    deliveries = Deliveries(folder / "deliveries", parts)
    counted: Simulated | None = None
    happened: Simulated | None = None
    sums: Sums | None = None
    on_registers = np.zeros((world.city.study, len(LIST_TYPES)), dtype=np.int64)
    for part in range(parts):
        if part:
            world = replace(of_part(part), fallback=first.fallback)
        sent = send(world, planted)
        say("writing hospital deliveries, registers, registrations and the programme")
        write_people(deliveries, sent, gp_contacts=gp_contacts)
        here = simulated(sent)
        there = simulated(send(world.before_breaks, [])) if planted or world.drawn else here
        mine = truth_sums(world, planted)
        counted, happened = here if counted is None else counted + here, there if happened is None else happened + there
        sums = mine if sums is None else sums + mine
        on_registers += registered(world)
    assert counted is not None
    assert happened is not None
    assert sums is not None
    say("writing aggregates, published registers, the trusts' return and the tariff")
    write_whole(deliveries, first, planted, counted=counted, happened=happened, registered=on_registers)
    deliveries.write_notes()
    for fault in planted:
        if fault.folder is not None:
            fault.folder(folder / "deliveries", fault)
    say("writing the truth")
    also = {"gp_contacts": True} if gp_contacts else {}
    truth = json.dumps(truth_document(first, truth_gbp, planted, sums) | also, indent=1, ensure_ascii=False)
    (folder / "truth.json").write_text(truth + "\n", encoding="utf-8")


def _refuse_without_its_break(faults: Sequence[Fault], breaks: Sequence[str]) -> None:
    """A fault in what a break changes has nothing to strike where that break never happened."""
    for fault in faults:
        if fault.needs is not None and fault.needs not in breaks:
            raise UsageError(
                f"The fault {fault.name} needs the break {fault.needs}, which was not asked for.", f"Add --break {fault.needs}."
            )


def _refuse_another_city(
    folder: Path,
    *,
    seed: int,
    truth_gbp: float,
    scale: float,
    faults: Sequence[Fault],
    breaks: Sequence[str],
    gp_contacts: bool,
) -> None:
    """A city of another seed, saving, size, fault or break has other deliveries: writing it over this one would mix the two."""
    path = folder / "truth.json"
    if not path.exists():
        return
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        before = (held["seed"], held["truth_gbp"], held["scale"], [fault["asked"] for fault in held["faults"]],
                  held.get("breaks", []), held.get("gp_contacts", False))  # fmt: skip
    except (ValueError, KeyError, TypeError):
        before = None
    if before != (seed, truth_gbp, scale, [fault.asked for fault in faults], list(breaks), gp_contacts):
        raise UsageError(
            f"{folder.name} holds another city than the one asked for.", "Choose another folder (demo: --out DIR)."
        )


def _write_documents(folder: Path, world: World, seed: int, gp_contacts: bool) -> None:
    """Protocol, terms and the fictional signatures on both."""
    from pipeline.approvals import rehearsal_approvals
    from pipeline.settlement.terms import Terms, illustrative_terms
    from pipeline.study import Study

    document = study_document(world.parameters, world.city, seed, world.breaks, gp_contacts=gp_contacts)
    terms = illustrative_terms()
    study_text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    path = folder / "study.yaml"
    if path.exists() and path.read_text(encoding="utf-8") != study_text:
        raise UsageError(f"{folder.name} holds another study.", "Choose an empty folder, or one with this same rehearsal.")
    folder.mkdir(parents=True, exist_ok=True)
    signed = rehearsal_approvals(Study.model_validate(document).sha256, Terms.model_validate(terms).sha256, SIGNED)
    texts = {
        "study.yaml": study_text,
        "terms.yaml": yaml.safe_dump(terms, sort_keys=False, allow_unicode=True),
        "approvals.yaml": yaml.safe_dump({"approvals": signed}, sort_keys=False, allow_unicode=True),
    }
    for name, text in texts.items():
        if not (folder / name).exists():  # terms changed and waivers signed in this folder since are its owner's
            (folder / name).write_text(text, encoding="utf-8")
