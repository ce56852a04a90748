"""What Linux can do with files and Python cannot, with another way where it is not there."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
from typing import Final

#: Keep the size; the blocks are there all the same (fallocate(2)).
_KEEP_SIZE: Final = 1
#: Replace nothing (renameat2(2)).
_NOREPLACE: Final = 1
#: Let two files have each other's name.
_EXCHANGE: Final = 2
_HERE: Final = -100
#: What is said by systems and file systems that do not have such a call.
_UNKNOWN: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})


def allocate(fd: int, length: int) -> None:
    """Have so many bytes on the disk for this file, whose size stays what it is.

    Raises `OSError` where they are not there; file systems that cannot tell do nothing.
    """
    # posix_fallocate would make the size a lie, and writes zeros where this is not supported.
    call = _call("fallocate", ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    if call is None or length <= 0:
        return
    if not call(fd, _KEEP_SIZE, 0, length):
        return
    number = ctypes.get_errno()
    if number not in _UNKNOWN:
        # What it had got by then is given back, for others have no room either.
        os.ftruncate(fd, os.fstat(fd).st_size)
        raise OSError(number, os.strerror(number))


def rename_new(source: str, target: str) -> None:
    """Give a file another name that nothing has. Raises `FileExistsError` where something has."""
    number = _rename(source, target, _NOREPLACE)
    if number in _UNKNOWN:
        return _link_new(source, target)
    if number:
        raise OSError(number, os.strerror(number), source, None, target)
    return None


def exchange(one: str, other: str) -> bool:
    """Let two files have each other's name, at once; whether that could be done."""
    return not _rename(one, other, _EXCHANGE)


def _rename(source: str, target: str, flags: int) -> int:
    """0, or the number of the error."""
    name = ctypes.c_char_p
    call = _call("renameat2", ctypes.c_int, name, ctypes.c_int, name, ctypes.c_uint)
    if call is None:
        return errno.ENOSYS
    if not call(_HERE, os.fsencode(source), _HERE, os.fsencode(target), flags):
        return 0
    return ctypes.get_errno()


def _link_new(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # No hard links there: take the name with an empty file, which is ours to replace.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC))
        try:
            os.rename(source, target)
        except OSError:
            os.unlink(target)
            raise
    else:
        os.unlink(source)


def open_nameless(folder: str) -> int | None:
    """A new file that is in a folder, but not yet under a name; None where that cannot be."""
    kind = getattr(os, "O_TMPFILE", 0)
    if not kind:
        return None
    try:
        fd = os.open(folder, os.O_RDWR | os.O_CLOEXEC | kind, 0o666)
    except OSError:
        return None
    if os.path.exists(_by_number(fd)):
        return fd
    os.close(fd)
    return None


def name(fd: int, folder: str, path: str) -> bool:
    """Give a nameless file a name; whether this file system can.

    Raises `FileExistsError` where something has that name.
    """
    # A folder to begin at makes Python follow the link of /proc, though it is not used.
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.link(_by_number(fd), path, src_dir_fd=here)
    except FileExistsError:
        raise
    except OSError:
        return False
    finally:
        os.close(here)
    return True


def _by_number(fd: int) -> str:
    return f"/proc/self/fd/{fd}"


def sync_folder(folder: str) -> None:
    """Make safe which names are in it, where the file system lets one."""
    with contextlib.suppress(OSError):
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


@functools.cache
def _call(name: str, *types: type) -> ctypes._NamedFuncPointer | None:
    found: ctypes._NamedFuncPointer | None = getattr(_libc(), name, None)
    if found is not None:
        found.argtypes = types
    return found


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
