"""The body of a request, from a file."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from typing import Final

from bgtasks_gui.transfers.files.threads import apart

_STEP: Final = 256 * 1024


def of_file(path: str) -> tuple[Callable[[], AsyncIterator[bytes]], int]:
    """What makes its bytes, as often as it is called, and how many they are."""
    size = os.stat(path).st_size

    async def read() -> AsyncIterator[bytes]:
        fd = await apart(os.open, path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            left = size
            while left > 0 and (piece := await apart(os.read, fd, min(_STEP, left))):
                left -= len(piece)
                yield piece
        finally:
            os.close(fd)

    return read, size
