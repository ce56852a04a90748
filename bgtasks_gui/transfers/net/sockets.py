"""Sockets of asyncio for httpcore, with a way past its copies for long bodies.

Data is read straight into the reader's buffer, up to 256 KiB at a time, which is where most of the
time of a large download goes otherwise.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterable
from typing import Any, Final, Protocol, cast

import aiohappyeyeballs
import httpcore

#: Bytes read at once. Larger ones fall out of the processor's cache.
READ_SIZE: Final = 256 * 1024
#: Seconds before the next address of a host is tried beside the first (RFC 8305 8).
STAGGER_S: Final = 0.25
#: Seconds that the other side is given to hear that a TLS connection ends.
FAREWELL_S: Final = 1.0


class _Shared(threading.local):
    """One buffer for all streams of a thread: none of them waits while it is in use."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(READ_SIZE))


_shared: Final = _Shared()


def shared_buffer() -> memoryview:
    """Of this thread. What is in it must be used before anything is awaited."""
    return _shared.view


class Readable(Protocol):
    """A stream that fills a buffer of its reader's."""

    async def readinto(self, buffer: memoryview, timeout_s: float | None) -> int:
        """At least one byte; 0 at the end. Raises what httpcore's streams do."""
        ...


class Backend(httpcore.AsyncNetworkBackend):
    """Opens connections by TCP, to whichever address of a host answers first."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - named by httpcore
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                sock = await aiohappyeyeballs.start_connection(
                    found, happy_eyeballs_delay=STAGGER_S, interleave=1
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return PlainStream(sock)


class PlainStream(httpcore.AsyncNetworkStream):
    """A connected socket."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._sock = sock
        self._is_closed = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        buffer = bytearray(min(max_bytes, READ_SIZE))
        count = await self.readinto(memoryview(buffer), timeout)
        return bytes(memoryview(buffer)[:count])

    async def readinto(self, buffer: memoryview, timeout_s: float | None) -> int:
        while True:
            try:
                return self._sock.recv_into(buffer)
            except BlockingIOError:
                await self._ready(self._loop.add_reader, self._loop.remove_reader, timeout_s)
            except OSError as error:
                raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        rest = memoryview(buffer)
        while rest:
            try:
                rest = rest[self._sock.send(rest) :]
            except BlockingIOError:
                await self._ready(self._loop.add_writer, self._loop.remove_writer, timeout)
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        self.close()

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._loop.remove_reader(self._sock)
            self._loop.remove_writer(self._sock)
            self._sock.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        stream = TlsStream(self, ssl_context, server_hostname)
        try:
            async with asyncio.timeout(timeout):
                await stream.shake_hands()
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout("the TLS handshake took too long") from error
        except (ssl.SSLError, httpcore.NetworkError, OSError) as error:
            self.close()
            raise httpcore.ConnectError(str(error)) from error
        return stream

    def get_extra_info(self, info: str) -> Any:
        match info:
            case "client_addr":
                return self._sock.getsockname()
            case "server_addr":
                return self._sock.getpeername()
            case "socket":
                return self._sock
            case "is_readable":
                return self._is_readable()
        return None

    def _is_readable(self) -> bool:
        """Whether an idle connection has something to say, which can only be its end."""
        try:
            self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    async def _ready(self, add: Any, remove: Any, timeout_s: float | None) -> None:
        """Wait until the socket can be read, or written."""
        if self._is_closed:
            raise httpcore.ReadError("the connection was closed here")
        waiter: asyncio.Future[None] = self._loop.create_future()
        add(self._sock, _wake, waiter)
        timer = None if timeout_s is None else self._loop.call_later(timeout_s, _expire, waiter)
        try:
            await waiter
        except TimeoutError:
            is_reading = add == self._loop.add_reader
            raise (httpcore.ReadTimeout if is_reading else httpcore.WriteTimeout) from None
        finally:
            if timer is not None:
                timer.cancel()
            if not self._is_closed:
                remove(self._sock)


class TlsStream(httpcore.AsyncNetworkStream):
    """TLS over a socket, its records taken apart in memory."""

    def __init__(
        self, plain: PlainStream, context: ssl.SSLContext, server_hostname: str | None
    ) -> None:
        self._plain = plain
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=server_hostname
        )

    async def shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush(None)
                await self._fill(None)
            except ssl.SSLError:
                # The other side is told why.
                with contextlib.suppress(httpcore.NetworkError):
                    await self._flush(FAREWELL_S)
                raise
            else:
                await self._flush(None)
                return

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        buffer = bytearray(min(max_bytes, READ_SIZE))
        count = await self.readinto(memoryview(buffer), timeout)
        return bytes(memoryview(buffer)[:count])

    async def readinto(self, buffer: memoryview, timeout_s: float | None) -> int:
        while True:
            count = self._decrypted(buffer)
            if count is not None:
                return count
            await self._flush(timeout_s)
            await self._fill(timeout_s)

    def _decrypted(self, buffer: memoryview) -> int | None:
        """As many bytes as there are; 0 at the end, None where more has to come first."""
        count = 0
        while count < len(buffer):
            try:
                size = self._tls.read(len(buffer) - count, cast(Any, buffer[count:]))
            except ssl.SSLWantReadError:
                return count or None
            except ssl.SSLZeroReturnError:
                return count
            except ssl.SSLError as error:
                if count:
                    return count
                raise httpcore.ReadError(_cut_off(error)) from error
            if not size:
                return count
            count += cast(int, size)
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

    async def aclose(self) -> None:
        with contextlib.suppress(ssl.SSLError, httpcore.NetworkError, httpcore.TimeoutException):
            with contextlib.suppress(ssl.SSLWantReadError):
                self._tls.unwrap()
            self._say_farewell()
        self._plain.close()

    def _say_farewell(self) -> None:
        """What the network takes at once: nobody waits for the end of a connection."""
        sock = self._plain.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.send(self._outgoing.read())

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        raise httpcore.UnsupportedProtocol("TLS within TLS is not supported")

    def get_extra_info(self, info: str) -> Any:
        return self._tls if info == "ssl_object" else self._plain.get_extra_info(info)

    async def _fill(self, timeout_s: float | None) -> None:
        buffer = shared_buffer()
        count = await self._plain.readinto(buffer, timeout_s)
        if count:
            self._incoming.write(buffer[:count])
        else:
            self._incoming.write_eof()

    async def _flush(self, timeout_s: float | None) -> None:
        if self._outgoing.pending:
            await self._plain.write(self._outgoing.read(), timeout_s)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _expire(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())


def _cut_off(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLEOFError):
        return "the connection was cut off in the middle of its encryption"
    return error.reason or str(error)
