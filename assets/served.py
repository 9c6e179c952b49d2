"""What the web UI loads: the definitions of the folder that `outcomeb ui` names.

Belongs here: reading that name. Does not belong here: anything else.
"""

import os
from pathlib import Path

from assets.definitions import build_defs

defs = build_defs(Path(os.environ["OUTCOMEB_STUDY"]), os.environ.get("OUTCOMEB_ON"))
