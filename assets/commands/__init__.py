"""The commands of `outcomeb`, one module a concern.

Belongs here: reading options, calling one function, printing. Does not belong here: any decision about data or money.
"""
