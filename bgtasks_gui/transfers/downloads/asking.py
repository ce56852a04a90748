"""The request of a download, with the body of a file where it has one."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from typing import Final

from bgtasks_gui.core import transfers
from bgtasks_gui.transfers.downloads import ranges
from bgtasks_gui.transfers.files.threads import apart
from bgtasks_gui.transfers.web.web import Request

_STEP: Final = 256 * 1024


def make_request(spec: transfers.DownloadSpec, url: str, asked: ranges.Ask | None) -> Request:
    """For a range, or for the whole. Raises `OSError` for the file of its body."""
    headers = {**spec.headers, **(asked.headers if asked is not None else {})}
    if not spec.body:
        return Request(spec.method, url, headers)
    read, length = _bytes_of(spec.body)
    return Request(spec.method, url, headers, body=read, length=length)


def _bytes_of(path: str) -> tuple[Callable[[], AsyncIterator[bytes]], int]:
    """What makes the bytes of a file, as often as it is called, and how many they are."""
    size = os.stat(path).st_size

    async def read() -> AsyncIterator[bytes]:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            left = size
            while left > 0 and (piece := await apart(os.read, fd, min(_STEP, left))):
                left -= len(piece)
                yield piece
        finally:
            os.close(fd)

    return read, size
