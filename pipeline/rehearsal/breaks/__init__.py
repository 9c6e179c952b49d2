"""Breaks: changes of feed, grouper, tariff, practices and consent that happened to every supplier in these years.

Belongs here: what each of them does to what is sent, by name. Does not belong here: faults (`pipeline.rehearsal.faults`). A
break is nobody's fault: it happens in both arms on its own dates, it is written into the protocol, and what the programme did
stays what it was. By itself it must not shut the data gate.
"""
