"""Write a rehearsal: study, terms, approvals, deliveries and the truth.

Belongs here: which files a rehearsal has and when each is received. Does not belong here: what is in them.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml
from openpyxl import Workbook

from pipeline.errors import UsageError
from pipeline.rehearsal.columns import year_name
from pipeline.rehearsal.delivery_folder import write_delivery, write_note
from pipeline.rehearsal.faults.catalogue import chosen_faults
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.layout_admitted import admitted_table
from pipeline.rehearsal.layout_aggregates import aggregates
from pipeline.rehearsal.layout_emergency import emergency_table
from pipeline.rehearsal.layout_outpatient import outpatient_table
from pipeline.rehearsal.layout_programme import contact_table, referral_table, star_table
from pipeline.rehearsal.layout_register import practice_table, prevalence_table, register_table, registration_table
from pipeline.rehearsal.layout_trust_return import table as trust_return_table
from pipeline.rehearsal.protocol import study_document
from pipeline.rehearsal.seeds import generator
from pipeline.rehearsal.sent import Sent, send
from pipeline.rehearsal.tariff_workbook import write_workbook
from pipeline.rehearsal.truth import truth_document
from pipeline.rehearsal.world import World, build_world

#: signatures of the two fictional people
SIGNED = date(2015, 3, 2)


def rehearse(
    folder: Path,
    *,
    seed: int = 71,
    truth_gbp: float = 86.0,
    faults: Sequence[str] = (),
    scale: float = 1.0,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Write a synthetic city whose programme saves `truth_gbp` a baseline head and year into a study folder.

    Writes study.yaml, terms.yaml, approvals.yaml, deliveries/ and truth.json. `scale` multiplies list sizes and people.
    Raises UsageError for an unknown fault, a saving beyond what the served cost, a scale out of range, or a folder that holds
    another study.
    """
    say = progress or (lambda message: None)
    planted = chosen_faults(faults)
    if not 0.005 <= scale <= 20:
        raise UsageError(f"A scale of {scale:g} makes no city.", "Choose a scale between 0.005 and 20.")
    _refuse_another_city(folder, seed=seed, truth_gbp=truth_gbp, scale=scale, faults=planted)
    world = build_world(seed=seed, truth_gbp=truth_gbp, scale=scale, say=say)
    _write_documents(folder, world, seed)
    sent = send(world, planted)
    say("writing hospital deliveries")
    _write_hospital(folder / "deliveries", sent)
    say("writing aggregates")
    _write_aggregates(folder / "deliveries", sent)
    say("writing registers, registrations, programme and tariff")
    _write_once(folder / "deliveries", sent)
    for fault in planted:
        if fault.folder is not None:
            fault.folder(folder / "deliveries", fault)
    say("writing the truth")
    truth = json.dumps(truth_document(world, truth_gbp, planted), indent=1, ensure_ascii=False)
    (folder / "truth.json").write_text(truth + "\n", encoding="utf-8")


def _refuse_another_city(folder: Path, *, seed: int, truth_gbp: float, scale: float, faults: Sequence[Fault]) -> None:
    """A city of another seed, saving, size or fault has other deliveries: writing it over this one would mix the two."""
    path = folder / "truth.json"
    if not path.exists():
        return
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        before = (held["seed"], held["truth_gbp"], held["scale"], [fault["asked"] for fault in held["faults"]])
    except (ValueError, KeyError, TypeError):
        before = None
    if before != (seed, truth_gbp, scale, [fault.asked for fault in faults]):
        raise UsageError(
            f"{folder.name} holds another city than the one asked for.", "Choose another folder (demo: --out DIR)."
        )


def _write_documents(folder: Path, world: World, seed: int) -> None:
    """Protocol, terms and the fictional signatures on both."""
    from pipeline.approvals import rehearsal_approvals
    from pipeline.settlement.terms import Terms, illustrative_terms
    from pipeline.study import Study

    document = study_document(world.parameters, world.city, seed)
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


def _yearly(deliveries: Path, dataset: str, table: pa.Table, year: np.ndarray, *, parquet: bool) -> None:
    """One delivery a financial year, received on the fifteenth of July after it."""
    for start in np.unique(year).tolist():
        if start < 2010:
            continue
        write_delivery(
            deliveries / f"{dataset}-{year_name(start)}",
            dataset=dataset,
            period=(f"{start}-04", f"{start + 1}-03"),
            received=f"{start + 1}-07-15",
            table=table.take(pa.array(np.flatnonzero(year == start))).combine_chunks(),
            parquet=parquet,
        )


def _write_hospital(deliveries: Path, sent: Sent) -> None:
    for dataset, layout, parquet in (
        ("hes_apc", admitted_table, False),
        ("hes_ae", emergency_table, False),
        ("hes_op", outpatient_table, True),
    ):
        table, year = layout(sent)
        _yearly(deliveries, dataset, table, year, parquet=parquet)


def _write_aggregates(deliveries: Path, sent: Sent) -> None:
    found = aggregates(sent)
    _yearly(deliveries, "practice_activity", found.activity, found.year, parquet=True)
    months = sent.world.parameters.months
    write_delivery(
        deliveries / "practice_population", dataset="practice_population", period=(months[0], months[-1]),
        received="2019-07-15", table=found.population,
    )  # fmt: skip


def _strike_prices(book: Workbook, faults: Sequence[Fault]) -> None:
    for fault in faults:
        if fault.workbook is not None:
            fault.workbook(book, fault)


def _write_once(deliveries: Path, sent: Sent) -> None:
    world, months = sent.world, sent.world.parameters.months
    whole, received = (months[0], months[-1]), "2019-07-15"
    for dataset, table in (
        ("gp_registration", registration_table(world, sent.listed)),
        ("qof_register", register_table(world, sent.listed)),
        ("programme_referral", referral_table(world)),
        ("link_worker_contact", contact_table(world, generator(world.seed, "link worker contacts"))),
        ("wellbeing_star", star_table(world, generator(world.seed, "stars"))),
    ):
        write_delivery(deliveries / dataset, dataset=dataset, period=whole, received=received, table=table)
    write_delivery(
        deliveries / "qof_prevalence", dataset="qof_prevalence", period=("2014-04", "2015-03"), received="2015-10-29",
        table=prevalence_table(world, generator(world.seed, "prevalence")),
    )  # fmt: skip
    write_delivery(
        deliveries / "trust_return", dataset="trust_return", period=whole, received=received, table=trust_return_table(world),
    )  # fmt: skip
    write_delivery(
        deliveries / "practice", dataset="practice", period=whole, received=received, table=practice_table(world), header=False
    )
    folder = deliveries / "tariff"
    folder.mkdir(parents=True, exist_ok=True)
    write_workbook(folder / "tariff.xlsx", lambda book: _strike_prices(book, sent.faults))
    write_note(folder, dataset="tariff", period=("2016-04", "2017-03"), received="2016-04-01", file="tariff.xlsx", totals={})
