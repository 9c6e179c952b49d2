"""Our price beside the supplier's, contact by contact, counted in cells.

Belongs here: the comparison. Does not belong here: arms and verdicts (`pipeline.assurance`), restating the supplier's prices.
The supplier's cost is the delivered COST_GBP. By convention the market forces factor is in it: it is never added again.
"""

import ibis.expr.types as ir


def supplier_against_ours(priced: ir.Table) -> ir.Table:
    """One row a stream, provider, month (months of unfinished spells, being null, are left out); int64 throughout.

    rows; our_pence, supplier_pence (each over the rows that have one); rows_differing: both have one and they differ;
    rows_only_ours, rows_only_supplier: one of them has none.
    """
    dated = priced.filter(priced.month.notnull())
    ours, theirs = dated.price_pence, dated.supplier_cost_pence
    return (
        dated.mutate(
            differs=((ours != theirs) & ours.notnull() & theirs.notnull()).fill_null(False).cast("int64"),
            only_ours=(ours.notnull() & theirs.isnull()).cast("int64"),
            only_supplier=(ours.isnull() & theirs.notnull()).cast("int64"),
        )
        .group_by("stream", "provider", "month")
        .aggregate(
            rows=lambda t: t.count().cast("int64"),
            our_pence=lambda t: t.price_pence.sum().fill_null(0).cast("int64"),
            supplier_pence=lambda t: t.supplier_cost_pence.sum().fill_null(0).cast("int64"),
            rows_differing=lambda t: t.differs.sum().cast("int64"),
            rows_only_ours=lambda t: t.only_ours.sum().cast("int64"),
            rows_only_supplier=lambda t: t.only_supplier.sum().cast("int64"),
        )
    )
