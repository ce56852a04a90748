"""The socket through which the agent comes: private, and served by one supervisor only."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct


class AlreadyServed(Exception):
    """Another supervisor serves this socket."""


class Door:
    """A listening socket, for this user only, and the lock that says who serves it.

    A socket that a killed supervisor has left behind is replaced.
    """

    def __init__(self, path: str) -> None:
        """AlreadyServed when another process holds the lock; OSError for an impossible path."""
        self._path = path
        os.makedirs(os.path.dirname(path) or ".", 0o700, exist_ok=True)
        self._lock = os.open(path + ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise AlreadyServed(f"Another supervisor already serves {path}.") from None
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.setblocking(False)
        try:
            self._bind()
        except OSError:
            self._listener.close()
            os.close(self._lock)
            raise

    def fileno(self) -> int:
        return self._listener.fileno()

    def accept(self) -> socket.socket | None:
        """The next connection; None when it is not from this user, or gone again.

        OSError when the system has no room for it now; it goes on waiting then.
        """
        try:
            end, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return None
        if is_own(end):
            return end
        end.close()
        return None

    def close(self) -> None:
        """Take the socket away, then let another supervisor in."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)
        self._listener.close()
        os.close(self._lock)

    def _bind(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)
        mask = os.umask(0o177)
        try:
            self._listener.bind(self._path)
        finally:
            os.umask(mask)
        self._listener.listen()


def is_own(end: socket.socket) -> bool:
    """Whether a process of this user is at the other end, where the system tells."""
    kind = getattr(socket, "SO_PEERCRED", None)
    if kind is None:
        return True  # the mode of the socket keeps the others out
    _, uid, _ = struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, kind, 12))
    return bool(uid == os.getuid())
