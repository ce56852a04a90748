"""Whether there is room for a file, and how to say that there is not."""

from __future__ import annotations

import errno
import os
from typing import Final

from bgtasks_gui.core import durations, reasons, transfers

#: What the system says when there is no room, or none that is left for this person.
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
#: Asked for where nobody knows how much is to come.
UNKNOWN: Final = 64 * 1024 * 1024


def is_full(error: OSError) -> bool:
    return error.errno in _FULL


def free(folder: str) -> int | None:
    """Bytes that may be written there; None where the system cannot tell."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize


def missing(folder: str, needs: int) -> transfers.Held | None:
    """How it stands still where so many bytes more do not fit."""
    there = free(folder)
    return None if there is None or there >= needs else held(folder, needs)


def held(folder: str, needs: int) -> transfers.Held:
    """It stands still until there is room for so many bytes."""
    there = free(folder)
    left = "" if there is None else f", {durations.say_size(there)} are free"
    return transfers.Held(
        code=reasons.Code.RESOURCE_REVOKED,
        detail=f"it needs {durations.say_size(needs)} on {_disk(folder)}{left}",
        folder=folder,
        needs=needs,
    )


def _disk(folder: str) -> str:
    """Where the file system of a folder begins."""
    path = os.path.realpath(folder)
    while not os.path.ismount(path):
        path = os.path.dirname(path)
    return path
