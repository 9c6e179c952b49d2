"""From an estimate to money: the terms as data, the saving, the payment clause by clause, the ledger.

Belongs here: exact decimals and the clauses that produced them. Does not belong here: how the effect was estimated.
"""
