"""When things are computed: the Dagster asset graph and the `outcomeb` command.

Belongs here: assets of three to eight lines, partitions, checks, definitions, the command line.
Does not belong here: any thinking about hospitals, practices or money (that is `pipeline`).
"""
