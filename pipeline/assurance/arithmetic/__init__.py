"""What the checks share: coded tables, shares and steps with their noise, their places and months, their pounds.

Belongs here: functions of small arrays. Does not belong here: any check, and anything read from a delivery.
"""
