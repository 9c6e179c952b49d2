"""Group settlement: what the terms make of the estimate. Proposed, never posted: `outcomeb settle` posts.

Belongs here: handing the primary estimate to the payment rule. Does not belong here: the rule (`pipeline.settlement`).
"""

from typing import Any

import dagster as dg

from assets.edge import edge
from assets.resources import StudyResource, document
from pipeline.result import decomposition_section, payment_section, saving_section
from pipeline.settlement.characteristics import characteristics
from pipeline.settlement.current_prices import at_current_prices, effects_by_pod
from pipeline.settlement.payment import payment, pounds
from pipeline.settlement.saving import saving
from pipeline.vocabulary import PODS


def assets(years: dg.StaticPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """proposed, by contract year."""

    @dg.asset(
        key_prefix="settlement",
        group_name="settlement",
        partitions_def=years,
        ins={"estimates": dg.AssetIn(key=dg.AssetKey(["estimation", "estimates"]))},
        description="The proposed payment, clause by clause, in exact decimals.",
    )
    @edge("settlement")
    def proposed(
        context: dg.AssetExecutionContext, study: StudyResource, estimates: dict[str, Any]
    ) -> dg.Output[dict[str, Any]]:
        folder = study.open()
        primary = next(row for row in estimates["rows"] if row["primary"])
        heads = int(estimates["heads"]["intervention"])
        saved = saving(
            effect_gbp_per_head=primary["effect_gbp_per_head"], observed_mean=estimates["observed_mean"], heads=heads
        )
        current = at_current_prices(effects_by_pod(estimates["rows"], primary, PODS), estimates["own_list"], heads=heads)
        before, _ = folder.ledger.paid_before(context.partition_key)
        owed = payment(saving_gbp=saved.gbp, heads=heads, terms=folder.terms, paid_before_gbp=before)
        rule = None
        if primary["standard_error"] is not None:
            rule = characteristics(
                terms=folder.terms,
                standard_error=primary["standard_error"],
                heads=heads,
                target_gbp_per_head=folder.study.plausible.target_gbp_per_head,
            )
        return document(
            {
                "decomposition": decomposition_section(estimates["parts"], saved, folder.study),
                "saving": saving_section(saved, primary["ci_low"], primary["ci_high"], current),
                "payment": payment_section(folder, owed, rule),
            },
            {"amount": pounds(owed.amount_gbp), "clause": owed.clause},
        )

    return [proposed]
