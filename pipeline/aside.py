"""Files written aside before they are renamed into place, and those that a killed process left behind.

Belongs here: how such a file is named, and which may be swept. Does not belong here: what is written.

The name holds the writer's process id, so that a sweep never takes the file of a run that is still going on (the web UI and the
command line may work on one study at a time).
"""

import os
import shutil
from pathlib import Path

_MARK = ".aside-"


def prefix() -> str:
    """How the name of a file or folder that this process writes aside begins."""
    return f"{_MARK}{os.getpid()}-"


def sweep(folder: Path) -> None:
    """Remove from `folder` what processes that are no more had written aside."""
    for path in folder.glob(f"{_MARK}*"):
        writer = path.name.removeprefix(_MARK).partition("-")[0]
        if writer.isdigit() and _lives(int(writer)):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, so it lives
        return True
    return True
