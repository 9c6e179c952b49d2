"""The same rows by two routes: the person-level extract against aggregates drawn from the feed before selection.

Belongs here: rows, prices, places and people of the two, cell by cell. Does not belong here: what both routes lack (`feed`).
"""
