"""What there was of an older version, kept beside the part file until the new one is whole.

It belongs to a run as the part file does, so that a crash leaves none that nobody knows.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from bgtasks_gui.transfers.files import names, places

#: Bytes of a name that are left for one in front of ".part.old" and a number.
_LONGEST: Final = 240
_NAME: Final = re.compile(r"\.part\.old\d*\Z")


class Reserved(NamedTuple):
    """A new empty file of its name, open and locked."""

    path: str
    fd: int


def is_one(name: str) -> bool:
    return _NAME.search(name) is not None


def reserve(part: str, run_id: str) -> Reserved | None:
    """The first free name beside a part file, or the one that this run has; None where none is."""
    with contextlib.suppress(OSError):
        for path in _paths(part):
            fd = places.take(path, run_id)
            if fd is not None:
                return Reserved(path, fd)
    return None


def find(folder: str, run_id: str, known: str) -> str:
    """The one that is recorded, or that a crash left unrecorded; "" where there is none.

    A name that was reserved and no more is given up.
    """
    if known and not os.path.isdir(os.path.dirname(known)):
        # A disk that is not there may come back.
        return known
    for path in itertools.chain([known] if known else [], _owned(folder, run_id)):
        with contextlib.suppress(OSError):
            if os.lstat(path).st_size:
                return path
            os.unlink(path)
    return ""


def remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def _paths(part: str) -> Iterator[str]:
    folder, name = os.path.split(part)
    stem = names.shortened(name.removesuffix(places.ENDING), _LONGEST) + places.ENDING
    yield os.path.join(folder, f"{stem}.old")
    for number in itertools.count(2):
        yield os.path.join(folder, f"{stem}.old{number}")


def _owned(folder: str, run_id: str) -> list[str]:
    try:
        with os.scandir(folder) as found:
            paths = [entry.path for entry in found if is_one(entry.name)]
    except OSError:
        return []
    return sorted(path for path in paths if places.owner_of(path) == run_id)
