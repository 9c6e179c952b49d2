"""What a contact costs at the national tariff: official workbooks, and the pricing rule branch by branch.

Belongs here: reading prices, applying them to spells, attendances and appointments, saying why a contact has none.
Does not belong here: how contacts are cleaned (`pipeline.cleaning`), who is compared (`pipeline.cohorts`), payment terms.

Outside the rule, and so in no price: marginal-rate emergency tariff, 30-day readmissions, top-ups, CQUIN, best-practice
conditions (the base column as printed is used), unbundled HRGs (in no core field of HES).
"""
