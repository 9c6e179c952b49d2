"""May the groups be compared: the design gate's checks, computed before launch but for counts of referrals.

Belongs here: balance, drift before launch, contamination. Does not belong here: the data gate's checks.
"""
