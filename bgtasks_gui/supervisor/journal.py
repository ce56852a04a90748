"""How runs ended, in a file that outlives this process: one JSON line each."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping

from bgtasks_gui.worker import lines

#: A journal longer than this is written anew once most of it is no longer wanted.
LONG = 256 * 1024


def read(path: str) -> dict[str, dict[str, object]]:
    """The exits in the journal by run, the last one of each.

    A line that was cut short (the machine stopped while it was written) is passed over.
    """
    try:
        with open(path, "rb") as file:
            content = file.read()
    except FileNotFoundError:
        return {}
    records = (lines.decode(line) for line in content.split(b"\n") if line)
    return {str(record["run"]): record for record in records if record and "run" in record}


class Journal:
    """Appends exits. Each is in the file before the agent is told, and survives this process.

    It is not forced to the disk: after a power cut nothing of a run is left to be known anyway.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        os.makedirs(os.path.dirname(path) or ".", 0o700, exist_ok=True)
        self._fd = self._open(path, os.O_APPEND)
        self._end_torn_line()
        #: Bytes of each run's line that is still wanted.
        self._lengths = {run: len(lines.encode(exit)) for run, exit in read(path).items()}

    @property
    def length(self) -> int:
        """Bytes in the file."""
        return os.fstat(self._fd).st_size

    def append(self, run: str, exit: Mapping[str, object]) -> None:
        """Add a run's exit. OSError when the disk takes no more; the file is then as before."""
        line = lines.encode({"run": run, **exit})
        before = self.length
        try:
            _write(self._fd, line)
        except OSError:
            os.ftruncate(self._fd, before)
            raise
        self._lengths[run] = len(line)

    def forget(self, runs: Iterable[str]) -> None:
        """These are stored elsewhere. The file shrinks when it is empty or that saves much."""
        for run in runs:
            self._lengths.pop(run, None)
        if not self._lengths:
            os.ftruncate(self._fd, 0)
        elif self.length > max(LONG, 2 * sum(self._lengths.values())):
            exits = read(self._path)
            self._replace(b"".join(lines.encode(exits[run]) for run in self._lengths))

    def close(self) -> None:
        os.close(self._fd)

    @staticmethod
    def _open(path: str, flags: int) -> int:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | flags, 0o600)

    def _end_torn_line(self) -> None:
        length = self.length
        if length and os.pread(self._fd, 1, length - 1) != b"\n":
            with contextlib.suppress(OSError):
                os.write(self._fd, b"\n")

    def _replace(self, content: bytes) -> None:
        new = self._path + ".new"
        try:
            fd = self._open(new, os.O_TRUNC)
            try:
                _write(fd, content)
            finally:
                os.close(fd)
            os.replace(new, self._path)
        except OSError:
            return  # no room for a shorter one beside it: the long one does
        os.close(self._fd)
        self._fd = self._open(self._path, os.O_APPEND)


def _write(fd: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(fd, left) :]
