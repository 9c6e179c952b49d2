"""A synthetic city with a known truth, in exactly the layouts that are delivered, and the faults it can suffer.

Belongs here: simulating people, contacts and a programme's effect, writing them as deliveries, stating the truth.
Does not belong here: anything that reads a delivery or estimates (the other rooms). Nothing here imports them, so that a
mistake in pricing or cohorts cannot hide by being made twice.
"""
