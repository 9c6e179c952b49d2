"""What came: delivery notes, registers, people and the extract's own rows, each held against a contract or a second count.

Belongs here: checks that rest on receipts, the cohort or the extract.
Does not belong here: the extract against the feed (`two_routes`), the feed by itself (`feed`).
"""
