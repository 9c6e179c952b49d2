"""How a payment is computed: pure functions, from deliveries to a settlement.

Belongs here: everything that can be called without an orchestrator and tested by itself.
Does not belong here: dagster (only `assets`), matplotlib and typst (only `reports`).
"""
