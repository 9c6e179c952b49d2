"""Which files a rehearsal's city is delivered in, and when each is received.

Belongs here: the datasets, a part of the city's people at a time and once for the whole. Does not belong here: what is in them
(`layout_*`), writing a folder (`delivery_folder`).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from openpyxl import Workbook

from pipeline.rehearsal import layout_gp_contact
from pipeline.rehearsal.breaks.ecds import ecds_table
from pipeline.rehearsal.columns import year_name
from pipeline.rehearsal.delivery_folder import Deliveries, write_note
from pipeline.rehearsal.faults.fault import Fault
from pipeline.rehearsal.feed_cells import Simulated, draw_elsewhere, feed_cells, without_opt_outs
from pipeline.rehearsal.layout_admitted import admitted_table
from pipeline.rehearsal.layout_aggregates import laid_out
from pipeline.rehearsal.layout_emergency import emergency_table
from pipeline.rehearsal.layout_outpatient import outpatient_table
from pipeline.rehearsal.layout_programme import contact_table, referral_table, star_table
from pipeline.rehearsal.layout_register import practice_table, prevalence_table, register_table, registration_table
from pipeline.rehearsal.layout_trust_return import table as trust_return_table
from pipeline.rehearsal.seeds import generator, of_part
from pipeline.rehearsal.sent import Sent
from pipeline.rehearsal.tariff_workbook import write_workbook
from pipeline.rehearsal.world import World

RECEIVED = "2019-07-15"
HOSPITAL: tuple[tuple[str, Callable[[Sent], tuple[pa.Table, np.ndarray]], bool], ...] = (
    ("hes_apc", admitted_table, False),
    ("hes_ae", emergency_table, False),
    ("hes_op", outpatient_table, True),
)


def write_people(deliveries: Deliveries, sent: Sent, *, gp_contacts: bool = False) -> None:
    """The person-level files of one part of the city's people; contacts with the practice where they are asked for."""
    world = sent.world
    further = (("ecds", ecds_table, False),) if "ecds" in world.breaks else ()
    for dataset, layout, parquet in (*HOSPITAL, *further):
        table, year = layout(sent)
        _yearly(deliveries, dataset, table, year, parquet=parquet, part=world.part)
    seed, months = of_part(world.seed, world.part), world.parameters.months
    own = _as_the_programme_knows(world)
    for dataset, table in (
        ("gp_registration", registration_table(world, sent.listed)),
        ("qof_register", register_table(world, sent.listed)),
        ("programme_referral", referral_table(own)),
        ("link_worker_contact", contact_table(own, generator(seed, "link worker contacts"))),
        ("wellbeing_star", star_table(own, generator(seed, "stars"))),
    ):
        deliveries.write(
            dataset, dataset=dataset, period=(months[0], months[-1]), received=RECEIVED, table=table, part=world.part
        )
    if gp_contacts:
        deliveries.write(
            layout_gp_contact.NAME, dataset=layout_gp_contact.NAME, period=(months[0], months[-1]), received=RECEIVED,
            table=layout_gp_contact.contact_table(world), parquet=True, part=world.part,
        )  # fmt: skip


def _as_the_programme_knows(world: World) -> World:
    """The programme's own people, at their practices of today: an opt-out from sharing does not touch its own files."""
    return replace(world, people=replace(world.before_breaks.people, closures=world.people.closures))


def write_whole(
    deliveries: Deliveries,
    world: World,
    faults: Sequence[Fault],
    *,
    counted: Simulated,
    happened: Simulated,
    registered: np.ndarray,
) -> None:
    """The files of the whole city: aggregates, published registers, the trusts' return, practices, tariff.

    world : any part of it. counted, happened : `simulated` of all parts as the aggregates count them, and without any fault.
    registered : `layout_register.registered` of all parts.
    """
    months = world.parameters.months
    whole = (months[0], months[-1])
    rest = draw_elsewhere(world, happened.population)
    sent_rest = without_opt_outs(world, rest)
    found = laid_out(world, feed_cells(world, faults, counted, sent_rest), sent_rest)
    _yearly(deliveries, "practice_activity", found.activity, found.year, parquet=True)
    for dataset, period, received, table in (
        ("practice_population", whole, RECEIVED, found.population),
        (
            "qof_prevalence", ("2014-04", "2015-03"), "2015-10-29",
            prevalence_table(world, generator(world.seed, "prevalence"), registered),
        ),
        ("trust_return", whole, RECEIVED, trust_return_table(world, rest, happened)),
    ):  # fmt: skip
        deliveries.write(dataset, dataset=dataset, period=period, received=received, table=table)
    deliveries.write("practice", dataset="practice", period=whole, received=RECEIVED, table=practice_table(world), header=False)
    folder = deliveries.home / "tariff"
    folder.mkdir(parents=True, exist_ok=True)
    write_workbook(folder / "tariff.xlsx", lambda book: _strike_prices(book, faults))
    write_note(folder, dataset="tariff", period=("2016-04", "2017-03"), received="2016-04-01", files=["tariff.xlsx"], totals={})


def _yearly(
    deliveries: Deliveries, dataset: str, table: pa.Table, year: np.ndarray, *, parquet: bool, part: int | None = None
) -> None:
    """One delivery a financial year, received on the fifteenth of July after it."""
    for start in np.unique(year).tolist():
        if start < 2010:
            continue
        deliveries.write(
            f"{dataset}-{year_name(start)}",
            dataset=dataset,
            period=(f"{start}-04", f"{start + 1}-03"),
            received=f"{start + 1}-07-15",
            table=table.take(pa.array(np.flatnonzero(year == start))).combine_chunks(),
            parquet=parquet,
            part=part,
        )


def _strike_prices(book: Workbook, faults: Sequence[Fault]) -> None:
    for fault in faults:
        if fault.workbook is not None:
            fault.workbook(book, fault)
