"""Group priced: every contact with its price, its price state and the branch that decided it.

Belongs here: which clean table goes through which rule. Does not belong here: the rule (`pipeline.pricing`).
"""

from collections.abc import Callable

import dagster as dg
import ibis.expr.types as ir

from assets.edge import edge
from assets.resources import Snapshots, StudyResource, stored
from pipeline import deliveries
from pipeline.pricing import appointments, attendances, spells
from pipeline.pricing.tariff import Tariff, read_workbook, together
from pipeline.study_folder import StudyFolder

#: asset name: clean table it prices, the function that does
RULES: dict[str, tuple[str, Callable[..., ir.Table]]] = {
    "priced_admitted_care": ("spells", spells.price_spells),
    "priced_emergency_care": ("attendances", attendances.price_attendances),
    "priced_outpatients": ("appointments", appointments.price_appointments),
}


def tariff_in_force(folder: StudyFolder) -> Tariff:
    """The prices of every tariff workbook in force."""
    workbooks = [d for d in folder.in_force if d.dataset == "tariff"]
    return together([read_workbook(path) for d in workbooks for path in deliveries.file_paths(folder.store, d)])


def priced_asset(name: str) -> dg.AssetsDefinition:
    """Price one stream at the study's constant prices, and at those of each contact's own year."""
    source, rule = RULES[name]

    def priced(study: StudyResource, clean: Snapshots, delivered_tariff: list[str]) -> dg.Output[Snapshots]:
        folder = study.open()
        store = folder.store
        more = {"episode_hrgs": store.get(clean["episode_hrgs"])} if "episode_hrgs" in clean else {}
        table = rule(
            store.get(clean["table"]),
            tariff=tariff_in_force(folder),
            prices=folder.study.prices,
            rules=folder.study.pricing,
            con=store.con,
            **more,
        )
        return stored({"table": store.put(name, table, ("stream", "activity_key"))})

    priced.__name__ = name
    return dg.asset(
        name=name,
        key_prefix="priced",
        group_name="priced",
        ins={
            "clean": dg.AssetIn(key=dg.AssetKey(["cleaned", source])),
            "delivered_tariff": dg.AssetIn(key=dg.AssetKey(["received", "tariff"])),
        },
        description=f"{source} priced from the official workbook; unpriced is null and counted by reason, never £0.",
    )(edge("priced")(priced))


ASSETS = [priced_asset(name) for name in RULES]
