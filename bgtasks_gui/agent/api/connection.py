"""Connections to the API, parsed by uvicorn; who may connect, and how much of a head is read.

Of uvicorn only the protocol is used: its server would wake up ten times a second (performance is
measured by `tests.benchmarks.bench_api`) and take over the signals, which the agent owns.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from bgtasks_gui.agent.api import errors as api_errors

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_log = logging.getLogger(__name__)

#: Bytes that may come of one head after its first portion.
MOST_HEAD_BYTES: Final = 64 * 1024
#: Seconds an idle connection is kept open for the next request.
KEEP_ALIVE_S: Final = 60
#: pid, uid and gid of the process at the other end (`struct ucred`).
_CREDENTIALS: Final = struct.Struct("3i")


class Connections:
    """All connections of one server."""

    def __init__(self, app: ASGIApp, uid: int) -> None:
        self.uid = uid
        self._emptied = asyncio.Event()
        self._state = ServerState()
        self._config = Config(
            app=app,
            http=HttpToolsProtocol,
            ws="none",
            interface="asgi3",
            lifespan="off",
            loop="none",
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        self._config.load()
        logging.getLogger("uvicorn.error").addFilter(_no_cancellations)

    def make(self) -> asyncio.Protocol:
        """The protocol of a new connection."""
        return _Connection(self, self._config, self._state)

    def left(self) -> None:
        """A connection is gone."""
        if not self._state.connections:
            self._emptied.set()

    async def close(self, grace_s: float) -> None:
        """Close what is idle, let requests finish within the grace, and cut off the rest."""
        loop = asyncio.get_running_loop()
        until = loop.time() + grace_s
        for one in list(self._state.connections):
            one.shutdown()
        if late := await _still_running(self._state.tasks, grace_s):
            for task in late:
                task.cancel()
            await _still_running(late, grace_s)
        if self._state.connections:
            # What the last answers wrote may not have been read yet.
            self._emptied.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    await self._emptied.wait()
        for one in list(self._state.connections):
            one.transport.abort()
        await asyncio.sleep(0)


class _Connection(HttpToolsProtocol):
    """One connection."""

    def __init__(self, owner: Connections, config: Config, state: ServerState) -> None:
        super().__init__(config, state, {})
        self._owner = owner
        self._is_in_head = False
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        super().connection_made(transport)
        uid = peer_uid(transport.get_extra_info("socket"))
        if uid not in (None, self._owner.uid):
            _log.warning("refused a process of user %s", uid, extra={"action": "refuse"})
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._owner.left()

    def data_received(self, data: bytes) -> None:
        was_in_head = self._is_in_head
        super().data_received(data)
        if was_in_head and self._is_in_head:
            # The parser holds an unfinished head for as long as it grows.
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self._refuse(431, "The head of the request is too long.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head = True
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, msg)

    def _refuse(self, status: int, message: str) -> None:
        body = api_errors.body("malformed_request", message)
        head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + head % len(body) + body)
        self.transport.close()


def peer_uid(connected: socket.socket | None) -> int | None:
    """The user of the process at the other end; None where the system does not tell.

    There the mode of the socket and of its folder alone keep others out.
    """
    option = getattr(socket, "SO_PEERCRED", None)
    if connected is None or option is None:
        return None
    credentials = connected.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size)
    uid: int = _CREDENTIALS.unpack(credentials)[1]
    return uid


async def _still_running(
    running: Iterable[asyncio.Task[None]], timeout_s: float
) -> set[asyncio.Task[None]]:
    tasks = set(running)
    return (await asyncio.wait(tasks, timeout=timeout_s))[1] if tasks else set()


class _NoCancellations(logging.Filter):
    """A request cut off while the server stops is no error, though uvicorn says it as one."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        return not isinstance(error, asyncio.CancelledError)


_no_cancellations: Final = _NoCancellations()
