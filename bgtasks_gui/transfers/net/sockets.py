"""Sockets of asyncio for httpcore, with a way past its copies for long bodies.

Data is read straight into the reader's buffer, up to 256 KiB at a time, which is where most of the
time of a large download goes otherwise.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import socket
import ssl
import struct
import sys
from collections.abc import Iterable
from typing import Any, Final

import aiohappyeyeballs
import httpcore

from bgtasks_gui.transfers.net import lookups
from bgtasks_gui.transfers.net.encryption import secure
from bgtasks_gui.transfers.net.readiness import Readiness
from bgtasks_gui.transfers.net.streams import NotInTime, Stream, Unreached

if sys.platform != "win32":
    import fcntl
    import termios

#: Seconds before the next address of a host is tried beside the first (RFC 8305 8).
STAGGER_S: Final = 0.25
#: Bytes read without a wait, after which others have their turn.
TURN: Final = 1024 * 1024
#: Bytes that the system gathers before it wakes us, which halves what a large download takes of the
#: processor. It gathers what is likely to come within a moment, and not for much longer.
GATHERED: Final = 128 * 1024
_MOMENT_S: Final = 0.4
GATHERED_S: Final = 1.0
#: Less than this is not worth it.
_FEW: Final = 8 * 1024
_CAN_GATHER: Final = sys.platform == "linux"
#: As much may still be sent when a connection is closed: the end of a request, of TLS.
LEFTOVER: Final = 16 * 1024
_AT_ONCE: Final = struct.pack("ii", 1, 0)


class Backend(httpcore.AsyncNetworkBackend):
    """Opens connections by TCP, to whichever address of a host answers first.

    `patience_s` is how long its streams wait where httpcore sets no limit.
    """

    def __init__(self, patience_s: float | None = None) -> None:
        self._patience_s = patience_s

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - named by httpcore
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        del local_address, socket_options
        try:
            async with asyncio.timeout(timeout):
                infos = await lookups.find(host, port)
                sock = await aiohappyeyeballs.start_connection(
                    infos, happy_eyeballs_delay=STAGGER_S, interleave=1
                )
        except TimeoutError as error:
            raise NotInTime(host, port) from error
        except OSError as error:
            raise Unreached(host, port) from error
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return PlainStream(sock, self._patience_s)


class PlainStream(Stream):
    """A connected socket."""

    def __init__(self, sock: socket.socket, patience_s: float | None = None) -> None:
        sock.setblocking(False)
        loop = self._loop = asyncio.get_running_loop()
        self._sock = sock
        self._patience_s = patience_s
        self._readable = Readiness(sock, loop.add_reader, loop.remove_reader)
        self._writable = Readiness(sock, loop.add_writer, loop.remove_writer)
        #: Bytes that were read since others had their turn.
        self._in_turn = 0
        #: Bytes that were read since the last wait, and when that was.
        self._came = 0
        self._waited_at = loop.time()
        #: Bytes of which the system tells us, once there are so many.
        self._mark = 1

    async def readinto(
        self, buffer: memoryview, timeout_s: float | None, *, is_more: bool = False
    ) -> int:
        if self._in_turn >= TURN:
            self._in_turn = 0
            await asyncio.sleep(0)
        while True:
            try:
                count = self._sock.recv_into(buffer)
            except BlockingIOError:
                self._in_turn = 0
            except OSError as error:
                raise httpcore.ReadError(str(error)) from error
            else:
                self._in_turn += count
                self._came += count
                return count
            try:
                await self._wait_to_read(self._limit(timeout_s), is_more and len(buffer) > GATHERED)
            except TimeoutError as error:
                raise httpcore.ReadTimeout from error
            except ConnectionAbortedError as error:
                raise httpcore.ReadError(str(error)) from error

    async def _wait_to_read(self, timeout_s: float | None, may_gather: bool) -> None:
        mark = self._worth_a_wait()
        if _CAN_GATHER and may_gather and mark > 1:
            self._set_mark(mark)
            with contextlib.suppress(TimeoutError):
                await self._readable.wait(GATHERED_S)
            return
        # What has come meanwhile is told of at once, by a lower mark.
        self._set_mark(1)
        await self._readable.wait(timeout_s)

    def _worth_a_wait(self) -> int:
        """Bytes that come within a moment, at the speed since the last wait; 1 where few do."""
        now = self._loop.time()
        passed_s, self._waited_at = now - self._waited_at, now
        came, self._came = self._came, 0
        likely = int(came * _MOMENT_S / max(passed_s, 1e-6))
        if likely < _FEW:
            return 1
        # Steps of two, so that the system is not told of each difference.
        return min(GATHERED, 1 << (likely.bit_length() - 1))

    def _set_mark(self, mark: int) -> None:
        if mark != self._mark:
            self._mark = mark
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, mark)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        rest = memoryview(buffer)
        while rest:
            try:
                rest = rest[self._sock.send(rest) :]
            except BlockingIOError:
                await self._wait_to_write(timeout)
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

    async def _wait_to_write(self, timeout_s: float | None) -> None:
        try:
            await self._writable.wait(self._limit(timeout_s))
        except TimeoutError as error:
            if self._is_readable():
                # It has answered and takes no more. httpcore then reads that answer.
                raise httpcore.WriteError("the server takes no more") from error
            raise httpcore.WriteTimeout from error
        except ConnectionAbortedError as error:
            raise httpcore.WriteError(str(error)) from error

    def write_now(self, buffer: bytes) -> None:
        """What the system takes without a wait."""
        self._sock.send(buffer)

    async def aclose(self) -> None:
        if self._sock.fileno() < 0:
            return
        self._readable.close()
        self._writable.close()
        if self._unsent() > LEFTOVER:
            # Closed politely, the system would go on sending it, to nobody's use.
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._sock.close()

    def _unsent(self) -> int:
        """Bytes that wait in the system, or that nobody has confirmed yet."""
        if not _CAN_GATHER:
            return 0
        found = array.array("i", [0])
        with contextlib.suppress(OSError):
            fcntl.ioctl(self._sock, termios.TIOCOUTQ, found)
        return found[0]

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return await secure(self, ssl_context, server_hostname, self._limit(timeout))

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

    def _limit(self, timeout_s: float | None) -> float | None:
        return self._patience_s if timeout_s is None else timeout_s
