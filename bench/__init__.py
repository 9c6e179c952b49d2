"""Measurements that print a table, for people who decide; none is a test and none is timed.

Belongs here: whole rehearsals set against their truth. Does not belong here: anything that the tests or the program import.
"""
