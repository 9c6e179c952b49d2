"""May these data be compared, and these groups? Findings, and the verdicts that estimators require.

Belongs here: a check a module, the gate that judges their findings, and verdicts on disk.
Does not belong here: estimates, and which checks a study requires (its protocol).
"""
