"""What a supplier can get wrong: a catalogue of faults, each a documented, parametrised change of what is sent.

Belongs here: the faults by family (`rows`, `copies`, `codes`, `dates`, `prices`, `people`, `aggregates`, `notes`, `files`), and
what they do to contacts, lists and files. Does not belong here: what a fault is worth (`pipeline.rehearsal.truth`).
"""
