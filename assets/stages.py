"""How far a run goes, in order.

Belongs here: the names of the stages, without dagster (a second to import), so that the command line can name them at once.
Does not belong here: what each materialises (`assets.run`).
"""

from typing import Literal, get_args

Until = Literal["data", "design", "estimate", "settle", "publish"]
STAGES: tuple[Until, ...] = get_args(Until)
