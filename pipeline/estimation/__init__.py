"""What the programme did, how sure that is, and what else could explain it.

Belongs here: pure functions on arrays and practice cells that return frozen results. Does not belong here: person-level rows
(the estimators need only cells), money owed (`pipeline.settlement`), whether the data may be believed (`pipeline.assurance`).
Every function that looks past launch takes the two gate verdicts as required arguments and raises where one is shut.
"""
