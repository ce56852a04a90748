"""What the streams of this package have in common, and the buffers that all of a thread share."""

from __future__ import annotations

import threading
from abc import abstractmethod
from typing import Final

import httpcore

#: Bytes read at once. Larger ones fall out of the processor's cache.
READ_SIZE: Final = 256 * 1024


class _Buffers(threading.local):
    """None is in use while a stream waits, so that all streams of a thread get by with these."""

    def __init__(self) -> None:
        self.plain = memoryview(bytearray(READ_SIZE))
        self.encrypted = memoryview(bytearray(256 * 1024))


buffers: Final = _Buffers()


def shared_buffer() -> memoryview:
    """Of this thread. What is in it must be used before anything is awaited."""
    return buffers.plain


class Unreached(httpcore.ConnectError):
    """A server, or the proxy before it, that there is no connection with; its cause says why."""

    def __init__(self, host: str, port: int | None = None) -> None:
        super().__init__(host)
        self.host = host
        self.port = port


class NotInTime(httpcore.ConnectTimeout):
    """The same where it merely took too long."""

    def __init__(self, host: str, port: int | None = None) -> None:
        super().__init__(host)
        self.host = host
        self.port = port


class Stream(httpcore.AsyncNetworkStream):
    """Also fills a buffer of its reader's."""

    @abstractmethod
    async def readinto(
        self, buffer: memoryview, timeout_s: float | None, *, is_more: bool = False
    ) -> int:
        """At least one byte; 0 at the end. Nothing is awaited once the buffer is filled.

        `is_more` says that enough for the whole buffer is to come, so that a part of it may wait.
        """

    @abstractmethod
    def write_now(self, buffer: bytes) -> None:
        """As much of it as can be sent without a wait. Raises `OSError`."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        buffer = buffers.plain[:max_bytes]
        return bytes(buffer[: await self.readinto(buffer, timeout)])
