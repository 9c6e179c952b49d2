"""The product's way from delivered rows to prices, as its assets go it, for the measurement of cleaning.

Belongs here: calling the steps of `assets.cleaned` and `assets.priced` on rows that no delivery holds. Does not belong here:
any rule, measuring (`cleaning_scale`).
"""

from pathlib import Path

import ibis

from assets.cleaned import RULES, clean
from assets.priced import RULES as PRICES
from bench.cleaning_rows import DeliveredRows
from pipeline import tables
from pipeline.contracts import read_contract
from pipeline.pricing.tariff import read_workbook
from pipeline.store import Snapshot, Store
from pipeline.study import CleaningRules, Prices, PricingRules

#: clean table to the dataset it comes from and the name of its prices
STREAMS = {
    "spells": ("hes_apc", "priced_admitted_care"),
    "attendances": ("hes_ae", "priced_emergency_care"),
    "appointments": ("hes_op", "priced_outpatients"),
}


def run(delivered: DeliveredRows, workbook: Path, out: Path) -> dict[str, str]:
    """Clean and price into a store under `out`, with the protocol's defaults. Returns the name of each result to its file."""
    store, tariff = Store(out), read_workbook(workbook)
    made: dict[str, Snapshot] = {}
    for name, (dataset, prices) in STREAMS.items():
        columns = read_contract(dataset).column_names
        rows = store.con.read_parquet(delivered.files(dataset), union_by_name=True)
        absent = {column: ibis.null("string") for column in columns if column not in rows.columns}
        rows = rows.mutate(**absent).select(*columns, *tables.ORIGIN)
        _, rule, key = RULES[name]
        done = clean(store, name, rule(rows, CleaningRules()), rows, key)
        priced = PRICES[prices][1](
            store.get(done["table"]),
            tariff=tariff,
            prices=Prices(base="2016-17", grouper="HRG4"),
            rules=PricingRules(),
            con=store.con,
        )
        made |= {name: done["table"], f"{dataset}_priced": store.put(prices, priced, ("stream", "activity_key"))}
        made |= {f"{dataset}_{part}": done[part] for part in ("fates", "accounting", "repairs")}
    return {name: str(store.path(snapshot)) for name, snapshot in made.items()}
