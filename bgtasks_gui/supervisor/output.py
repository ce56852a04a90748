"""Writes the log of a run: the head, then segments of which only the newest are kept."""

from __future__ import annotations

import contextlib
import os

from bgtasks_gui.supervisor import segments


class OutputLog:
    """Where a run's output goes. Trouble with the disk is counted, and never raised.

    Files are made when there is something to write. A log that exists is continued.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._fd: int | None = None
        self._number: int | None = None
        #: Bytes of the stream that are or were in the log.
        self.total = self._existing_length()
        #: Bytes that could not be written. They are no part of the stream.
        self.lost = 0
        #: Why the last bytes could not be written; None when they could.
        self.error: str | None = None

    def write(self, chunk: bytes) -> None:
        """Append to the stream."""
        left = memoryview(chunk)
        try:
            while left:
                written = self._write_some(left)
                self.total += written
                left = left[written:]
            self.error = None
        except OSError as error:
            self.lost += len(left)
            self.error = error.strerror or str(error)
            self.close()

    def close(self) -> None:
        """Give the file back; the next write opens it again."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            with contextlib.suppress(OSError):
                os.close(fd)

    def _existing_length(self) -> int:
        try:
            return segments.extent(self._base)[0]
        except OSError:
            return 0

    def _write_some(self, left: memoryview) -> int:
        number, position = segments.locate(self.total)
        if self._fd is None or number != self._number:
            self.close()
            self._fd = self._open(number)
            self._number = number
        return os.write(self._fd, left[: segments.SEGMENT - position])

    def _open(self, number: int | None) -> int:
        if number is not None and number >= segments.KEPT:
            self._remove(number - segments.KEPT)
        name = segments.path(self._base, number)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        try:
            return os.open(name, flags, 0o600)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(name), 0o700, exist_ok=True)
            return os.open(name, flags, 0o600)

    def _remove(self, number: int) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(segments.path(self._base, number))
