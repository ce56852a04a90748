"""The file that is sent: read in large chunks, any number of times, and watched for changes."""

from __future__ import annotations

import asyncio
import os
import stat
from typing import Final

#: Bytes that are read and handed to the network at once, where no rate asks for less.
CHUNK: Final = 1024 * 1024


class Unusable(Exception):
    """It cannot be sent; the message says why."""


class Changed(Exception):
    """It is not the file any more of which the first bytes were sent."""


class Source:
    """A file that is open; it is not kept from others, so that it may change."""

    def __init__(self, path: str) -> None:
        self._path = path
        try:
            # A pipe would wait here for somebody who writes.
            self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise Unusable(_say(path, error)) from error
        found = os.fstat(self._fd)
        if not stat.S_ISREG(found.st_mode):
            os.close(self._fd)
            what = "a folder" if stat.S_ISDIR(found.st_mode) else "no file that can be sent"
            raise Unusable(f"{path} is {what}")
        self._buffer = bytearray()
        self.size = found.st_size
        #: By which a change is noticed.
        self.state = found.st_size, found.st_mtime_ns

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def check(self) -> None:
        """Raises `Changed` where it was written to, or another file took its place."""
        try:
            found = os.stat(self._path)
        except OSError as error:
            raise Changed(_say(self._path, error)) from error
        if (found.st_size, found.st_mtime_ns) != self.state:
            raise Changed(f"{self._path} was changed while it was sent")

    async def read(self, at: int, size: int) -> bytes:
        """Bytes from there on. Raises `Changed` at the end of a file that became shorter."""
        try:
            piece = self._read_cached(at, size)
            if piece is None:
                piece = await asyncio.to_thread(os.pread, self._fd, size, at)
        except OSError as error:
            raise Unusable(_say(self._path, error)) from error
        if not piece:
            raise Changed(f"{self._path} became shorter while it was sent")
        return piece

    def _read_cached(self, at: int, size: int) -> bytes | None:
        """What is in memory already; None where the disk would have to be waited for."""
        if not hasattr(os, "RWF_NOWAIT"):
            return None
        if len(self._buffer) < size:
            self._buffer = bytearray(size)
        view = memoryview(self._buffer)[:size]
        try:
            count = os.preadv(self._fd, [view], at, os.RWF_NOWAIT)
        except OSError:
            # It is not in memory, or this file system cannot tell.
            return None
        return bytes(view[:count]) if count else None


def _say(path: str, error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return f"there is no file {path}"
        case PermissionError():
            return f"{path} may not be read"
    return f"{path} cannot be read: {error.strerror or error}"
