"""May these data be compared, and these groups? Findings, and the verdicts that estimators require."""
