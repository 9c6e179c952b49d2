"""Who is compared: the eligible people fixed at the baseline date, the time they were observed, and who was referred.

Belongs here: cohorts from clean registrations, registers and referrals. Does not belong here: activity, prices, cells.
"""
