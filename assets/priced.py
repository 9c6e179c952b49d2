"""Group priced: every contact with its price, its price state and the branch that decided it.

Belongs here: which clean table goes through which rule. Does not belong here: the rule (`pipeline.pricing`).
"""

import dagster as dg

from assets.edge import edge
from assets.resources import Snapshots, StudyResource, stored
from pipeline import deliveries
from pipeline.pricing import appointments, attendances, spells, tariff

#: asset name: clean table it prices, the function that does
RULES = {
    "priced_admitted_care": ("spells", spells.price_spells),
    "priced_emergency_care": ("attendances", attendances.price_attendances),
    "priced_outpatients": ("appointments", appointments.price_appointments),
}


def priced_asset(name: str) -> dg.AssetsDefinition:
    """Price one stream at the study's constant prices."""
    source, rule = RULES[name]

    def priced(study: StudyResource, clean: Snapshots, delivered_tariff: list[str]):  # type: ignore[no-untyped-def]
        folder = study.open()
        store = folder.store
        workbooks = [tariff.read_workbook(p) for p in deliveries.paths_of(store, folder.in_force, "tariff")]
        table = rule(
            store.get(clean["table"]),
            tariff=tariff.choose(workbooks, folder.study.prices),
            prices=folder.study.prices,
            rules=folder.study.pricing,
            con=store.con,
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
