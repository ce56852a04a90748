"""Digests of files: while their bytes come, and of what is on the disk already."""

from __future__ import annotations

import hashlib
import os
from typing import Final

#: Bytes read at once.
_STEP: Final = 1024 * 1024


class Digest:
    """Follows a file from its first byte on. What comes in order costs no second reading."""

    def __init__(self, checksum: str) -> None:
        """`checksum` is "sha256:HEX"."""
        self.name, _, expected = checksum.partition(":")
        self.expected = expected.strip().lower()
        self._hash = hashlib.new(self.name, usedforsecurity=False)
        #: Behind the last byte that it has seen.
        self.at = 0
        #: Set to have a reading end early.
        self.is_stopped = False

    def feed(self, at: int, view: memoryview) -> None:
        """Bytes that lie there; others than the next are read later."""
        if at == self.at:
            self._hash.update(view)
            self.at += len(view)

    def read(self, fd: int, end: int) -> None:
        """The bytes up to there, from the file. Takes its time; nothing may be fed meanwhile."""
        while self.at < end and not self.is_stopped:
            piece = os.pread(fd, min(_STEP, end - self.at), self.at)
            if not piece:
                raise EOFError(f"the file ends at {self.at}")
            self._hash.update(piece)
            self.at += len(piece)

    @property
    def found(self) -> str:
        return self._hash.hexdigest()

    @property
    def is_right(self) -> bool:
        return self.found == self.expected
