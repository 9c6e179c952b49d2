"""The pages of the attribution report, one module a page, in the order in which they stand.

Belongs here: which sentences, tables and figures a page holds. Does not belong here: their look, and any number that the
result object does not hold.
"""
