"""Where a file will be, and whose it is while it is not whole.

A part file beside the target holds its place: whoever made it first has the name. It carries the
run that it belongs to, so that a crash leaves nothing behind that nobody knows.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from bgtasks_gui.transfers.files import names, syscalls

#: Of part files.
ENDING: Final = ".part"
#: Bytes of a name that file systems take.
_LONGEST: Final = 255
_RUN: Final = "user.bgtasks.run"
#: Where a file came from, as browsers say it (freedesktop.org, common extended attributes).
_ORIGIN: Final = "user.xdg.origin.url"
_FLAGS: Final = os.O_RDWR | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)


class Place(NamedTuple):
    """The path of a file, and that of its part file."""

    path: str
    part: str

    @property
    def folder(self) -> str:
        return os.path.dirname(self.path)


class Whole(NamedTuple):
    """The file of this run is there already, whole: a crash came before that was told."""

    path: str


def place_of(path: str) -> Place:
    folder, name = os.path.split(path)
    return Place(path, os.path.join(folder, names.shortened(name, _LONGEST - 5) + ENDING))


def places(path: str) -> Iterator[Place]:
    """The place of this path, and those beside it, "name (1).ext" and so on."""
    folder, name = os.path.split(path)
    yield place_of(path)
    for number in itertools.count(1):
        addition = f" ({number})"
        stem, ending = names.split(names.shortened(name, _LONGEST - len(addition)))
        yield place_of(os.path.join(folder, f"{stem}{addition}{ending}"))


def reserve(path: str, run_id: str) -> tuple[Place, int] | Whole:
    """The first free place, and its new empty part file, open."""
    for place in places(path):
        if os.path.lexists(place.path):
            if owner_of(place.path) == run_id:
                return Whole(place.path)
            continue
        fd = take(place.part, run_id)
        if fd is None:
            continue
        if not os.path.lexists(place.path):
            return place, fd
        # Whoever had this place has finished there just before it was taken.
        os.unlink(place.part)
        os.close(fd)
    raise AssertionError("there is always another number")


def take(path: str, run_id: str) -> int | None:
    """A new empty file of this run, open and locked; None where somebody has the name."""
    fd = _create(path, run_id)
    return _adopt(path, run_id) if fd is None else fd


def find_whole(path: str, run_id: str) -> Whole | None:
    """The whole file of this run, there or beside it."""
    for place in places(path):
        if owner_of(place.path) == run_id:
            return Whole(place.path)
        if not os.path.lexists(place.path) and not os.path.lexists(place.part):
            return None
    raise AssertionError("there is always another number")


def open_locked(part: str) -> int | None:
    """An existing part file, open; None where another transfer has it."""
    fd = os.open(part, _FLAGS)
    if _is_locked(fd):
        return fd
    os.close(fd)
    return None


def own(fd: int, run_id: str) -> None:
    """Whose it is, for those who find it later."""
    _put(fd, _RUN, run_id)


def owner_of(path: str) -> str | None:
    try:
        return os.getxattr(path, _RUN, follow_symlinks=False).decode(errors="replace")
    except (OSError, AttributeError):
        return None


def put_in_place(place: Place, fd: int, origin: str) -> str:
    """Let the part file be the file; says where that is. Nothing is replaced."""
    _put(fd, _ORIGIN, origin)
    for other in places(place.path):
        # Where somebody else's part file is, the name is taken.
        if other != place and os.path.lexists(other.part):
            continue
        try:
            syscalls.rename_new(place.part, other.path)
        except FileExistsError:
            continue
        syscalls.sync_folder(place.folder)
        return other.path
    raise AssertionError("there is always another number")


def _create(path: str, run_id: str) -> int | None:
    """A new file; None where there is one."""
    try:
        fd = _create_nameless(path, run_id)
        if fd is not None:
            return fd
        fd = os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        return None
    _is_locked(fd)
    own(fd, run_id)
    return fd


def _create_nameless(path: str, run_id: str) -> int | None:
    """One that has its run and its lock before a name; None where there are no such files."""
    folder = os.path.dirname(path)
    fd = syscalls.open_nameless(folder)
    if fd is None:
        return None
    is_named = False
    try:
        own(fd, run_id)
        _is_locked(fd)
        is_named = syscalls.name(fd, folder, path)
    finally:
        if not is_named:
            os.close(fd)
    return fd if is_named else None


def _adopt(part: str, run_id: str) -> int | None:
    """What this run made before a crash that came before it was recorded; nothing counts in it."""
    if owner_of(part) != run_id:
        return None
    fd = open_locked(part)
    if fd is not None:
        os.ftruncate(fd, 0)
    return fd


def _is_locked(fd: int) -> bool:
    """Take the lock that whoever writes to it has; said to be there where there are no locks."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
    return True


def _put(fd: int, name: str, value: str) -> None:
    # Not every file system has such attributes, and none of them is needed.
    with contextlib.suppress(OSError, AttributeError):
        os.setxattr(fd, name, value.encode())
