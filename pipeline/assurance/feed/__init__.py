"""What the aggregates say of themselves: people whom no programme served, levels, places, shape, the trusts' return.

Belongs here: checks that rest on the feed alone, statistical or by a second collection.
Does not belong here: the extract (`delivered`, `two_routes`).
"""
