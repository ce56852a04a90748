"""TLS over any stream, its records taken apart in memory: many of them for each call."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import Any, cast

import httpcore

from bgtasks_gui.transfers.net.streams import READ_SIZE, NotInTime, Stream, Unreached, buffers


async def secure(
    below: Stream, context: ssl.SSLContext, hostname: str | None, timeout_s: float | None
) -> TlsStream:
    """The same connection in TLS; closed where that does not come about."""
    stream = TlsStream(below, context, hostname)
    try:
        async with asyncio.timeout(timeout_s):
            await stream.shake_hands()
    except TimeoutError as error:
        await below.aclose()
        raise NotInTime(hostname or "") from error
    except (httpcore.NetworkError, OSError) as error:
        await below.aclose()
        raise Unreached(hostname or "") from error
    except BaseException:
        await below.aclose()
        raise
    return stream


class TlsStream(Stream):
    """Ends with a word of the other side, or with an error: nothing can be cut off unnoticed."""

    def __init__(self, below: Stream, context: ssl.SSLContext, hostname: str | None) -> None:
        self._below = below
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)

    async def shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush(None)
                await self._fill(None)
            except ssl.SSLError:
                # The other side is told why.
                self._flush_now()
                raise
            else:
                return await self._flush(None)

    async def readinto(
        self, buffer: memoryview, timeout_s: float | None, *, is_more: bool = False
    ) -> int:
        # With less to come than fits, how much of it is to come encrypted is not known.
        is_more = is_more and len(buffer) == READ_SIZE
        while True:
            count = self._decrypt(buffer)
            if count is not None:
                return count
            await self._flush(timeout_s)
            await self._fill(timeout_s, is_more=is_more)

    def _decrypt(self, buffer: memoryview) -> int | None:
        """As many bytes as there are; 0 at the end, None where more has to come first."""
        count, read = 0, self._tls.read
        try:
            while count < len(buffer):
                size = cast(int, read(len(buffer) - count, cast(Any, buffer[count:])))
                if not size:
                    return count
                count += size
        except ssl.SSLWantReadError:
            return count or None
        except ssl.SSLZeroReturnError:
            return count
        except ssl.SSLError as error:
            # What came before it counts; the next call meets the error again.
            if not count:
                raise httpcore.ReadError(_cut_off(error)) from error
        return count

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        rest = memoryview(buffer)
        while rest:
            try:
                rest = rest[self._tls.write(rest[:READ_SIZE]) :]
            except ssl.SSLWantReadError:
                await self._fill(timeout)
            except ssl.SSLError as error:
                raise httpcore.WriteError(str(error)) from error
            await self._flush(timeout)

    def write_now(self, buffer: bytes) -> None:
        self._tls.write(buffer)
        self._below.write_now(self._outgoing.read())

    async def aclose(self) -> None:
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()
        self._flush_now()
        await self._below.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return await secure(self, ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        return self._tls if info == "ssl_object" else self._below.get_extra_info(info)

    async def _fill(self, timeout_s: float | None, *, is_more: bool = False) -> None:
        count = await self._below.readinto(buffers.encrypted, timeout_s, is_more=is_more)
        if count:
            self._incoming.write(buffers.encrypted[:count])
        else:
            self._incoming.write_eof()

    async def _flush(self, timeout_s: float | None) -> None:
        if self._outgoing.pending:
            await self._below.write(self._outgoing.read(), timeout_s)

    def _flush_now(self) -> None:
        """What the network takes at once: nobody waits for the end of a connection."""
        with contextlib.suppress(OSError):
            if self._outgoing.pending:
                self._below.write_now(self._outgoing.read())


def _cut_off(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLEOFError):
        return "the server cut the encrypted connection off"
    return error.reason or str(error)
